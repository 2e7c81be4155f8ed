"""Clock skew: by how much the clocks of a trace are apart, as far as its calls tell.

    caller A  |-----------------|        A call that was waited for lies inside its caller. So what has to be
    callee B           |-----------|     added to B's clock is at least A.start - B.start and at most
                                         A.end - B.end; all calls between the two together narrow that down.

0 in that interval: nothing says that the clocks are apart. Else B is off by the middle of it, give or take
half its width. An empty interval means that the calls contradict each other: told, and nothing is shifted.
Calls that do not have to lie inside (messages, FOLLOWS_FROM, callees that outlast their caller) tell nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import MILLISECOND, row_eps
from tracetui.analysis.columns import Ints, Mask, Rows, end_times, local_parents
from tracetui.model.clock_offset import ClockOffset
from tracetui.model.distinct import distinct
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag, Kind, SpanStore
from tracetui.model.trace import Collection, Trace

if TYPE_CHECKING:
    from tracetui.analysis.clocks import Clocks

ADJUSTED: Final = b"imestamps were adjusted by"
_LEAST_EPS: Final = 2_000
MOST_TRACES: Final = 1_000
"""So many traces of a load are looked at for skew at once: a second of work. How many are not is told."""
_MOST_WARNINGS: Final = 1_000
"""Spans with warnings of a trace that are asked whether the backend has shifted them."""


class Skew(Struct, frozen=True):
    """What is known of the clocks of one trace.

    Attributes:
        clocks: Those that are apart from another, or moved with one that is, the root's neighbours first.
        shift_ns: int64[n], what is to be added to the times of each row; 0 everywhere in a trace that the
            backend has adjusted already.
        adjusted_rows: Rows whose times the backend has shifted, counted from the trace's first.
    """

    clocks: list[ClockOffset]
    shift_ns: Ints
    adjusted_rows: list[int]

    @property
    def moves(self) -> bool:
        """Whether adjusting changes anything."""
        return bool(self.shift_ns.any())


def find_skew(trace: Trace) -> Skew:
    """Find how far the clocks of a trace are apart.

    Args:
        trace: The trace; resources, and records with warnings, are read.
    """
    from tracetui.analysis.clocks import find_clocks  # most traces give no reason to compare clocks

    adjusted = _adjusted_rows(trace)
    clocks = find_clocks(trace)
    eps = int(row_eps(trace.store, np.array([trace.first]))[0])
    pairs = _pairs(trace, clocks, eps)
    root = int(clocks.domain[trace.root.row - trace.first])
    offsets = _spread(pairs, clocks, root, eps)
    shift = np.zeros(trace.span_count, np.int64)
    for offset in offsets:
        if not adjusted:
            shift[offset.rows] = offset.shift_ns
    return Skew(offsets, shift, adjusted)


def suspects(store: SpanStore) -> Rows:
    """Traces in which some callee starts before its caller or ends after it, or was adjusted, ascending."""
    start, end = store.start_ns, end_times(store, slice(0, len(store)))
    above = np.maximum(store.parent, 0)
    # Few spans reach out of their parents, so the cheap question comes first.
    odd = (start < start[above] - _LEAST_EPS) | (end > end[above] + _LEAST_EPS)
    odd &= (store.parent >= 0) & (store.resource != store.resource[above])
    child = np.flatnonzero(odd)
    child = child[_must_lie_inside(store, child)]
    above, eps = above[child].astype(np.intp), row_eps(store, child)
    odd = (start[child] < start[above] - eps) | (end[child] > end[above] + eps)
    odd &= store.duration_ns[child] <= store.duration_ns[above] + eps
    warned = np.flatnonzero((store.flags & np.uint16(Flag.WARNINGS)) != 0)
    rows = np.concatenate((child[odd], warned))
    found: Rows = distinct(np.searchsorted(store.trace_first, rows, "right") - 1)
    return found


def tell_skew(collection: Collection, trace: int | None = None) -> None:
    """Add what is known of clocks to the issues of traces: `skew` and `already-adjusted`.

    Told are clocks that are apart by more than `max(EPS, 1 ms)`, and how many traces were not looked at.
    Traces that were told of stay as they are.

    Args:
        collection: Its trace logs are written to.
        trace: Number of a trace; None for the first `MOST_TRACES` that may have something to tell.
    """
    logs = collection.trace_logs_to_write()
    numbers = [trace] if trace is not None else suspects(collection.store).tolist()
    left_out = len(numbers) - MOST_TRACES
    if left_out > 0 and not any(one.code is IssueCode.CLOCKS_NOT_COMPARED for one in collection.log):
        first = collection.store.trace_ids[numbers[MOST_TRACES]]
        collection.log.add(IssueCode.CLOCKS_NOT_COMPARED, f"from trace {first}", count=left_out)
    for number in numbers[:MOST_TRACES]:
        log = logs(number)
        if any(issue.code in (IssueCode.SKEW, IssueCode.ALREADY_ADJUSTED) for issue in log):
            continue
        skew = find_skew(collection.traces[number])
        for clock in skew.clocks:
            if clock.beyond_ns > MILLISECOND:
                log.add(IssueCode.SKEW, clock.in_words(), row=int(clock.rows[0]))
        for row in skew.adjusted_rows:
            log.add(IssueCode.ALREADY_ADJUSTED, row=row)


def _must_lie_inside(store: SpanStore, rows: Rows) -> Mask:
    """Which of some rows that have a parent are calls that their caller waited for, bool."""
    kind, caller = store.kind[rows], store.kind[store.parent[rows]]
    calls: Mask = (kind == Kind.SERVER) | (caller == Kind.CLIENT)
    calls &= (kind != Kind.CONSUMER) & (caller != Kind.PRODUCER)
    calls &= (store.flags[rows] & np.uint16(Flag.FOLLOWS_FROM)) == 0
    return calls


Pair = tuple[int, int, int]
"""Least and most that has to be added to the second clock against the first, and how many calls say so."""


def _pairs(trace: Trace, clocks: Clocks, eps: int) -> dict[tuple[int, int], Pair]:
    """The intervals of each two clocks that call each other, the smaller number first."""
    store, first, last = trace.store, trace.first, trace.last
    parent = local_parents(store, first, last)
    child = np.flatnonzero(parent >= 0)
    child = child[_must_lie_inside(store, child + first)]
    above = parent[child]
    here, there = clocks.domain[above], clocks.domain[child]
    duration = store.duration_ns[first:last]
    keep = (here != there) & (here >= 0) & (there >= 0)
    keep &= duration[child] <= duration[above] + eps
    doubtful = _doubtful(trace, clocks, eps)
    keep &= ~doubtful[child] & ~doubtful[above]
    child, above, here, there = child[keep], above[keep], here[keep], there[keep]
    start, end = store.start_ns[first:last], end_times(store, slice(first, last))
    edges = start[above] - start[child], end[above] - end[child]
    low, high = np.minimum(*edges), np.maximum(*edges)
    turned = there < here
    low, high = np.where(turned, -high, low), np.where(turned, -low, high)
    one, other = np.minimum(here, there), np.maximum(here, there)
    pairs: dict[tuple[int, int], Pair] = {}
    if not len(child):
        return pairs
    code = one * len(clocks.names) + other
    order = np.argsort(code, kind="stable")
    heads = np.flatnonzero(np.concatenate(([True], np.diff(code[order]) != 0)))
    counts = np.diff(np.append(heads, len(order)))
    least, most = np.maximum.reduceat(low[order], heads), np.minimum.reduceat(high[order], heads)
    for at, (begin, count) in enumerate(zip(heads.tolist(), counts.tolist(), strict=True)):
        row = order[begin]
        pairs[int(one[row]), int(other[row])] = int(least[at]), int(most[at]), count
    return pairs


def _doubtful(trace: Trace, clocks: Clocks, eps: int) -> Mask:
    """Spans that do not even fit those of their own clock, so that they tell nothing of another, bool[n].

    A child starts while its parent runs; where it does not, and one clock timed both, one of them has a wrong
    time, whatever other clocks say.
    """
    store, first, last = trace.store, trace.first, trace.last
    parent = local_parents(store, first, last)
    rows = np.flatnonzero(parent >= 0)
    rows = rows[clocks.domain[rows] == clocks.domain[parent[rows]]]
    loose = (store.flags[first:last][rows] & np.uint16(Flag.FOLLOWS_FROM)) != 0
    rows = rows[~loose & (store.kind[first:last][rows] != Kind.CONSUMER)]
    start, end = store.start_ns[first:last], end_times(store, slice(first, last))
    above = parent[rows]
    outside = (start[rows] < start[above] - eps) | (start[rows] > end[above] + eps)
    found = np.zeros(last - first, np.bool_)
    found[rows[outside]] = found[above[outside]] = True
    return found


def _spread(pairs: dict[tuple[int, int], Pair], clocks: Clocks, root: int, eps: int) -> list[ClockOffset]:
    """Offsets against the root's clock, breadth first; between two clocks by most calls first."""
    neighbours: dict[int, list[tuple[int, Pair]]] = {}
    for (one, other), (low, high, edges) in pairs.items():
        neighbours.setdefault(one, []).append((other, (low, high, edges)))
        neighbours.setdefault(other, []).append((one, (-high, -low, edges)))
    for found in neighbours.values():
        found.sort(key=lambda item: (-item[1][2], item[0]))
    shift = {root: 0}
    told: dict[int, ClockOffset] = {}
    todo = deque([root])
    while todo:
        here = todo.popleft()
        for there, (low, high, edges) in neighbours.get(here, ()):
            if there in shift:
                continue
            contradictory = low > high + eps
            apart = 0 if low <= eps and high >= -eps else (low + high) // 2
            if not contradictory:
                shift[there] = shift[here] + apart
                todo.append(there)
            if contradictory or apart or shift[here]:
                rows = np.flatnonzero(clocks.domain == there)
                moved = 0 if contradictory else shift[there]
                names = clocks.names[there], clocks.names[here]
                told[there] = ClockOffset(*names, low, high, edges, moved, rows, contradictory)
    return list(told.values())


def _adjusted_rows(trace: Trace) -> list[int]:
    """Rows whose warnings say that the backend has shifted them."""
    store, first = trace.store, trace.first
    warned = np.flatnonzero((store.flags[first : trace.last] & np.uint16(Flag.WARNINGS)) != 0)
    return [row for row in warned[:_MOST_WARNINGS].tolist() if ADJUSTED in store.raw(first + row)]
