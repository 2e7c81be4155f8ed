"""A critical path told: whose time it is, by service, operation and span; and why each section is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import Mode
from tracetui.analysis.columns import Ints, Rows, SpanColumns, end_times
from tracetui.analysis.critical_path import CriticalPaths, critical_path
from tracetui.analysis.reasons import Reasons, why_empty
from tracetui.model.store import SpanStore


class Share(Struct, frozen=True):
    """What one service, operation or span has of a path.

    Attributes:
        time_ns: The sum of its sections, nanoseconds. All shares of a path add up to it exactly.
        rows: Its spans on the path, the one with most time first.
    """

    time_ns: int
    rows: list[int]


class Section(Struct, frozen=True):
    """One section, with why it is there.

    Attributes:
        row: Row of the span.
        start_ns: When it starts, nanoseconds.
        end_ns: When it ends.
        wait: Nothing was running that the root waited for (mode to-end).
        reason: A few words; no text of the trace.
        alternatives: Rows that might have been waited for instead.
    """

    row: int
    start_ns: int
    end_ns: int
    wait: bool
    reason: str
    alternatives: list[int]


class ToldPath:
    """The critical path of one span, told.

    Args:
        store: The columns.
        root: Row of the span: a root, or any other as if it were one.
        mode: How strictly the path is followed.
        paths: Paths with this root among them, if they are at hand.

    Attributes:
        root: Row of the span.
        mode: The rules of the path.
        sections: Indices of its sections in `paths`.
    """

    def __init__(
        self, store: SpanStore, root: int, mode: Mode = Mode.DEFAULT, paths: CriticalPaths | None = None
    ) -> None:
        if paths is None or paths.mode is not mode or not len(paths.of_root(root)):
            paths = critical_path(store, root, mode)
        self.store, self.root, self.mode, self.paths = store, root, mode, paths
        self.sections = paths.of_root(root)
        self._part = slice(self.sections.start, self.sections.stop)
        self._reasons = Reasons(paths, store, root)
        self._found: dict[str, list[Share]] = {}

    def __len__(self) -> int:
        return len(self.sections)

    @cached_property
    def _times(self) -> Ints:
        times: Ints = self.paths.end_ns[self._part] - self.paths.start_ns[self._part]
        return times

    @property
    def duration_ns(self) -> int:
        """What all sections, and so all shares, add up to: the span's duration, except in mode to-end."""
        return int(self._times.sum())

    @property
    def why_empty(self) -> str:
        """Why there is no section; "" where there are some."""
        return why_empty(self.store, self.root, self.mode)

    @cached_property
    def goes_on_ns(self) -> int:
        """How long some span below goes on after the root's end, nanoseconds: mode to-end tells of it."""
        return goes_on(self.store, self.root)

    def by_span(self) -> list[Share]:
        """Shares of spans, the largest first, equal ones in waterfall order."""
        return self._shares("span", self.paths.span[self._part].astype(np.intp))

    def by_service(self) -> list[Share]:
        """Shares of services."""
        return self._shares("service", self.store.service[self.paths.span[self._part]].astype(np.intp))

    def by_operation(self) -> list[Share]:
        """Shares of operations: service and name."""
        span = self.paths.span[self._part]
        service, name = self.store.service[span].astype(np.intp), self.store.name[span].astype(np.intp)
        return self._shares("operation", service * len(self.store.strings) + name)

    def waits_ns(self) -> int:
        """Time in which nothing ran that the root waited for (mode to-end)."""
        return int(self._times[self.paths.wait[self._part]].sum())

    def longest(self, most: int) -> list[int]:
        """Indices of the longest sections, in time order."""
        order = np.argsort(-self._times, kind="stable")[:most]
        order.sort()
        return [self.sections.start + at for at in order.tolist()]

    def section_ns(self, at: int) -> int:
        """How long a section is, nanoseconds."""
        return int(self._times[at - self.sections.start])

    def section(self, at: int) -> Section:
        """A section with its reason.

        Args:
            at: One of `sections`.
        """
        return Section(
            int(self.paths.span[at]),
            int(self.paths.start_ns[at]),
            int(self.paths.end_ns[at]),
            bool(self.paths.wait[at]),
            self._reasons.reason(at),
            self._reasons.alternatives(at),
        )

    def prepare(self) -> None:
        """Do now what takes long for a long path, so that nothing that is asked for later does."""
        self._reasons.prepare()
        self.by_service()
        self.by_operation()

    def _shares(self, name: str, keys: Rows) -> list[Share]:
        """Shares by a key of each section; found once."""
        if name not in self._found:
            self._found[name] = self._shares_by(keys)
        return self._found[name]

    def _shares_by(self, keys: Rows) -> list[Share]:
        span = self.paths.span[self._part]
        _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
        time = np.zeros(len(counts), np.int64)
        np.add.at(time, which, self._times)
        rows: list[dict[int, int]] = [{} for _ in counts]
        for number, row, length in zip(which.tolist(), span.tolist(), self._times.tolist(), strict=True):
            rows[number][row] = rows[number].get(row, 0) + length
        found = [
            Share(total, sorted(members, key=_most_first(members)))
            for total, members in zip(time.tolist(), rows, strict=True)
        ]
        return sorted(found, key=lambda share: (-share.time_ns, min(share.rows)))


def _most_first(times: dict[int, int]) -> Callable[[int], tuple[int, int]]:
    return lambda row: (-times[row], row)


def goes_on(store: SpanColumns, root: int) -> int:
    """How much longer some span below a root goes on after its end, nanoseconds; 0 if none does."""
    ends = end_times(store, slice(root, root + int(store.size[root])))
    return int(ends.max() - ends[0])
