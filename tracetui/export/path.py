"""The critical path of each trace of a load, told, for whatever output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tracetui import format
from tracetui.analysis.blocking import Mode
from tracetui.analysis.replay import Replay
from tracetui.analysis.told import ToldPath
from tracetui.errors import UsageError
from tracetui.export.report import Report, TraceSummary

MOST_SECTIONS: Final = 40
"""Sections that text shows, the longest of the path; programs get all."""
MOST_SHARES: Final = 10


class TracePath(NamedTuple):
    """The path of one trace's primary root, or of a span that was asked for.

    Attributes:
        trace: The trace.
        path: Its path.
        replay: What its spans would save.
        others: Other roots and fragments of the trace: they have paths of their own.
    """

    trace: TraceSummary
    path: ToldPath
    replay: Replay
    others: int


class PathAnswers:
    """Paths, computed as they are asked for.

    Args:
        report: The load and its critical paths.
        span: Key of the span whose path is told; None for the primary root's.
        limit: The most sections and shares in text; None for as many as are worth reading.
    """

    def __init__(self, report: Report, span: str | None = None, limit: int | None = None) -> None:
        self.report, self.span = report, span
        self.sections = MOST_SECTIONS if limit is None else limit
        self.shares = MOST_SHARES if limit is None else limit

    def traces(self) -> Iterator[TracePath]:
        """Each trace's path; of a span that was asked for only the traces that have it.

        Raises:
            UsageError: No trace has that span.
        """
        store, found = self.report.store, False
        for trace in self.report.summaries():
            root = self._root(trace)
            if root is None:
                continue
            found = True
            path = ToldPath(store, root, self.report.mode, self.report.paths)
            others = len(self.report.paths_of(trace)) - 1
            yield TracePath(trace, path, Replay(store, root, self.report.mode), others)
        if not found and self.span is not None:
            raise UsageError(f"no span with key {self.span}", hint="show --format json tells all keys")

    def _root(self, trace: TraceSummary) -> int | None:
        if self.span is None:
            return trace.root_row
        try:
            return self.report.collection.row_of_key(trace.number, self.span)
        except KeyError:
            return None


def notes(told: TracePath, *, ascii: bool = False) -> list[str]:
    """What is to be known of a path beside its sections; holds no text of the trace."""
    path, found = told.path, []
    if path.goes_on_ns and path.mode is not Mode.TO_END:
        more = format.duration(path.goes_on_ns, ascii=ascii)
        found.append(f"work goes on for {more} after the end; --critical-path to-end follows it")
    if path.mode is Mode.TO_END and path.waits_ns():
        found.append(f"waits, in which nothing ran: {format.duration(path.waits_ns(), ascii=ascii)}")
    if told.others and path.root == told.trace.root_row:
        others = format.plural(told.others, "other root or fragment", "other roots and fragments")
        found.append(f"{others} in the trace: --span KEY tells the path of each")
    return found
