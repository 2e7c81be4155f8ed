"""Finding spans by trace and id, many at a time.

One sorted column serves all traces. Each of its numbers holds a hash of trace and id above the row:

    |<------- hash ------->|<- row ->|      64 bits in all, as many for the row as the rows need

So sorting plain integers, which numpy does quickest, brings equal ids side by side, each id's rows in source
order. Equal hashes are checked against trace and id: a chance collision costs time, never truth.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tracetui.model.store import Flag

Columns = dict[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Real = tuple[int, int, int]
"""Trace, id, and whether the id is a text's code."""


class IdIndex:
    """Finds the first row with an id of a trace.

    Args:
        columns: The loader's columns, n rows in source order.

    Attributes:
        repeats: int64[k] ascending, places whose hash the next place has, too.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        flags = columns["flags"]
        rows = len(flags)
        self._row = np.uint64((1 << max(rows - 1, 1).bit_length()) - 1)
        keys = self._hashes(columns["trace"], columns["span_id"], (flags & Flag.OPAQUE_ID) != 0)
        keys |= np.arange(rows, dtype=np.uint64)
        without_id = (flags & Flag.NO_ID) != 0
        if without_id.any():
            keys = keys[~without_id]
        keys.sort()
        self._keys = keys
        self.repeats = np.flatnonzero((keys[1:] ^ keys[:-1]) <= self._row)
        self._runs: dict[int, dict[Real, int]] = {}

    def rows(self, places: npt.NDArray[np.int64]) -> Rows:
        """The rows at some places, int32[k]."""
        return (self._keys[places] & self._row).astype(np.int32)

    def groups(self, without: npt.NDArray[np.integer[Any]]) -> list[list[int]]:
        """Rows that share trace and id, two or more each, all in source order.

        Args:
            without: First rows of runs that are settled already.
        """
        repeats = self.repeats[~np.isin(self.rows(self.repeats), without)]
        in_run = np.zeros(len(self._keys), np.bool_)
        in_run[repeats] = True
        in_run[repeats + 1] = True
        rows = self.rows(np.flatnonzero(in_run)).tolist()
        starts = np.flatnonzero(np.diff(repeats, prepend=-2) > 1)
        ends = np.append(starts[1:], len(repeats)) + np.arange(1, len(starts) + 1)
        found: list[list[int]] = []
        at = 0
        for end in ends.tolist() if len(repeats) else ():
            found.extend(self._split(rows[at:end]))
            at = end
        return sorted(found)

    def find(self, trace: Rows, ids: Hashes, opaque: npt.NDArray[np.bool_]) -> Rows:
        """The first row with each id in its trace.

        Args:
            trace: int32[k], traces.
            ids: uint64[k], ids.
            opaque: bool[k], whether the id is a text's code.

        Returns:
            int32[k], rows; -1 where there is none.
        """
        if not len(self._keys) or not len(ids):
            return np.full(len(ids), -1, np.int32)
        wanted = self._hashes(trace, ids, opaque)
        # Looked for in order, which is several times as quick; where they came from stands in the row's bits.
        mine = np.uint64((1 << max(len(ids) - 1, 1).bit_length()) - 1)
        ordered = wanted & ~mine
        ordered |= np.arange(len(ids), dtype=np.uint64)
        ordered.sort()
        origin = (ordered & mine).astype(np.int64)
        place = np.empty(len(ids), np.int64)
        place[origin] = np.searchsorted(self._keys, wanted[origin])
        place[place == len(self._keys)] = 0
        keys = self._keys[place]
        rows = (keys & self._row).astype(np.int32)
        columns = self._columns
        hit = (columns["span_id"][rows] == ids) & (columns["trace"][rows] == trace)
        hit &= ((columns["flags"][rows] & Flag.OPAQUE_ID) != 0) == opaque
        keys ^= wanted
        for miss in np.flatnonzero(~hit & (keys <= self._row)).tolist():
            real = int(trace[miss]), int(ids[miss]), int(opaque[miss])
            rows[miss] = self._run(int(place[miss])).get(real, -1)
            hit[miss] = rows[miss] >= 0
        rows[~hit] = -1
        return rows

    def _hashes(self, trace: Rows, ids: Hashes, opaque: npt.NDArray[np.bool_]) -> Hashes:
        """Hashes where the index has them, zeros where it has rows."""
        hashes = _mix(trace, ids, opaque)
        hashes &= ~self._row
        return hashes

    def _real(self, row: int) -> Real:
        columns = self._columns
        is_opaque = bool(int(columns["flags"][row]) & Flag.OPAQUE_ID)
        return int(columns["trace"][row]), int(columns["span_id"][row]), is_opaque

    def _split(self, rows: list[int]) -> list[list[int]]:
        """Take a run of equal hashes apart by what the rows really are."""
        by_id: dict[Real, list[int]] = {}
        for row in rows:
            by_id.setdefault(self._real(row), []).append(row)
        return [group for group in by_id.values() if len(group) > 1]

    def _run(self, place: int) -> dict[Real, int]:
        """The first row of each id among the equal hashes that begin at a place."""
        if place not in self._runs:
            end = int(np.searchsorted(self._keys, self._keys[place] | self._row, side="right"))
            run = self._runs[place] = {}
            for row in self.rows(np.arange(place, end)).tolist():
                run.setdefault(self._real(row), row)
        return self._runs[place]


def _mix(trace: Rows, ids: Hashes, opaque: npt.NDArray[np.bool_]) -> Hashes:
    """64 bits that differ in their upper part wherever trace or id do, but for chance (Fibonacci hashing)."""
    salt = trace.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    salt[opaque] += np.uint64(0xC2B2AE3D27D4EB4F)
    salt ^= ids
    salt *= np.uint64(0xD6E8FEB86659FD93)
    return salt
