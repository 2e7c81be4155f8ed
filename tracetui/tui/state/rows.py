"""Which nodes are visible: pure functions over arrays in depth-first order.

Folding a node hides the slice after it, up to the end of its subtree:

    node      0   1   2   3   4   5   6
    depth     0   1   2   2   1   2   0
    folded        x
    visible   0   1           4   5   6
"""

from __future__ import annotations

import numpy as np

from .forest import Bool, Int32


def visible_rows(
    size: Int32, folded: Bool, keep: Bool | None = None, first: int = 0, last: int | None = None
) -> Int32:
    """Return the visible nodes of the range [first, last), ascending.

    Args:
        size: int32[n], subtree sizes.
        folded: bool[n].
        keep: bool[n] or None, false where a filter hides a node.
        first: the first node looked at; it must not be inside a folded subtree.
        last: the node after the last one.

    Returns:
        int32 array of nodes.
    """
    last = len(size) if last is None else last
    folds = first + np.flatnonzero(folded[first:last])
    ends = folds + size[folds]
    folds, ends = folds[ends > folds + 1], ends[ends > folds + 1]
    if len(folds):
        # Only outermost folds matter; those are disjoint, so that each edge below is set once.
        outer = np.ones(len(folds), bool)
        outer[1:] = folds[1:] >= np.maximum.accumulate(ends)[:-1]
        folds, ends = folds[outer], np.minimum(ends[outer], last)
        if keep is None and len(folds) * 64 < last - first:
            return _gaps(folds, ends, first, last)
        edge = np.zeros(last - first + 1, np.int8)
        edge[folds + 1 - first] += 1
        edge[ends - first] -= 1
        shown = np.cumsum(edge[:-1], dtype=np.int8) == 0
        if keep is not None:
            shown &= keep[first:last]
        found = np.flatnonzero(shown)
    elif keep is None:
        return np.arange(first, last, dtype=np.int32)
    else:
        found = np.flatnonzero(keep[first:last])
    rows = found.astype(np.int32)
    rows += first
    return rows


def _gaps(folds: np.ndarray, ends: np.ndarray, first: int, last: int) -> Int32:
    """Return [first, last) without the insides of few disjoint folds: one copy per gap."""
    begins = np.concatenate(([first], ends))
    stops = np.concatenate((folds + 1, [last]))
    return np.concatenate([np.arange(a, b, dtype=np.int32) for a, b in zip(begins, stops, strict=True)])


def fold_rows(visible: Int32, node: int, size: Int32) -> Int32:
    """Return the visible nodes after folding `node`."""
    low = int(visible.searchsorted(np.int32(node), "right"))
    high = int(visible.searchsorted(node + size[node]))
    return visible if low == high else np.concatenate((visible[:low], visible[high:]))


def unfold_rows(visible: Int32, node: int, size: Int32, folded: Bool, keep: Bool | None = None) -> Int32:
    """Return the visible nodes after unfolding `node`, which is visible itself; `folded` says so already."""
    low = int(visible.searchsorted(np.int32(node), "right"))
    high = int(visible.searchsorted(node + size[node]))
    inside = visible_rows(size, folded, keep, node + 1, node + int(size[node]))
    return np.concatenate((visible[:low], inside, visible[high:]))


def holds(mask: Bool, size: Int32) -> Bool:
    """Return for each node whether its subtree, itself included, holds a true node.

    So a filter's matches become what is shown: the matches with all their ancestors.
    """
    count = np.zeros(len(mask) + 1, np.int32)
    np.cumsum(mask, out=count[1:])
    found: Bool = count[np.arange(len(mask)) + size] > count[:-1]
    return found
