"""Arrays of JSON records: where one record ends and the next begins, guessed quickly and proved exactly.

A writer puts the same bytes between all records of an array, as in `},{"traceID":`. Such a separator is
seen once between two records that were cut exactly. From then on a batch is decoded in one call:

    {"traceID":1,..},{"traceID":2,..},{"traceID":3,..}      the bytes of some records
    {"traceID":1,..}\n{"traceID":2,..}\n{"traceID":3,..}    comma -> newline: the same length
    decode_lines(..) == 3 items == newlines + 1              the proof

It is a proof because a comma between records that was *not* replaced is an error at the top level, and a
comma that was replaced inside of a record leaves two values without a comma, which is an error too. Newlines
that were there before (pretty-printed JSON) can only be blanks, for a string may not hold one; they are made
spaces first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from tracetui.loaders.scan import find_all

__all__ = ["RAW", "Chunk", "Learner", "Repair", "Separator", "Shape", "locate", "prove", "salvage"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Separator = tuple[bytes, bytes, bytes]
"""As found, with newlines made spaces, with the newline that splits the records."""

RAW: Final = msgspec.json.Decoder(msgspec.Raw)
"""Skips over one value; its complaint about what follows tells where the value ends."""

_SEPARATOR = re.compile(rb'[ \t\r\n]*,[ \t\r\n]*\{[ \t\r\n]*"[^"\\]+"[ \t\r\n]*:')
_END = re.compile(rb'\]\s*(?:,\s*"[^"\\]+"\s*:|\}\s*,\s*\{\s*"[^"\\]+")')
_BLANKS = b" \t\r\n"
_MOST_SEPARATORS = 4
_LARGE = 128 * 1024
"""From here on numpy splits quicker than `bytes` does."""
_MOST_MISTAKES = 8


class Repair(Protocol[T_co]):
    """What a loader does about records that do not fit."""

    def repair(self, record: bytes, offset: int, error: Exception) -> T_co | None:
        """An item for a whole JSON value of the wrong kinds, or None to leave it out (after telling so)."""

    def broken(self, offset: int, reason: str) -> None:
        """Bytes at `offset` are no JSON; they were passed over up to the next record."""

    def bad_text(self, offset: int) -> None:
        """The record at `offset` was decoded but holds invalid UTF-8 in a part that was not looked at."""


class Shape(Generic[T]):
    """What is known about the layout of one kind of array.

    Args:
        type: the `msgspec.Struct` (or other type) of one record.
    """

    def __init__(self, type: type[T]) -> None:
        self.decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(type)
        self.separators: list[Separator] = []
        self.end: bytes | None = None
        self.reach = 64 * 1024
        """How far the end of a damaged record is looked for, in bytes."""
        self._mistakes = 0

    @property
    def many_lines(self) -> bool:
        """Whether arrays go over several lines, as far as is known."""
        return any(b"\n" in known for known in (*(found for found, _, _ in self.separators), self.end or b""))

    def find_end(self, data: bytes, start: int) -> int:
        """Index of the `]` that is taken for the end of the array, or -1."""
        if self.end is None:
            return -1
        found = data.find(self.end, start)
        return found + 1 if found >= 0 else -1

    def find_cut(self, data: bytes, start: int) -> int:
        """Index behind the last record that is followed by a separator, or -1."""
        return max(data.rfind(separator, start) for separator, _, _ in self.separators) + 1 or -1

    def find_next(self, data: bytes, start: int) -> int:
        """Index of the blanks and comma of the first separator behind `start`, or -1."""
        found = [data.find(separator, start) for separator, _, _ in self.separators]
        return min((index + 1 for index in found if index >= 0), default=-1)

    def mistaken(self) -> None:
        """The end that was found was none. Forget it when this happens often."""
        self._mistakes += 1
        if self._mistakes >= _MOST_MISTAKES:
            self.end = None


class Learner:
    """Reads separators and ends off the bytes around records that were cut exactly."""

    @staticmethod
    def separator(shape: Shape[Any], data: bytes, at: int) -> bool:
        """Learn what stands between two records, `at` being the comma; True if it is new."""
        match = _SEPARATOR.match(data, at)
        while at and data[at - 1] in _BLANKS:
            at -= 1
            match = _SEPARATOR.match(data, at)
        if not match or not at or data[at - 1 : at] != b"}":
            return False
        found = b"}" + match[0]
        known = [separator for separator, _, _ in shape.separators]
        if found in known or len(known) >= _MOST_SEPARATORS:
            return False
        flat = found.replace(b"\n", b" ")
        brace = flat.index(b"{")
        shape.separators.append((found, flat, b"}" + b" " * (brace - 2) + b"\n" + flat[brace:]))
        return True

    @staticmethod
    def end(shape: Shape[Any], data: bytes, at: int) -> None:
        """Learn what follows the last record, `at` being the index of the array's `]`."""
        if shape.end is not None or shape._mistakes:
            return
        match = _END.match(data, at)
        before = data[:at].rstrip(_BLANKS) if at < 64 else data[at - 64 : at].rstrip(_BLANKS)
        if match and before.endswith(b"}"):
            blanks = at - max(at - 64, 0) - len(before)
            shape.end = data[at - blanks - 1 : match.end()]


class Chunk(Struct, Generic[T]):
    """Some records of one array.

    Attributes:
        items: One decoded item per record.
        base: Absolute offset of the first record.
        pieces: Lengths of what is left of the records without the separators; empty if `starts` is given.
        gap: Length of a separator.
        lead: Bytes of a separator that belong to the record behind it. One belongs to the record before it.
        starts, lengths: Offsets and lengths of the records one by one.
    """

    items: list[T]
    base: int
    pieces: Sequence[int] | npt.NDArray[np.int64] = ()
    gap: int = 0
    lead: int = 0
    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


