"""Records of an array among which are damaged ones: read piece by piece, the damaged ones left out.

A piece lies between two separators. One that is no JSON is damaged, or the separator before or behind it was
none: the value that begins there is asked for its real end before anything is given up.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from tracetui.loaders.records import RAW, Chunk, Repair, Shape, salvage, split_lines
from tracetui.loaders.walk import complaint_place, is_trailing, lenient_end, only_strict, reason_of

T = TypeVar("T")

_BLANKS: Final = b" \t\r\n"
_BRACKETS: Final = re.compile(rb'[\[\]{}]|"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_FOLLOWING: Final = re.compile(rb"[ \t\r\n]*[,\]]")
_PAIRS: Final = {b"{": b"}", b"[": b"]"}
_FAR: Final = 64 * 1024
_NEAR: Final = 2 * 1024


def read_pieces(body: bytes, base: int, shape: Shape[T], repair: Repair[T]) -> tuple[Chunk[T], int]:
    """Read as many records as can be told apart for sure.

    Args:
        body: The bytes from the first byte of a record to the last byte of one, perhaps.
        base: Where they stand in the source.
        shape: The layout.
        repair: Hears of records of the wrong kinds and of damaged ones.

    Returns:
        The records, and how many bytes they and the damaged ones take, without the comma behind them.
    """
    chunk: Chunk[T] = Chunk([], base)
    used = at = skip_to = 0
    for piece in _pieces(body, shape):
        start, at = at, at + len(piece) + 1
        end = start + len(piece.rstrip(_BLANKS))
        while skip_to <= start < end:
            if used and body[used:start].strip(_BLANKS) != b",":
                return chunk, used  # the array ended inside of a piece that was skipped
            record = body[start:end]
            fault = _fault(record)
            if fault is not None:
                if not shape.many_lines and b"\n" in record:
                    return chunk, used
                real_end = _real_end(body, start, fault)
                if real_end < 0:
                    return chunk, used
                if not real_end:
                    place = _place(fault)
                    repair.broken(base + start, f"{reason_of(fault)} at byte {base + start + place}")
                    comma = next_comma(body, start, start + place, shape)
                    if 0 <= comma < end:
                        used = len(body[:comma].rstrip(_BLANKS))
                        start = body.index(b"{", comma)
                    else:
                        balanced = balanced_end(body, start, end, shape)
                        used = start = balanced if 0 <= balanced < end else end
                    continue
                record, skip_to = body[start:real_end], real_end
            salvage(chunk, record, base + start, shape, repair)
            used = start = start + len(record)
    return chunk, used


def _pieces(body: bytes, shape: Shape[T]) -> list[bytes | bytearray]:
    _, separator, split = shape.separators[0]
    lines, _ = split_lines(body.replace(b"\n", b" "), separator, split)
    for _, other, its_split in shape.separators[1:]:
        lines = lines.replace(other, its_split)
    return lines.split(b"\n")  # type: ignore[return-value]


def _fault(record: bytes) -> Exception | None:
    """What is wrong with a record, None if it is one JSON value that a strict or a lenient reader takes."""
    try:
        RAW.decode(record)
    except (msgspec.DecodeError, RecursionError) as error:
        return None if only_strict(record, error) and lenient_end(record) == len(record) else error
    return None


def _real_end(body: bytes, start: int, fault: Exception) -> int:
    """Where the value that begins at `start` really ends: 0 if it is damaged, -1 if that cannot be said."""
    if isinstance(fault, RecursionError):
        return 0
    if complaint_place(fault) is not None:
        return -1 if is_trailing(fault) else 0
    try:
        RAW.decode(memoryview(body)[start : start + _FAR])
    except RecursionError:
        return 0
    except msgspec.DecodeError as error:
        place = complaint_place(error)
        if place is None:
            return -1
        if is_trailing(error):
            return start + len(body[start : start + place - 1].rstrip(_BLANKS))
        return 0
    return -1


def next_comma(data: bytes, start: int, fault: int, shape: Shape[T]) -> int:
    """The comma before the record that a damaged one, which breaks off, reaches into; -1 if there is none.

    {"a":"x","b":"y,{"a":"z"},{"a":     A text without its end takes the next record's first quote for that,
                   ^ fault              a record without its brackets is refused at the next one's.
    """
    for separator, _, _ in shape.separators:
        tail = separator[1:].lstrip(_BLANKS)
        found = data.find(tail, max(start + 1, fault - len(tail)), fault + 2 * len(tail))
        if found >= 0:
            return found
    return -1


def balanced_end(data: bytes, start: int, stop: int, shape: Shape[T]) -> int:
    """The index behind a damaged object; -1 if its brackets are not in order or no comma or `]` follows.

    Where that is found out in vain again and again, less is looked at each time.

    Args:
        data: The bytes.
        start: Where it begins.
        stop: How far to look.
        shape: Remembers how far it is worth while to look.
    """
    end = _balanced_end(data, start, min(start + shape.reach, stop))
    shape.reach = _FAR if end >= 0 else max(_NEAR, shape.reach // 2)
    return end


def _balanced_end(data: bytes, start: int, stop: int) -> int:
    wanted = bytearray()
    for match in _BRACKETS.finditer(data, start, stop):
        mark = match[0]
        if mark in _PAIRS:
            wanted += _PAIRS[mark]
        elif mark in (b"}", b"]"):
            if not wanted or wanted.pop() != mark[0]:
                return -1
            if not wanted:
                following = _FOLLOWING.match(data, match.end())
                return match.end() if following else -1
    return -1


def _place(error: Exception) -> int:
    """Where a decoder stopped, 0 if it does not say."""
    return complaint_place(error) or 0
