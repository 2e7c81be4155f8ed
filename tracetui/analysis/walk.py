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

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import Blocking, Mode, row_eps
from tracetui.analysis.columns import Ints, Mask, Rows, SpanColumns
from tracetui.analysis.self_time import by_family

FEW = 64
"""Below this many walks at once, plain Python is quicker than numpy."""


class _Families(Struct, frozen=True):
    """Blocking children in walking order, siblings side by side; one entry for each.

    Times are numbers from 0 to below `width` that order as the times do within a family; so a family's number
    times `width`, plus a time, orders all entries (see `_comparable`).

    Attributes:
        row: Local row of the child.
        number: Number of its family, ascending.
        head: Where each family starts, one entry for each family.
        low: Start of its part.
        high: End of its part.
        by_end: `number * width` plus how long before the end of the axis it ends, ascending.
        by_start: `number * width + low`, sorted.
        width: Length of the axis of a family.
    """

    row: Rows
    number: Rows
    head: Rows
    low: Ints
    high: Ints
    by_end: Ints
    by_start: Ints
    width: int


class Steps(Struct, frozen=True):
    """Where the walk goes from each blocking child.

    Attributes:
        families: The children, in walking order.
        following: Entry that is taken after this one, -1 for none.
        cut: The one that follows ended a little after this one started; it counts up to that start.
    """

    families: _Families
    following: Rows
    cut: Mask


def steps(store: SpanColumns, blocking: Blocking, rows: Rows, mode: Mode) -> Steps:
    """Order blocking children and find what follows each; ties that only the key breaks stay as they are.

    Args:
        store: The columns.
        blocking: The blocking children of the range.
        rows: Those of them to order, whole families, ascending.
        mode: Near-sequential siblings exist in the default mode only.

    Returns:
        The walk of every family.
    """
    families = _families(blocking, rows)
    following = _following(families)
    cut = np.zeros(len(rows), np.bool_)
    if mode is Mode.DEFAULT:
        entries, near = _near(store, blocking, families, following)
        following[entries], cut[entries] = near, True
    return Steps(families, following, cut)


def _families(blocking: Blocking, rows: Rows) -> _Families:
    rows = rows[by_family(rows, blocking.parent[rows])]
    above = blocking.parent[rows]
    first = _starts_run(above)
    number = np.cumsum(first) - 1
    head = np.flatnonzero(first)
    low, high, width = _comparable(blocking, rows, above, len(head))
    by_start = number * width + low
    by_end = number * width + (width - 1 - high)
    order = np.argsort(by_end)
    by_end = by_end[order]
    twin = ~_starts_run(by_end)
    if twin.any():
        # Of those that end together: earliest start, then with a blocking child itself.
        tied = np.flatnonzero(twin | np.append(twin[1:], False))
        waits = _waits(blocking, rows)
        members = order[tied]
        order[tied] = members[np.lexsort((members, ~waits[rows[members]], low[members], by_end[tied]))]
    return _Families(rows[order], number, head, low[order], high[order], by_end, by_start, width)


def _comparable(blocking: Blocking, rows: Rows, above: Rows, families: int) -> tuple[Ints, Ints, int]:
    """Starts and ends as numbers on an axis so short that one axis for each family fits into int64.

    They count from the start of the family's window, or are ranks where that would be too long.
    """
    low, high = blocking.low_ns[rows], blocking.high_ns[rows]
    if not len(rows):
        return low, high, 1
    origin = blocking.low_ns[above]
    width = int((high - origin).max()) + 1
    if int((high - origin).min()) >= 0 and (families + 1) * width < 1 << 62:
        return low - origin, high - origin, width
    times, _ = np.unique(np.concatenate((low, high)), return_counts=True)  # sorts: quicker than hashing
    return np.searchsorted(times, low), np.searchsorted(times, high), len(times)


def _starts_run(values: Ints | Rows | Mask) -> Mask:
    """Which entries differ from the one before them; the first does."""
    starts = np.ones(len(values), np.bool_)
    starts[1:] = values[1:] != values[:-1]
    return starts


def _waits(blocking: Blocking, rows: Rows) -> Mask:
    """Which local rows have one of the blocking children `rows`."""
    waits = np.zeros(len(blocking.parent), np.bool_)
    waits[blocking.parent[rows]] = True
    return waits


def _ends(families: _Families) -> Rows:
    """Where each family ends."""
    return np.append(families.head[1:], len(families.row))[: len(families.head)]


