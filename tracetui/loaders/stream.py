"""Read JSON of any size from a byte source, in bounded memory and with exact positions.

`JsonStream` walks a document by position. Nothing is built but what the caller asks for:

    stream = JsonStream(source)
    for start in stream.documents():            # NDJSON, concatenated, pretty or one document
        for key in stream.members():            # at an object; the caller may consume the value ...
            if key == "data":
                for start in stream.elements():  # at an array; ... or leave it, then it is skipped
                    head = stream.small_value(4096)   # bytes of the value, None if it is longer
            elif key == "spans":
                for chunk in stream.records(shape, repair):   # an array of records, in batches
                    ...                         # chunk.items: list of decoded structs
            elif key == "processes":
                processes = stream.raw_value()   # exact bytes of a value (up to `RECORD_LIMIT`)

`Shape(Struct)` (module `records`) holds what was learned about the layout of one kind of array; keep one per
kind for the whole load, so that the second array profits from the first. `locate(chunks)` gives the exact
byte ranges of all the records of some chunks as two arrays, in few numpy calls for many small chunks.

`Repair` is how a loader hears of records that do not fit: `repair(record, offset, error)` gets a whole JSON
value of the wrong kinds and gives an item or None; `broken(offset, reason)` tells of bytes that are no JSON
and were passed over; `bad_text(offset)` of a record that holds invalid UTF-8.

Faults end the walk: `JsonTruncated` when the data ends inside a value, `JsonFault` for anything else that
is not JSON. Both carry `offset`. All that was given out before stays true. After a fault `next_line(start)`
moves behind the first line end after `start`, to go on with `documents()` of a file of lines. Whole small
values (a line, a small trace) can be had with `small_value()` and decoded in one go; positions inside of them
are then the caller's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from tracetui.errors import InputError
from tracetui.loaders.records import (
    RAW,
    Chunk,
    Learner,
    Repair,
    Shape,
    locate,
    prove,
    salvage,
)
from tracetui.sources import ByteSource

__all__ = [
    "BATCH", "RECORD_LIMIT", "Chunk", "JsonFault", "JsonStream", "JsonTruncated", "Repair", "Shape", "locate",
]  # fmt: skip

BATCH: Final = 256 * 1024
"""Bytes decoded in one call: it holds the interpreter lock for about 6 ms."""
RECORD_LIMIT: Final = 256 * 1024 * 1024
"""A value that is longer than this is refused."""

_BLANK = re.compile(rb"[ \t\r\n\x1e]*")
_KEY = re.compile(rb'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_BYTE = re.compile(r"\(byte (\d+)\)")
_TAIL = 16
"""A complaint this near to the window's end may only mean that the window ends there."""
_QUOTE, _COMMA, _OPEN_LIST, _CLOSE_LIST, _OPEN, _CLOSE = b'",[]{}'

T = TypeVar("T")


