"""One trace and its critical path, as columns that count from its first row."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from tracetui.analysis.blocking import Mode, may_block, row_eps
from tracetui.analysis.columns import Ints, Mask, Rows, end_times, local_parents
from tracetui.analysis.critical_path import CriticalPaths, critical_path
from tracetui.model.trace import Trace


class PathColumns:
    """One trace as columns, and its path. All rows count from the trace's first.

    Args:
        trace: The trace.
        mode: The rules of the critical path.
        paths: The path of the trace's primary root, if it is at hand.

    Attributes:
        root: Row of the primary root.
        root_ns: Its duration.
        eps: What two times may be apart and count as one, nanoseconds.
    """

    def __init__(self, trace: Trace, mode: Mode, paths: CriticalPaths | None = None) -> None:
        self.trace, self.mode = trace, mode
        self.store, self.first, self.last = trace.store, trace.first, trace.last
        self.n = self.last - self.first
        rows = slice(self.first, self.last)
        self.start: Ints = self.store.start_ns[rows]
        self.duration: Ints = self.store.duration_ns[rows]
        self.end: Ints = end_times(self.store, rows)
        self.parent: Rows = local_parents(self.store, self.first, self.last)
        self.size = self.store.size[rows]
        self.kind = self.store.kind[rows]
        self.status = self.store.status[rows]
        self.flags = self.store.flags[rows]
        self.service = self.store.service[rows]
        self.name = self.store.name[rows]
        self.root = trace.root.row - self.first
        self.root_ns = trace.root_duration_ns
        self.eps = _eps(trace)
        self._paths = paths

    @cached_property
    def sections(self) -> tuple[Rows, Ints, Ints]:
        """Row, start and end of each section of the root's path, in time order."""
        paths = self._paths
        if paths is None or not len(paths.of_root(self.first + self.root)):
            paths = critical_path(self.store, self.first + self.root, self.mode)
        at = paths.of_root(self.first + self.root)
        part = slice(at.start, at.stop)
        return paths.span[part].astype(np.intp) - self.first, paths.start_ns[part], paths.end_ns[part]

    @cached_property
    def own_path(self) -> Ints:
        """int64[n], what each span has on the path itself."""
        row, start, end = self.sections
        time = np.zeros(self.n, np.int64)
        np.add.at(time, row, end - start)
        return time

    @cached_property
    def path(self) -> Ints:
        """int64[n], what each span's subtree has on the path."""
        total = np.concatenate(([0], np.cumsum(self.own_path)))
        at = np.arange(self.n)
        found: Ints = total[at + self.size] - total[at]
        return found

    @cached_property
    def blocks(self) -> Mask:
        """bool[n], whether the rules let a span block its parent."""
        found = self.parent >= 0
        rows = np.flatnonzero(found)
        found[rows] = may_block(self.store, rows + self.first, self.parent[rows] + self.first, self.mode)
        return found

    def share(self, percent: int) -> int:
        """A share of the root's duration, nanoseconds."""
        return self.root_ns * percent // 100

    def below_root(self, row: int) -> bool:
        """Whether a row is the primary root or below it."""
        return self.root <= row < self.root + int(self.size[self.root])


def _eps(trace: Trace) -> int:
    """A trace's tolerance; of many traces it is found at once."""
    store, kept = trace.store, trace.collection.kept
    found: Ints | None = kept.get(_eps)
    if found is None:
        found = kept[_eps] = row_eps(store, store.trace_first[:-1])
    return int(found[int(np.searchsorted(store.trace_first, trace.first, "right")) - 1])
