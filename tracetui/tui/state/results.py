"""What a search has found so far: merged by trace id, and as a listing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.backends.base import Found
from tracetui.tui.listing import UNKNOWN, Listing

__all__ = ["MAX_ROWS", "Merged", "Results", "plain_id"]

MAX_ROWS: Final = 20_000
"""Traces that are kept, however long somebody follows."""
Int64 = npt.NDArray[np.int64]
_COLUMNS: Final = (
    "service", "name", "start_ns", "duration_ns", "span_count", "service_count", "error_count",
)  # fmt: skip
_START: Final = _COLUMNS.index("start_ns")
_NEVER: Final = -(1 << 63)
"""Stands for a start that nobody knows."""
_FIRST_ROOM: Final = 256


def plain_id(text: str) -> str:
    """A trace id as two of them are compared: without what may be left out."""
    return text.strip().lower().lstrip("0")


class Merged(Struct, frozen=True):
    """What came of merging rows.

    Attributes:
        new: How many traces were not known before.
        changed: How many say something else now.
    """

    new: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


class Results:
    """Traces by id, in the order in which they came first.

    Rows are kept as columns that grow: a listing costs no pass over what was there before.
    """

    def __init__(self) -> None:
        self.clear()

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, trace_id: str) -> bool:
        return plain_id(trace_id) in self._numbers

    def clear(self) -> None:
        """Forget all of them."""
        self._found: list[Found] = []
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._strings: dict[str, int] = {"": 0}
        self._columns = np.empty((len(_COLUMNS), _FIRST_ROOM), np.int64)
        self._listing: Listing | None = None

    def merge(self, rows: Iterable[Found]) -> Merged:
        """Take rows in: new ones, and those that take the place of what was known of a trace.

        What a row does not say stays as it was known. Past `MAX_ROWS` the traces that began first are let go.
        """
        new: list[Found] = []
        changed: dict[int, Found] = {}
        before = len(self._found)
        for row in rows:
            number = self._numbers.setdefault(plain_id(row.trace_id), len(self._found))
            if number == len(self._found):
                self._found.append(row)
                new.append(row)
            elif (known := self._found[number]) is not row:
                fuller = _fuller(known, row)
                if fuller != known:
                    self._found[number] = changed[number] = fuller
        if not new and not changed:
            return Merged(0, 0)
        self._listing = None
        if len(self._found) > MAX_ROWS:
            self._let_go()
        else:
            self._append(before, self._found[before:])
            self._change({number: row for number, row in changed.items() if number < before})
        return Merged(len(new), len(changed))

    def _append(self, first: int, rows: Sequence[Found]) -> None:
        end = first + len(rows)
        room = self._columns.shape[1]
        if end > room:
            larger = np.empty((len(_COLUMNS), max(end, 2 * room)), np.int64)
            larger[:, :first] = self._columns[:, :first]
            self._columns = larger
        self._ids += [row.trace_id for row in rows]
        if rows:
            self._columns[:, first:end] = np.array([self._figures(row) for row in rows], np.int64).T

    def _change(self, rows: dict[int, Found]) -> None:
        if rows:
            self._columns = self._columns.copy()  # listings that were given out look at the old one
        for number, row in rows.items():
            self._columns[:, number] = self._figures(row)
            self._ids[number] = row.trace_id

    def _let_go(self) -> None:
        """Keep the rows that began last."""
        starts = np.array([row.start_ns or 0 for row in self._found], np.int64)
        kept = np.sort(np.argsort(starts, kind="stable")[-MAX_ROWS:])
        rows = [self._found[number] for number in kept.tolist()]
        self.clear()
        self._found = rows
        self._numbers = {plain_id(row.trace_id): number for number, row in enumerate(rows)}
        self._append(0, rows)

    def _figures(self, row: Found) -> tuple[int, ...]:
        """What a row says, as in `_COLUMNS`."""
        strings = self._strings
        return (
            strings.setdefault(row.service or "", len(strings)),
            strings.setdefault(row.name or "", len(strings)),
            _NEVER if row.start_ns is None else row.start_ns,
            UNKNOWN if row.duration_ns is None else row.duration_ns,
            UNKNOWN if row.span_count is None else row.span_count,
            UNKNOWN if row.service_count is None else row.service_count,
            UNKNOWN if row.error_count is None else row.error_count,
        )

    def _starts(self) -> Int64:
        """When traces began, of those of which that is known."""
        starts = self._columns[_START, : len(self._found)]
        known: Int64 = starts[starts != _NEVER]
        return known

    def number_of(self, trace_id: str) -> int:
        """The number of a trace in the listing, -1 where it is not there."""
        return self._numbers.get(plain_id(trace_id), -1)

    def newest_ns(self) -> int | None:
        """When the trace began that began last; None without any."""
        starts = self._starts()
        return int(starts.max()) if len(starts) else None

    def oldest_ns(self) -> int | None:
        """When the trace began that began first."""
        starts = self._starts()
        return int(starts.min()) if len(starts) else None

    def listing(self) -> Listing:
        """All of them as columns; the same object until something changes."""
        if self._listing is None:
            count = len(self._found)
            columns = dict(zip(_COLUMNS, self._columns[:, :count], strict=True))
            known = self._starts()
            if len(known) < count:
                # A start that nobody knows is drawn at the left edge, not 50 years before.
                first = known.min() if len(known) else 0
                starts = columns["start_ns"]
                columns["start_ns"] = np.where(starts == _NEVER, first, starts)
            issues = np.full(count, UNKNOWN, np.int64)
            self._listing = Listing(self._ids[:], list(self._strings), **columns, issues=issues)
        return self._listing


def _fuller(known: Found, row: Found) -> Found:
    """A row with what was known before where it says nothing."""
    said = {
        name: value
        for name in Found.__struct_fields__
        if (value := getattr(row, name)) is None and (value := getattr(known, name)) is not None
    }
    if not said:
        return row
    return Found(**{name: said.get(name, getattr(row, name)) for name in Found.__struct_fields__})