class JsonFault(Exception):
    """The bytes at `offset` are not what JSON wants there."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.offset = offset
        self.reason = reason


class JsonTruncated(JsonFault):
    """The data ends inside a value."""


class JsonStream:
    """A position in a source of JSON text, and the moves from there.

    Args:
        source: where the bytes come from.
        start: the first byte to look at.
        batch: bytes of records decoded in one call.
    """

    def __init__(self, source: ByteSource, *, start: int = 0, batch: int = BATCH) -> None:
        self.source = source
        self.batch = batch
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
                found = _BYTE.search(str(error))
                where = int(found[1]) if found else len(view)
                if found and "trailing" in str(error):
                    return self._at + where - 1
                if self._end_of_data and not found:
                    raise JsonTruncated(self.position, "the data ends in the middle of a value") from None
                if self._end_of_data or where < len(view) - _TAIL:
                    raise JsonFault(self.position + where, _reason(error)) from None
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

    # -- arrays of records --------------------------------------------------------------------

    def records(self, shape: Shape[T], repair: Repair[T]) -> Iterator[Chunk[T]]:
        """The records of the array that starts here, in chunks of about `batch` bytes.

        A batch is cut where the shape's separator was last seen: a guess that decoding proves. Where it is
        wrong, or nothing is known yet, records are read one by one, which is right for every layout and
        teaches the shape.
        """
        if not self.take(_OPEN_LIST):
            raise self._fault("an array")
        if self.take(_CLOSE_LIST):
            return
        while True:
            chunk = self._cut(shape, repair) or self._one_by_one(shape, repair)
            if chunk.items:
                yield chunk
            if self.take(_COMMA):
                continue
            if not self.take(_CLOSE_LIST):
                raise self._fault("',' or ']'")
            return

    def _cut(self, shape: Shape[T], repair: Repair[T]) -> Chunk[T] | None:
        """A chunk by guess and proof, None if the guess failed."""
        if not shape.separators:
            return None
        self.peek()
        end = shape.find_end(self._data, self._at)
        if end < 0 and len(self._data) - self._at < self.batch and not self._end_of_data:
            self._fill(self.batch)
            end = shape.find_end(self._data, self._at)
        known_end = end >= 0
        if not known_end:
            end = shape.find_cut(self._data, self._at)
        # The end of the array may be told by the decoder's complaint, hence a second try.
        for _ in range(2):
            if end <= self._at:
                return None
            body = self._data[self._at : end].rstrip()
            try:
                chunk = prove(body, self.position, shape, repair)
            except msgspec.DecodeError as error:
                if known_end:
                    shape.mistaken()
                found = _BYTE.search(str(error))
                where = int(found[1]) if found else len(body)
                if where >= len(body) or body[where] != _CLOSE_LIST:
                    return None
                end, known_end = self._at + where, False
                continue
            self._at = end
            if self.peek() == _CLOSE_LIST:
                Learner.end(shape, self._data, self._at)
            return chunk
        return None

    def _one_by_one(self, shape: Shape[T], repair: Repair[T]) -> Chunk[T]:
        """Some records, each cut exactly; stops as soon as something was learned."""
        self.peek()
        first = comma = self.position
        chunk: Chunk[T] = Chunk([], first)
        while True:
            self.peek()
            start = self.position
            try:
                record = self.raw_value()
            except JsonFault as fault:
                if chunk.items:
                    # Hand out what is there; the same fault comes up again at the next call.
                    self.seek(comma)
                    return chunk
                lenient = self._lenient_value(start)
                if lenient:
                    salvage(chunk, lenient, start, shape, repair)
                    return chunk
                if not self._resume(shape, start):
                    raise
                repair.broken(start, str(fault))
                return chunk
            salvage(chunk, record, start, shape, repair)
            following = self.peek()
            if following == _CLOSE_LIST:
                Learner.end(shape, self._data, self._at)
            if following != _COMMA or Learner.separator(shape, self._data, self._at):
                return chunk
            if self.position - first >= self.batch // 4:
                return chunk
            comma = self.position
            self._at += 1

    def _lenient_value(self, start: int) -> bytes:
        """The value at `start` if only a strict reader refuses it: NaN, half a surrogate pair, raw controls.

        Moves behind it; b"" if it is damaged in another way.
        """
        self.seek(start)
        self._end_of_data = False
        self._fill(self.batch * 4)
        text = self._data[self._at :].decode("utf-8", "surrogateescape")
        try:
            _, end = json.JSONDecoder(strict=False).raw_decode(text)
        except (ValueError, RecursionError):
            return b""
        value = text[:end].encode("utf-8", "surrogateescape")
        self._at += len(value)
        return value

    def _resume(self, shape: Shape[T], start: int) -> bool:
        """After a broken record: go to the comma before the next record, if one can be found near."""
        self.seek(start)
        self._end_of_data = False
        self._fill(self.batch * 4)
        found = shape.find_next(self._data, self._at + 1)
        end = shape.find_end(self._data, self._at + 1)
        if end >= 0 and (found < 0 or end < found):
            found = end  # it was the last of its array
        if found < 0:
            return False
        self._at = found
        return True


def _reason(error: Exception) -> str:
    text = str(error).removeprefix("JSON is malformed: ")
    return "not JSON: " + _BYTE.sub("", text).strip()
