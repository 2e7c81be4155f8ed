"""Regular expressions of users: what they find is what `re` finds, and none holds up the program."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.query import regexes
from tracetui.query.errors import QueryError
from tracetui.query.patterns import regex_pattern
from tracetui.query.regexes import TooSlow, is_tame, searcher, spans

BRACKETS = ("[ab]", "[^a]", "[[]", "[]a]", "[[:a]", r"[\]a-c]", "[a||b]", "[b--a]")
PIECES = st.sampled_from(
    [
        *BRACKETS,
        "$",
        "|",
        "a",
        "b",
        ".",
        "a*",
        "b+?",
        "(a|b)",
        "(?:ab)*",
        "{",
        "}",
        "a{1,2}",
        "a{2}",
        "{e}",
        "{a<2}",
        r"\d",
        r"\[",
        "^",
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join), st.text("ab[]{}e<2:|-1", max_size=12))
def test_either_library_finds_the_same(text: str, other: str) -> None:
    try:
        wanted = [found.span() for found in regexes.compiled(text, ignore_case=False).finditer(other)]
    except re.error:
        return
    guarded = [found.span() for found in regexes._guarded(text, False).finditer(other)]
    assert guarded == wanted
    assert list(spans(text, other, 1.0, ignore_case=False)) == wanted
    assert searcher(text, ignore_case=False)(other) == bool(wanted)


@pytest.mark.parametrize(
    "text", ["exec-6[3]", "^GET /x$", "foo.*bar", "fo+?", "a|b", "(?:a)b", "(?P<n>a)", r"\d{3}"]
)
def test_what_cannot_take_long_is_left_to_re(text: str) -> None:
    assert is_tame(text)


@pytest.mark.parametrize(
    "text",
    ["(a+)+$", "(a|aa)+$", "(?:a?){30}b", "a*a*b", r"(a)\1", "(?P<n>a)(?P=n)", "|".join("abcdefghijk")],
)
def test_what_may_take_long_is_guarded(text: str) -> None:
    assert not is_tame(text)


@pytest.mark.parametrize("text", ["(a+)+$", "(a|aa)+$"])
def test_an_expression_that_takes_too_long_is_given_up(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "PATIENCE_S", 0.001)
    with pytest.raises(QueryError, match="takes too long on a text of 5,001 characters: given up"):
        regex_pattern(text).matches("a" * 5000 + "!")
    with pytest.raises(TooSlow):
        list(spans(text, "a" * 5000 + "!", 0.001, ignore_case=True))
