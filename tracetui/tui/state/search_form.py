"""The form of a search: what is typed into its fields, and what that asks for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from msgspec import Struct

from tracetui.backends.base import DEFAULT_LIMIT, SearchQuery
from tracetui.backends.when import rfc3339
from tracetui.format import count
from tracetui.query.values import duration_ns

from .time_range import TimeRange, time_range

__all__ = [
    "MAX_LIMIT",
    "Field",
    "Parsed",
    "Values",
    "described",
    "kept_fields",
    "looks_like_id",
    "parse",
    "suggestions",
    "tag_at",
    "trace_id_of",
    "values_of",
]

_T = TypeVar("_T")

MAX_LIMIT: Final = 10_000
"""Traces that one search may ask for."""
_UNITS: Final = (
    (3_600_000_000_000, "h"),
    (60_000_000_000, "m"),
    (1_000_000_000, "s"),
    (1_000_000, "ms"),
    (1_000, "us"),
    (1, "ns"),
)
_ID = re.compile(r"[0-9a-fA-F]{1,32}")
_FEWEST_DIGITS: Final = 15
"""An id that lost its leading zeros has about as many; a word of letters up to f has fewer."""


class Field(StrEnum):
    """The fields, in the order in which they are gone through; their values are their labels."""

    SERVICE = "service"
    OPERATION = "operation"
    TAGS = "tags"
    MIN = "min"
    MAX = "max"
    TIME = "time"
    LIMIT = "limit"
    TRACE = "trace id"


Values = Mapping[Field, str]
"""What is typed; a field that is not there is empty."""


class Parsed(Struct, frozen=True):
    """What the fields ask for.

    Attributes:
        query: The search; None where a field is wrong.
        wrong: What is wrong, by field.
    """

    query: SearchQuery | None
    wrong: dict[Field, str] = {}


def parse(values: Values, now_ns: int) -> Parsed:
    """Read the fields of a search, all but that of the trace id.

    Args:
        values: What is typed.
        now_ns: What time it is.
    """
    wrong: dict[Field, str] = {}
    texts = {field: " ".join(values.get(field, "").split()) for field in Field}

    def read(field: Field, reader: Callable[[str], _T], empty: _T) -> _T:
        try:
            return reader(texts[field]) if texts[field] else empty
        except ValueError as error:
            wrong[field] = str(error)
            return empty

    none: tuple[tuple[str, str | None], ...] = ()
    tags = read(Field.TAGS, _tags, none)
    least = read(Field.MIN, _duration, None)
    most = read(Field.MAX, _duration, None)
    if least is not None and most is not None and least > most:
        wrong[Field.MAX] = "this is below the least duration"
    times = read(Field.TIME, lambda text: time_range(text, now_ns), TimeRange())
    limit = read(Field.LIMIT, _limit, DEFAULT_LIMIT)
    if texts[Field.OPERATION] and not texts[Field.SERVICE]:
        wrong[Field.SERVICE] = "an operation is one of a service: which?"
    if wrong:
        return Parsed(None, wrong)
    query = SearchQuery(
        service=texts[Field.SERVICE] or None,
        operation=texts[Field.OPERATION] or None,
        tags=tags,
        min_duration_ns=least,
        max_duration_ns=most,
        start_ns=times.start_ns,
        end_ns=times.end_ns,
        since_ns=times.since_ns,
        limit=limit,
    )
    return Parsed(query)


def _tags(text: str) -> tuple[tuple[str, str | None], ...]:
    """Keys with values, or without: `error=true http.route="/a b" retried`.

    Raises:
        ValueError: A quote is not closed, or a key is missing.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError("a quote is not closed") from None
    found = []
    for word in words:
        key, equals, value = word.partition("=")
        if not key:
            raise ValueError(f"a key is missing before {word!r}: key=value")
        found.append((key, value if equals else None))
    return tuple(found)


