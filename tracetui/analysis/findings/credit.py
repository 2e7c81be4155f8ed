"""Every millisecond of the path is credited once, to the most specific finding that explains it.

A draft claims those sections of the root's path that would go with it. In the order of `ORDER` each gets what
no earlier one has; what it saves, by replay, is lessened by what it does not get.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.analysis.columns import Ints, Rows
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.finding import Draft, Kind

ORDER: Final = (
    Kind.RETRY,
    Kind.N_PLUS_ONE,
    Kind.REDUNDANT_WORK,
    Kind.CONCURRENCY_LIMIT,
    Kind.SERIAL_CALLS,
    Kind.FAN_OUT_STRAGGLER,
    Kind.POOL_WAIT,
    Kind.QUEUE_WAIT,
    Kind.CALLER_GAVE_UP,
    Kind.NETWORK_OVERHEAD,
    Kind.CHATTY_SERVICES,
    Kind.SLOW_STATEMENT,
    Kind.MISSING_INSTRUMENTATION,
    Kind.IDLE_GAP,
    Kind.DOMINANT_SPAN,
)
"""The kinds that save something, the most specific first."""


class Claims:
    """Who has which stretch of the path.

    Args:
        context: The trace.
    """

    def __init__(self, context: Context) -> None:
        self._row, self._start, self._end = context.sections
        self._context = context
        self._order = np.argsort(self._row, kind="stable")
        self._sorted = self._row[self._order]
        self._taken_start = np.empty(0, np.int64)
        self._taken_end = np.empty(0, np.int64)

    def size(self, draft: Draft) -> int:
        """About how much a draft claims, nanoseconds: what overlaps counts twice."""
        context = self._context
        rows = np.fromiter(draft.lengths, np.intp, len(draft.lengths))
        kept = np.fromiter(draft.lengths.values(), np.int64, len(rows))
        size = int(np.maximum(context.path[rows] - kept, 0).sum())
        if draft.gaps:
            gaps = np.array(draft.gaps, np.int64)
            size += int(np.minimum(context.own_path[gaps[:, 0]], gaps[:, 2] - gaps[:, 1]).sum())
        return size

    def claim(self, draft: Draft) -> tuple[Ints, Ints]:
        """The stretches of the path that would go with a draft: starts and ends, disjoint, in time order."""
        context = self._context
        whole = np.array([row for row, length in draft.lengths.items() if length == 0], np.intp)
        at, _ = self._sections(whole, context.size[whole])
        starts, ends = [self._start[at]], [self._end[at]]
        for row, length in draft.lengths.items():
            if length:
                at, _ = self._sections(np.array([row]), context.size[[row]])
                at.sort()
                start, end = self._start[at], self._end[at]
                start, end = _last(start, end, int((end - start).sum()) - length)
                starts.append(start)
                ends.append(end)
        if draft.gaps:
            gaps = np.array(draft.gaps, np.int64)
            at, which = self._sections(gaps[:, 0], np.ones(len(gaps), np.intp))
            start = np.maximum(self._start[at], gaps[which, 1])
            end = np.minimum(self._end[at], gaps[which, 2])
            starts.append(start[start < end])
            ends.append(end[start < end])
        return union(np.concatenate(starts), np.concatenate(ends))

    def _sections(self, rows: Rows, sizes: npt.NDArray[np.signedinteger]) -> tuple[Rows, Rows]:
        """The sections of rows and those below them, and which of the rows each belongs to."""
        low = np.searchsorted(self._sorted, rows)
        counts = np.searchsorted(self._sorted, rows + sizes) - low
        which = np.repeat(np.arange(len(rows)), counts)
        before = np.cumsum(counts) - counts
        return self._order[np.arange(len(which)) - before[which] + low[which]], which

    def taken(self, start: Ints, end: Ints) -> int:
        """How much of some stretches somebody has already, in nanoseconds."""
        both = union(np.concatenate((self._taken_start, start)), np.concatenate((self._taken_end, end)))
        lengths = [int((high - low).sum()) for low, high in (both, (self._taken_start, self._taken_end))]
        return int((end - start).sum()) - (lengths[0] - lengths[1])

    def take(self, start: Ints, end: Ints) -> None:
        """Credit stretches to somebody."""
        self._taken_start, self._taken_end = union(
            np.concatenate((self._taken_start, start)), np.concatenate((self._taken_end, end))
        )


def union(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Stretches of time as disjoint ones in order, touching ones joined."""
    if not len(start):
        return start, end
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    new = np.concatenate(([True], start[1:] > end[:-1]))
    heads = np.flatnonzero(new)
    tails = np.append(heads[1:], len(start)) - 1
    return start[heads], end[tails]


def _last(start: Ints, end: Ints, wanted: int) -> tuple[Ints, Ints]:
    """The last nanoseconds of some stretches, `wanted` of them."""
    if wanted <= 0:
        return start[:0], end[:0]
    after = np.cumsum((end - start)[::-1])[::-1]
    rest = after - (end - start)
    keep = rest < wanted
    start = np.maximum(start, end - (wanted - rest))
    return start[keep], end[keep]
