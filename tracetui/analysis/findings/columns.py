"""One trace as detectors see it: columns that count from its first row, its tree, and its critical path."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.blocking import same_clock
from tracetui.analysis.codes import coded
from tracetui.analysis.columns import Ints, Mask, Rows
from tracetui.analysis.findings.path import PathColumns
from tracetui.model.store import Kind


class TraceColumns(PathColumns):
    """One trace as columns, its tree and its path. All rows count from the trace's first."""

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
        order = np.argsort(self.start, kind="stable")
        same = np.diff(self.start[order]) == 0
        tied = np.flatnonzero(np.concatenate((same, [False])) | np.concatenate(([False], same)))
        if len(tied):  # few are: only they have to be sorted by id
            rows = order[tied]
            order[tied] = rows[np.lexsort((self.store.span_id[self.first + rows], self.start[rows]))]
        found = np.empty(self.n, np.int64)
        found[order] = np.arange(self.n)
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


_SERVED: Final = (Kind.SERVER,)


@cache
def _table(kinds: tuple[Kind, ...]) -> Mask:
    """bool[256], which values of a column of kinds are some kinds."""
    table = np.zeros(256, np.bool_)
    table[[int(kind) for kind in kinds]] = True
    return table
