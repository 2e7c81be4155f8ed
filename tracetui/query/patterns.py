"""What one text is asked for: a part of it in smart case, or a regular expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tracetui.format import plural
from tracetui.query.errors import QueryError
from tracetui.query.regexes import TOKEN, TooSlow, compiled, searcher

REGEX_PREFIX: Final = "re:"

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_LITERAL_ESCAPE = re.compile(r"\\[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text or regular expression to look for in many texts.

    Attributes:
        text: As given, without the prefix of a regular expression.
        ignore_case: Whether case counts; it does where `text` has an upper-case letter.
        is_regex: Whether `text` is a regular expression.
        literal: What every match contains, in lower case if case does not count; "" if nothing is known.
        matches: Whether a text matches somewhere.
    """

    text: str
    ignore_case: bool
    is_regex: bool
    literal: str
    matches: Callable[[str], bool] = field(compare=False, repr=False)

    def narrows(self, other: Pattern) -> bool:
        """Whether each text that matches this one matches the other as well."""
        if self.is_regex or other.is_regex:
            return self == other
        if other.ignore_case:
            return other.text in self.text.lower()
        return not self.ignore_case and other.text in self.text


def search_pattern(text: str) -> Pattern:
    """The pattern of a search line: `re:` in front makes the rest a regular expression.

    Raises:
        QueryError: The regular expression is wrong.
    """
    if text.startswith(REGEX_PREFIX):
        return regex_pattern(text[len(REGEX_PREFIX) :], column=len(REGEX_PREFIX))
    return text_pattern(text)


def text_pattern(text: str) -> Pattern:
    """A pattern that matches texts which contain `text`; case counts only if it has an upper-case letter."""
    if text == text.lower():
        return Pattern(text, True, False, text, lambda other: text in other.lower())
    return Pattern(text, False, False, text, lambda other: text in other)


def regex_pattern(text: str, column: int = 0) -> Pattern:
    """A pattern that matches texts in which a regular expression matches somewhere; smart case as well.

    Args:
        text: The expression, in the syntax of Python's `re`.
        column: Where it starts in the query, for errors.

    Raises:
        QueryError: It is no regular expression. `matches` raises it too, on a text that would take too long.
    """
    plain = _ESCAPE.sub("", text)
    ignore_case = plain == plain.lower()
    try:
        compiled(text, ignore_case=ignore_case)
    except (re.error, OverflowError, RecursionError) as error:
        at = getattr(error, "pos", None) or 0
        reason = getattr(error, "msg", None) or "it is too deep or too large"
        raise QueryError(f"the regular expression is wrong: {reason}", column + at) from None
    literal = required_literal(text, ascii_only=ignore_case)
    if ignore_case:
        literal = literal.lower()
    search = searcher(text, ignore_case=ignore_case)

    def matches(other: str) -> bool:
        try:
            return search(other)
        except TooSlow:
            reason = f"the regular expression takes too long on a text of {plural(len(other), 'character')}"
            raise QueryError(f"{reason}: given up", column) from None

    return Pattern(text, ignore_case, True, literal, matches)


def required_literal(regex: str, *, ascii_only: bool = False) -> str:
    """The longest run of plain characters that each match of a (valid) regular expression must contain.

    Only what stands outside of groups is looked at, and nothing at all where branches or flags could change
    what it means: "" is always a right answer.

    Args:
        regex: The expression.
        ascii_only: Take only ASCII characters: without case, others may match more than their two cases.
    """
    if "(?" in regex.replace("(?:", "").replace("(?P<", "").replace("(?=", "").replace("(?!", ""):
        return ""
    runs: list[str] = []
    run: list[str] = []
    depth = 0
    for token in TOKEN.finditer(regex):
        text, kind = token[0], token.lastgroup
        if depth == 0 and kind == "one" and text == "|":
            return ""
        if kind == "repeat" or (kind == "one" and text in "*?+"):
            if depth == 0 and run and (text in "*?" or kind == "repeat"):
                run.pop()
            literal = ""
        elif kind == "escape":
            literal = text[1] if _LITERAL_ESCAPE.fullmatch(text) else ""
        else:
            literal = text if kind == "one" and text not in ".^$()|[]{}" else ""
        if depth == 0 and literal and (literal.isascii() or not ascii_only):
            run.append(literal)
        elif depth == 0:
            runs.append("".join(run))
            run = []
        if kind == "one" and text in "()":
            depth += 1 if text == "(" else -1
    runs.append("".join(run))
    return max(runs, key=len)
