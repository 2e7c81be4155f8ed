"""Runs of like siblings: five or more spans of one service, name and kind become one node that unfolds.

row 1   inventory reserve            node 1   inventory reserve
row 2     postgres SELECT stock      node 2     postgres SELECT stock ×48      row code -1 - missing - run
row 3     postgres SELECT stock      node 3       postgres SELECT stock
…                                    node 4       postgres SELECT stock
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from tracetui.analysis.names import name as plain_name
from tracetui.model.store import Status
from tracetui.model.trace import Trace

from .forest import Forest, Int32, Int64, Run

LEAST = 5
"""Like siblings in a row that become one."""
_MOST_NAMES = 5_000
"""Different names up to which ids in them are looked for."""

Rows = npt.NDArray[np.intp]


def with_runs(forest: Forest, trace: Trace) -> Forest:
    """Put a node above each run of like siblings.

    Args:
        forest: The nodes of a trace.
        trace: The trace.

    Returns:
        The forest; itself where there are no runs.
    """
    chains = _chains(forest, _like(forest, trace))
    if not chains:
        return forest
    starts = np.array([chain[0] for chain in chains])
    ends = np.array([chain[-1] + forest.size[chain[-1]] for chain in chains])
    order = np.argsort(starts)
    chains = [chains[at] for at in order.tolist()]
    return _inserted(forest, trace, chains, starts[order], ends[order])


def _like(forest: Forest, trace: Trace) -> Int64:
    """For each node a number that is equal for like spans; -1 for missing ones."""
    store, rows = trace.store, slice(trace.first, trace.last)
    names = store.name[rows]
    seen = np.zeros(len(store.strings), np.bool_)
    seen[names] = True
    used = np.flatnonzero(seen)
    if len(used) <= _MOST_NAMES:
        plain: dict[str, int] = {}
        same = np.zeros(len(store.strings), np.int64)
        same[used] = [plain.setdefault(plain_name(store.strings[code]), code) for code in used.tolist()]
        names = same[names].astype(np.int32)
    like = (names.astype(np.int64) << 35) | (store.service[rows].astype(np.int64) << 3) | store.kind[rows]
    if forest.rows is None:
        return like
    by_node: Int64 = np.where(forest.rows >= 0, like[np.maximum(forest.rows, 0)], -1)
    return by_node


def _chains(forest: Forest, like: Int64) -> list[Rows]:
    """The nodes of each run, ascending."""
    node = np.arange(len(forest))
    after = node + forest.size
    inside = after < len(forest)
    linked = np.zeros(len(forest), np.bool_)
    here, there = node[inside], after[inside]
    parent = forest.parent
    linked[here] = (parent[there] == parent[here]) & (parent[here] >= 0)
    linked[here] &= (like[there] == like[here]) & (like[here] >= 0)
    links = np.flatnonzero(linked)
    if len(links) < LEAST - 1:
        return []
    order = links[np.argsort(parent[links], kind="stable")]
    # A link belongs to the chain of the one before it if it starts where that one leads.
    new = np.concatenate(([True], order[1:] != after[order[:-1]]))
    bounds = [*np.flatnonzero(new).tolist(), len(order)]
    chains = [order[low:high] for low, high in pairwise(bounds) if high - low >= LEAST - 1]
    return [np.append(chain, after[chain[-1]]) for chain in chains]


def _inserted(forest: Forest, trace: Trace, chains: list[Rows], starts: Rows, ends: Rows) -> Forest:
    """The forest with a node before the first of each chain.

    Args:
        forest: The nodes.
        trace: The trace.
        chains: The members of each run.
        starts: The first node of each, ascending.
        ends: The node after the subtree of the last of each.
    """
    node, runs = np.arange(len(forest)), np.arange(len(starts))
    shift = np.searchsorted(starts, node, "right")
    place, of_run = node + shift, starts + runs
    total = len(forest) + len(starts)
    parent, depth, size = (np.empty(total, np.int32) for _ in range(3))
    above = forest.parent
    parent[place] = np.where(above >= 0, above + shift[np.maximum(above, 0)], -1)
    inside = shift - np.searchsorted(np.sort(ends), node, "right")
    depth[place] = forest.depth + inside
    size[place] = forest.size + np.searchsorted(starts, node + forest.size) - shift
    parent[of_run] = parent[place[starts]]
    depth[of_run] = depth[place[starts]] - 1
    size[of_run] = 1 + (ends - starts) + np.searchsorted(starts, ends) - (runs + 1)
    for at, chain in enumerate(chains):
        parent[place[chain]] = of_run[at]
    start_ns, duration_ns = np.empty(total, np.int64), np.empty(total, np.int64)
    error = np.zeros(total, np.bool_)
    start_ns[place], duration_ns[place], error[place] = forest.start_ns, forest.duration_ns, forest.error
    rows = np.empty(total, np.int32)
    rows[place] = node if forest.rows is None else forest.rows
    rows[of_run] = -1 - len(forest.missing) - runs
    told = [_told(forest, trace, chain) for chain in chains]
    start_ns[of_run] = [one[1] for one in told]
    duration_ns[of_run] = [one[2] for one in told]
    nodes = np.empty(trace.span_count, np.int32)
    spans = np.flatnonzero(rows >= 0)
    nodes[rows[spans]] = spans
    return replace(
        forest,
        parent=parent,
        depth=depth,
        size=size,
        start_ns=start_ns,
        duration_ns=duration_ns,
        error=error,
        rows=rows,
        nodes=nodes,
        runs=tuple(one[0] for one in told),
    )


def _told(forest: Forest, trace: Trace, chain: Rows) -> tuple[Run, int, int]:
    """What is said of a run, its first start, and the time to its last end."""
    start = int(forest.start_ns[chain].min())
    end = int((forest.start_ns[chain] + forest.duration_ns[chain]).max())
    durations = forest.duration_ns[chain]
    first, last = forest.row(int(chain[0])), forest.row(int(chain[-1]))
    rows: Int32 | Rows = chain if forest.rows is None else forest.rows[chain]
    errors = int((trace.store.status[rows + trace.first] == Status.ERROR).sum())
    after = last + int(trace.store.size[last + trace.first])
    return (
        Run(first, after, len(chain), int(durations.sum()), int(durations.max()), errors),
        start,
        end - start,
    )
