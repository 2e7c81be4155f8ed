"""A position in JSON text of any size, and the moves from there: values, keys, elements, documents.

Nothing is built but what the caller asks for. `stream.JsonStream` adds arrays of records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from tracetui.errors import InputError
from tracetui.loaders.records import RAW
from tracetui.sources import ByteSource

BATCH: Final = 1024 * 1024
"""Bytes decoded in one call: it holds the interpreter lock for a few milliseconds."""
FIRST_BATCH: Final = 128 * 1024
"""Bytes of a large source decoded in the first call: more than a screen shows, and there at once."""
RECORD_LIMIT: Final = 256 * 1024 * 1024
"""A value that is longer than this is refused."""

_BLANK = re.compile(rb"[ \t\r\n\x1e]*")
_KEY = re.compile(rb'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_BYTE = re.compile(r"\(byte (\d+)\)")
_LENIENT: Final = json.JSONDecoder(strict=False)
_LENIENT_SIZES: Final = (8 * 1024, 1024 * 1024)
_TAIL = 16
"""A complaint this near to the window's end may only mean that the window ends there."""
_QUOTE, _COMMA, _OPEN_LIST, _CLOSE_LIST, _OPEN, _CLOSE = b'",[]{}'


class JsonFault(Exception):
    """The bytes at `offset` are not what JSON wants there."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.offset = offset
        self.reason = reason


class JsonTruncated(JsonFault):
    """The data ends inside a value."""


class JsonWalk:
    """A position in a source of JSON text, and the moves from there.

    Args:
        source: where the bytes come from.
        start: the first byte to look at.
        batch: bytes of records decoded in one call, but for the first.
    """

    def __init__(self, source: ByteSource, *, start: int = 0, batch: int = BATCH) -> None:
        self.source = source
        total = source.progress()[1]
        is_small = total is not None and total <= 2 * batch  # then it is not worth a view of its first part
        self.batch = batch if is_small else min(batch, FIRST_BATCH)
        self._later_batch = batch
        self._base = start
        self._data = b""
        self._at = 0
        self._end_of_data = False

    # -- position and window ------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Absolute offset of the next byte."""
        return self._base + self._at

    def seek(self, offset: int) -> None:
        """Go to an absolute offset."""
        if self._base <= offset <= self._base + len(self._data):
            self._at = offset - self._base
        else:
            self._base, self._data, self._at, self._end_of_data = offset, b"", 0, False

    def _fill(self, length: int) -> None:
        """Make the window start here and hold `length` bytes, or all that is left."""
        if self._end_of_data:
            return
        self._base += self._at
        self._at = 0
        self._data = self.source.pread(self._base, length)
        self._end_of_data = len(self._data) < length

    def peek(self) -> int:
        """Skip blanks; the next byte, or -1 at the end of the data."""
        while True:
            data, at = self._data, self._at
            if at < len(data) and data[at] > 0x20:
                return data[at]
            match = _BLANK.match(data, at)
            self._at = match.end() if match else at
            if self._at < len(data):
                return data[self._at]
            if self._end_of_data:
                return -1
            self._fill(self.batch)

    def peek_here(self) -> int:
        """The next byte, be it blank or not; -1 at the end of the data."""
        if self._at >= len(self._data):
            self._fill(self.batch)
        return self._data[self._at] if self._at < len(self._data) else -1

    def take(self, byte: int) -> bool:
        """Consume the next non-blank byte if it is `byte`."""
        if self.peek() == byte:
            self._at += 1
            return True
        return False

    def _fault(self, wanted: str) -> JsonFault:
        if self.peek() < 0:
            return JsonTruncated(self.position, "the data ends in the middle")
        return JsonFault(self.position, f"expected {wanted}")

    def ahead(self, length: int) -> bytes:
        """The bytes from here on, fewer than ``length`` only at the end of the data; the position stays."""
        if len(self._data) - self._at < length:
            self._fill(length)
        return self._data[self._at : self._at + length]

    # -- values -------------------------------------------------------------------------------

    def _value_end(self, limit: int) -> int | None:
        """Index in the window behind the value that starts here; None when it is longer than `limit`.

        The skipping decoder complains about the first byte behind a value, which tells its end exactly.
        """
        if self.peek() < 0:
            raise self._fault("a value")
        while True:
            view = memoryview(self._data)[self._at :]
            try:
                RAW.decode(view)
                if self._end_of_data:
                    return len(self._data)
            except RecursionError:
                raise JsonFault(self.position, "JSON nested too deeply") from None
            except msgspec.DecodeError as error:
                found = complaint_place(error)
                where = len(view) if found is None else found
                if found is not None and is_trailing(error):
                    return self._at + where - 1
                if self._end_of_data and found is None:
                    raise JsonTruncated(self.position, "the data ends in the middle of a value") from None
                if self._end_of_data or where < len(view) - _TAIL:
                    raise JsonFault(self.position + where, reason_of(error)) from None
            if len(view) >= limit:
                return None
            self._fill(min(max(len(view) * 2, self.batch), limit))

    def raw_value(self) -> bytes:
        """The exact bytes of the value that starts here; moves behind it.

        Raises:
            InputError: the value is longer than `RECORD_LIMIT`.
        """
        value = self.small_value(RECORD_LIMIT)
        if value is None:
            raise InputError(
                f"the record at byte {self.position} is longer than 256 MiB",
                source=self.source.name,
                hint="no record of a trace is that long; is this a trace file?",
            )
        return value

    def any_value(self) -> bytes:
        """As `raw_value`, but takes a value, too, that only a strict reader refuses."""
        start = self.position
        try:
            return self.raw_value()
        except JsonTruncated:
            raise
        except JsonFault:
            value = self.lenient_value(start)
            if not value:
                raise
            return value

    def lenient_value(self, start: int) -> bytes:
        """The value at `start` if only a strict reader refuses it: NaN, half a surrogate pair, raw controls.

        Moves behind it; b"" if it is damaged in another way.
        """
        self.seek(start)
        for length in _LENIENT_SIZES:
            if len(self._data) - self._at < length:
                self._end_of_data = False
                self._fill(length)
            window = self._data[self._at : self._at + length]
            end = lenient_end(window)
            if end > 0 and (end < len(window) or len(window) < length):
                self._at += end
                return window[:end]
            if end == 0 or len(window) < length:
                break
        return b""

    def small_value(self, limit: int = BATCH) -> bytes | None:
        """As `raw_value`, but None (and no move) when the value is longer than about `limit` bytes."""
        end = self._value_end(limit)
        if end is None:
            return None
        value = self._data[self._at : end].rstrip(b" \t\r\n")
        self._at = end
        return value

    def skip_value(self) -> None:
        """Move behind the value that starts here, whatever its size: big containers are walked."""
        depth = 0
        while True:
            if self.small_value() is None:
                if not (self.take(_OPEN_LIST) or self.take(_OPEN)):
                    self.raw_value()
                else:
                    depth += 1
                    self._skip_key()
                    continue
            while depth and not self.take(_COMMA):
                if not (self.take(_CLOSE_LIST) or self.take(_CLOSE)):
                    raise self._fault("',' or an end")
                depth -= 1
            if not depth:
                return
            self._skip_key()

    def _skip_key(self) -> None:
        if self.peek() == _QUOTE:
            start = self.position
            self.raw_value()
            if not self.take(0x3A):
                self.seek(start)

    # -- containers ---------------------------------------------------------------------------

    def _key(self) -> str:
        if self.peek() != _QUOTE:
            raise self._fault("a key")
        match = _KEY.match(self._data, self._at)
        if match and match.end() < len(self._data) and match[1].isascii():
            self._at = match.end()
            return match[1].decode("ascii")
        raw = self.raw_value()
        if not self.take(0x3A):
            raise self._fault("':'")
        try:
            return msgspec.json.decode(raw, type=str)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return raw.decode("utf-8", "replace")

    def members(self) -> Iterator[str]:
        """The keys of the object that starts here, each with the position at its value.

        A value that the caller leaves is skipped.
        """
        if not self.take(_OPEN):
            raise self._fault("an object")
        if self.take(_CLOSE):
            return
        while True:
            key = self._key()
            start = self.position
            yield key
            if self.position == start:
                self.skip_value()
            if self.take(_COMMA):
                continue
            if not self.take(_CLOSE):
                raise self._fault("',' or '}'")
            return

    def elements(self) -> Iterator[int]:
        """The positions of the elements of the array that starts here.

        An element that the caller leaves is skipped.
        """
        if not self.take(_OPEN_LIST):
            raise self._fault("an array")
        if self.take(_CLOSE_LIST):
            return
        while True:
            if self.peek() < 0:
                raise self._fault("an element")
            start = self.position
            yield start
            if self.position == start:
                self.skip_value()
            if self.take(_COMMA):
                continue
            if not self.take(_CLOSE_LIST):
                raise self._fault("',' or ']'")
            return

    def documents(self) -> Iterator[int]:
        """The positions of the values that follow each other until the end of the data."""
        while self.peek() >= 0:
            start = self.position
            yield start
            if self.position == start:
                self.skip_value()

    def next_line(self, after: int) -> bool:
        """Go behind the first line end after `after`; False when there is none."""
        self.seek(after)
        while True:
            found = self._data.find(b"\n", self._at)
            if found >= 0:
                self._at = found + 1
                return True
            self._at = len(self._data)
            if self._end_of_data:
                return False
            self._fill(self.batch)


