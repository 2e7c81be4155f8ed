"""The backward walk: which spans are waited for, from the end of each parent back to its start.

For every parent the blocking children stand in the order in which the walk meets them: latest end first.
After a child the walk goes on with the first later one that had ended when that child started:

    parent  |--------------------------------|
    a         |------|                           taken from b: the last to end before b starts
    b                  |------------------|      taken first: the last to end
    c                      |------|              ended after b started, so nobody waited for it: never taken

That next one depends on the child only, not on how the walk got there, so numpy finds it for all children
at once; what is left is to follow the pointers. Times of a trace are compared inside families only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracetui.analysis.blocking import Blocking, Mode, row_eps
from tracetui.analysis.columns import Ints, Mask, Rows, SpanColumns
from tracetui.analysis.self_time import by_family

FEW = 64
"""Below this many walks at once, plain Python is quicker than numpy."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The blocking children in walking order, families side by side; one entry for each.

    Attributes:
        row: Local row of the child.
        family: Number of its family, ascending.
        head: Where each family starts, one entry for each family.
        low: Start of its part, as a number that orders within the family (see `_comparable`).
        high: End of its part, likewise.
        following: Entry that is taken after this one, -1 for none.
        cut: The one that follows ended a little after this one started; it counts up to that start.
    """

    row: Rows
    family: Rows
    head: Rows
    low: Ints
    high: Ints
    following: Rows
    cut: Mask


def steps(store: SpanColumns, blocking: Blocking, rows: Rows, mode: Mode) -> Steps:
    """Order the blocking children and find what follows each; ties that only the key breaks stay as they are.

    Args:
        store: The columns.
        blocking: The blocking children of the range.
        rows: Those of them to order, whole families, ascending.
        mode: Near-sequential siblings exist in the default mode only.

    Returns:
        The walk of every family.
    """
    rows = rows[by_family(rows, blocking.parent[rows])]
    above = blocking.parent[rows]
    fresh = np.concatenate((np.ones(min(1, len(rows)), np.bool_), above[1:] != above[:-1]))
    family = np.cumsum(fresh) - 1
    head = np.flatnonzero(fresh)
    low, high, width = _comparable(blocking, rows, above, len(head))
    by_start = family * width + low
    order = _latest_end_first(blocking, rows, family, low, high, width)
    rows, low, high = rows[order], low[order], high[order]
    by_end = family * width + (width - 1 - high)
    following = _following(family, head, low, high, by_end, width)
    cut = np.zeros(len(rows), np.bool_)
    if mode is Mode.DEFAULT:
        near = _near(store, blocking, rows, family, low, high, by_start, width, following)
        at = np.flatnonzero(near >= 0)
        following[at], cut[at] = near[at], True
    return Steps(rows, family, head, low, high, following, cut)


def _comparable(blocking: Blocking, rows: Rows, above: Rows, families: int) -> tuple[Ints, Ints, int]:
    """Times as numbers from 0 to below a width so small that `family * width` fits into int64.

    They count from the start of the family's window, or are ranks where that would be too wide.
    """
    low, high = blocking.low_ns[rows], blocking.high_ns[rows]
    if not len(rows):
        return low, high, 1
    origin = blocking.low_ns[above]
    width = int((high - origin).max()) + 1
    if width > 0 and (families + 1) * width < 1 << 62:
        return low - origin, high - origin, width
    times = np.unique(np.concatenate((low, high)))
    return np.searchsorted(times, low), np.searchsorted(times, high), len(times)


def _latest_end_first(
    blocking: Blocking, rows: Rows, family: Rows, low: Ints, high: Ints, width: int
) -> Rows:
    """The walking order: latest end, then earliest start, then with a blocking child itself."""
    by_end = family * width + (width - 1 - high)
    order = np.argsort(by_end)
    by_end = by_end[order]
    twin = by_end[1:] == by_end[:-1]
    if twin.any():
        tied = np.flatnonzero(np.concatenate((twin, [False])) | np.concatenate(([False], twin)))
        waits = np.zeros(len(blocking.parent), np.bool_)
        waits[blocking.parent[rows]] = True
        members = order[tied]
        order[tied] = members[np.lexsort((members, ~waits[rows[members]], low[members], by_end[tied]))]
    return order


def _following(family: Rows, head: Rows, low: Ints, high: Ints, by_end: Ints, width: int) -> Rows:
    """For each child the first one in walking order that ends by its start, -1 for none."""
    count = len(family)
    following = np.arange(1, count + 1)
    last = np.zeros(count, np.bool_)
    last[head[1:] - 1] = True
    last[-1:] = True
    following[last] = -1
    overlaps = np.flatnonzero(~last[:-1] & (high[1:] > low[:-1]))
    if len(overlaps):
        families = family[overlaps]
        wanted = families * width + (width - 1 - low[overlaps])
        found = np.searchsorted(by_end, wanted)
        end = np.concatenate((head[1:], [count]))[families]
        following[overlaps] = np.where(found < end, found, -1)
    return following


def _near(
    store: SpanColumns,
    blocking: Blocking,
    rows: Rows,
    family: Rows,
    low: Ints,
    high: Ints,
    by_start: Ints,
    width: int,
    following: Rows,
) -> Rows:
    """The near-sequential sibling that follows each child, -1 for none.

    C   |---------|         C ends a little after X starts, and nothing else starts or ends
    X           |-------|   in that overlap: X still waited for C
                |-|         at most max(EPS, min(1 % of the parent's window, 10 % of the shorter))
    """
    count = len(rows)
    near = np.full(count, -1, np.intp)
    ends = np.append(np.flatnonzero(family[1:] != family[:-1]) + 1, count)
    skips = np.flatnonzero(following != np.arange(1, count + 1))
    after = following[skips]
    after = np.where(after < 0, ends[family[skips]], after)
    # The last one skipped has the smallest end after X's start; of equals the first in order.
    other = after - 1
    fresh = np.concatenate(([True], (family[1:] != family[:-1]) | (high[1:] != high[:-1])))
    other = np.flatnonzero(fresh)[np.cumsum(fresh)[other] - 1]
    keep = (other > skips) & (low[other] < low[skips]) & (high[other] < high[skips])
    skips, other = skips[keep], other[keep]
    if not len(skips):
        return near
    begin, end = blocking.low_ns, blocking.high_ns
    x, c, parent = rows[skips], rows[other], blocking.parent[rows[skips]]
    shorter = np.minimum(end[c] - begin[c], end[x] - begin[x])
    allowed = np.minimum((end[parent] - begin[parent]) // 100, shorter // 10)
    allowed = np.maximum(allowed, row_eps(store, blocking.first + x))
    keep = end[c] - begin[x] <= allowed
    skips, other = skips[keep], other[keep]
    base = family[skips] * width
    first = np.searchsorted(by_start, base + low[skips], "right")
    alone = first == np.searchsorted(by_start, base + high[other], "left")
    near[skips[alone]] = other[alone]
    return near


def take(store: SpanColumns, blocking: Blocking, walk: Steps) -> tuple[Mask, Rows]:
    """Follow each family's walk.

    Args:
        store: The columns, asked for keys where nothing else breaks a tie.
        blocking: The blocking children of the range.
        walk: Their walking order.

    Returns:
        bool, one for each entry of `walk`: it is taken; and the entries' rows after ties by key.
    """
    taken = np.zeros(len(walk.row), np.bool_)
    # Where every child follows the one before it, all are taken, and there is nothing to walk.
    broken = np.ones(len(walk.row), np.bool_)
    broken[:-1] = walk.following[:-1] != np.arange(1, len(walk.row))
    broken[np.append(walk.head[1:], len(walk.row))[: len(walk.head)] - 1] = False
    uneven = np.zeros(len(walk.head), np.bool_)
    uneven[walk.family[broken]] = True
    taken[~uneven[walk.family]] = True
    at = walk.head[uneven]
    while len(at) > FEW:
        taken[at] = True
        at = walk.following[at]
        at = at[at >= 0]
    if len(at):
        following = walk.following.tolist()
        reached = []
        for entry in at.tolist():
            while entry >= 0:
                reached.append(entry)
                entry = following[entry]
        taken[reached] = True
    return taken, _break_ties(store, blocking, walk, taken)


def _break_ties(store: SpanColumns, blocking: Blocking, walk: Steps, taken: Mask) -> Rows:
    """Of taken children with equal times and an equal claim, take the one with the smallest key."""
    row, low, high = walk.row, walk.low, walk.high
    if len(row) < 2:
        return row
    twin = (walk.family[1:] == walk.family[:-1]) & (high[1:] == high[:-1]) & (low[1:] == low[:-1])
    if not twin.any():
        return row
    waits = np.zeros(len(blocking.parent), np.bool_)
    waits[blocking.parent[row]] = True
    twin &= waits[row[1:]] == waits[row[:-1]]
    runs = np.flatnonzero(taken[:-1] & twin)
    if not len(runs):
        return row
    row = row.copy()
    ends = np.flatnonzero(~np.append(twin, False))
    until = ends[np.searchsorted(ends, runs)]
    for begin, end in zip(runs.tolist(), until.tolist(), strict=True):
        members = row[begin : end + 1].tolist()
        best = min(members, key=lambda member: store.key(blocking.first + member))
        row[begin + members.index(best)] = members[0]
        row[begin] = best
    return row
