"""Depth-first order against a plain walk, for random forests with cycles."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import tree
from tracetui.model.tree import cycle_starts, grow_forest, order_by


@st.composite
def forests(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = draw(st.integers(1, 25))
    group = np.array(sorted(draw(st.lists(st.integers(0, 2), min_size=rows, max_size=rows))), np.int32)
    start = np.array(draw(st.lists(st.integers(-5, 5), min_size=rows, max_size=rows)), np.int64)
    parent = np.full(rows, -1, np.int32)
    for row in range(rows):
        same = [other for other in range(rows) if group[other] == group[row] and other != row]
        if same and draw(st.booleans()):
            parent[row] = draw(st.sampled_from(same))
    return parent, group, start


def walk(parent: list[int], group: list[int], start: list[int]) -> tuple[list[int], dict[int, int]]:
    children: dict[object, list[int]] = {}
    for row, above in enumerate(parent):
        children.setdefault(above if above >= 0 else ("root of", group[row]), []).append(row)
    for rows in children.values():
        rows.sort(key=lambda row: (start[row], row))
    order, depth = [], {}
    for trace in sorted(set(group)):
        stack = [(row, 0) for row in reversed(children.get(("root of", trace), []))]
        while stack:
            row, level = stack.pop()
            order.append(row)
            depth[row] = level
            stack += [(child, level + 1) for child in reversed(children.get(row, []))]
    return order, depth


@pytest.mark.parametrize("deep", [0, 1, 2, 1000])
@given(forest=forests())
def test_order_depth_and_size_are_those_of_a_plain_walk(
    deep: int, forest: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    parent, group, start = forest
    with patch.object(tree, "DEEP", deep):
        grown = grow_forest(parent, group, start)
        if len(grown.unreached):
            cuts = cycle_starts(parent, grown.unreached, start)
            parent[cuts] = -1
            grown = grow_forest(parent, group, start)
    assert not len(grown.unreached)
    order, depth = walk(parent.tolist(), group.tolist(), start.tolist())
    assert grown.order.tolist() == order
    assert dict(enumerate(grown.depth.tolist())) == depth
    size = [1] * len(parent)
    for row in reversed(order):
        if parent[row] >= 0:
            size[parent[row]] += size[row]
    assert grown.size.tolist() == size


def test_a_cycle_is_cut_at_its_earliest_span_not_at_what_hangs_below() -> None:
    parent = np.array([2, 0, 1, 2], np.int32)
    start = np.array([5, 3, 4, 0], np.int64)
    forest = grow_forest(parent, np.zeros(4, np.int32), start)
    assert cycle_starts(parent, forest.unreached, start) == [1]


@given(st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 3), min_size=1))
def test_order_by_is_a_stable_sort(values: list[int]) -> None:
    column = np.array(values, np.int64)
    assert order_by(column).tolist() == np.argsort(column, kind="stable").tolist()


def test_two_hundred_thousand_deep_and_wide() -> None:
    rows = 200_000
    group, start = np.zeros(rows, np.int32), np.arange(rows)
    chain = grow_forest(np.arange(-1, rows - 1, dtype=np.int32), group, start)
    assert chain.order.tolist() == list(range(rows))
    assert int(chain.depth[-1]) == rows - 1
    star = np.zeros(rows, np.int32)
    star[0] = -1
    fan = grow_forest(star, group, start)
    assert int(fan.size[0]) == rows
    assert fan.order.tolist() == list(range(rows))
