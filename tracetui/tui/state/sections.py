"""The critical path as the screen needs it: by time for jumping along it, by node for drawing it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from .forest import Int32, Int64

FEW = 64
"""Sections of one bar up to which each is drawn by itself."""

Intervals = list[tuple[int, int]]


class Sections(Struct, frozen=True):
    """Sections of the critical paths of one trace.

    Attributes:
        node: int32[m], whose section it is; in the order of the paths, each in order of time.
        start_ns: int64[m].
        end_ns: int64[m].
        order: intp[m], sorts the sections by node and keeps their order otherwise.
        sorted_node: int32[m], `node[order]`.
    """

    node: Int32
    start_ns: Int64
    end_ns: Int64
    order: npt.NDArray[np.intp]
    sorted_node: Int32

    @classmethod
    def build(cls, node: Int32, start_ns: Int64, end_ns: Int64) -> Sections:
        order = np.argsort(node, kind="stable")
        return cls(node, start_ns, end_ns, order, node[order])

    def __len__(self) -> int:
        return len(self.node)

    def _slice(self, first: int, last: int) -> npt.NDArray[np.intp]:
        low, high = self.sorted_node.searchsorted(np.array((first, last), np.int32))
        return self.order[low:high]

    def first_of(self, node: int) -> int:
        """Return the first section of a node, or -1."""
        found = self._slice(node, node + 1)
        return int(found[0]) if len(found) else -1

    def intervals(self, first: int, last: int, start_ns: int, end_ns: int, cells: int) -> Intervals:
        """Return what the nodes [first, last) have of the path, for a bar of `cells` cells over a window.

        Up to `FEW` sections stand as they are. More are drawn by the eighth of a cell: one is on the path
        where at least half of its time is.
        """
        found = self._slice(first, last)
        if len(found) <= FEW:
            return list(zip(self.start_ns[found].tolist(), self.end_ns[found].tolist(), strict=True))
        starts, ends = self.start_ns[found], self.end_ns[found]
        if last - first > 1:
            by_time = np.argsort(starts, kind="stable")
            starts, ends = starts[by_time], ends[by_time]
        low = int(np.searchsorted(ends, start_ns))
        high = int(np.searchsorted(starts, end_ns))
        if high - low <= FEW:
            return list(zip(starts[low:high].tolist(), ends[low:high].tolist(), strict=True))
        return _by_eighths(starts[low:high], ends[low:high], start_ns, end_ns, cells)


def _by_eighths(starts: Int64, ends: Int64, start_ns: int, end_ns: int, cells: int) -> Intervals:
    count = max(1, cells * 8)
    width = end_ns - start_ns
    edges_ns = [start_ns + width * edge // count for edge in range(count + 1)]
    edges = np.asarray(edges_ns, np.int64)
    spent = np.concatenate(([0], np.cumsum(ends - starts)))
    # Time on the path before each edge: whole sections that start before it, less what the last has left.
    begun = np.searchsorted(starts, edges)
    last = np.maximum(begun - 1, 0)
    before = spent[begun] - np.where(begun > 0, np.maximum(ends[last] - edges, 0), 0)
    share = np.diff(before)
    on = share * 2 >= np.maximum(np.diff(edges), 1)
    if not on.any():
        on[int(np.argmax(share))] = True
    steps = np.diff(np.concatenate(([0], on.astype(np.int8), [0])))
    begins, stops = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
    return [(edges_ns[a], edges_ns[b]) for a, b in zip(begins, stops, strict=True)]
