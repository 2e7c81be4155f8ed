"""The critical path: from the end of a root backwards, whom was the root waiting for at each instant?

The answer is a list of sections that touch each other and cover the root exactly, so that they add up to
its duration, whatever they are summed by. The rule follows Jaeger's last-finishing-child walk
(`docs/critical-path.md` lists where it departs from it); it is linear after one sort, and nothing recurses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from tracetui.analysis.blocking import Blocking, Mode, clip_again, clip_below, find_blocking
from tracetui.analysis.chunks import chunks
from tracetui.analysis.columns import Ints, Mask, Rows, SpanColumns
from tracetui.analysis.walk import steps, take

Int32s = npt.NDArray[np.int32]

ROUNDS = 16
"""Near-sequential spans nested deeper than this, or much deeper than wide, are followed one by one."""


class CriticalPaths(Struct, frozen=True):
    """The critical paths of some roots: sections in time order, one root after the other.

    Attributes:
        roots: int32[k], rows of the roots, ascending.
        offsets: int64[k + 1], where each root's sections start, and the number of sections.
        span: int32[m], row of the span that each section is of.
        start_ns: int64[m], nanoseconds.
        end_ns: int64[m], nanoseconds, after the start.
        wait: bool[m], no span was running that the root waited for (mode to-end only).
        mode: Which rules held.
    """

    roots: Int32s
    offsets: Ints
    span: Int32s
    start_ns: Ints
    end_ns: Ints
    wait: Mask
    mode: Mode = Mode.DEFAULT

    def sections(self, root: int) -> range:
        """The sections of the root at this position in `roots`, as indices into the columns."""
        return range(int(self.offsets[root]), int(self.offsets[root + 1]))

    def of_root(self, row: int) -> range:
        """The sections of the root with this row; empty where it is none of the roots.

        A root without duration has no section either.
        """
        at = int(np.searchsorted(self.roots, row))
        return self.sections(at) if at < len(self.roots) and self.roots[at] == row else range(0)


def critical_paths(
    store: SpanColumns, first: int = 0, last: int | None = None, mode: Mode = Mode.DEFAULT
) -> CriticalPaths:
    """The critical path of every root and fragment root in a row range.

    Args:
        store: The columns, of any number of traces.
        first: First row; the range starts and ends with whole traces or whole subtrees.
        last: Row after the last, None for the end of the store.
        mode: How strictly the path is followed.

    Returns:
        One path for each root, in row order.
    """
    last = len(store.start_ns) if last is None else last
    pieces = [_paths(store, begin, end, mode) for begin, end in chunks(store, first, last)]
    if len(pieces) == 1:
        return pieces[0]
    ends = np.cumsum([0] + [len(piece.span) for piece in pieces])
    offsets = [piece.offsets[:-1] + before for piece, before in zip(pieces, ends[:-1], strict=True)]
    empty = CriticalPaths(*_EMPTY, mode)
    return CriticalPaths(
        np.concatenate([empty.roots, *(piece.roots for piece in pieces)]),
        np.concatenate([*offsets, ends[-1:]]).astype(np.int64),
        np.concatenate([empty.span, *(piece.span for piece in pieces)]),
        np.concatenate([empty.start_ns, *(piece.start_ns for piece in pieces)]),
        np.concatenate([empty.end_ns, *(piece.end_ns for piece in pieces)]),
        np.concatenate([empty.wait, *(piece.wait for piece in pieces)]),
        mode,
    )


def critical_path(store: SpanColumns, row: int, mode: Mode = Mode.DEFAULT) -> CriticalPaths:
    """The critical path of any span, as if it were the root.

    Args:
        store: The columns.
        row: The span.
        mode: How strictly the path is followed.

    Returns:
        One path, that of `row`.
    """
    return _paths(store, row, row + int(store.size[row]), mode)


_EMPTY = (
    np.empty(0, np.int32),
    np.zeros(1, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.bool_),
)


def _paths(store: SpanColumns, first: int, last: int, mode: Mode) -> CriticalPaths:
    if first >= last:
        return CriticalPaths(*_EMPTY, mode)
    on_path, blocking = waited_for(store, first, last, mode)
    return _sections(store, blocking, on_path, mode)


def waited_for(store: SpanColumns, first: int, last: int, mode: Mode = Mode.DEFAULT) -> tuple[Mask, Blocking]:
    """Which rows are on their root's path, and the windows of all rows as the walk left them.

    Near-sequential siblings on the path are cut at their successor's start, and what is below them is clipped
    to that.

    Args:
        store: The columns.
        first: First row; the range starts and ends with whole traces or whole subtrees.
        last: Row after the last.
        mode: How strictly the path is followed.

    Returns:
        bool[last - first], on the path of the root above it; and the blocking children with their windows.
    """
    blocking = find_blocking(store, first, last, mode)
    size = store.size[first:last]
    reached = blocking.parent < 0
    rows = np.flatnonzero(blocking.blocks)
    cut_rows, until = _walk(store, blocking, rows, mode, reached)
    on_path = _with_ancestors(reached, size)
    if len(cut_rows):
        low, high, blocks = blocking.low_ns.copy(), blocking.high_ns.copy(), blocking.blocks.copy()
        blocking = replace(blocking, low_ns=low, high_ns=high, blocks=blocks)
    # A span that was cut gives its children less time, so below it the walk is done anew, outermost first.
    tops, before = cut_rows, len(on_path)
    for number in range(ROUNDS + 1):
        keep = on_path[cut_rows]
        cut_rows, until = cut_rows[keep], until[keep]
        blocking.high_ns[cut_rows] = until
        tops = _outermost(cut_rows[size[cut_rows] > 1], size)
        below = int(size[tops].sum()) - len(tops)
        if not below or number == ROUNDS or (number > 1 and below > before - before // 10):
            break
        rows, before = clip_again(store, blocking, tops), below
        reached[rows] = False
        cut_rows, until = _walk(store, blocking, rows[blocking.blocks[rows]], mode, reached)
        on_path = _with_ancestors(reached, size)
    if len(tops):
        from tracetui.analysis.rewalk import rewalk  # few traces are so deep

        clip_again(store, blocking, tops)
    for top in tops.tolist():
        on_path[top : top + int(size[top])] = False
        rows, low, high = rewalk(store, blocking, top)
        on_path[rows], blocking.low_ns[rows], blocking.high_ns[rows] = True, low, high
    if len(tops):
        clip_below(store, blocking, tops)
    return on_path, blocking


def _walk(store: SpanColumns, blocking: Blocking, rows: Rows, mode: Mode, reached: Mask) -> tuple[Rows, Ints]:
    """Walk the families of `rows` and mark in `reached` who is taken.

    Returns:
        Taken rows that count only up to their successor's start, and that time.
    """
    walk = steps(store, blocking, rows, mode)
    taken, row = take(store, blocking, walk)
    reached[row[taken]] = True
    cuts = np.flatnonzero(taken & walk.cut)
    cut_rows: Rows = row[walk.following[cuts]]
    return cut_rows, blocking.low_ns[row[cuts]]


def _outermost(rows: Rows, size: Int32s) -> Rows:
    """Those of `rows` that are in no other's subtree, ascending."""
    rows = np.sort(rows)
    reach = np.maximum.accumulate(rows + size[rows])
    inside = rows[1:] < reach[:-1]
    outer: Rows = rows[np.concatenate((np.ones(min(1, len(rows)), np.bool_), ~inside))]
    return outer


