"""The list of traces: order, cursor and the strip over it, without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tracetui.model.trace import Collection

from .listing import Listing, listing_of

if TYPE_CHECKING:
    from .state.find_traces import TraceHits, TraceMatches

__all__ = ["Column", "ListState", "Strip", "TraceListState", "slow_ns", "strip_of"]

Int64 = npt.NDArray[np.int64]
EIGHTHS = 8


class Column(StrEnum):
    """The columns of the list, in the order in which they stand."""

    WHEN = "when"
    NAME = "service · operation"
    DURATION = "duration"
    SPANS = "spans"
    SERVICES = "services"
    ERRORS = "errors"
    ISSUES = "issues"


COLUMNS = tuple(Column)
_ASCENDING = {Column.WHEN, Column.NAME}
"""Columns that start with the smallest; of the others the largest is what one looks for."""


class ListState:
    """Which traces stand where, and where the cursor is.

    Attributes:
        listing: What is listed.
        sort: The column that orders the list.
        descending: Whether its largest value stands first.
        order: int64[t], numbers of traces from top to bottom.
        cursor: A position in `order`; 0 also where the list is empty.
        matches: which traces the filter leaves, or None without one.
        hits: which traces were searched and found, or None.
    """

    def __init__(self, listing: Listing) -> None:
        self.sort = Column.DURATION
        self.descending = True
        self.cursor = 0
        self.matches: TraceMatches | None = None
        self.hits: TraceHits | None = None
        self.listing = listing
        self._arrange()

    def __len__(self) -> int:
        return len(self.order)

    @property
    def duration_ns(self) -> Int64:
        """int64[t], the primary root's duration, by number."""
        return self.listing.duration_ns

    @property
    def issues(self) -> Int64:
        """int64[t], issues of each trace, by number."""
        return self.listing.issues

    @property
    def current(self) -> int:
        """The number of the trace at the cursor, -1 where there is none."""
        return int(self.order[self.cursor]) if len(self.order) else -1

    def set_listing(self, listing: Listing) -> None:
        """List other traces, as while loading; the cursor stays on the trace it is on.

        Before anything was moved, it stays at the top instead: there the slowest trace is to be found.
        """
        ids, number = self.listing.ids, self.current
        if list(listing.ids[: len(ids)]) != list(ids):
            self.matches = self.hits = None
        else:  # what is new is looked at by and by
            self.matches = self.matches and self.matches.grown(len(listing))
            self.hits = self.hits and self.hits.grown(len(listing))
        kept = ids[number] if number >= 0 and self.cursor else None
        self.listing = listing
        self._arrange()
        self.cursor = min(self.cursor, max(0, len(self) - 1))
        if kept is not None:
            ids = listing.ids
            if not (number < len(ids) and ids[number] == kept):
                number = ids.index(kept) if kept in ids else -1
            self.select(number)

    def select(self, number: int) -> None:
        """Put the cursor on a trace; where it is not listed the cursor stays."""
        found = np.flatnonzero(self.order == number)
        if len(found):
            self.cursor = int(found[0])

    def set_matches(self, matches: TraceMatches | None) -> None:
        """List only these traces, or (None) all; the cursor stays on its trace or at its position."""
        current = self.current
        self.matches = matches
        self._arrange()
        self.move_to(self.cursor)
        self.select(current)

    def move_to(self, position: int) -> None:
        """Put the cursor on a position, or on the nearest there is."""
        self.cursor = max(0, min(position, len(self) - 1))

    def sort_by(self, column: Column) -> None:
        """Order by a column, or turn the order round if it is ordered by it already."""
        if column == self.sort:
            self.reverse()
        else:
            self.sort, self.descending = column, column not in _ASCENDING
            self._rearrange()

    def sort_next(self, step: int) -> None:
        """Order by the column to the right (1) or to the left (-1)."""
        self.sort_by(COLUMNS[(COLUMNS.index(self.sort) + step) % len(COLUMNS)])

    def reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending
        self._rearrange()

    def _rearrange(self) -> None:
        """Order anew with the cursor on the same trace, unless it is at the top, which is where it stays."""
        current, top = self.current, self.cursor == 0
        self._arrange()
        if not top:
            self.select(current)

    def _arrange(self) -> None:
        """Equal values stand by start, then as in the source."""
        values = self._values()
        keys = -values if self.descending else values
        order = np.lexsort((self.listing.start_ns, keys)).astype(np.int64)
        self.order: Int64 = order if self.matches is None else order[self.matches.keep[order]]

    def _values(self) -> Int64:
        listing = self.listing
        match self.sort:
            case Column.WHEN:
                return listing.start_ns
            case Column.NAME:
                return listing.name_ranks()
            case Column.DURATION:
                return listing.duration_ns
            case Column.SPANS:
                return listing.span_count
            case Column.SERVICES:
                return listing.service_count
            case Column.ERRORS:
                return listing.error_count
        return listing.issues


