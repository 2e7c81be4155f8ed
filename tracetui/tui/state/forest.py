"""The rows of one trace in display order.

A node is an index into display order. Where no parent is missing, a node is simply a row of the trace. Where
fragments miss their parent, those with the same missing parent stand together under a row of its own, which
has no span behind it:

    row 0   frontend                  node 0   frontend
    row 1     auth                    node 1     auth
    row 2   stock   (parent 4bf9)     node 2   missing span 4bf9          row code -1
    row 3   charge  (parent 77aa)     node 3     stock
    row 4   price   (parent 4bf9)     node 4     price
                                      node 5   missing span 77aa          row code -2
                                      node 6     charge

Both orders are depth first, so a subtree is a slice of nodes and everything above works on slices and masks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


class Missing(Struct, frozen=True):
    """A parent that spans name but that the trace does not hold.

    Attributes:
        row: the row of its first fragment, from which its id can be read.
        children: how many fragments name it.
    """

    row: int
    children: int


class Run(Struct, frozen=True):
    """Like siblings in a row, shown as one.

    Attributes:
        row: the row of the first.
        last: the row after the subtree of the last.
        count: how many there are.
        total_ns: their durations together.
        longest_ns: the longest.
        errors: how many of them failed.
    """

    row: int
    last: int
    count: int
    total_ns: int
    longest_ns: int
    errors: int

    @property
    def mean_ns(self) -> int:
        return self.total_ns // self.count


class Forest(Struct, frozen=True):
    """The nodes of one trace, depth first.

    Attributes:
        parent: int32[n], the parent node or -1.
        depth: int32[n], 0 for the top.
        size: int32[n], nodes of the subtree, itself included.
        start_ns: int64[n].
        duration_ns: int64[n].
        error: bool[n], the span's own status.
        rows: int32[n], the trace's row of each node, or `-1 - k` for missing span k, and further down for
            runs; None where node = row.
        nodes: int32[rows], the node of each row; None where node = row.
        missing: the missing spans.
        runs: runs of like siblings; run k has the row code `-1 - len(missing) - k`.
    """

    parent: Int32
    depth: Int32
    size: Int32
    start_ns: Int64
    duration_ns: Int64
    error: Bool
    rows: Int32 | None = None
    nodes: Int32 | None = None
    missing: tuple[Missing, ...] = ()
    runs: tuple[Run, ...] = ()

    def __len__(self) -> int:
        return len(self.size)

    def row(self, node: int) -> int:
        """Return the trace's row of a node; negative for missing spans and runs."""
        return node if self.rows is None else int(self.rows[node])

    def run(self, node: int) -> Run | None:
        """Return the run that a node stands for, if it is one."""
        code = -1 - self.row(node) - len(self.missing)
        return self.runs[code] if code >= 0 else None

    @property
    def run_nodes(self) -> Int32:
        """The nodes of runs, ascending."""
        if self.rows is None or not self.runs:
            return np.empty(0, np.int32)
        return np.flatnonzero(self.rows < -len(self.missing)).astype(np.int32)

    def node(self, row: int) -> int:
        """Return the node of a row of the trace."""
        return row if self.nodes is None else int(self.nodes[row])

    def nodes_of(self, rows: Int32) -> Int32:
        """Return the nodes of many rows."""
        return rows if self.nodes is None else self.nodes[rows]

    def by_node(self, values: Int64) -> Int64:
        """Bring a column of the trace's rows into node order; missing spans get 0."""
        if self.rows is None:
            return values
        picked = values[np.maximum(self.rows, 0)]
        picked[self.rows < 0] = 0
        return picked

    def end_ns(self, node: int) -> int:
        return int(self.start_ns[node]) + int(self.duration_ns[node])

    def last(self, node: int) -> int:
        """Return the node after the subtree of `node`."""
        return node + int(self.size[node])

    def ancestors(self, node: int) -> list[int]:
        """Return the ancestors of a node, nearest first."""
        found = []
        parent = self.parent
        above = int(parent[node])
        while above >= 0:
            found.append(above)
            above = int(parent[above])
        return found

    def next_sibling(self, node: int) -> int:
        """Return the next node with the same parent, or -1."""
        above = int(self.parent[node])
        limit = len(self) if above < 0 else self.last(above)
        after = self.last(node)
        return after if after < limit else -1

    def previous_sibling(self, node: int) -> int:
        """Return the previous node with the same parent, or -1. O(nodes between)."""
        above = int(self.parent[node])
        stop = node
        while stop > above + 1:
            begin = max(above + 1, stop - 65_536)
            same = np.flatnonzero(self.parent[begin:stop] == above)
            if len(same):
                return begin + int(same[-1])
            stop = begin
        return -1