def _with_ancestors(reached: Mask, size: Int32s) -> Mask:
    """Which rows are reached together with all their ancestors: those in no unreached row's subtree."""
    lost = np.flatnonzero(~reached)
    edges = np.zeros(len(size) + 1, np.int32)
    edges[lost] = 1
    edges -= np.bincount(lost + size[lost], minlength=len(edges)).astype(np.int32)
    kept: Mask = np.cumsum(edges[:-1]) == 0
    return kept


def _sections(store: SpanColumns, blocking: Blocking, on_path: Mask, mode: Mode) -> CriticalPaths:
    """Turn the spans on the path into sections.

    Siblings on a path follow each other, so depth-first order is also time order. Going round the tree,
    each span gives two sections: its parent's own time before it is entered, and its own before it is left:

        parent  |---|........|----|.....|---|
        child       |--...---|    |-----|          enter, leave, enter, leave, and leave the parent

    Each begins where the one before it ended.
    """
    first = blocking.first
    rows = np.flatnonzero(on_path)
    size, depth = store.size[first : first + len(on_path)], store.depth[first : first + len(on_path)]
    parent = blocking.parent[rows]
    root = np.maximum.accumulate(np.where(parent < 0, np.arange(len(rows)), 0))
    level = depth[rows] - depth[rows[root]]
    before = np.concatenate(([0], np.cumsum(on_path)))
    below = before[rows + size[rows]] - before[rows]
    number = np.arange(len(rows))
    enter = 2 * number - level
    leave = 2 * (number + below) - level - 1
    owner = np.empty(2 * len(rows), np.intp)
    owner[enter], owner[leave] = np.maximum(parent, rows[0] if len(rows) else 0), rows
    end = np.empty(2 * len(rows), np.int64)
    end[enter], end[leave] = blocking.low_ns[rows], blocking.high_ns[rows]
    start = np.concatenate((end[:1], end[:-1]))
    is_root = parent < 0
    start[enter[is_root]] = end[enter[is_root]]
    which = np.empty(2 * len(rows), np.intp)
    which[enter] = which[leave] = np.cumsum(is_root) - 1
    roots = rows[is_root]
    return _merge(blocking, roots, which, owner, start, end, mode)


def _merge(
    blocking: Blocking, roots: Rows, which: Rows, owner: Rows, start: Ints, end: Ints, mode: Mode
) -> CriticalPaths:
    """Drop empty sections and join touching ones of one span; time past a span's own end is a wait."""
    wait = np.zeros(len(start), np.bool_)
    if mode is Mode.TO_END:
        own_end = blocking.end_ns[owner]
        pairs = (np.minimum(end, own_end), np.maximum(start, own_end))
        which, owner = np.repeat(which, 2), np.repeat(owner, 2)
        wait = np.tile(np.array([False, True]), len(start))
        start, end = np.stack((start, pairs[1]), 1).ravel(), np.stack((pairs[0], end), 1).ravel()
    full = np.flatnonzero(start < end)
    which, owner, start, end, wait = which[full], owner[full], start[full], end[full], wait[full]
    new = np.ones(len(full), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (which[1:] != which[:-1]) | (wait[1:] != wait[:-1])
    head = np.flatnonzero(new)
    tail = np.append(head[1:], len(full))[: len(head)] - 1
    offsets = np.searchsorted(which[head], np.arange(len(roots) + 1)).astype(np.int64)
    return CriticalPaths(
        (roots + blocking.first).astype(np.int32),
        offsets,
        (owner[head] + blocking.first).astype(np.int32),
        start[head],
        end[tail],
        wait[head],
        mode,
    )
