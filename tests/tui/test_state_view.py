"""Folding, filtering, roots and the cursor, against a plain model."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.forests import depth_first_parents, forest_of, naive_visible
from tracetui.tui.state import moves
from tracetui.tui.state.rows import holds, visible_rows
from tracetui.tui.state.view import ViewState, Window

WHOLE = Window(0, 1000)


def view_of(parents: list[int]) -> ViewState:
    return ViewState(forest_of(parents), WHOLE)


def check(view: ViewState) -> None:
    folded = set(np.flatnonzero(view.folded).tolist())
    keep = None if view.keep is None else set(np.flatnonzero(view.keep).tolist())
    assert view.visible.tolist() == naive_visible(view.forest, folded, keep, view.root)
    assert view.visible.dtype == np.int32
    if len(view.visible):
        assert view.is_visible(view.cursor)
        assert 0 <= view.top <= view.line < view.top + view.height
    else:
        assert view.cursor == -1


@given(depth_first_parents(), st.data())
def test_visible_rows_of_any_folds_and_filter(parents: list[int], data: st.DataObject) -> None:
    forest = forest_of(parents)
    folds = data.draw(st.sets(st.integers(0, len(parents) - 1)))
    folded = np.isin(np.arange(len(parents)), sorted(folds))
    assert visible_rows(forest.size, folded).tolist() == naive_visible(forest, folds)
    matches = data.draw(st.sets(st.integers(0, len(parents) - 1)))
    keep = holds(np.isin(np.arange(len(parents)), sorted(matches)), forest.size)
    assert visible_rows(forest.size, folded, keep).tolist() == naive_visible(forest, folds, matches)


COMMANDS = [
    moves.down, moves.up, moves.page_down, moves.page_up, moves.half_page_down, moves.half_page_up, moves.top,
    moves.bottom, moves.right, moves.left, moves.toggle, moves.fold_below, moves.unfold_below,
    moves.fold_level,
    moves.unfold_level, moves.fold_all, moves.unfold_all, moves.next_sibling, moves.previous_sibling,
    moves.set_root, moves.clear_root, moves.mark, moves.next_mark,
]  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(depth_first_parents(), st.lists(st.sampled_from(COMMANDS), max_size=30), st.integers(1, 10), st.data())
def test_any_run_of_commands_agrees_with_the_plain_model(
    parents: list[int], commands: list, height: int, data: st.DataObject
) -> None:
    view = view_of(parents)
    view.height = height
    for command in commands:
        before = view.rows_version
        lines = view.visible
        command(view)
        check(view)
        if view.rows_version == before:
            assert view.visible is lines
    view.set_filter(np.isin(np.arange(len(parents)), data.draw(st.lists(st.integers(0, len(parents) - 1)))))
    check(view)
    view.set_filter(None)
    node = data.draw(st.integers(0, len(parents) - 1))
    view.reveal(node)
    check(view)
    assert view.cursor == node


@given(depth_first_parents())
def test_left_and_right_fold_then_walk(parents: list[int]) -> None:
    view = view_of(parents)
    for node in range(len(parents)):
        view.move_to(node)
        has_children = node in parents
        moves.left(view)
        if has_children:
            assert view.folded[node]
            assert view.cursor == node
            moves.right(view)
            assert not view.folded[node]
            moves.right(view)
            assert view.cursor == node + 1
        else:
            assert view.cursor == (parents[node] if parents[node] >= 0 else node)


def test_levels_close_from_the_deepest_and_open_from_the_top() -> None:
    view = view_of([-1, 0, 1, 2, 0, 4])
    sizes = [len(view.visible)]
    for _ in range(3):
        moves.fold_level(view)
        sizes.append(len(view.visible))
    assert sizes == [6, 5, 3, 1]
    for _ in range(3):
        moves.unfold_level(view)
        sizes.append(len(view.visible))
    assert sizes[4:] == [3, 5, 6]


def test_folding_above_the_cursor_takes_it_along() -> None:
    view = view_of([-1, 0, 1, 2])
    view.move_to(3)
    view.fold(1)
    assert view.cursor == 1


def test_sibling_of_a_node_shown_as_root_is_not_left_for() -> None:
    view = view_of([-1, 0, 1, 0])
    view.move_to(1)
    moves.set_root(view)
    assert view.visible.tolist() == [1, 2]
    assert moves.next_sibling(view) == "no further sibling"
    moves.clear_root(view)
    assert view.visible.tolist() == [0, 1, 2, 3]
    assert view.cursor == 1


def test_fold_all_shows_the_roots_alone() -> None:
    view = view_of([-1, 0, 0, -1, 3])
    moves.fold_all(view)
    assert view.visible.tolist() == [0, 3]


def test_guides_end_at_the_last_sibling_that_is_shown() -> None:
    view = view_of([-1, 0, 0, 0])
    assert [view.has_next_sibling(n) for n in range(4)] == [False, True, True, False]
    view.set_filter(np.array([False, True, True, False]))
    assert [view.has_next_sibling(n) for n in range(4)] == [False, True, False, False]
    assert view.children_shown(0) == 2


def test_an_empty_forest_has_no_cursor_and_survives_every_command() -> None:
    view = ViewState(forest_of([-1]), WHOLE)
    view.set_filter(np.array([False]))
    assert view.cursor == -1
    for command in COMMANDS:
        command(view)
    check(view)
