"""Self time: the part of a span's duration in which it waited for none of its children."""

from __future__ import annotations

import numpy as np

from tracetui.analysis.blocking import Mode, latest_ends, may_block
from tracetui.analysis.chunks import chunks
from tracetui.analysis.columns import Ints, Rows, SpanColumns, end_times, local_parents


def self_times(
    store: SpanColumns, first: int = 0, last: int | None = None, mode: Mode = Mode.DEFAULT
) -> Ints:
    """Self time of each span: its duration without the union of its blocking children's times.

        span   |--------------------|
        child    |-----|
        child        |----|     |-------|     a child counts inside its parent only
        self   |-|        |-----|

    Each span is looked at by itself, as if it were the root: a caller that clips it takes nothing from it.

    Args:
        store: The columns, of any number of traces.
        first: First row; the range starts and ends with whole traces or whole subtrees.
        last: Row after the last, None for the end of the store.
        mode: Which children block (see `tracetui.analysis.blocking.may_block`).

    Returns:
        int64[last - first], nanoseconds, between 0 and the duration.
    """
    last = len(store.start_ns) if last is None else last
    own = store.duration_ns[first:last].copy()
    for begin, end in chunks(store, first, last):
        _subtract_children(store, begin, end, mode, own[begin - first : end - first])
    return own


def _subtract_children(store: SpanColumns, first: int, last: int, mode: Mode, own: Ints) -> None:
    start = store.start_ns[first:last]
    end = end_times(store, slice(first, last))
    parent = local_parents(store, first, last)
    until = latest_ends(parent, end) if mode is Mode.TO_END else end
    rows = np.flatnonzero(parent >= 0)
    rows = rows[may_block(store, rows + first, parent[rows] + first, mode)]
    above = parent[rows]
    low = np.maximum(start[rows], start[above])
    high = np.minimum(until[rows], end[above])
    inside = low < high
    if not inside.all():
        rows, above, low, high = rows[inside], above[inside], low[inside], high[inside]
    if not len(rows):
        return
    order = by_family(rows, above)
    above, low, high = above[order], low[order], high[order]
    covered = np.maximum(high - np.maximum(low, reached_before(above, low, high, start[above])), 0)
    heads = np.flatnonzero(np.concatenate(([True], above[1:] != above[:-1])))
    own[above[heads]] -= np.add.reduceat(covered, heads)


def by_family(rows: Rows, above: Rows) -> Rows:
    """The order that puts children of one parent side by side and keeps them as they are otherwise.

    Args:
        rows: Ascending local rows.
        above: The parent's row of each.

    Returns:
        intp, positions in `rows`.
    """
    # Sorting numbers that carry their position is several times quicker than a stable argsort.
    carried = (above.astype(np.int64) << 32) | np.arange(len(rows))
    carried.sort()
    carried &= 0xFFFF_FFFF
    return carried


def reached_before(family: Rows, low: Ints, high: Ints, origin: Ints) -> Ints:
    """How far the earlier siblings of each child reach.

    Args:
        family: The parent of each child; children of one parent are side by side, by start.
        low: Starts of the children's parts.
        high: Ends of the parts.
        origin: A time no later than any of the family's, the same for the whole family.

    Returns:
        int64, the largest `high` of the earlier siblings; for a first child a time no later than `low`.
    """
    number = np.cumsum(np.concatenate(([0], family[1:] != family[:-1])))
    span = int((high - origin).max()) + 1
    if span <= 0 or (int(number[-1]) + 1) * span >= 1 << 62:
        return _reached_before_by_row(number, low, high)
    # Families one after the other on one axis: then a running maximum never leaves its family.
    offset = number * span
    reach = np.maximum.accumulate(high - origin + offset)
    before = np.empty_like(low)
    before[0] = low[0]
    before[1:] = reach[:-1] - offset[1:] + origin[1:]
    return before


def _reached_before_by_row(number: Ints, low: Ints, high: Ints) -> Ints:
    before = low.tolist()
    ends, families = high.tolist(), number.tolist()
    for at in range(1, len(before)):
        if families[at] == families[at - 1]:
            before[at] = max(before[at - 1], ends[at - 1])
    return np.array(before, np.int64)
