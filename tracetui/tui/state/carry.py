"""What was done to one picture of a trace, done to a newer one: while it loads, and when it is read again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tracetui.model.store import Flag

from . import jumps
from .facts import Facts
from .forest import Int32
from .view import ViewState

_MOST_MADE = 100
"""Rows without a span that are looked for one by one."""
_ODD = Flag.NO_ID | Flag.OPAQUE_ID
"""Spans whose id is told from another only by the text of their key."""


def carry_over(old: Facts, view: ViewState, new: Facts, fresh: ViewState | None = None) -> ViewState:
    """Return a view of a newer picture of the same trace with what was done to the old one.

    That is cursor, folds, marks, the span as root, zoom, and whether only the critical path is shown (once
    the new picture has one). Spans are known again by their keys; rows come in between and move, and some go.

    Args:
        old: the picture that was.
        view: what was done to it.
        new: the newer picture.
        fresh: a view of it to which nothing has been done, if there is one.
    """
    fresh = fresh or ViewState(new.forest, new.whole)
    fresh.height, fresh.tree_shift = view.height, view.tree_shift
    if not len(new.forest) or not len(old.forest):
        return fresh
    if view.folded.any():
        fresh.folded[_again(old, new, np.flatnonzero(view.folded).tolist())] = True
    opened = old.forest.run_nodes[~view.folded[old.forest.run_nodes]]
    fresh.folded[_made_again(old, new, opened.tolist()[:_MOST_MADE])] = False
    if view.folded.any() or len(opened):
        fresh.refresh()
    if view.marks:
        made = [node for node in view.marks if old.forest.row(node) < 0][:_MOST_MADE]
        fresh.marks = {*_again(old, new, view.marks).tolist(), *_made_again(old, new, made)}
    if view.root >= 0 and (root := _nearest(old, new, view.root, among=1)) >= 0:
        fresh.set_root(root)
    if view.only_path and new.sections is not None:
        jumps.only_path(fresh, new)
    if view.window != view.whole:
        fresh.set_window(view.window)
    fresh.top = view.top
    fresh.move_to(max(0, _nearest(old, new, view.cursor)))
    return fresh


def _nearest(old: Facts, new: Facts, node: int, among: int | None = None) -> int:
    """The new node of a span or, where it has gone, of the nearest one above it; -1 where all have.

    Args:
        old: the picture that the node is of.
        new: the newer picture.
        node: the node; that of a missing span is known by its first fragment.
        among: how many to try, counted upwards; None for all.
    """
    if node < 0:
        return -1
    for tried in [node, *old.forest.ancestors(node)][:among]:
        is_missing = old.forest.row(tried) < 0
        found = _again(old, new, [tried + is_missing])
        if len(found):
            above = int(new.forest.parent[found[0]])
            return above if is_missing and above >= 0 else int(found[0])
    return -1


def _again(old: Facts, new: Facts, nodes: Iterable[int]) -> Int32:
    """The new nodes of spans of the old picture, in order; those that have gone are left out."""
    rows = np.array([row for node in nodes if (row := old.forest.row(node)) >= 0], np.int64) + old.first
    before, after = old.trace.store, new.trace.store
    odd = (before.flags[rows] & _ODD) != 0
    last = int(new.trace.last)
    found: list[int] = []
    if not odd.all():
        plain = rows[~odd]
        ids = before.span_id[plain]
        wanted = set(zip(ids.tolist(), before.repeat[plain].tolist(), strict=True))
        near = np.flatnonzero(_is_one_of(after.span_id[new.first : last], ids)) + new.first
        near = near[(after.flags[near] & _ODD) == 0]
        keys = zip(after.span_id[near].tolist(), after.repeat[near].tolist(), strict=True)
        found += [row for row, key in zip(near.tolist(), keys, strict=True) if key in wanted]
    if odd.any():
        texts = {before.key(row) for row in rows[odd].tolist()}
        near = np.flatnonzero(after.flags[new.first : last] & _ODD) + new.first
        found += [row for row in near.tolist() if after.key(row) in texts]
    return new.forest.nodes_of((np.array(sorted(found), np.int64) - new.first).astype(np.int32))


def _made_again(old: Facts, new: Facts, nodes: Iterable[int]) -> list[int]:
    """The new nodes of rows without a span: what is above their first children, if that has none too."""
    found = []
    for node in nodes:
        first = _again(old, new, [node + 1])
        above = int(new.forest.parent[first[0]]) if len(first) else -1
        if above >= 0 and new.forest.row(above) < 0:
            found.append(above)
    return found


def _is_one_of(ids: npt.NDArray[np.uint64], wanted: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which ids are among others; a few are looked for one by one, which needs no sorting."""
    if len(wanted) > 16:
        return np.isin(ids, wanted)
    found = np.zeros(len(ids), bool)
    for id in wanted:
        found |= ids == id
    return found