def build_forest(
    parent: Int32,
    depth: Int32,
    size: Int32,
    start_ns: Int64,
    duration_ns: Int64,
    error: Bool,
    orphan: Bool | None = None,
    parent_key: npt.NDArray[np.uint64] | None = None,
    parent_opaque: Bool | None = None,
) -> Forest:
    """Put the rows of a trace in display order.

    Args:
        parent: int32[n], the parent row within the trace or -1.
        depth: int32[n].
        size: int32[n], rows of each subtree.
        start_ns: int64[n].
        duration_ns: int64[n].
        error: bool[n].
        orphan: bool[n], true where a parent is recorded but absent.
        parent_key: uint64[n], the recorded parent id.
        parent_opaque: bool[n], true where `parent_key` is a code and not an id, so that the two are never
            equal.

    Returns:
        The forest. Without orphans its arrays are those given.
    """
    roots = np.flatnonzero(parent < 0)
    if orphan is None or parent_key is None or not orphan[roots].any():
        return Forest(parent, depth, size, start_ns, duration_ns, error)
    opaque = np.zeros(len(parent), bool) if parent_opaque is None else parent_opaque
    group = _groups(orphan[roots], parent_key[roots], opaque[roots])
    return _with_missing(parent, depth, size, start_ns, duration_ns, error, roots, group)


def _groups(orphan: Bool, key: npt.NDArray[np.uint64], opaque: Bool) -> Int64:
    """Return for each root the position of the first root with the same missing parent.

    Or -1 where none is missing.
    """
    group = np.full(len(orphan), -1, np.int64)
    for mask in (orphan & ~opaque, orphan & opaque):
        where = np.flatnonzero(mask)
        if len(where):
            _, first, inverse = np.unique(key[where], return_index=True, return_inverse=True)
            group[where] = where[first][inverse.reshape(-1)]
    return group


def _with_missing(
    parent: Int32,
    depth: Int32,
    size: Int32,
    start_ns: Int64,
    duration_ns: Int64,
    error: Bool,
    roots: npt.NDArray[np.intp],
    group: Int64,
) -> Forest:
    positions = np.arange(len(roots))
    order = np.argsort(np.where(group < 0, positions, group), kind="stable")
    blocks = roots[order]
    heads = (group == positions)[order]  # a missing span's row goes before this block
    inside = (group >= 0)[order]
    sizes = size[blocks].astype(np.int64)
    lengths = sizes + heads
    begins = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    shift = np.repeat(begins + heads - blocks, lengths)
    rows = (np.arange(total) - shift).astype(np.int32)
    tops = begins[heads]
    rows[tops] = -1 - np.arange(len(tops))

    real = np.maximum(rows, 0)
    new_parent = parent[real]
    new_parent = np.where(new_parent >= 0, new_parent + shift, -1).astype(np.int32)
    new_depth = depth[real] + np.repeat(inside, lengths).astype(np.int32)
    new_size = size[real].astype(np.int32)
    new_start = start_ns[real]
    new_duration = duration_ns[real]
    new_error = error[real]

    block_top = begins + heads
    owner = np.cumsum(heads) - 1  # which missing span a block belongs to; its own head comes first
    held = np.flatnonzero(inside)
    new_parent[block_top[held]] = tops[owner[held]]
    children = np.bincount(owner[held], minlength=len(tops))
    new_parent[tops] = -1
    new_depth[tops] = 0
    new_error[tops] = False
    new_size[tops] = 1 + np.bincount(owner[held], weights=sizes[held], minlength=len(tops)).astype(np.int32)
    child_start = start_ns[blocks[held]]
    child_end = child_start + duration_ns[blocks[held]]
    cuts = np.flatnonzero(heads[held])
    starts = np.minimum.reduceat(child_start, cuts)
    new_start[tops] = starts
    new_duration[tops] = np.maximum.reduceat(child_end, cuts) - starts

    nodes = np.empty(len(parent), np.int32)
    spans = np.flatnonzero(rows >= 0)
    nodes[rows[spans]] = spans
    missing = tuple(Missing(int(r), int(c)) for r, c in zip(blocks[heads], children, strict=True))
    return Forest(new_parent, new_depth, new_size, new_start, new_duration, new_error, rows, nodes, missing)