def _duration(text: str) -> int | None:
    return duration_ns(text)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise ValueError(f"a whole number from 1 to {count(MAX_LIMIT)}")
    return int(text)


def trace_id_of(text: str) -> str:
    """The trace id that somebody has typed or pasted: lower-case hex digits.

    Raises:
        ValueError: It is none.
    """
    plain = text.strip().strip("\"'").removeprefix("0x").replace("-", "")
    if not _ID.fullmatch(plain):
        raise ValueError("a trace id is hex digits, 32 at most")
    return plain.lower()


def looks_like_id(text: str) -> bool:
    """Whether a text that was meant for something else is a trace id."""
    return len(text.strip()) >= _FEWEST_DIGITS and _ID.fullmatch(text.strip()) is not None


def tag_at(text: str, cursor: int) -> tuple[int, str, str | None]:
    """The tag that is being typed.

    Args:
        text: The field of the tags.
        cursor: Where in it the next letter goes.

    Returns:
        Where the part begins that can be completed; the key, as far as it is typed; and what there is of
        its value, None where it is the key that is being typed.
    """
    begin = text.rfind(" ", 0, cursor) + 1
    key, equals, value = text[begin:cursor].partition("=")
    if equals:
        return begin + len(key) + 1, key, value
    return begin, key, None


def suggestions(names: Sequence[str], typed: str) -> list[str]:
    """Names that complete what is typed: those that begin with it, then those that hold it."""
    typed = typed.strip().casefold()
    if not typed:
        return list(names)
    folded = [name.casefold() for name in names]
    first = [name for name, text in zip(names, folded, strict=True) if text.startswith(typed)]
    return first + [
        name for name, text in zip(names, folded, strict=True) if typed in text and not text.startswith(typed)
    ]


def values_of(query: SearchQuery) -> dict[Field, str]:
    """The fields that ask for a search: what `parse` makes a query of."""
    found = {
        Field.SERVICE: query.service or "",
        Field.OPERATION: query.operation or "",
        Field.TAGS: " ".join(_tag_text(key, value) for key, value in query.tags),
        Field.MIN: _exact(query.min_duration_ns),
        Field.MAX: _exact(query.max_duration_ns),
        Field.TIME: _exact(query.since_ns),
        Field.LIMIT: str(query.limit) if query.limit != DEFAULT_LIMIT else "",
    }
    if query.start_ns is not None or query.end_ns is not None:
        start, end = (rfc3339(ns) if ns is not None else "" for ns in (query.start_ns, query.end_ns))
        found[Field.TIME] = f"{start}..{end}"
    return {field: text for field, text in found.items() if text}


def kept_fields(fields: Mapping[str, str]) -> dict[Field, str]:
    """Fields as they were kept, by name; those that are not known here are passed over."""
    known = {field.value: field for field in Field}
    return {known[name]: text for name, text in fields.items() if name in known}


def _tag_text(key: str, value: str | None) -> str:
    return shlex.quote(key) if value is None else shlex.quote(f"{key}={value}")


def _exact(ns: int | None) -> str:
    """A duration as it is read, in the largest unit that it is whole in."""
    if ns is None:
        return ""
    unit, name = next((unit, name) for unit, name in _UNITS if ns % unit == 0)
    return f"{ns // unit}{name}"


def described(values: Values) -> str:
    """A search in one line, for the list of recent ones."""
    get = values.get
    named = " ".join(filter(None, (get(Field.SERVICE, ""), get(Field.OPERATION, ""))))
    parts = [named or "any service", get(Field.TAGS, "")]
    least, most = get(Field.MIN, ""), get(Field.MAX, "")
    if least or most:
        parts.append(f"{least}..{most}")
    parts.append(get(Field.TIME, "") or "1h")
    if get(Field.LIMIT, ""):
        parts.append(f"limit {get(Field.LIMIT, '')}")
    return " · ".join(filter(None, parts))
