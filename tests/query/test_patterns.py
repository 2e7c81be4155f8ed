"""Patterns, and the literal that a regular expression cannot do without."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.query.patterns import regex_pattern, required_literal, search_pattern, text_pattern
from tracetui.query.values import duration_ns, number, spellings


def test_smart_case() -> None:
    assert text_pattern("cart").matches("GetCart")
    assert not text_pattern("Cart").matches("cart")
    assert search_pattern("re:^get\\S").matches("GETx")
    assert not search_pattern("re:^Get").matches("get")


@pytest.mark.parametrize(
    ("regex", "literal"),
    [
        ("cart", "cart"),
        ("cart|x", ""),
        ("(a|b)cart", "cart"),
        ("carts?", "cart"),
        ("cart+s", "cart"),
        ("ab*cde", "cde"),
        ("abc{0,2}", "ab"),
        (r"a\.b\d", "a.b"),
        ("[abc]def", "def"),
        ("(?i)abc", ""),
        ("^abc$", "abc"),
        ("(?:abc)d", "d"),
        (r"[^\]]xyz", "xyz"),
    ],
)
def test_required_literal(regex: str, literal: str) -> None:
    assert required_literal(regex) == literal


@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(max_examples=200)
@given(st.text(alphabet="abc|()[]{}?*+.^$\\12,:", max_size=9), st.text(alphabet="abc12.", max_size=9))
def test_each_match_holds_the_literal(regex: str, text: str) -> None:
    try:
        found = re.search(regex, text)
    except (re.error, OverflowError):
        return
    assert not found or required_literal(regex) in text


def test_what_narrows() -> None:
    assert text_pattern("Cart").narrows(text_pattern("car"))
    assert text_pattern("cart").narrows(text_pattern("car"))
    assert not text_pattern("cart").narrows(text_pattern("Car"))
    assert not text_pattern("carT").narrows(text_pattern("Car"))
    assert not regex_pattern("carts?").narrows(regex_pattern("carts"))


def test_durations() -> None:
    assert duration_ns("1.5ms") == 1_500_000
    assert duration_ns("0") == 0
    assert duration_ns("1h30m") == 5_400_000_000_000
    assert duration_ns(".5s") == 500_000_000
    for wrong in ("", "5", "ms", "-5ms", "5 ms", "1e3s", "9" * 50 + "s"):
        with pytest.raises(ValueError, match="duration"):
            duration_ns(wrong)


def test_numbers() -> None:
    assert number("12") == 12
    assert number("-1.5e3") == -1500.0
    assert number("9007199254740993") == 9007199254740993
    for wrong in ("", "x", "1_0", "nan", "inf", "0x10", "1" * 41):
        assert number(wrong) is None


@given(st.integers(-(10**25), 10**25) | st.floats(-1e30, 1e30))
def test_a_spelling_is_in_every_usual_spelling(value: int | float) -> None:
    texts = {repr(value), str(value)}
    if isinstance(value, int) and abs(value) < 10**15:
        texts |= {f"{value}.0", f"{value:+}", repr(float(value))}
    for text in texts:
        assert any(one in text for one in spellings(value)), (text, spellings(value))