def only_strict(data: bytes, error: Exception) -> bool:
    """Whether only a strict reader may refuse this: NaN, half a surrogate pair, a raw control character."""
    place = complaint_place(error)
    if place is None or b"\\u" in data[max(place - 14, 0) : place + 2]:
        return b"\\u" in data
    found = data[place : place + 1]
    return found < b" " or found in (b"N", b"I", b"-")


def lenient_end(data: bytes) -> int:
    """The index behind the value that `data` begins with, for a reader that is not strict.

    Returns:
        0 if it is damaged, -1 if it may go on behind the data.
    """
    text = data.decode("utf-8", "surrogateescape")
    try:
        _, end = _LENIENT.raw_decode(text)
    except json.JSONDecodeError as error:
        unfinished = error.pos >= len(text) - _TAIL or error.msg.startswith("Unterminated string")
        return -1 if unfinished else 0
    except (ValueError, RecursionError):
        return 0
    return end if text.isascii() else len(text[:end].encode("utf-8", "surrogateescape"))


def complaint_place(error: Exception) -> int | None:
    """The byte that a decoder complains about, None if it only wants more.

    What trails a value is counted from 1, all else from 0.
    """
    found = _BYTE.search(str(error))
    return int(found[1]) if found else None


def is_trailing(error: Exception) -> bool:
    """Whether a decoder complains about what follows a whole value."""
    return "trailing characters" in str(error)


def reason_of(error: Exception) -> str:
    """A decoder's complaint without its place."""
    text = str(error).removeprefix("JSON is malformed: ")
    return "not JSON: " + _BYTE.sub("", text).strip()