def _following(families: _Families) -> Rows:
    """For each child the first one in walking order that ends by its start, -1 for none."""
    low, high, number, width = families.low, families.high, families.number, families.width
    following = np.arange(1, len(low) + 1)
    ends = _ends(families)
    following[ends - 1] = -1
    overlaps = np.flatnonzero((following[:-1] >= 0) & (high[1:] > low[:-1]))
    if len(overlaps):
        found = np.searchsorted(families.by_end, number[overlaps] * width + (width - 1 - low[overlaps]))
        following[overlaps] = np.where(found < ends[number[overlaps]], found, -1)
    return following


def _near(store: SpanColumns, blocking: Blocking, families: _Families, following: Rows) -> tuple[Rows, Rows]:
    """Entries that a near-sequential sibling follows, and the entries of those siblings.

    C  |---------|         C ends a little after X starts, and nothing else starts or ends
    X          |-------|   in that overlap: X still waited for C
               |-|         at most max(EPS, min(1 % of the parent's window, 10 % of the shorter))
    """
    low, high, number = families.low, families.high, families.number
    x = np.flatnonzero(following != np.arange(1, len(low) + 1))
    after = following[x]
    after = np.where(after < 0, _ends(families)[number[x]], after)
    # The last one skipped has the smallest end after X's start; of equals the first in order.
    run = _starts_run(families.by_end)
    c = np.flatnonzero(run)[np.cumsum(run)[after - 1] - 1]
    keep = (c > x) & (low[c] < low[x]) & (high[c] < high[x])
    x, c = x[keep], c[keep]
    begin, end = blocking.low_ns, blocking.high_ns
    x_row, c_row = families.row[x], families.row[c]
    parent = blocking.parent[x_row]
    shorter = np.minimum(end[c_row] - begin[c_row], end[x_row] - begin[x_row])
    allowed = np.minimum((end[parent] - begin[parent]) // 100, shorter // 10)
    allowed = np.maximum(allowed, row_eps(store, blocking.first + x_row))
    keep = end[c_row] - begin[x_row] <= allowed
    x, c = x[keep], c[keep]
    axis = number[x] * families.width
    inside = np.searchsorted(families.by_start, axis + low[x], "right")
    alone = inside == np.searchsorted(families.by_start, axis + high[c], "left")
    return x[alone], c[alone]


def take(store: SpanColumns, blocking: Blocking, walk: Steps) -> tuple[Mask, Rows]:
    """Follow each family's walk.

    Args:
        store: The columns, asked for keys where nothing else breaks a tie.
        blocking: The blocking children of the range.
        walk: Where the walk goes from each.

    Returns:
        bool, one for each entry of `walk`: it is taken; and the entries' rows after ties by key.
    """
    families = walk.families
    # Where every child follows the one before it, all are taken, and there is nothing to walk.
    broken = walk.following != np.arange(1, len(families.row) + 1)
    broken[_ends(families) - 1] = False
    uneven = np.zeros(len(families.head), np.bool_)
    uneven[families.number[broken]] = True
    taken = ~uneven[families.number]
    at = families.head[uneven]
    while len(at) > FEW:
        taken[at] = True
        at = walk.following[at]
        at = at[at >= 0]
    if len(at):
        following = walk.following.data  # no list of it: that would hold up all other threads
        reached = []
        for entry in at.tolist():
            while entry >= 0:
                reached.append(entry)
                entry = following[entry]
        taken[reached] = True
    return taken, _break_ties(store, blocking, families, taken)


def _break_ties(store: SpanColumns, blocking: Blocking, families: _Families, taken: Mask) -> Rows:
    """Of taken children with equal times and an equal claim, take the one with the smallest key."""
    row = families.row
    alone = _starts_run(families.by_end) | _starts_run(families.low)
    if alone.all():
        return row
    alone |= _starts_run(_waits(blocking, row)[row])
    runs = np.flatnonzero(taken[:-1] & ~alone[1:])
    if not len(runs):
        return row
    row = row.copy()
    bounds = np.append(np.flatnonzero(alone), len(row))
    until = bounds[np.searchsorted(bounds, runs, "right")]
    for begin, end in zip(runs.tolist(), until.tolist(), strict=True):
        members = row[begin:end].tolist()
        best = min(members, key=lambda member: store.key(blocking.first + member))
        row[begin + members.index(best)] = members[0]
        row[begin] = best
    return row
