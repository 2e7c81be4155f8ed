"""Regular expressions of users: Python's syntax, but none runs for longer than somebody waits.

`re` holds up every thread of the program for as long as it works on one text, and some expressions, such as
`(a+)+$`, would work on a short text for years. The library `regex` lets other threads run, and can be told
when to give up; it takes several times as long to start, and so is left to what may need it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

PATIENCE_S: Final = 0.1
"""Processor time that one text may take, in seconds."""
_SHORT = 4_000
_FEW_BRANCHES = 8

TOKEN: Final = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<brackets>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<repeat>\{[0-9,]*\})"
    r"|(?P<one>.)",
    re.DOTALL,
)
"""Parts of a valid regular expression."""


class TooSlow(Exception):
    """A regular expression was given up."""


def compiled(text: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Compile an expression by `re`, which says what is wrong with it.

    Raises:
        re.error, OverflowError, RecursionError: It is no regular expression, or too large.
    """
    with warnings.catch_warnings():  # of syntax that may change: nothing to a person at a search line
        warnings.simplefilter("ignore")
        return re.compile(text, re.IGNORECASE if ignore_case else 0)


def searcher(text: str, *, ignore_case: bool) -> Callable[[str], bool]:
    """What tells whether a valid expression matches somewhere in a text.

    It raises `TooSlow` where that takes longer than `PATIENCE_S`.
    """
    plain = compiled(text, ignore_case=ignore_case)
    tame = is_tame(text)

    def matches(other: str) -> bool:
        if tame and len(other) <= _SHORT:
            return plain.search(other) is not None
        try:
            found = _guarded(text, ignore_case).search(other, timeout=PATIENCE_S, concurrent=True)
        except TimeoutError:
            raise TooSlow(text) from None
        return found is not None

    return matches


def spans(text: str, other: str, seconds: float, *, ignore_case: bool) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each match of a valid expression.

    Raises:
        TooSlow: They were not all found in time; some may have been given before.
    """
    if is_tame(text) and len(other) <= _SHORT:
        yield from (found.span() for found in compiled(text, ignore_case=ignore_case).finditer(other))
        return
    try:
        for found in _guarded(text, ignore_case).finditer(other, timeout=seconds):
            yield found.span()
    except TimeoutError:
        raise TooSlow(text) from None


@lru_cache(maxsize=64)
def _guarded(text: str, ignore_case: bool) -> Any:
    import regex  # type: ignore[import-untyped]  # 30 ms: only once there is an expression that needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return regex.compile(_in_its_syntax(text), regex.V0 | (regex.IGNORECASE if ignore_case else 0))


def _in_its_syntax(text: str) -> str:
    """An expression of `re` for `regex`, to which braces and brackets could say more than they are."""
    parts = []
    for token in TOKEN.finditer(text):
        part = token[0]
        if part in "{}":
            part = "\\" + part
        elif token.lastgroup == "brackets":
            part = "[" + re.sub(r"\\.|\[", _escaped, part[1:])
        parts.append(part)
    return "".join(parts)


def _escaped(found: re.Match[str]) -> str:
    return "\\[" if found[0] == "[" else found[0]


@lru_cache(maxsize=64)
def is_tame(text: str) -> bool:
    """Whether the time that a valid expression takes grows no faster than the square of a text's length.

    One repeat at most, of something that is no group, and few branches.
    """
    repeats = branches = 0
    before = ""
    for token in TOKEN.finditer(text):
        part, kind = token[0], token.lastgroup
        if kind == "repeat" or (kind == "one" and part in "*+?"):
            if part == "?" and before in ("*", "+", "?", "}", "("):  # lazy, or the mark of a group's kind
                before = part
                continue
            repeats += 1
            if repeats > 1 or before == ")":
                return False
            part = "}" if kind == "repeat" else part
        elif kind == "escape" and part[1] in "123456789":
            return False
        elif kind == "one" and part == "|":
            branches += 1
        before = part if kind in ("one", "repeat") else ""
    return branches <= _FEW_BRANCHES and "(?P=" not in text and "(?(" not in text
