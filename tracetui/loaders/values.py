"""Coercions every loader shares: ids, times, kinds and statuses as real writers write them.

Writers disagree on all of these: ids come as hex of any width and case, as base64, numbers or free text;
times as integers, floats or decimal strings; enums as numbers or names. Each function here takes one batch,
reads the usual shape in a few C calls and goes value by value only through the rest. What had to be mended is
noted in an `Oddities`, which tells the builder once the traces of the batch are known.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tracetui.loaders.digits import numbers
from tracetui.loaders.oddities import Oddities as Oddities
from tracetui.loaders.oddities import TraceIssues as TraceIssues
from tracetui.loaders.oddities import tell_capitals
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag, Kind, Status

T = TypeVar("T")

TIME_LIMIT = 1 << 62
"""Times and durations beyond this many nanoseconds (the year 2116) are not believed: sums must fit int64."""

_MASK = (1 << 64) - 1
_HEX = re.compile(r"[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[+-]?[0-9]+")
_HEX_WIDTH = {8: 16, 16: 32}
_BASE64_WIDTHS = {8: (12, 11), 16: (24, 22)}
_BASE64_OF_HEX = {8: 24, 16: 44}
_ZERO_ID = "0" * 16
_SHOWN = 60
_NO_ROWS: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)


class OpaqueIds(Protocol):
    """What ids that do not decode need of a builder."""

    def opaque(self, text: str) -> int: ...


def id_flags(
    ids: NDArray[np.uint64],
    opaque: NDArray[np.bool_],
    parents: NDArray[np.uint64],
    parents_opaque: NDArray[np.bool_],
) -> NDArray[np.uint16]:
    """What the ids of a batch say of its spans: uint16[n] of `Flag` bits."""
    flags: NDArray[np.uint16] = np.multiply(parents != 0, np.uint16(Flag.HAS_PARENT), dtype=np.uint16)
    if not ids.all():
        flags[(ids == 0) & ~opaque] |= int(Flag.NO_ID)
    if opaque.any():
        flags[opaque] |= int(Flag.OPAQUE_ID)
    if parents_opaque.any():
        flags[parents_opaque] |= int(Flag.OPAQUE_PARENT | Flag.HAS_PARENT)
    return flags


def shown(value: object) -> str:
    """A value for a sample: short, and safe for values of any depth and size."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 200):
        return repr(value)
    return {list: "(a list)", dict: "(an object)", int: "(a huge number)"}.get(type(value), "(a value)")


def decode_id(text: str, width: int) -> int | None:
    """An id as a number, or None if it does not decode cleanly.

    Hex wins over base64 wherever a text could be both; then `0x…`, then shorter hex. Base64 of the hex text
    (a habit of one SDK) is undone too.

    Args:
        text: The id as found.
        width: Bytes of a full id: 8 for a span, 16 for a trace.
    """
    if len(text) > 64:
        return None
    if _HEX.fullmatch(text):
        value = int(text, 16)
        return value if value >> (8 * width) == 0 else None
    if len(text) in _BASE64_WIDTHS[width]:
        return _from_base64(text, width)
    if text[:2] in ("0x", "0X") and _HEX.fullmatch(text[2:]):
        return decode_id(text[2:], width)
    if len(text) == _BASE64_OF_HEX[width]:
        inner = _from_base64(text, 2 * width)
        if inner is not None:
            digits = inner.to_bytes(2 * width, "big").decode("latin-1")
            if _HEX.fullmatch(digits):
                return int(digits, 16)
    return None


def _from_base64(text: str, width: int) -> int | None:
    padded = text.replace("-", "+").replace("_", "/").rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        raw = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None
    # Spare bits must be zero, or two texts would be one id.
    if len(raw) != width or base64.b64encode(raw).decode() != padded:
        return None
    return int.from_bytes(raw, "big")


def trace_id(text: str) -> str:
    """A trace id as 32 lower-case hex digits where it decodes, else the text as found."""
    if len(text) == 32 and text.isalnum() and text.islower() and _HEX.fullmatch(text):
        return text
    value = decode_id(text, 16)
    if value is None:
        value = decode_id(text, 8)
    return text if value is None else f"{value:032x}"


def span_id(text: str) -> str:
    """A span id as 16 lower-case hex digits where it decodes, else the text as found."""
    if len(text) == 16 and text.islower() and _HEX.fullmatch(text):
        return text
    value = decode_id(text, 8)
    return text if value is None else f"{value:016x}"


