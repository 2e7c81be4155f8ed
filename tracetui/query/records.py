"""Reading the records of many spans in the order in which they stand in their sources."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.model.attributes import SpanDetails
from tracetui.model.store import SpanStore
from tracetui.query.glance import Glance
from tracetui.query.hidden import Finder, Seek

WINDOW: Final = 1 << 20
"""Bytes read and searched at once: they stay in the processor's cache, and about a millisecond passes during
which no other Python code runs."""

GAP: Final = 8 << 10
"""Reading over this much that was not asked for is as quick as another read."""

_BYTES_A_BATCH: Final = 4 << 20
_WINDOWS_A_BATCH: Final = 256

Cancelled = Callable[[], bool]


@dataclass(slots=True)
class Ranges:
    """The byte ranges of some rows' records, by source and offset. A row may have several.

    Attributes:
        row: int32[m], rows of the store.
        source: int32[m], the source.
        offset: int64[m], where in it, in bytes.
        end: int64[m], where the record ends.
    """

    row: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    offset: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def of(self, mask: npt.NDArray[np.bool_], first: int) -> Ranges:
        """Those of rows for which `mask[row - first]` is true."""
        kept = mask[self.row - first]
        return Ranges(self.row[kept], self.source[kept], self.offset[kept], self.end[kept])


def ranges_of(store: SpanStore, rows: npt.NDArray[np.int32]) -> Ranges:
    """The byte ranges of rows, sorted.

    Args:
        store: The columns.
        rows: int32[n], ascending.
    """
    source, offset, length = store.source[rows], store.offset[rows], store.length[rows].astype(np.int64)
    if store.more_records:
        wanted = set(rows.tolist())
        more = [
            (row, *place) for row, places in store.more_records.items() if row in wanted for place in places
        ]
        extra = np.array(more, np.int64).reshape(-1, 4).T
        rows = np.concatenate((rows, extra[0].astype(np.int32)))
        source = np.concatenate((source, extra[1].astype(np.int32)))
        offset = np.concatenate((offset, extra[2]))
        length = np.concatenate((length, extra[3]))
    # One sort key is quicker than two; files stay below 2**47 bytes.
    order = np.argsort((source.astype(np.int64) << 47) | offset, kind="stable")
    offset = offset[order]
    return Ranges(rows[order], source[order], offset, offset + length[order])


@dataclass(slots=True)
class Window:
    """A stretch of one source with the records `first` to `last` of a `Ranges` in it."""

    ranges: Ranges
    first: int
    last: int
    start: int
    data: bytes

    def record(self, index: int) -> bytes:
        """The bytes of a record, by its index in the ranges."""
        low = int(self.ranges.offset[index]) - self.start
        return self.data[low : int(self.ranges.end[index]) - self.start]


def windows(store: SpanStore, ranges: Ranges) -> Iterator[Window]:
    """Read the ranges in few, large reads: neighbours together, up to `WINDOW` bytes or one record."""
    count = len(ranges)
    if not count:
        return
    reach = np.maximum.accumulate(ranges.end)
    change = ranges.source[1:] != ranges.source[:-1]
    if change.any():
        reach = ranges.end  # a maximum must not carry over from one source to the next
    breaks = np.flatnonzero(change | (ranges.offset[1:] - reach[:-1] > GAP)) + 1
    bounds = np.concatenate(([0], breaks, [count]))
    starts = ranges.offset[bounds[:-1]].tolist()
    ends = np.maximum.reduceat(ranges.end, bounds[:-1]).tolist()
    sources = ranges.source[bounds[:-1]].tolist()
    limits = bounds.tolist()
    for at, (start, end, source) in enumerate(zip(starts, ends, sources, strict=True)):
        pread = store.sources[source].pread
        low, high = limits[at], limits[at + 1]
        if end - start <= WINDOW:
            yield Window(ranges, low, high, start, pread(start, end - start))
            continue
        while low < high:
            start = int(ranges.offset[low])
            cut = low + int(np.searchsorted(ranges.offset[low:high], start + WINDOW))
            # The last one that begins inside need not end inside.
            end = int(ranges.end[low:cut].max())
            yield Window(ranges, low, cut, start, pread(start, end - start))
            low = cut


@dataclass(slots=True)
class Hits:
    """The records of a window in which a text may be.

    Attributes:
        indexes: Their indexes in the ranges, ascending.
        seekers: What finds the hints in the window's bytes; none if there is no telling from the bytes.
    """

    indexes: Sequence[int]
    seekers: list[Seek]


def hits(window: Window, finders: Sequence[Finder]) -> Hits:
    """The records of a window in which one of the finders may find its text."""
    if any(finder.anything for finder in finders):
        return Hits(range(window.first, window.last), [])
    size = len(window.data)
    seekers = [seek for finder in finders for seek in finder.seekers(window.data)]
    if window.last - window.first == 1:
        there = any(seek(0, size) >= 0 for seek in seekers)
        return Hits([window.first] if there else [], seekers)
    found: set[int] = set()
    offsets: list[int] = []
    ends: list[int] = []
    for seek in seekers:
        at = seek(0, size)
        while at >= 0:
            if not offsets:
                offsets = (window.ranges.offset[window.first : window.last] - window.start).tolist()
                ends = (window.ranges.end[window.first : window.last] - window.start).tolist()
            index = bisect_right(offsets, at) - 1
            if at < ends[index]:
                # Two spans may share one record.
                shared = index
                while shared >= 0 and offsets[shared] == offsets[index]:
                    found.add(window.first + shared)
                    shared -= 1
            if index + 1 == len(offsets):
                break
            at = seek(offsets[index + 1], size)
    return Hits(sorted(found), seekers)


def settle(
    store: SpanStore,
    window: Window,
    index: int,
    seekers: Sequence[Seek],
    glance: Glance,
    matches: Callable[[SpanDetails], bool],
) -> bool:
    """Whether a record with a hint does match: by a glance if that will do, else by decoding it.

    Args:
        store: The columns.
        window: The window that holds the record.
        index: The record's index in the ranges.
        seekers: What found the hint.
        glance: What looks at the surroundings of the hint.
        matches: What looks at the decoded record.
    """
    ranges = window.ranges
    row, source = int(ranges.row[index]), int(ranges.source[index])
    verdict: bool | None = None
    compare = False
    if seekers and row not in store.more_records:
        low, high = int(ranges.offset[index]) - window.start, int(ranges.end[index]) - window.start
        verdict, compare = glance.verdict(window.data, low, high, seekers, source)
        if verdict is not None and not compare:
            return verdict
    truth = matches(decode(store, row, window.record(index), source))
    glance.compare(source, verdict, truth)
    return truth


def decode(store: SpanStore, row: int, record: bytes, source: int) -> SpanDetails:
    """The details of a row of which one record has just been read; past the store's cache.

    Args:
        store: The columns.
        row: The row.
        record: The bytes of its record, or of one of its records.
        source: The record's source.
    """
    places = store.more_records.get(row)
    if not places:
        return _decode(store, source, record)
    details = _decode(store, int(store.source[row]), store.raw(row))
    for number, offset, length in places:
        details.merge(_decode(store, number, store.sources[number].pread(offset, length)))
    return details


def _decode(store: SpanStore, source: int, record: bytes) -> SpanDetails:
    try:
        return store.decoders[source](record)
    except (ValueError, TypeError, KeyError):
        return SpanDetails()


class Pace:
    """When to look up from the work: after a few milliseconds of large reads, or many small ones."""

    def __init__(self, cancelled: Cancelled | None) -> None:
        self._cancelled = cancelled
        self._bytes = _BYTES_A_BATCH
        self._windows = 0

    def due(self, window: Window) -> bool:
        """Count a window; whether it is time to report."""
        self._bytes += len(window.data)
        self._windows += 1
        if self._bytes < _BYTES_A_BATCH and self._windows < _WINDOWS_A_BATCH:
            return False
        self._bytes = self._windows = 0
        return True

    def stopped(self) -> bool:
        """Whether the work is to be given up."""
        return self._cancelled is not None and self._cancelled()
