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
    """Traces by id, in the order in which they came first."""

    def __init__(self) -> None:
        self._rows: dict[str, Found] = {}
        self._numbers: dict[str, int] = {}
        self._listing: Listing | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, trace_id: str) -> bool:
        return plain_id(trace_id) in self._rows

    def clear(self) -> None:
        """Forget all of them."""
        self._rows.clear()
        self._listing = None

    def merge(self, rows: Iterable[Found]) -> Merged:
        """Take rows in: new ones, and those that take the place of what was known of a trace.

        What a row does not say stays as it was known. Past `MAX_ROWS` the traces that began first are let go.
        """
        new = changed = 0
        for row in rows:
            key = plain_id(row.trace_id)
            known = self._rows.get(key)
            if known is None:
                self._rows[key] = row
                new += 1
                continue
            fuller = _fuller(known, row)
            if fuller != known:
                self._rows[key] = fuller
                changed += 1
        if new or changed:
            self._listing = None
        if len(self._rows) > MAX_ROWS:
            kept = sorted(self._rows.items(), key=lambda item: item[1].start_ns or 0)[-MAX_ROWS:]
            wanted = {key for key, _ in kept}
            self._rows = {key: row for key, row in self._rows.items() if key in wanted}
        return Merged(new, changed)

    def number_of(self, trace_id: str) -> int:
        """The number of a trace in the listing, -1 where it is not there."""
        _ = self.listing()
        return self._numbers.get(plain_id(trace_id), -1)

    def newest_ns(self) -> int | None:
        """When the trace began that began last; None without any."""
        return max((row.start_ns for row in self._rows.values() if row.start_ns is not None), default=None)

    def oldest_ns(self) -> int | None:
        """When the trace began that began first."""
        return min((row.start_ns for row in self._rows.values() if row.start_ns is not None), default=None)

    def listing(self) -> Listing:
        """All of them as columns; the same object until something changes."""
        if self._listing is None:
            self._listing = _listing(list(self._rows.values()))
            self._numbers = {key: number for number, key in enumerate(self._rows)}
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


def _listing(rows: Sequence[Found]) -> Listing:
    strings: dict[str, int] = {"": 0}

    def codes(texts: Iterable[str | None]) -> npt.NDArray[np.int64]:
        return np.fromiter(
            (strings.setdefault(text or "", len(strings)) for text in texts), np.int64, len(rows)
        )

    def figures(values: Iterable[int | None], unknown: int = UNKNOWN) -> npt.NDArray[np.int64]:
        return np.fromiter((unknown if v is None else v for v in values), np.int64, len(rows))

    service, name = codes(row.service for row in rows), codes(row.name for row in rows)
    # A start that nobody knows is drawn at the left edge, not 50 years before.
    first = min((row.start_ns for row in rows if row.start_ns is not None), default=0)
    return Listing(
        ids=[row.trace_id for row in rows],
        strings=list(strings),
        service=service,
        name=name,
        start_ns=figures((row.start_ns for row in rows), first),
        duration_ns=figures(row.duration_ns for row in rows),
        span_count=figures(row.span_count for row in rows),
        service_count=figures(row.service_count for row in rows),
        error_count=figures(row.error_count for row in rows),
        issues=np.full(len(rows), UNKNOWN, np.int64),
    )
