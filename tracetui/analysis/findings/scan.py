"""What the bytes of records tell before any is decoded: answers that failed, texts and lists that were cut.

The records of a trace are read once, in large pieces, and searched for a few markers. What is found is a
hint: the decoded record decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.loaders.scan import find_all, stands_at
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Trace
from tracetui.query.records import Window

Rows = npt.NDArray[np.int64]

_STATUS: Final = re.compile(rb'status_code"[^}]{0,60}?(?<![A-Za-z0-9])(\d{1,3})(?=["},\s])')
_MARKER: Final = b'status_code"'
_ELLIPSES: Final = (b'..."', '…"'.encode())
_DROPPED: Final = re.compile(rb'ropped\w{4,32}ount"\s*:\s*"?[1-9]')
_MOST: Final = 2_000
_FEW: Final = 256 << 10
_MOST_LEADS: Final = 8
_MOST_READ_FOR_TEXTS: Final = 8 << 20
"""Texts that end in dots are told of, not explained by: some of them will do."""


def _is_bad(code: int) -> bool:
    return 1 <= code <= 16 or 400 <= code < 600


def _bad(data: bytes, places: Rows) -> Rows:
    """Those of the places of numbers at which one stands that a failed call may have."""
    text = np.frombuffer(data, np.uint8)
    places = places[places < len(text) - 3]
    digits = [text[places + at].astype(np.int16) - ord("0") for at in range(3)]
    is_digit = [(digit >= 0) & (digit <= 9) for digit in digits]
    one = is_digit[0] & ~is_digit[1] & (digits[0] > 0)
    two = is_digit[0] & is_digit[1] & ~is_digit[2] & (digits[0] == 1) & (digits[1] <= 6)
    three = is_digit[0] & is_digit[1] & is_digit[2] & (digits[0] >= 4) & (digits[0] <= 5)
    found: Rows = places[one | two | three]
    return found


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
    def of(cls, trace: Trace, windows: Iterable[Window]) -> Scan:
        """Search the records of a trace.

        Args:
            trace: The trace.
            windows: Those of its records that are looked at.
        """
        bad: set[int] = set()
        cut: set[int] = set()
        dropped: set[int] = set()
        read = 0
        leads: list[bytes] = []
        may_be_dropped = any(issue.code is IssueCode.TRUNCATED for issue in trace.issues)
        for window in windows:
            finder = _Finder(window, leads)
            if len(bad) < _MOST:
                finder.statuses(bad)
            read += len(window.data)
            if len(cut) < _MOST and read < _MOST_READ_FOR_TEXTS:
                for ellipsis in _ELLIPSES:
                    finder.texts(ellipsis, cut)
            if may_be_dropped and len(dropped) < _MOST:
                finder.drops(dropped)
        return cls(*(np.array(sorted(found), np.int64) - trace.first for found in (bad, cut, dropped)))


class _Finder:
    """Finds rows in one window.

    Args:
        window: Some records.
        leads: What was seen to stand before statuses, the key's end first; what is new is added.
    """

    def __init__(self, window: Window, leads: list[bytes]) -> None:
        self._window = window
        self._leads = leads
        self._starts: list[int] = []

    def statuses(self, found: set[int]) -> None:
        """Rows with an HTTP status from 400, or a gRPC status that is not 0."""
        data = self._window.data
        if _MARKER not in data:
            return
        if len(data) < _FEW:
            self._statuses_one_by_one(found)
            return
        places = find_all(data, _MARKER)
        for lead in self._leads:
            here = stands_at(data, places, lead)
            for at in _bad(data, places[here] + len(lead)).tolist():
                self._add(at, found)
            places = places[~here]
        for at in places.tolist():
            match = _STATUS.match(data, at)
            if match is None:
                continue
            if _is_bad(int(match[1])):
                self._add(at, found)
            lead = data[at : match.start(1)]
            if lead not in self._leads and len(self._leads) < _MOST_LEADS:
                self._leads.append(lead)

    def _statuses_one_by_one(self, found: set[int]) -> None:
        """The same where there are too few to prepare anything."""
        data = self._window.data
        good = _MARKER + b"?"
        at = data.find(_MARKER)
        while at >= 0:
            # Most say that all went well, and in the same words as the one before.
            if not data.startswith(good, at):
                match = _STATUS.match(data, at)
                if match is not None:
                    if _is_bad(int(match[1])):
                        self._add(at, found)
                    else:
                        good = data[at : match.end() + 1]
            at = data.find(_MARKER, at + len(_MARKER))

    def texts(self, marker: bytes, found: set[int]) -> None:
        """Rows with a marker in them."""
        data = self._window.data
        if marker[-2] >= 0x80 and marker[-2:-1] not in data:
            return  # one byte is found faster than several
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
