"""Columns that grow: what loaders append to, in fixed chunks so that growing never copies what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 19

COLUMN_TYPES: dict[str, npt.DTypeLike] = {
    "trace": np.int32,
    "span_id": np.uint64,
    "parent_id": np.uint64,
    "flags": np.uint16,
    "start_ns": np.int64,
    "duration_ns": np.int64,
    "name": np.int32,
    "resource": np.int32,
    "scope": np.int32,
    "kind": np.uint8,
    "status": np.uint8,
    "source": np.int32,
    "offset": np.int64,
    "length": np.uint32,
}
"""Every column that a loader fills, one value a span."""


class GrowingColumns:
    """Parallel columns of one length, kept in chunks of `CHUNK` rows."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in COLUMN_TYPES}
        self.length = 0

    def append(self, columns: dict[str, Any]) -> int:
        """Add rows.

        Args:
            columns: One array, list of ints or scalar for each name of `COLUMN_TYPES`; at least `span_id` is
                a sequence and gives the number of rows.

        Returns:
            The first row added.
        """
        rows = len(columns["span_id"])
        first = self.length
        arrays = {name: np.asarray(columns[name], dtype) for name, dtype in COLUMN_TYPES.items()}
        done = 0
        while done < rows:
            at = (first + done) % CHUNK
            if at == 0:
                for name, dtype in COLUMN_TYPES.items():
                    self._chunks[name].append(np.empty(CHUNK, dtype))
            part = min(rows - done, CHUNK - at)
            for name, value in arrays.items():
                chunk = self._chunks[name][-1]
                chunk[at : at + part] = value if value.ndim == 0 else value[done : done + part]
            done += part
        self.length = first + rows
        return first

    def put(self, name: str, first: int, values: npt.NDArray[Any]) -> None:
        """Overwrite one column from row `first` on."""
        done = 0
        while done < len(values):
            chunk, at = divmod(first + done, CHUNK)
            part = min(len(values) - done, CHUNK - at)
            self._chunks[name][chunk][at : at + part] = values[done : done + part]
            done += part

    def take(self, *, consume: bool = False) -> dict[str, npt.NDArray[Any]]:
        """Each column in one piece.

        Args:
            consume: Give the chunks up as they are joined, so that no column is held twice.
        """
        whole: dict[str, npt.NDArray[Any]] = {}
        for name, dtype in COLUMN_TYPES.items():
            column = np.empty(self.length, dtype)
            for at, chunk in enumerate(self._chunks[name]):
                part = column[at * CHUNK : (at + 1) * CHUNK]
                part[:] = chunk[: len(part)]
            whole[name] = column
            if consume:
                self._chunks[name] = []
        if consume:
            self.length = 0
        return whole
