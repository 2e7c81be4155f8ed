"""Points in time as people and servers write them, to the nanosecond and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from tracetui import format as fmt
from tracetui.query.values import duration_ns

_SECOND: Final = 1_000_000_000
_MINUTE: Final = 60 * _SECOND
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9})\d*)?[ ]?([Zz]|[+-]\d\d:?\d\d)?)?"
)
_AGO = re.compile(r"-(.+)|(.+) ago")
_UNIX_DIGITS: Final = ((11, _SECOND), (14, 1_000_000), (17, 1_000), (20, 1))
"""Up to how many digits a number of seconds, milli-, micro- and nanoseconds since 1970 has."""


def time_ns(text: str, now_ns: int) -> int:
    """A point in time: `2026-11-22T08:48:17.102Z`, `2026-11-22 08:48` (local), `1795337297`, `-15m`, `now`.

    A bare number counts from 1970 in seconds, milli-, micro- or nanoseconds, whichever its length makes of
    our time.

    Args:
        text: What was written.
        now_ns: What time it is, nanoseconds since the Unix epoch.

    Raises:
        ValueError: It is no time; the message says how one looks.
    """
    text = text.strip()
    if text == "now":
        return now_ns
    if text.isascii() and text.isdecimal():
        for digits, unit in _UNIX_DIGITS:
            if len(text) <= digits:
                return int(text) * unit
    if ago := _AGO.fullmatch(text):
        return now_ns - duration_ns((ago[1] or ago[2]).strip())
    if found := _RFC3339.fullmatch(text):
        return _calendar_ns(text, *found.groups())
    raise ValueError(f"{text[:40]!r} is no time such as 2026-11-22T08:48:17Z, 1795337297 or -15m")


def _calendar_ns(
    text: str, day: str, minute: str | None, second: str | None, part: str | None, zone: str | None
) -> int:
    try:
        when = datetime.fromisoformat(f"{day}T{minute or '00:00'}{second or ':00'}{(zone or '').upper()}")
        # Without a zone it is the reader's own.
        whole = int(when.astimezone(UTC).timestamp())
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text[:40]!r} is no time that there is") from None
    return whole * _SECOND + int((part or "").ljust(9, "0"))


def rfc3339(ns: int) -> str:
    """A point in time as `2026-11-22T08:48:17.102539123Z`.

    Args:
        ns: Nanoseconds since the Unix epoch.
    """
    day, clock = fmt.datetime_utc(ns).split(" ")
    return f"{day}T{clock[:8]}.{ns % _SECOND:09d}Z"


def go_duration(ns: int) -> str:
    """A duration as Go reads it, exact: `1500us`.

    Args:
        ns: Nanoseconds.
    """
    for unit, name in ((_SECOND, "s"), (1_000_000, "ms"), (1_000, "us")):
        if ns and ns % unit == 0:
            return f"{ns // unit}{name}"
    return f"{ns}ns"
