"""One trace as detectors see it: columns that count from its first row, its tree, and its critical path."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.blocking import Mode, may_block, row_eps, same_clock
from tracetui.analysis.codes import coded
from tracetui.analysis.columns import Ints, Mask, Rows, end_times, local_parents
from tracetui.analysis.critical_path import CriticalPaths, critical_path
from tracetui.model.store import Kind
from tracetui.model.trace import Trace


class TraceColumns:
    """One trace as columns, its tree and its path. All rows count from the trace's first.

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

    # The critical path of the primary root.

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

    # Words.

    def service_of(self, row: int) -> str:
        """The service of a row, as found."""
        return self.store.strings[int(self.service[row])]

    def name_of(self, row: int) -> str:
        """The name of a row, as found."""
        return self.store.strings[int(self.name[row])]

    def who(self, row: int) -> str:
        """Service and name of a row, as found."""
        return " ".join(part for part in (self.service_of(row), self.name_of(row)) if part)

    def caller_of(self, row: int) -> str:
        """Who is above a row: service and name of its parent; its own service where there is none."""
        above = int(self.parent[row])
        return self.who(above) if above >= 0 else self.service_of(row)

    def at(self, time_ns: int) -> str:
        """A point in time, from the start of the root."""
        return fmt.offset(time_ns - int(self.start[self.root]))

    # The tree.

    @cached_property
    def rank(self) -> Ints:
        """int64[n], by start, then by id: what the order of the input cannot change."""
        found = np.empty(self.n, np.int64)
        found[np.lexsort((self.store.span_id[self.first : self.last], self.start))] = np.arange(self.n)
        return found

    def ranked(self, rows: Iterable[int]) -> list[int]:
        """Rows by their rank."""
        return sorted(rows, key=self.rank.__getitem__)

    @cached_property
    def _by_parent(self) -> tuple[Rows, Rows]:
        rows = np.flatnonzero(self.parent >= 0)
        order = rows[np.lexsort((self.rank[rows], self.parent[rows]))]
        return order, np.searchsorted(self.parent[order], np.arange(self.n + 1))

    def children(self, row: int) -> Rows:
        """The children of a row, by rank."""
        order, bounds = self._by_parent
        return order[bounds[row] : bounds[row + 1]]

    @cached_property
    def child_count(self) -> Rows:
        """intp[n], how many children each row has."""
        return np.bincount(self.parent[self.parent >= 0], minlength=self.n)

    @cached_property
    def children_ns(self) -> Ints:
        """int64[n], the durations of each span's children together."""
        found = np.zeros(self.n, np.int64)
        below = np.flatnonzero(self.parent >= 0)
        np.add.at(found, self.parent[below], self.duration[below])
        return found

    @cached_property
    def reaching_out(self) -> tuple[Rows, Mask]:
        """Rows of spans that start before their parent or end after it, and whether one clock timed both."""
        above = np.maximum(self.parent, 0)
        out = (self.start < self.start[above] - self.eps) | (self.end > self.end[above] + self.eps)
        rows = np.flatnonzero(out & (self.parent >= 0))
        if not len(rows):
            return rows, np.zeros(0, np.bool_)
        return rows, same_clock(self.store, rows + self.first, self.parent[rows] + self.first)

    @cached_property
    def tree(self) -> Rows:
        """intp[n], the root or fragment root that each row is below."""
        roots = np.flatnonzero(self.parent < 0)
        found: Rows = roots[np.searchsorted(roots, np.arange(self.n), "right") - 1]
        return found

    @cached_property
    def _names(self) -> tuple[Ints, Rows]:
        codes, _, where = coded(self.name)
        return codes, where

    @property
    def names(self) -> Ints:
        """The names of spans, as codes of the store's strings, each once, ascending."""
        return self._names[0]

    def running(self, rows: Rows) -> int:
        """The most of some spans that were running at one time; touching ones do not count."""
        start, end = np.sort(self.start[rows]), np.sort(self.end[rows])
        before = np.searchsorted(end, start + self.eps, "right")
        return int((np.arange(1, len(rows) + 1) - before).max(initial=0))

    def one_by_one(self, rows: Rows) -> bool:
        """Whether spans, sorted by start, ran one after the other, small overlaps aside."""
        if len(rows) < 2:
            return True
        over = self.end[rows[:-1]] - self.start[rows[1:]]
        shorter = np.minimum(self.duration[rows[:-1]], self.duration[rows[1:]])
        clashes = int((over > np.maximum(self.eps, shorter // 10)).sum())
        return clashes * 20 <= len(rows)

    def kind_is(self, row: int, *kinds: Kind) -> bool:
        """Whether a row is of one of some kinds."""
        return int(self.kind[row]) in kinds

    def of_kind(self, *kinds: Kind) -> Mask:
        """bool[n], the spans of some kinds; a table is quicker than a comparison for each."""
        found: Mask = _table(kinds)[self.kind]
        return found

    @cached_property
    def calls(self) -> tuple[Rows, Rows]:
        """Rows of callers and of the callees below them, where the two are of different services.

        The callee's span is a server's, or of no kind below a client's.
        """
        child = np.flatnonzero(self.parent >= 0)
        above = self.parent[child]
        child, above = (rows[self.service[child] != self.service[above]] for rows in (child, above))
        kind, kind_above = self.kind[child], self.kind[above]
        call = _table(_SERVED)[kind] & ~_table((Kind.SERVER, Kind.CONSUMER))[kind_above]
        call |= _table((Kind.UNSPECIFIED, Kind.INTERNAL))[kind] & _table((Kind.CLIENT,))[kind_above]
        return above[call], child[call]


def _eps(trace: Trace) -> int:
    """A trace's tolerance; of many traces it is found at once."""
    store, kept = trace.store, trace.collection.kept
    found: Ints | None = kept.get(_eps)
    if found is None:
        found = kept[_eps] = row_eps(store, store.trace_first[:-1])
    return int(found[int(np.searchsorted(store.trace_first, trace.first, "right")) - 1])


_SERVED: Final = (Kind.SERVER,)


@cache
def _table(kinds: tuple[Kind, ...]) -> Mask:
    """bool[256], which values of a column of kinds are some kinds."""
    table = np.zeros(256, np.bool_)
    table[[int(kind) for kind in kinds]] = True
    return table
