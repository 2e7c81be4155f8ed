"""What the bytes of records tell before any is decoded: answers that failed, texts and lists that were cut.

The records of a trace are read once, in large pieces, and searched for a few markers. What is found is a
hint: the decoded record decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.model.trace import Trace
from tracetui.query.records import Window, ranges_of, windows

Rows = npt.NDArray[np.int64]

_STATUS: Final = re.compile(rb'status_code"[^}]{0,60}?(?<![A-Za-z0-9])(\d{1,3})(?=["},\s])')
_MARKER: Final = b'status_code"'
_ELLIPSES: Final = (b'..."', '…"'.encode())
_DROPPED: Final = re.compile(rb'ropped\w{4,32}ount"\s*:\s*"?[1-9]')
_MOST: Final = 2_000
_MOST_READ_FOR_TEXTS: Final = 32 << 20
"""Texts that end in dots are told of, not explained by: some of them will do."""


class Scan(Struct, frozen=True):
    """Rows of a trace, counted from its first, ascending.

    Attributes:
        bad_answers: Their records hold a status that a failed call may have.
        cut: Their records hold a text that ends in dots.
        dropped: Their records say that something was dropped.
    """

    bad_answers: Rows
    cut: Rows
    dropped: Rows

    @classmethod
    def of(cls, trace: Trace) -> Scan:
        """Search the records of a trace."""
        bad: set[int] = set()
        cut: set[int] = set()
        dropped: set[int] = set()
        read = 0
        rows = np.arange(trace.first, trace.last, dtype=np.int32)
        for window in windows(trace.store, ranges_of(trace.store, rows)):
            finder = _Finder(window)
            if len(bad) < _MOST:
                finder.statuses(bad)
            read += len(window.data)
            if len(cut) < _MOST and read < _MOST_READ_FOR_TEXTS:
                for ellipsis in _ELLIPSES:
                    finder.texts(ellipsis, cut)
            if len(dropped) < _MOST:
                finder.drops(dropped)
        return cls(*(np.array(sorted(found), np.int64) - trace.first for found in (bad, cut, dropped)))


class _Finder:
    """Finds rows in one window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._starts: list[int] = []

    def statuses(self, found: set[int]) -> None:
        """Rows with an HTTP status from 400, or a gRPC status that is not 0."""
        data = self._window.data
        known: dict[bytes, bool] = {}
        at = data.find(_MARKER)
        while at >= 0:
            end = data.find(b"}", at, at + 96)
            tail = data[at : end if end >= 0 else at + 40]
            bad = known.get(tail)
            if bad is None:
                match = _STATUS.match(data, at)
                code = int(match[1]) if match else 0
                bad = 1 <= code <= 16 or 400 <= code < 600
                if len(known) < 4096:
                    known[tail] = bad
            if bad:
                self._add(at, found)
            at = data.find(_MARKER, at + 12)

    def texts(self, marker: bytes, found: set[int]) -> None:
        """Rows with a marker in them."""
        data = self._window.data
        at = data.find(marker)
        while at >= 0 and len(found) < _MOST:
            self._add(at, found)
            at = data.find(marker, at + len(marker))

    def drops(self, found: set[int]) -> None:
        """Rows that say that something was dropped."""
        data = self._window.data
        if b"ropped" in data:
            for match in _DROPPED.finditer(data):
                self._add(match.start(), found)

    def _add(self, at: int, found: set[int]) -> None:
        window = self._window
        if not self._starts:
            self._starts = (window.ranges.offset[window.first : window.last] - window.start).tolist()
        index = bisect_right(self._starts, at) - 1
        if index >= 0 and at < int(window.ranges.end[window.first + index]) - window.start:
            found.add(int(window.ranges.row[window.first + index]))
