"""Wording that several kinds of finding share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracetui import format as fmt

__all__ = ["each", "listed", "ordinal", "shortened", "times"]

_LONGEST = 48


def shortened(text: str, width: int = _LONGEST) -> str:
    """A text that may be long, for a title; as found, not neutralised."""
    text = " ".join(text[:400].split())
    return text if len(text) <= width else text[: width - 1] + "…"


def times(count: int) -> str:
    """How often: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def ordinal(number: int) -> str:
    """`first`, `second`, `3rd`…"""
    words = {1: "first", 2: "second", 3: "third"}
    if number in words:
        return words[number]
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def each(durations_ns: Sequence[int]) -> str:
    """What each of several took: `11ms each`, or `8ms to 14ms each`."""
    low, high = fmt.duration(min(durations_ns)), fmt.duration(max(durations_ns))
    return f"{low} each" if low == high else f"{low} to {high} each"


def listed(words: Iterable[str], most: int = 3) -> str:
    """A few words, and how many more there are."""
    found = list(words)
    more = len(found) - most
    return ", ".join(found[:most]) + (f" and {more} more" if more > 0 else "")
