"""Forests for the tests of the view: drawn at random, and a slow, plain model of what must be visible."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tracetui.tui.state.forest import Forest, build_forest


def columns_of(parents: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parent, depth and size of parents given in depth-first order."""
    n = len(parents)
    depth, size = [0] * n, [1] * n
    for row, parent in enumerate(parents):
        depth[row] = depth[parent] + 1 if parent >= 0 else 0
    for row in range(n - 1, -1, -1):
        if parents[row] >= 0:
            size[parents[row]] += size[row]
    return np.array(parents, np.int32), np.array(depth, np.int32), np.array(size, np.int32)


@st.composite
def depth_first_parents(draw: st.DrawFn, most: int = 40) -> list[int]:
    """Parents of a random forest in depth-first order: a row hangs under its predecessor or above."""
    parents: list[int] = []
    for row in range(draw(st.integers(1, most))):
        above = row - 1
        for _ in range(draw(st.integers(0, 3))):
            if above >= 0:
                above = parents[above]
        parents.append(above)
    return parents


def forest_of(
    parents: list[int], missing: dict[int, int] | None = None, errors: frozenset[int] = frozenset()
) -> Forest:
    """A forest; `missing` says of which rows (roots) which parent is missing."""
    parent, depth, size = columns_of(parents)
    n = len(parents)
    start = np.arange(n, dtype=np.int64) * 10
    duration = np.full(n, 15, np.int64)
    error = np.isin(np.arange(n), sorted(errors))
    orphan = np.zeros(n, bool)
    key = np.zeros(n, np.uint64)
    for row, id in (missing or {}).items():
        orphan[row], key[row] = True, id
    return build_forest(parent, depth, size, start, duration, error, orphan, key)


def naive_visible(
    forest: Forest, folded: set[int], keep: set[int] | None = None, root: int = -1
) -> list[int]:
    """What must be visible, by asking each node for its ancestors."""
    shown = []
    for node in range(len(forest)):
        above = forest.ancestors(node)
        if root >= 0 and node != root and root not in above:
            continue
        inside = above if root < 0 else above[: above.index(root) + 1] if root in above else []
        if any(a in folded for a in inside):
            continue
        if keep is not None and not any(k == node or node in forest.ancestors(k) for k in keep):
            continue
        shown.append(node)
    return shown
