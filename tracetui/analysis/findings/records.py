"""The records of one trace: read once where they are few, else as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from tracetui.model.attributes import SpanDetails
from tracetui.model.store import SpanStore
from tracetui.query.records import WINDOW, Window, decode, ranges_of, windows


class Records:
    """Where a trace's records are.

    Args:
        store: The columns.
        first: First row of the trace, which rows count from.
        last: Row after the last.
    """

    def __init__(self, store: SpanStore, first: int, last: int) -> None:
        self._store, self._first, self._last = store, first, last

    @cached_property
    def _held(self) -> list[Window] | None:
        """The windows with all records; None if they are too many to be kept."""
        rows = slice(self._first, self._last)
        if int(self._store.length[rows].sum(dtype=np.int64)) > WINDOW:
            return None
        return list(self._read(np.arange(self._first, self._last)))

    @cached_property
    def _places(self) -> dict[int, tuple[Window, int]]:
        """The window and the index in it of each row's record, of those that are held."""
        found: dict[int, tuple[Window, int]] = {}
        for window in self._held or ():
            rows = window.ranges.row[window.first : window.last].tolist()
            for index, row in enumerate(rows, window.first):
                found.setdefault(row, (window, index))
        return found

    def _read(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Iterator[Window]:
        return windows(self._store, ranges_of(self._store, rows.astype(np.int32)))

    def windows(self, some: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None) -> Iterator[Window]:
        """The records of some rows in large pieces, in the order in which they stand in their sources.

        Args:
            some: Rows counted from the trace's first, ascending; None for all.
        """
        if some is not None:
            return self._read(some + self._first)
        if self._held is not None:
            return iter(self._held)
        return self._read(np.arange(self._first, self._last))

    def decoded(self, rows: list[int]) -> Iterator[tuple[int, SpanDetails]]:
        """Rows, counted from the trace's first, with their decoded records, each once, in any order."""
        store, first = self._store, self._first
        if self._held is not None:
            for row in rows:
                window, index = self._places[row + first]
                source = int(window.ranges.source[index])
                yield row, decode(store, row + first, window.record(index), source)
            return
        done: set[int] = set()
        for window in self._read(np.array(sorted(rows), np.intp) + first):
            for index in range(window.first, window.last):
                row = int(window.ranges.row[index])
                if row not in done:  # there may be several reports of one span
                    done.add(row)
                    source = int(window.ranges.source[index])
                    yield row - first, decode(store, row, window.record(index), source)