class TraceCodes(dict[str, int]):
    """Trace id texts to the builder's trace codes: `list(map(codes.__getitem__, texts))`.

    A text that names no trace (empty, zeros, not hex) is told once, with the trace it makes.
    """

    def __init__(self, trace: Callable[[str], int], builder: TraceIssues) -> None:
        super().__init__()
        self._trace = trace
        self._builder = builder

    def __missing__(self, text: str) -> int:
        canonical = trace_id(text)
        code = self[text] = self._trace(canonical)
        if not canonical.strip("0") or not _HEX.fullmatch(canonical):
            self._builder.trace_issue(code, IssueCode.BAD_ID, f"trace id {shown(text)}")
        elif canonical != text and canonical == text.lower():
            self._builder.trace_issue(code, IssueCode.ID_CASE, f"trace id {text}")
        return code


def span_ids(
    values: Sequence[object], builder: OpaqueIds, odd: Oddities, *, parents: bool = False
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """The ids of a batch of spans.

    Args:
        values: One id for each record as found; normally 16 hex digits.
        builder: Gives codes to the ids that do not decode.
        odd: Where what is not an id is noted.
        parents: These are ids of parents: empty, null and all-zero ones mean "no parent", which is not odd.

    Returns:
        `uint64[n]` ids, 0 where there is none, and `bool[n]` that is True where the id is a code of
        `builder.opaque`.
    """
    try:
        ids = _plain_ids(values, odd, parents)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        ids = None
    if ids is not None:
        return ids, np.zeros(len(values), dtype=np.bool_)
    return _odd_span_ids(values, builder, odd, parents)


def _plain_ids(texts: Sequence[str], odd: Oddities, parents: bool) -> NDArray[np.uint64] | None:
    """Ids of 16 hex digits, or for parents none; None if there are others.

    Raises:
        TypeError, ValueError: Likewise.
    """
    count = len(texts)
    joined = " ".join(texts)
    if parents and len(joined) < 17 * count - 1:
        joined = " ".join([text or _ZERO_ID for text in texts])
    # fromhex skips blanks: all of them have to be those between the ids.
    if len(joined) != 17 * count - 1 or joined[16::17] != " " * (count - 1):
        return None
    ids = np.frombuffer(bytes.fromhex(joined), dtype=">u8")
    if len(ids) != count or not (parents or ids.all()):
        return None
    tell_capitals(joined, texts, odd)
    return ids.astype(np.uint64)


def _odd_span_ids(
    values: Sequence[object], builder: OpaqueIds, odd: Oddities, parents: bool
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    ids = np.zeros(len(values), dtype=np.uint64)
    opaque = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        text = _id_text(value)
        if text is None:
            # A parent of null is how some writers say "none".
            if not (parents and value is None):
                odd.add(row, IssueCode.BAD_ID, f"id {shown(value)}")
            continue
        number = decode_id(text, 8) if text else 0
        if number is None:
            ids[row], opaque[row] = builder.opaque(text), True
            odd.add(row, IssueCode.BAD_ID, f"id {shown(text)}")
            continue
        ids[row] = number
        if not number:
            if not parents:
                odd.add(row, IssueCode.BAD_ID, "id missing" if not text else f"id {text}")
        elif not isinstance(value, str):
            odd.add(row, IssueCode.BAD_ID, f"id {shown(value)} is a number")
        elif text[-1] == "=" or not _HEX.fullmatch(text[2:] if text[:2] in ("0x", "0X") else text):
            odd.add(row, IssueCode.BASE64_IDS, f"id {text}")
        else:
            tell_capitals(text, [text], odd, row)
    return ids, opaque


def _id_text(value: object) -> str | None:
    """An id's text; None for what can be no id. Numbers are taken as the 64 bits they stand for."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value <= _MASK:
        return f"{value & _MASK:016x}"
    return None


def times(
    values: Sequence[object],
    odd: Oddities | None = None,
    *,
    unit: int = 1,
    what: str = "time",
    types: set[type] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The times (or durations) of a batch in nanoseconds.

    Integers, decimal strings, floats and strings such as "1.6e18" are all read, with exact arithmetic.

    Args:
        values: One for each record as found. None is a null, a fault; leave absent ones out beforehand.
        odd: Where what is no time, or is out of range, is noted; None if somebody else tells it (the model
            tells starts that are missing).
        unit: Nanoseconds in one unit: 1, or 1000 for microseconds.
        what: What they are called in a sample.
        types: Those of the values, if they are known.

    Returns:
        `int64[n]` nanoseconds, 0 where there is none, and `bool[n]` that is True where there is none
        (of length 0 when all are there).
    """
    found: NDArray[np.int64] | NDArray[np.uint64] | None = None
    try:
        if values and isinstance(values[0], str):
            found = numbers(values)  # type: ignore[arg-type]
        elif (types or set(map(type, values))) == {int}:
            found = np.array(values, dtype=np.int64)
    except (TypeError, OverflowError):
        pass
    if found is not None and len(found):
        limit = TIME_LIMIT // unit
        if -limit <= int(found.min()) and int(found.max()) <= limit:
            whole = found.astype(np.int64, copy=False)
            return (whole if unit == 1 else whole * unit), _NO_ROWS
    return _odd_times(values, odd, unit, what)


Times = tuple[NDArray[np.int64], NDArray[np.bool_]]


def both_times(first: Sequence[object], second: Sequence[object]) -> tuple[Times, Times]:
    """`times` of two lists that are as long as each other: at once, if both are plain."""
    try:
        found = numbers([*first, *second])  # type: ignore[list-item]
    except (TypeError, IndexError):
        found = None
    if found is None or found.max() > TIME_LIMIT:
        return times(first), times(second)
    start, end = found.astype(np.int64).reshape(2, -1)
    return (start, _NO_ROWS), (end, _NO_ROWS)


def _odd_times(
    values: Sequence[object], odd: Oddities | None, unit: int, what: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    found = np.zeros(len(values), dtype=np.int64)
    absent = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        number = nanos(value, unit=unit)
        if number is None:
            absent[row] = True
            if odd is not None:
                odd.add(row, IssueCode.BAD_TIME, f"{what} {shown(value)}")
        else:
            found[row] = number
    return found, absent if absent.any() else _NO_ROWS


def nanos(value: object, *, unit: int = 1) -> int | None:
    """One time in nanoseconds, or None if it is none or beyond `TIME_LIMIT`.

    Args:
        value: An int, a float, a decimal string or a string such as "1.6e18".
        unit: Nanoseconds in one unit.
    """
    number: int
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            number = value * unit
        elif isinstance(value, float):
            number = int(value) * unit if value.is_integer() else round(Fraction(value) * unit)
        elif isinstance(value, str) and len(value) <= 40:
            text = value.strip()
            if _DECIMAL.fullmatch(text):
                number = int(text) * unit
            else:
                exact = Decimal(text)
                if not exact.is_finite() or exact.adjusted() > 40:
                    return None
                number = round(Fraction(exact) * unit)
        else:
            return None
    except (ValueError, OverflowError, InvalidOperation):
        return None
    return number if -TIME_LIMIT <= number <= TIME_LIMIT else None


class Codes(dict[object, int]):
    """An enum as writers write it, to its code: `list(map(codes.__getitem__, values))`; -1 if unknown."""

    def __init__(self, known: Mapping[object, int], prefix: str) -> None:
        super().__init__(known)
        self._prefix = prefix
        self._most = max(known.values())

    def __missing__(self, value: object) -> int:
        if isinstance(value, str):
            text = value.upper().rpartition(".")[2].removeprefix(self._prefix)
            found: object = int(text) if text.isdecimal() and len(text) < 3 else text
            return self.get(found, -1)
        return -1

    def of(self, values: Sequence[object], odd: Oddities, what: str, default: int = 0) -> NDArray[np.uint8]:
        """The codes of a batch, `uint8[n]`; what is unknown is noted and taken as `default`."""
        try:
            numbers = np.frombuffer(bytes(values), dtype=np.uint8)  # type: ignore[arg-type]
            if not len(numbers) or numbers.max() <= self._most:
                return numbers
        except (TypeError, ValueError):
            pass
        found = codes_of(self, values)
        if found.min() < 0:
            for row in np.flatnonzero(found < 0).tolist():
                odd.add(row, IssueCode.BAD_TYPE, f"{what} {shown(values[row])}")
            found[found < 0] = default
        return found.astype(np.uint8)


def codes_of(known: Mapping[T, int], values: Sequence[T]) -> NDArray[np.int32]:
    """What values stand for, int32[n]; quickest where that is less than 256, as it is most of the time."""
    codes = list(map(known.__getitem__, values))
    try:
        return np.frombuffer(bytes(codes), dtype=np.uint8).astype(np.int32)
    except ValueError:
        return np.array(codes, dtype=np.int32)


@cache
def kinds() -> Codes:
    """Span kinds by number and by name, in any case, with or without `SPAN_KIND_` or `SpanKind.`."""
    known: dict[object, int] = {kind.value: int(kind) for kind in Kind}
    known.update({kind.name: int(kind) for kind in Kind})
    known.update({None: int(Kind.UNSPECIFIED), "": int(Kind.UNSPECIFIED)})
    return Codes(known, "SPAN_KIND_")


@cache
def statuses() -> Codes:
    """Status codes by number and by name, in any case, with or without `STATUS_CODE_`."""
    known: dict[object, int] = {status.value: int(status) for status in Status}
    known.update({status.name: int(status) for status in Status})
    known.update({None: int(Status.UNSET), "": int(Status.UNSET)})
    return Codes(known, "STATUS_CODE_")
