"""The findings of a load, trace by trace, for whatever output."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.findings import Finding, Thresholds, find
from tracetui.analysis.waits import Waits
from tracetui.export.report import Report, TraceSummary

__all__ = ["Answers"]


class Answers:
    """Findings, computed as they are asked for.

    Args:
        report: The load and its critical paths.
        thresholds: When a finding is worth telling.
        limit: The most findings of a trace; None for all.
    """

    def __init__(
        self, report: Report, thresholds: Thresholds | None = None, limit: int | None = None
    ) -> None:
        self.report = report
        self.thresholds = thresholds or Thresholds()
        self.limit = limit
        self._waits = Waits(report.store, report.mode)

    def of(self, trace: TraceSummary) -> list[Finding]:
        """The findings of a trace, ranked."""
        found = find(
            self.report.collection.traces[trace.number],
            mode=self.report.mode,
            thresholds=self.thresholds,
            paths=self.report.paths,
            waits=self._waits,
        )
        return found[: self.limit]

    def traces(self) -> Iterator[tuple[TraceSummary, list[Finding]]]:
        """Each trace with its findings."""
        for trace in self.report.summaries():
            yield trace, self.of(trace)
