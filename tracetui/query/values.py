"""Reading the values of a query: durations and numbers, exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_LONGEST: Final = 40


def duration_ns(text: str) -> int:
    """A duration such as `50ms`, `1.5s` or `2m05s` in nanoseconds, rounded to whole ones.

    Raises:
        ValueError: It is none; the message says what is missing.
    """
    if len(text) > _LONGEST:
        raise ValueError("this is too long for a duration")
    total, at = Decimal(0), 0
    while part := _PART.match(text, at):
        total += Decimal(part[1]) * _UNITS[part[2]]
        at = part.end()
    if at < len(text) or not text:
        if text == "0":
            return 0
        if _NUMBER.fullmatch(text):
            raise ValueError(f"a duration needs a unit: {text}ms")
        raise ValueError(f"{text!r} is no duration such as 50ms, 1.5s or 2m")
    return int(total.to_integral_value())


def number(text: str) -> int | float | None:
    """The number that a text stands for; None if it stands for none."""
    if len(text) > _LONGEST:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else None


def spellings(value: int | float) -> list[str]:
    """Texts of which at least one is in every usual spelling of a number in JSON.

    That is its digits; and for large and small numbers how those begin in scientific notation, which Java
    writes from 10,000,000 and below 0.001.
    """
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0") or "0"
    plain = f"{abs(exact):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".").lstrip("0")
    found = [plain or "0"]
    if abs(exact) >= 1_000_000 or 0 < abs(exact) < Decimal("0.01"):
        if len(digits) > 1:
            found.append(f"{digits[0]}.{digits[1:]}")
        else:
            found += [digits + "e", digits + "E", digits + ".0e", digits + ".0E"]
    return found
