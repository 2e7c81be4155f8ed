"""Rows in display order, with a row for each missing parent."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.forests import columns_of, depth_first_parents, forest_of


def test_without_orphans_a_node_is_a_row() -> None:
    forest = forest_of([-1, 0, 1, 0])
    assert forest.rows is None
    assert [forest.row(n) for n in range(4)] == [0, 1, 2, 3]
    assert forest.size.tolist() == [4, 2, 1, 1]


def test_fragments_of_one_missing_parent_hang_under_one_row() -> None:
    # rows: 0 root, 1 child, 2 orphan of 7 with child 3, 4 orphan of 9, 5 orphan of 7, 6 root
    forest = forest_of([-1, 0, -1, 2, -1, -1, -1], {2: 7, 4: 9, 5: 7})
    assert forest.rows is not None
    assert forest.rows.tolist() == [0, 1, -1, 2, 3, 5, -2, 4, 6]
    assert forest.parent.tolist() == [-1, 0, -1, 2, 3, 2, -1, 6, -1]
    assert forest.depth.tolist() == [0, 1, 0, 1, 2, 1, 0, 1, 0]
    assert forest.size.tolist() == [2, 1, 4, 2, 1, 1, 2, 1, 1]
    assert [(m.row, m.children) for m in forest.missing] == [(2, 2), (4, 1)]
    assert forest.node(5) == 5
    assert forest.start_ns[2] == 20
    assert forest.end_ns(2) == 65  # the last of its fragments ends there
    assert forest.by_node(np.arange(7) + 1).tolist() == [1, 2, 0, 3, 4, 6, 0, 5, 7]


@given(depth_first_parents(), st.data())
def test_missing_parents_keep_every_row_once_and_stay_depth_first(
    parents: list[int], data: st.DataObject
) -> None:
    roots = [row for row, parent in enumerate(parents) if parent < 0]
    missing = {row: data.draw(st.integers(1, 3)) for row in roots if data.draw(st.booleans())}
    forest = forest_of(parents, missing)
    assert sorted(forest.row(n) for n in range(len(forest)) if forest.row(n) >= 0) == list(
        range(len(parents))
    )
    assert len(forest) == len(parents) + len(set(missing.values()))
    parent, depth, size = columns_of(forest.parent.tolist())
    assert (parent < np.arange(len(forest))).all()
    assert depth.tolist() == forest.depth.tolist()
    assert size.tolist() == forest.size.tolist()
    for node in range(len(forest)):
        row = forest.row(node)
        if row < 0:
            continue
        assert forest.node(row) == node
        above = int(forest.parent[node])
        if row in missing:
            assert forest.row(above) < 0
        else:
            assert (forest.row(above) if above >= 0 else -1) == parents[row]


@given(depth_first_parents())
def test_siblings(parents: list[int]) -> None:
    forest = forest_of(parents)
    for node in range(len(parents)):
        same = [n for n in range(len(parents)) if parents[n] == parents[node]]
        at = same.index(node)
        assert forest.next_sibling(node) == (same[at + 1] if at + 1 < len(same) else -1)
        assert forest.previous_sibling(node) == (same[at - 1] if at else -1)


def test_a_deep_chain_is_walked_without_recursion() -> None:
    n = 200_000
    forest = forest_of([-1, *range(n - 1)])
    assert len(forest.ancestors(n - 1)) == n - 1
    assert forest.previous_sibling(n - 1) == -1