class TraceListState(ListState):
    """The list of the traces of a collection.

    Attributes:
        collection: What is listed.
    """

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        super().__init__(listing_of(collection))

    def set_collection(self, collection: Collection) -> None:
        """List another collection, as while loading; see `set_listing`."""
        self.collection = collection
        self.set_listing(listing_of(collection))


def slow_ns(durations: Int64) -> int:
    """From which duration on a trace is slow: the slowest twentieth, if twice the median or more."""
    if not len(durations):
        return 0
    ranked = np.sort(durations)
    count = len(ranked)
    return max(int(ranked[count - 1 - count // 20]), 2 * int(ranked[(count - 1) // 2]), 1)


@dataclass(frozen=True, slots=True)
class Strip:
    """Durations over time, one column a cell.

    Attributes:
        eighths: int64[width], height of each column in eighths of a line; 0 where no trace starts.
        slow: bool[width], columns whose slowest trace stands out.
        error: bool[width], columns that hold a trace with an error.
        column: int64[t], the column of each trace, by number.
        start_ns: The time at the left edge.
        end_ns: The time of the last start.
        longest_ns: The duration that is as high as the strip.
    """

    eighths: Int64
    slow: npt.NDArray[np.bool_]
    error: npt.NDArray[np.bool_]
    column: Int64
    start_ns: int
    end_ns: int
    longest_ns: int


def strip_of(state: ListState, width: int, height: int) -> Strip:
    """Put the longest duration of each stretch of time into a column; of the traces that are listed.

    Its scales are those of all, so that a filter moves nothing.

    Args:
        state: The list.
        width: Cells; at least 1.
        height: Lines; at least 1.

    Returns:
        The strip.
    """
    width, height = max(1, width), max(1, height)
    starts = state.listing.start_ns
    durations = state.listing.duration_ns
    eighths = np.zeros(width, np.int64)
    slow, error = np.zeros(width, np.bool_), np.zeros(width, np.bool_)
    if not len(starts):
        return Strip(eighths, slow, error, np.empty(0, np.int64), 0, 0, 0)
    first, last = int(starts.min()), int(starts.max())
    # Starts may lie 2^64 apart, and the product below has 64 bits: so offsets are unsigned and coarsened.
    shift = max(0, (last - first).bit_length() - 40)
    offsets = ((starts.astype(np.uint64) - np.uint64(first % 2**64)) >> np.uint64(shift)).astype(np.int64)
    extent = max(1, (last - first) >> shift)
    column = np.minimum(offsets * width // (extent + 1), width - 1)
    listed = state.order
    longest = np.full(width, -1, np.int64)
    np.maximum.at(longest, column[listed], durations[listed])
    most = int(durations.max())
    shift = max(0, most.bit_length() - 40)
    scale = max(1, most >> shift)
    used = longest >= 0
    eighths[used] = np.maximum(1, (longest[used] >> shift) * (height * EIGHTHS) // scale)
    slow = longest >= slow_ns(durations)
    error[column[listed[state.listing.error_count[listed] > 0]]] = True
    return Strip(eighths, slow, error, column, first, last, most)
