"""Moving and folding: what the keys for it do to a `ViewState`."""

from __future__ import annotations

import numpy as np

from tracetui.tui.key_labels import Keyed

from .view import ViewState
from .zoom import WHOLE

NO_CHILDREN = "this span has no children"


def by_lines(view: ViewState, lines: int) -> None:
    """Move the cursor by visible lines, stopping at either end."""
    if len(view.visible):
        line = min(max(view.line + lines, 0), len(view.visible) - 1)
        view.move_to(int(view.visible[line]))


def down(view: ViewState) -> None:
    by_lines(view, 1)


def up(view: ViewState) -> None:
    by_lines(view, -1)


def page_down(view: ViewState) -> None:
    by_lines(view, max(1, view.height - 1))


def page_up(view: ViewState) -> None:
    by_lines(view, -max(1, view.height - 1))


def half_page_down(view: ViewState) -> None:
    by_lines(view, max(1, view.height // 2))


def half_page_up(view: ViewState) -> None:
    by_lines(view, -max(1, view.height // 2))


def top(view: ViewState) -> None:
    by_lines(view, -len(view.visible))


def bottom(view: ViewState) -> None:
    by_lines(view, len(view.visible))


def right(view: ViewState) -> None:
    """Unfold; once unfolded go to the first child."""
    node = view.cursor
    if node < 0:
        return
    if view.folded[node]:
        view.unfold(node)
    elif view.children_shown(node):
        by_lines(view, 1)


def left(view: ViewState) -> None:
    """Fold; once folded, or with nothing to fold, go to the parent."""
    node = view.cursor
    if node < 0:
        return
    if not view.folded[node] and view.children_shown(node):
        view.fold(node)
    elif node != view.root and (above := int(view.forest.parent[node])) >= 0:
        view.move_to(above)


def toggle(view: ViewState) -> None:
    """Fold an unfolded node and unfold a folded one."""
    node = view.cursor
    if node >= 0:
        (view.unfold if view.folded[node] else view.fold)(node)


def fold_below(view: ViewState) -> str | None:
    """Fold the node of the cursor and everything below it."""
    return _fold_subtree(view, True)


def unfold_below(view: ViewState) -> str | None:
    """Unfold the node of the cursor and everything below it."""
    return _fold_subtree(view, False)


def _fold_subtree(view: ViewState, folded: bool) -> str | None:
    if view.cursor < 0:
        return None
    node, last = view.cursor, view.forest.last(view.cursor)
    if last - node < 2:
        return NO_CHILDREN
    if not folded and not view.folded[node:last].any():
        return "nothing is folded below"
    view.folded[node:last] = view.forest.size[node:last] > 1 if folded else False
    view.refresh()
    return None


def unfold_level(view: ViewState) -> str | None:
    """Unfold the topmost level that has folded nodes, over the whole trace."""
    shown = view.visible[view.folded[view.visible]]
    if len(shown):
        depth = view.forest.depth[shown]
        view.folded[shown[depth == depth.min()]] = False
        view.refresh()
        return None
    return "nothing is folded"


def fold_level(view: ViewState) -> str | None:
    """Fold the deepest level that has unfolded nodes, over the whole trace."""
    shown = view.visible[(view.forest.size[view.visible] > 1) & ~view.folded[view.visible]]
    if len(shown):
        depth = view.forest.depth[shown]
        view.folded[shown[depth == depth.max()]] = True
        view.refresh()
        return None
    return "nothing is unfolded"


def fold_all(view: ViewState) -> None:
    """Fold every node."""
    view.set_folds(np.asarray(view.forest.size > 1))


def unfold_all(view: ViewState) -> None:
    """Unfold every node."""
    view.set_folds(np.zeros(len(view.forest), bool))


def next_sibling(view: ViewState) -> str | None:
    """Go to the next sibling that is shown."""
    return _sibling(view, forward=True)


def previous_sibling(view: ViewState) -> str | None:
    """Go to the previous sibling that is shown."""
    return _sibling(view, forward=False)


def _sibling(view: ViewState, *, forward: bool) -> str | None:
    step = view.forest.next_sibling if forward else view.forest.previous_sibling
    node = view.cursor
    first, last = view.bounds()
    while node >= 0 and node != view.root:
        node = step(node)
        if node < 0 or not first <= node < last:
            break
        if view.is_visible(node):
            view.move_to(node)
            return None
    return "no further sibling"


def set_root(view: ViewState) -> str | None:
    """Show the subtree of the cursor alone; on the root itself nothing changes."""
    if view.cursor < 0:
        return None
    if view.cursor == view.root:
        return "this span is the root already"
    if view.forest.size[view.cursor] < 2:
        return NO_CHILDREN
    view.set_root(view.cursor)
    return None


def clear_root(view: ViewState) -> str | None:
    """Show the whole trace again, the cursor where it was."""
    if view.root < 0:
        return WHOLE
    view.set_root(-1)
    return None


def mark(view: ViewState) -> str | None:
    """Mark the span of the cursor, or take its mark away."""
    if view.cursor >= 0:
        view.marks ^= {view.cursor}
        view.look_version += 1
    return None


def next_mark(view: ViewState) -> str | None:
    """Go to the next mark below, then on from the top."""
    if not view.marks:
        return Keyed("no marks: {mark} sets one")
    order = sorted(view.marks)
    view.reveal(next((node for node in order if node > view.cursor), order[0]))
    return None


def wider_tree(view: ViewState) -> None:
    """Give the tree column four more cells."""
    _shift_tree(view, 4)


def narrower_tree(view: ViewState) -> None:
    """Take four cells from the tree column."""
    _shift_tree(view, -4)


def _shift_tree(view: ViewState, cells: int) -> None:
    view.set_tree_shift(min(max(view.tree_shift + cells, -200), 200))
