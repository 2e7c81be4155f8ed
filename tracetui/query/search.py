"""Search as you type: one pattern over names, services, ids, attributes, events, resources of many spans.

Columns are asked first: the table of texts once, then masks. What they do not hold is looked for in the
bytes of the records, window by window, and only a record with a hint of the pattern is decoded to see whether
a key or a value matches, and not the JSON around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from tracetui.model.store import Flag, SpanStore
from tracetui.query.glance import Glance
from tracetui.query.hidden import Finder
from tracetui.query.patterns import Pattern, search_pattern
from tracetui.query.records import Cancelled, Pace, Ranges, hits, ranges_of, settle, windows
from tracetui.query.texts import MADE_KEYS, Part, in_attribute, in_attributes, in_details, parts_of

_HEX = re.compile(r"[0-9a-fA-F]+")
_SHORTEST_BEGINNING = 4
_SHORTEST_MIDDLE = 6
_IDS_AT_ONCE = 1 << 14
_SETTLED_AT_ONCE = 256

Parts = npt.NDArray[np.uint16]


@dataclass(slots=True)
class Found:
    """What was found so far.

    Attributes:
        first: The store row that `parts[0]` is about.
        parts: uint16[n], where each row matches: bits of `Part.NAME`, `SERVICE`, `ID`, `RESOURCE` and, for
            all that stands in its record, `RECORD`; 0 for no match. `Searcher.where` tells it closer.
        done: Records looked at.
        total: Records to look at.
        complete: Whether the search came to its end.
    """

    first: int
    parts: Parts
    done: int = 0
    total: int = 0
    complete: bool = False

    @property
    def rows(self) -> npt.NDArray[np.int32]:
        """int32[k], the rows that match, ascending."""
        return (np.flatnonzero(self.parts) + self.first).astype(np.int32)

    @property
    def count(self) -> int:
        """How many rows match."""
        return int(np.count_nonzero(self.parts))


Progress = Callable[[Found], None]


@dataclass
class Searcher:
    """Searches the rows of a store again and again; keeps what one search can leave to the next.

    Searching is for one thread at a time; the store may be read by others meanwhile.

    Attributes:
        store: The columns.
        first: First row.
        last: Row after the last; the end of the store if not given.
    """

    store: SpanStore
    first: int = 0
    last: int = -1
    _ranges: Ranges | None = field(default=None, repr=False)
    _before: tuple[Pattern, Parts] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.last < 0:
            self.last = len(self.store)

    def search(
        self, text: str, *, cancelled: Cancelled | None = None, on_progress: Progress | None = None
    ) -> Found:
        """Search.

        Args:
            text: What to look for. Without upper-case letters case does not count; `re:` in front makes it a
                regular expression; hex digits are looked for in ids as well. "" finds nothing.
            cancelled: Asked after every few milliseconds of work; true ends it with what was found so far.
            on_progress: Given what was found so far, always the same growing object: once the columns are
                done, and then after every few milliseconds in which something was found or read.

        Raises:
            QueryError: The regular expression is wrong.
            InputError: A source can no longer be read.
        """
        pattern = search_pattern(text)
        found = Found(self.first, np.zeros(self.last - self.first, np.uint16))
        if not pattern.text:
            found.complete = True
            return found
        self._in_columns(pattern, found.parts)
        ranges = self._ranges_for(pattern)
        found.total = len(ranges)
        if on_progress is not None:
            on_progress(found)
        if self._in_records(pattern, ranges, found, cancelled, on_progress):
            found.complete = True
            self._before = pattern, found.parts.copy()
        return found

    def forget(self) -> None:
        """Let the next search look at all records again, whatever was searched before."""
        self._before = None

    def where(self, text: str, row: int) -> Part:
        """Where exactly a row matches: decodes it.

        Args:
            text: What was searched.
            row: A row that was found.
        """
        pattern = search_pattern(text)
        parts = np.zeros(1, np.uint16)
        Searcher(self.store, row, row + 1)._in_columns(pattern, parts)
        return Part(int(parts[0]) | parts_of(self.store.details(row), pattern.matches))

    def _in_columns(self, pattern: Pattern, parts: Parts) -> None:
        store, rows = self.store, slice(self.first, self.last)
        texts = np.fromiter(map(pattern.matches, store.strings), np.bool_, len(store.strings))
        parts[texts[store.name[rows]]] |= int(Part.NAME)
        parts[texts[store.service[rows]]] |= int(Part.SERVICE)
        resource = store.resource[rows]
        in_use = np.bincount(resource + 1, minlength=1)[1:]
        if in_use.any():
            known = np.zeros(len(in_use) + 1, np.bool_)  # one more, false, for -1
            for code in np.flatnonzero(in_use).tolist():
                known[code] = in_attributes(store.resources.decode[code](), pattern.matches)
            parts[known[resource]] |= int(Part.RESOURCE)
        parts[self._in_ids(pattern, texts)] |= int(Part.ID)

    def _in_ids(self, pattern: Pattern, texts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        store, rows = self.store, slice(self.first, self.last)
        opaque = (store.flags[rows] & Flag.OPAQUE_ID) != 0
        numbers = store.span_id[rows]
        found = np.zeros(len(numbers), np.bool_)
        found[opaque] = texts[numbers[opaque].astype(np.int64)]
        if pattern.is_regex or not _HEX.fullmatch(pattern.text):
            return found
        digits = pattern.text.lower()
        no_number = opaque | ((store.flags[rows] & Flag.NO_ID) != 0)
        found |= ids_with(numbers, digits) & ~no_number
        first, last = np.searchsorted(store.trace_first, (self.first, self.last)).tolist()
        for trace in range(first, min(last, len(store.trace_ids))):
            row = int(store.trace_first[trace])
            if row < self.last and _in_id(store.trace_ids[trace], digits):
                found[row - self.first] |= row >= self.first
        return found

    def _ranges_for(self, pattern: Pattern) -> Ranges:
        """The records to look at; if the last pattern is part of this one, only those that it was in."""
        if self._ranges is None:
            self._ranges = ranges_of(self.store, np.arange(self.first, self.last, dtype=np.int32))
        if self._before is not None and pattern.narrows(self._before[0]):
            return self._ranges.of((self._before[1] & int(Part.RECORD)) != 0, self.first)
        return self._ranges

    def _in_records(
        self,
        pattern: Pattern,
        ranges: Ranges,
        found: Found,
        cancelled: Cancelled | None,
        on_progress: Progress | None,
    ) -> bool:
        """Look into the records; whether the end was reached."""
        finders = [Finder(pattern.literal, ignore_case=pattern.ignore_case)]
        for key, fields in MADE_KEYS.items():
            if pattern.matches(key):
                finders += [Finder(name, ignore_case=pattern.ignore_case) for name in fields]
        glance = Glance(partial(in_attribute, pattern.matches), keyed=False)
        matches = partial(in_details, pattern.matches)
        rows, store, first, bit = ranges.row, self.store, self.first, int(Part.RECORD)
        pace = Pace(cancelled)
        for window in windows(store, ranges):
            if pace.due(window):
                if pace.stopped():
                    return False
                if on_progress is not None and found.done:
                    on_progress(found)
            found_hits = hits(window, finders)
            for number, index in enumerate(found_hits.indexes):
                if number % _SETTLED_AT_ONCE == _SETTLED_AT_ONCE - 1:
                    if pace.stopped():
                        return False
                    if on_progress is not None:
                        on_progress(found)
                if settle(store, window, index, found_hits.seekers, glance, matches):
                    found.parts[rows[index] - first] |= bit
            found.done = window.last
        return not pace.stopped()


def ids_with(ids: npt.NDArray[np.uint64], digits: str) -> npt.NDArray[np.bool_]:
    """Which ids contain some hex digits: all 16, at least 4 at the beginning, or at least 6 anywhere.

    Fewer would be in too many ids by chance.

    Args:
        ids: uint64[n].
        digits: Lower-case hex digits.
    """
    if len(digits) == 16:
        exact: npt.NDArray[np.bool_] = ids == np.uint64(int(digits, 16))
        return exact
    found = np.zeros(len(ids), np.bool_)
    if not _SHORTEST_BEGINNING <= len(digits) < 16:
        return found
    shift = np.uint64(4 * (16 - len(digits)))
    found |= (ids >> shift) == np.uint64(int(digits, 16))
    if len(digits) < _SHORTEST_MIDDLE:
        return found
    for start in range(0, len(ids), _IDS_AT_ONCE):
        text = ids[start : start + _IDS_AT_ONCE].astype(">u8").tobytes().hex()
        at = text.find(digits)
        while at >= 0:
            index, within = divmod(at, 16)
            if within + len(digits) <= 16:
                found[start + index] = True
            at = text.find(digits, at + 1)
    return found


def _in_id(text: str, digits: str) -> bool:
    if len(digits) >= _SHORTEST_MIDDLE:
        return digits in text
    return len(digits) >= _SHORTEST_BEGINNING and text.startswith(digits)
