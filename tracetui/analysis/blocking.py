"""Whom a span waits for: which children can block their parent, and in which part of their time.

This is the ground that the critical path, self time and any re-timing of a trace stand on.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.analysis.columns import Ints, Mask, Rows, SpanColumns, end_times, local_parents
from tracetui.model.store import Flag, Kind

MICROSECOND = 1_000
MILLISECOND = 1_000_000
DEEP = 1_000
"""Levels that are handled level by level; below, a level holds next to nothing and rows go one by one."""


class Mode(StrEnum):
    """How strictly a critical path is followed; `docs/critical-path.md` tells the modes apart."""

    DEFAULT = "default"
    EXACT = "exact"
    CLIP = "clip"
    TO_END = "to-end"


class Blocking(Struct, frozen=True):
    """The blocking children of a row range; rows here count from `first`.

    Attributes:
        first: Row of the store that local row 0 is.
        parent: intp[n], local row of the parent, -1 where the parent is not in the range.
        end_ns: int64[n], when the span itself ends.
        until_ns: int64[n], when it counts as ended: `end_ns`, or the latest end in its subtree (mode to-end).
        may: bool[n], the rules let it block its parent, whatever the parent's window is.
        blocks: bool[n], it does block its parent: `may`, and its part is not empty.
        low_ns: int64[n], start of its window: of its part if it blocks, else its own start.
        high_ns: int64[n], end of its window, likewise.
    """

    first: int
    parent: Rows
    end_ns: Ints
    until_ns: Ints
    may: Mask
    blocks: Mask
    low_ns: Ints
    high_ns: Ints


def find_blocking(store: SpanColumns, first: int, last: int, mode: Mode = Mode.DEFAULT) -> Blocking:
    """Find the blocking children in a row range, and clip their times to their parents', top down.

        parent  |-------------------|
        child a    |-----|                     counts in full
        child b               |---------|      counts up to its parent's end (or not at all, see `may_block`)
        of b                     |--|          counts up to the same
        child c                        |---|   does not count, it is a window of its own

    Args:
        store: The columns.
        first: First row; the range starts and ends with whole traces or whole subtrees.
        last: Row after the last.
        mode: Which rules hold.

    Returns:
        The blocking children and the window of every row.
    """
    start = store.start_ns[first:last]
    end = end_times(store, slice(first, last))
    parent = local_parents(store, first, last)
    until = latest_ends(parent, end) if mode is Mode.TO_END else end
    may = parent >= 0
    children = np.flatnonzero(may)
    may[children] = may_block(store, children + first, parent[children] + first, mode)
    # An empty part never blocks, and a part is empty at the latest when parent and child do not overlap.
    may &= until > start
    above = np.maximum(parent, 0)
    may &= (start < until[above]) & (until > start[above])
    spills = may & ((start < start[above]) | (until > until[above]))
    low, high, blocks = start, until, may
    if spills.any():
        low, high, blocks = start.copy(), until.copy(), may.copy()
        rows = _below(np.flatnonzero(spills), store.size[first:last])
        _clip(rows, parent, store.depth[first:last], may, low, high, blocks)
    return Blocking(first, parent, end, until, may, blocks, low, high)


def clip_again(store: SpanColumns, blocking: Blocking, tops: Rows) -> Rows:
    """Clip below spans whose windows were shortened after `find_blocking`.

    Args:
        store: The columns.
        blocking: Its `low_ns`, `high_ns` and `blocks` are written to.
        tops: Local rows of the spans, ascending; none is in the subtree of another.

    Returns:
        intp, the local rows below them.
    """
    last = blocking.first + len(blocking.parent)
    rows = _below(tops, store.size[blocking.first : last])
    rows = rows[~np.isin(rows, tops, assume_unique=True)]
    blocking.low_ns[rows] = store.start_ns[blocking.first : last][rows]
    blocking.high_ns[rows] = blocking.until_ns[rows]
    blocking.blocks[rows] = blocking.may[rows]
    depth = store.depth[blocking.first : last]
    _clip(rows, blocking.parent, depth, blocking.may, blocking.low_ns, blocking.high_ns, blocking.blocks)
    return rows


def clip_below(store: SpanColumns, blocking: Blocking, tops: Rows) -> None:
    """Clip the windows below spans to those of their parents once more; they only become shorter by it.

    Args:
        store: The columns.
        blocking: Its `low_ns`, `high_ns` and `blocks` are written to.
        tops: Local rows of the spans, ascending; none is in the subtree of another.
    """
    last = blocking.first + len(blocking.parent)
    rows = _below(tops, store.size[blocking.first : last])
    rows = rows[~np.isin(rows, tops, assume_unique=True)]
    depth = store.depth[blocking.first : last]
    _clip(rows, blocking.parent, depth, blocking.may, blocking.low_ns, blocking.high_ns, blocking.blocks)


def may_block(store: SpanColumns, rows: Rows, above: Rows, mode: Mode = Mode.DEFAULT) -> Mask:
    """Whether the rules allow a child to block its parent, whatever part of it they overlap.

    Not: (a) a span that hangs by FOLLOWS_FROM only, except in mode clip; (b) a consumer below a producer;
    (c) a span that outlives its parent on the same clock by more than `max(EPS, 1 % of the parent's
    duration)`, `EPS` in mode exact: its parent was over, so it did not wait. In mode clip (c) does not hold,
    in mode to-end none of them.

    Args:
        store: The columns.
        rows: Rows of the store that have a parent.
        above: The parent's row of each.
        mode: Which rules hold.

    Returns:
        bool, one for each row.
    """
    may = np.ones(len(rows), np.bool_)
    if mode is Mode.TO_END:
        return may
    if mode is not Mode.CLIP:
        may &= (store.flags[rows] & np.uint16(Flag.FOLLOWS_FROM)) == 0
    consumers = np.flatnonzero(store.kind[rows] == Kind.CONSUMER)
    may[consumers[store.kind[above[consumers]] == Kind.PRODUCER]] = False
    if mode is Mode.CLIP:
        return may
    # Only an overhang above the smallest EPS can matter, and few children have one.
    over = end_times(store, rows) - end_times(store, above)
    at = np.flatnonzero(may & (over > 2 * MICROSECOND))
    rows, above = rows[at], above[at]
    allowed = row_eps(store, rows)
    if mode is not Mode.EXACT:
        allowed = np.maximum(allowed, store.duration_ns[above] // 100)
    may[at[(over[at] > allowed) & same_clock(store, rows, above)]] = False
    return may


def same_clock(store: SpanColumns, left: Rows, right: Rows) -> Mask:
    """Whether spans were timed by one clock: one process, and no two different addresses.

    Args:
        store: The columns.
        left: Rows of the store.
        right: As many rows.

    Returns:
        bool, one for each pair.
    """
    one, other = store.resource[left], store.resource[right]
    # The last entry is that of spans without a resource (-1): one clock, as far as anybody knows.
    clock, address = np.append(store.resources.clock, -1), np.append(store.resources.address, -1)
    here, there = address[one], address[other]
    same: Mask = (clock[one] == clock[other]) & ((here == there) | (here < 0) | (there < 0))
    return same


def row_eps(store: SpanColumns, rows: Rows) -> Ints:
    """The tolerance of the trace of each row, in nanoseconds: twice the resolution of its times.

    The resolution is 1 ms where each start and duration of a trace of two or more spans is a whole number of
    milliseconds, else 1 µs (also where times are finer).

    Args:
        store: The columns.
        rows: Rows of the store.

    Returns:
        int64, one for each row.
    """
    traces = np.searchsorted(store.trace_first, rows, "right") - 1
    present, where = np.unique(traces, return_inverse=True)
    found: Ints = np.where(_whole_milliseconds(store, present), 2 * MILLISECOND, 2 * MICROSECOND)[where]
    return found


def _whole_milliseconds(store: SpanColumns, traces: Rows) -> Mask:
    """Which traces have two or more spans and only whole milliseconds."""
    begin, end = store.trace_first[traces], store.trace_first[traces + 1]
    whole: Mask = end - begin >= 2
    # Its first span gives nearly every trace away.
    whole &= (store.start_ns[begin] % MILLISECOND == 0) & (store.duration_ns[begin] % MILLISECOND == 0)
    if whole.any():
        low, high = int(begin[whole].min()), int(end[whole].max())
        odd = (store.start_ns[low:high] % MILLISECOND != 0) | (store.duration_ns[low:high] % MILLISECOND != 0)
        before = np.concatenate(([0], np.cumsum(odd)))
        checked = np.flatnonzero(whole)
        whole[checked] = before[end[checked] - low] == before[begin[checked] - low]
    return whole


def latest_ends(parent: Rows, end: Ints) -> Ints:
    """The latest end in each subtree.

    Args:
        parent: intp[n], local rows, -1 for roots.
        end: int64[n].

    Returns:
        int64[n], nanoseconds.
    """
    latest = end.copy()
    later = np.flatnonzero((parent >= 0) & (end > end[np.maximum(parent, 0)]))
    if not len(later):
        return latest
    # Latest first: so an ancestor is raised once at most, and a climb stops at the first that was.
    later = later[np.argsort(-end[later], kind="stable")]
    above = parent.tolist()
    reached = latest.tolist()
    for row, time in zip(later.tolist(), end[later].tolist(), strict=True):
        at = above[row]
        while at >= 0 and reached[at] < time:
            reached[at] = time
            at = above[at]
    return np.array(reached, np.int64)


def _below(rows: Rows, size: npt.NDArray[np.int32]) -> Rows:
    """The rows of all the subtrees of `rows` (ascending), each once."""
    edges = np.zeros(len(size) + 1, np.int32)
    edges[rows] = 1
    edges -= np.bincount(rows + size[rows], minlength=len(edges)).astype(np.int32)
    return np.flatnonzero(np.cumsum(edges[:-1]))


def _clip(
    rows: Rows, parent: Rows, depth: npt.NDArray[np.int32], may: Mask, low: Ints, high: Ints, blocks: Mask
) -> None:
    """Clip the windows of `rows`, parents first; rows whose part is empty keep their own times.

    Writes into `low`, `high` and `blocks`. The parent of each row is in `rows` too, or its window is final.
    """
    rows = rows[may[rows]]
    if not len(rows):
        return
    levels = depth[rows] - int(depth[rows].min())
    deep, shallow = rows[levels >= DEEP], np.flatnonzero(levels < DEEP)
    levels = levels[shallow].astype(np.uint16)
    rows = rows[shallow[np.argsort(levels, kind="stable")]]
    bounds = np.cumsum(np.bincount(levels))[:-1]
    for level in np.split(rows, bounds):
        above = parent[level]
        start = np.maximum(low[level], low[above])
        end = np.minimum(high[level], high[above])
        part = start < end
        blocks[level] = part
        low[level[part]], high[level[part]] = start[part], end[part]
    if len(deep):
        _clip_by_row(deep, parent, low, high, blocks)


def _clip_by_row(rows: Rows, parent: Rows, low: Ints, high: Ints, blocks: Mask) -> None:
    """The same one row after the other: parents come before their children."""
    lows, highs = low.tolist(), high.tolist()
    outside = []
    for row, above in zip(rows.tolist(), parent[rows].tolist(), strict=True):
        start = lows[row] if lows[row] > lows[above] else lows[above]
        end = highs[row] if highs[row] < highs[above] else highs[above]
        if start < end:
            lows[row], highs[row] = start, end
        else:
            outside.append(row)
    blocks[outside] = False
    low[rows] = np.array(lows, np.int64)[rows]
    high[rows] = np.array(highs, np.int64)[rows]