def prove(body: bytes | memoryview, base: int, shape: Shape[T], repair: Repair[T]) -> Chunk[T]:
    """Decode `body`, taken for whole records with separators between them.

    Args:
        body: The bytes from the first byte of a record to the last byte of one.
        base: Absolute offset of `body`.
        shape: The layout.
        repair: Hears of records of the wrong kinds.

    Raises:
        msgspec.DecodeError: `body` is something else.
    """
    flat = bytes(body) if len(body) < _LARGE else bytearray(body)
    if b"\n" in flat:
        flat = flat.replace(b"\n", b" ")
    _, separator, split = shape.separators[0]
    lines, pieces = split_lines(flat, separator, split)
    for _, other, its_split in shape.separators[1:]:
        lines = lines.replace(other, its_split)
    try:
        items = shape.decoder.decode_lines(lines)
        if len(shape.separators) == 1 and len(items) == len(pieces) and is_text(lines):
            lead = len(split) - 1 - split.index(b"\n")
            return Chunk(items, base, pieces, len(separator), lead)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return _record_by_record(bytes(body), lines, base, shape, repair)


def split_lines(
    flat: bytes | bytearray, separator: bytes, split: bytes
) -> tuple[bytes | bytearray, Sequence[int] | npt.NDArray[np.int64]]:
    """`flat` with each `separator` made `split`, which is as long; lengths of what is between them.

    A `bytearray` is changed itself.
    """
    if not isinstance(flat, bytearray):
        pieces = flat.split(separator)
        return split.join(pieces), list(map(len, pieces))
    found = find_all(flat, separator)
    text = np.frombuffer(flat, np.uint8)
    for at, byte in enumerate(split):
        if byte != separator[at]:
            text[found + at] = byte
    ends = np.append(found, len(flat))
    ends[1:] -= found + len(separator)
    return flat, ends


def _record_by_record(
    body: bytes, lines: bytes | bytearray, base: int, shape: Shape[T], repair: Repair[T]
) -> Chunk[T]:
    try:
        whole = RAW.decode_lines(lines)
    except RecursionError as error:
        raise msgspec.DecodeError("nested too deeply") from error
    offsets, lengths = _ranges(lines)
    if len(whole) != len(offsets):
        raise msgspec.DecodeError("records without a comma between them")
    chunk: Chunk[T] = Chunk([], base)
    for start, length in zip(offsets, lengths, strict=True):
        salvage(chunk, body[start : start + length], base + start, shape, repair)
    return chunk


def salvage(chunk: Chunk[T], record: bytes, offset: int, shape: Shape[T], repair: Repair[T]) -> None:
    """Add one record, cut exactly, to `chunk`: decoded, repaired or left out."""
    item: T | None
    try:
        # Raw parts of an item hold no line ends, however the record was found.
        item = shape.decoder.decode(record.replace(b"\n", b" "))
        if not is_text(record):
            repair.bad_text(offset)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        item = repair.repair(record, offset, error)
        if item is None:
            return
    chunk.items.append(item)
    chunk.starts.append(offset)
    chunk.lengths.append(len(record))


def is_text(data: bytes | bytearray) -> bool:
    """Whether these bytes are UTF-8."""
    # Taken for signed numbers, bytes beyond ASCII are below zero.
    if data.isascii() if len(data) < _LARGE else np.frombuffer(data, np.int8).min() >= 0:
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _ranges(lines: bytes | bytearray) -> tuple[list[int], list[int]]:
    """Offsets and lengths of the records in `lines`, without the blanks around them."""
    starts, lengths, at = [], [], 0
    for line in lines.split(b"\n"):
        starts.append(at)
        lengths.append(len(line.rstrip(_BLANKS)))
        at += len(line) + 1
    return starts, lengths


def locate(chunks: Sequence[Chunk[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The byte ranges of all records of some chunks.

    Returns:
        offsets (int64) in the source and lengths (uint32), one per item of the chunks, in their order.
    """
    if all(len(chunk.pieces) for chunk in chunks):
        return _located(chunks)
    parts = [_located([chunk]) if len(chunk.pieces) else _listed(chunk) for chunk in chunks]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _listed(chunk: Chunk[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    return np.array(chunk.starts, np.int64), np.array(chunk.lengths, np.uint32)


def _located(chunks: Sequence[Chunk[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Ranges of records from the lengths of the pieces between the separators.

    base                           piece 1
    |<--piece 0-->|                |<---->|
    {"id":1,"n":5 },{"id":          2      },{"id":3}
    |<--record 0-->| |<--lead----->|
                  |<------gap----->|
    """
    counts = np.array([len(chunk.pieces) for chunk in chunks])
    ends_of_chunks = np.cumsum(counts)
    firsts = ends_of_chunks - counts
    pieces = _joined([chunk.pieces for chunk in chunks])
    gaps = np.repeat([chunk.gap for chunk in chunks], counts)
    ends = np.cumsum(pieces + gaps) - gaps
    starts = ends - pieces
    starts += np.repeat(np.array([chunk.base for chunk in chunks], np.int64) - starts[firsts], counts)
    ends = starts + pieces + 1
    ends[ends_of_chunks - 1] -= 1
    leads = np.repeat([chunk.lead for chunk in chunks], counts)
    leads[firsts] = 0
    starts -= leads
    return starts, (ends - starts).astype(np.uint32)


def _joined(parts: list[Sequence[int] | npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    if any(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate([np.asarray(part, np.int64) for part in parts])
    return np.array(list(chain.from_iterable(parts)), np.int64)
