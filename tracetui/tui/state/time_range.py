"""Reading ranges of time, as people type them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from msgspec import Struct

from tracetui.backends.when import time_ns
from tracetui.query.values import duration_ns

__all__ = ["TimeRange", "time_range"]

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)((?::\d\d(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_SECOND: Final = 1_000_000_000
_EXAMPLE: Final = "2026-11-22 07:00, 07:00 or 2h"
_RANGES: Final = "1h, or 2026-11-22 07:00.."
_LONGEST: Final = 60


class TimeRange(Struct, frozen=True):
    """A range of time.

    Attributes:
        start_ns: Its beginning, nanoseconds since the Unix epoch; None where it is counted back from its end.
        end_ns: Its end; None for now.
        since_ns: How long it is; None where it has a beginning, or nobody says.
    """

    start_ns: int | None = None
    end_ns: int | None = None
    since_ns: int | None = None


def time_range(text: str, now_ns: int) -> TimeRange:
    """A range of time: how long it is, up to now (`1h`), or from one point to another (`2026-11-22 07:00..`).

    A point is what `tracetui.backends.when.time_ns` reads, a time of today, or how long ago it was.

    Args:
        text: One duration, or two points with `..` between them, of which one may be missing.
        now_ns: What time it is.

    Raises:
        ValueError: It is none, or ends before it begins.
    """
    text = text.strip()
    if not text:
        return TimeRange()
    first, dots, last = text.partition("..")
    first, last = first.strip(), last.strip(" .")
    if not dots:
        return _only(text, now_ns)
    start = _point(first, now_ns) if first else None
    end = _point(last, now_ns) if last and last.lower() != "now" else None
    if start is None and end is None:
        raise ValueError("a range needs a beginning: 2026-11-22 07:00.. or 2h..1h")
    return _checked(start, end, now_ns)


def _checked(start: int | None, end: int | None, now_ns: int) -> TimeRange:
    if start is not None and start >= (now_ns if end is None else end):
        raise ValueError("it ends before it begins" if end is not None else "it begins in the future")
    return TimeRange(start, end)


def _only(text: str, now_ns: int) -> TimeRange:
    """How long a range is, or where it begins."""
    try:
        length = duration_ns(text)
    except ValueError:
        try:
            start = _point(text, now_ns)
        except ValueError:
            raise ValueError(f"{text[:_LONGEST]!r} is no time range such as {_RANGES}") from None
        return _checked(start, None, now_ns)
    if length <= 0:
        raise ValueError("a time range of nothing: 1h is the last hour")
    return TimeRange(since_ns=length)


def _point(text: str, now_ns: int) -> int:
    """A point in time.

    Raises:
        ValueError: It is none; the message says what one looks like.
    """
    if len(text) <= _LONGEST:
        try:
            return max(0, now_ns - duration_ns(text))
        except ValueError:
            pass
        if clock := _CLOCK.fullmatch(text):
            return _today(clock, now_ns)
        try:
            return time_ns(text, now_ns)
        except ValueError as error:
            if "there is" in str(error):
                raise
    raise ValueError(f"{text[:_LONGEST]!r} is no time such as {_EXAMPLE}")


def _today(clock: re.Match[str], now_ns: int) -> int:
    """A time of the day, of the one that it is there."""
    hour, minute, rest, zone = clock.groups()
    there = None
    if zone:
        there = datetime.strptime(zone.upper().replace("Z", "+0000").replace(":", ""), "%z").tzinfo
    day = datetime.fromtimestamp(now_ns // _SECOND, there)
    return time_ns(f"{day:%Y-%m-%d} {int(hour):02d}:{minute}{rest}{(zone or '').upper()}", now_ns)
