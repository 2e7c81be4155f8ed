"""From parent rows to depth-first order, depth and subtree size.

Level by level with numpy where the forest is shallow; below `DEEP` levels, where a level holds next to
nothing, row by row in plain Python. Nothing recurses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

DEEP = 1000

Rows = npt.NDArray[np.int32]
"""Row numbers: half the memory of numpy's own index type, which counts at a million spans."""
Int32s = npt.NDArray[np.int32]


class Forest(Struct, frozen=True):
    """A forest laid out depth first.

    Attributes:
        order: int32[m], the rows in depth-first order; rows on a cycle are missing.
        position: int32[n] by row, its place in that order, -1 for rows that have none.
        depth: int32[n] by row, 0 for roots.
        size: int32[n] by row, the number of rows in the subtree, itself included.
        unreached: int32[k], rows that no root leads to: they are on a cycle of parents, or below one.
    """

    order: Rows
    position: Rows
    depth: Int32s
    size: Int32s
    unreached: Rows


def grow_forest(parent: Int32s, group: npt.NDArray[np.int32], start_ns: npt.NDArray[np.int64]) -> Forest:
    """Lay a forest out: by group, then depth first, children by start and then by row.

    Args:
        parent: int32[n], the row of each row's parent, -1 for roots.
        group: int32[n], which trace a row belongs to; roots are ordered by it first.
        start_ns: int64[n], nanoseconds.

    Returns:
        The forest; every row that a root leads to stands in `order` once.
    """
    rows = len(parent)
    if rows == 0:
        empty = np.empty(0, np.int32)
        return Forest(empty, empty, empty, empty, empty)
    siblings, first, count = _children(parent, group, start_ns)
    levels, heads = _levels(siblings, first, count, len(siblings) - int(count.sum()))
    depth = np.zeros(rows, np.int32)
    for level, members in enumerate(levels):
        depth[members] = level
    deep = _deep_rows(levels[-1], siblings, first, count, depth) if len(levels) > DEEP else []
    size = np.ones(rows, np.int32)
    if deep:
        _sizes_by_row(deep, parent, size)
    _sizes_by_level(levels, heads, count, size)
    position = _positions(levels, heads, count, size)
    if deep:
        _positions_by_row(deep, parent, size, position)
    reached = position >= 0
    if reached.all():
        unreached = np.empty(0, np.int32)
        order = np.empty(rows, np.int32)
        order[position] = np.arange(rows, dtype=np.int32)
    else:
        unreached = np.flatnonzero(~reached).astype(np.int32)
        order = np.empty(rows - len(unreached), np.int32)
        order[position[reached]] = np.flatnonzero(reached)
    return Forest(order, position, depth, size, unreached)


def _children(
    parent: Int32s, group: npt.NDArray[np.int32], start_ns: npt.NDArray[np.int64]
) -> tuple[Rows, Rows, Rows]:
    """All rows, the roots first, then child lists back to back; where each list starts; its length."""
    rows = len(parent)
    families = int(group.max()) + 1
    by_start = order_by(start_ns).astype(np.int32)
    family = np.where(parent < 0, group, parent + np.int64(families))
    family *= rows
    rank = np.empty(rows, np.int32)
    rank[by_start] = np.arange(rows, dtype=np.int32)
    family += rank
    del rank
    family.sort()
    family %= rows
    siblings = by_start[family]
    del family, by_start
    count = np.bincount(parent[parent >= 0], minlength=rows).astype(np.int32)
    roots = rows - int(count.sum())
    first = (roots + np.cumsum(count) - count).astype(np.int32)
    return siblings, first, count


