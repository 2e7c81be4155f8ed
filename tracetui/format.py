"""Durations, offsets, shares, counts and times as people read them: one rule for every output.

All arithmetic is on integers, so any value a trace may claim is written and none raises.
"""

from __future__ import annotations

from typing import Final

_SECOND: Final = 1_000_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_UNITS: Final = ((1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (_SECOND, "s"))


def _rounded(value: int, step: int) -> int:
    """`value` in whole steps, halves away from zero (of non-negative values)."""
    return (value + step // 2) // step


def duration(ns: int, *, ascii: bool = False) -> str:
    """A duration in three significant digits: `2.75s`, `840ms`, `22µs`, `0ns`, and from a minute on `2m 05s`.

    Args:
        ns: Nanoseconds; negative ones get a minus.
        ascii: Write `us` for microseconds.
    """
    sign, ns = ("-", -ns) if ns < 0 else ("", ns)
    for index, (unit, name) in enumerate(_UNITS):
        limit = _MINUTE if unit == _SECOND else _UNITS[index + 1][0]
        # Digits behind the point: 2.75 has two, 13.5 one, 840 none, and nanoseconds have no parts.
        step = max(unit // 100, 1) if ns < 10 * unit else max(unit // 10, 1) if ns < 100 * unit else unit
        rounded = _rounded(ns, step) * step
        if rounded < limit:
            whole, rest = divmod(rounded, unit)
            digits = f"{rest * 100 // unit:02d}".rstrip("0")
            if ascii and name == "µs":
                name = "us"
            return f"{sign}{whole}.{digits}{name}" if digits else f"{sign}{whole}{name}"
    return sign + _long_duration(ns)


def _long_duration(ns: int) -> str:
    """A duration of a minute or more, in two units."""
    minutes, seconds = divmod(_rounded(ns, _SECOND), 60)
    if minutes < 60:
        return f"{minutes}m {seconds:02d}s"
    hours, minutes = divmod(_rounded(ns, _MINUTE), 60)
    if hours < 24:
        return f"{hours}h {minutes:02d}m"
    days, hours = divmod(_rounded(ns, _HOUR), 24)
    return f"{days}d {hours:02d}h"


def offset(ns: int, *, ascii: bool = False) -> str:
    """A distance from a point in time, always signed: `+260ms`."""
    return duration(ns, ascii=ascii) if ns < 0 else "+" + duration(ns, ascii=ascii)


def percent(part: int, whole: int) -> str:
    """A share in whole per cent; `<1%` for one that is there but would read 0."""
    if whole <= 0 or part <= 0:
        return "0%"
    share = _rounded(100 * part, whole)
    return f"{share}%" if share else "<1%"


def count(n: int) -> str:
    """A count with thousands set apart: `1,234`."""
    return f"{n:,}"


def plural(n: int, noun: str, nouns: str | None = None) -> str:
    """A count and its noun: `1 span`, `59 spans`, `2 children` (with `nouns` given)."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def size(n: int) -> str:
    """A number of bytes in decimal units: `812 B`, `3.6 MB`."""
    if n < 1000:
        return f"{n} B"
    for exponent, name in ((1, "kB"), (2, "MB"), (3, "GB"), (4, "TB")):
        unit: int = 1000**exponent
        tenths = _rounded(10 * n, unit)
        if tenths < 10_000 or name == "TB":
            break
    return f"{tenths // 10}.{tenths % 10} {name}" if tenths < 1000 else f"{_rounded(n, unit):,} {name}"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day count from 1970-01-01, for any integer.

    The proleptic Gregorian calendar counted in eras of 400 years that start on 1 March, as in Howard Hinnant,
    "chrono-Compatible Low-Level Date Algorithms".
    """
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    of_year = day - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day_of_month = of_year - (153 * month + 2) // 5 + 1
    month += 3 if month < 10 else -9
    return 400 * era + year + (month <= 2), month, day_of_month


def clock(ns: int) -> str:
    """The time of day of a point in Unix nanoseconds, in UTC: `07:21:03.120Z`."""
    ms = ns // 1_000_000 % 86_400_000
    seconds = ms // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms % 1000:03d}Z"


def datetime_utc(ns: int) -> str:
    """The date and time of a point in Unix nanoseconds, in UTC: `2026-11-22 07:21:03.120Z`."""
    year, month, day = _civil(ns // _DAY)
    return f"{year:04d}-{month:02d}-{day:02d} {clock(ns)}"