def order_by(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What a stable argsort gives, several times as fast where the values lie close together.

    Value and row fit one integer unless the values are hours apart, and plain sorting of integers is what
    numpy does quickest.
    """
    rows = len(values)
    if bool((values[1:] >= values[:-1]).all()):
        return np.arange(rows)
    low, high = int(values.min()), int(values.max())
    if (high - low + 1) * rows >= 1 << 63:
        return np.argsort(values, kind="stable")
    packed = (values - low) * rows
    packed += np.arange(rows)
    packed.sort()
    packed %= rows
    return packed


def _levels(siblings: Rows, first: Rows, count: Rows, roots: int) -> tuple[list[Rows], list[Rows]]:
    """The rows of each level, children of one parent side by side; and the rows that have children."""
    levels: list[Rows] = [siblings[:roots]]
    heads: list[Rows] = []
    while len(levels) <= DEEP:
        members = levels[-1]
        parents = members[count[members] > 0]
        if not len(parents):
            break
        heads.append(parents)
        counts = count[parents]
        before = (np.cumsum(counts) - counts).astype(np.int32)
        places = np.repeat(first[parents] - before, counts)
        places += np.arange(len(places), dtype=np.int32)
        levels.append(siblings[places])
    return levels, heads


def _deep_rows(last: Rows, siblings: Rows, first: Rows, count: Rows, depth: Int32s) -> list[int]:
    """Every row below the last level, parents before children."""
    children, starts, counts = siblings.tolist(), first.tolist(), count.tolist()
    queue: list[int] = last.tolist()
    done = len(queue)
    at = 0
    while at < len(queue):
        row = queue[at]
        at += 1
        if counts[row]:
            queue.extend(children[starts[row] : starts[row] + counts[row]])
    below = queue[done:]
    level = int(depth[last[0]]) if len(last) else 0
    _depths_by_row(queue[:done], below, counts, level, depth)
    return below


def _depths_by_row(top: list[int], below: list[int], counts: list[int], level: int, depth: Int32s) -> None:
    """Give the rows below a level their depth: a level is as wide as its parents have children."""
    width = sum(counts[row] for row in top)
    at = 0
    while width:
        level += 1
        members = below[at : at + width]
        depth[members] = level
        at += width
        width = sum(counts[row] for row in members)


def _sizes_by_row(rows: list[int], parent: Int32s, size: Int32s) -> None:
    sizes: dict[int, int] = {}
    parents = parent[rows].tolist()
    for row, above in zip(reversed(rows), reversed(parents), strict=True):
        own = sizes.get(row, 1)
        sizes[row] = own
        sizes[above] = sizes.get(above, 1) + own
    size[list(sizes)] = list(sizes.values())


def _sizes_by_level(levels: list[Rows], heads: list[Rows], count: Rows, size: Int32s) -> None:
    for members, parents in zip(reversed(levels[1:]), reversed(heads), strict=True):
        counts = count[parents]
        size[parents] += np.add.reduceat(size[members], np.cumsum(counts) - counts)


def _positions(levels: list[Rows], heads: list[Rows], count: Rows, size: Int32s) -> Rows:
    position = np.full(len(size), -1, np.int32)
    roots = levels[0]
    position[roots] = np.cumsum(size[roots], dtype=np.int64) - size[roots]
    for members, parents in zip(levels[1:], heads, strict=True):
        counts = count[parents]
        before = (np.cumsum(size[members]) - size[members]).astype(np.int32)
        shift = position[parents] + 1 - before[np.cumsum(counts) - counts]
        before += np.repeat(shift, counts)
        position[members] = before
    return position


def _positions_by_row(rows: list[int], parent: Int32s, size: Int32s, position: Rows) -> None:
    following: dict[int, int] = {}
    parents = parent[rows].tolist()
    sizes = size[rows].tolist()
    places: list[int] = []
    for row, above, own in zip(rows, parents, sizes, strict=True):
        place = following[above] if above in following else int(position[above]) + 1
        following[above] = place + own
        following[row] = place + 1
        places.append(place)
    position[rows] = places


def cycle_starts(parent: Int32s, unreached: Rows, start_ns: npt.NDArray[np.int64]) -> list[int]:
    """Where to cut each cycle of parents: at its span that starts first, or stands first in the source.

    Args:
        parent: int32[n], the row of each row's parent, -1 for roots.
        unreached: The rows that no root leads to.
        start_ns: int64[n], nanoseconds.

    Returns:
        One row for each cycle.
    """
    above = dict(zip(unreached.tolist(), parent[unreached].tolist(), strict=True))
    seen: dict[int, int] = {}
    cuts: list[int] = []
    for walk, row in enumerate(above):
        while row not in seen:
            seen[row] = walk
            row = above[row]
        if seen[row] != walk:
            continue
        cycle = [row]
        while above[cycle[-1]] != row:
            cycle.append(above[cycle[-1]])
        cuts.append(min(cycle, key=lambda member: (int(start_ns[member]), member)))
        for member in cycle:
            seen[member] = -1
    return cuts
