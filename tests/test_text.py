"""The neutralising table, row by row, and what holds for any text."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len as rich_cell_len

from tracetui.text import cell_len, escape_json, fit, neutralise, steady, to_ascii

ANY_TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF), max_size=60)
HOSTILE_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            "a漢é\u0301\u0302\u200d\ufe0f\u202e\x1b\x9b\x00\x7f\t\n\u3000\U000e0041👍🏽\ud800\u0903[]"
        ),
        st.characters(categories=["Mn", "Cf", "Zs", "Cc"]),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ASCII", "plain ASCII"),
        ("", ""),
        ("\x00\x07\x1f", "␀␇␟"),
        ("\x7f", "␡"),
        ("a\r\n\tb", "a␍␊␉b"),
        ("\x85\x9b", "⟨85⟩⟨9B⟩"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\u202ax\u202e", "⟨202A⟩x⟨202E⟩"),
        ("\u2066\u2069\u200e\u200f\u061c", "⟨2066⟩⟨2069⟩⟨200E⟩⟨200F⟩⟨61C⟩"),
        ("שלום", "שלום"),
        ("\u200b\u200c\u200d\u2060\u2064", "⟨200B⟩⟨200C⟩⟨200D⟩⟨2060⟩⟨2064⟩"),
        ("\ufeff\u00ad\u180e\ufff9\ufffb", "⟨FEFF⟩⟨AD⟩⟨180E⟩⟨FFF9⟩⟨FFFB⟩"),
        ("👩\u200d💻", "👩⟨200D⟩💻"),
        ("❤\ufe0f1\ufe0f\u20e3\U000e0100", "❤1\u20e3"),
        ("\U000e0068\U000e0001", "⟨E0068⟩⟨E0001⟩"),
        ("\u2028\u2029", "⟨2028⟩⟨2029⟩"),
        ("e\u0301", "e\u0301"),
        ("e" + "\u0301" * 9 + "f", "e" + "\u0301" * 4 + "f"),
        ("\u0301x", "\u25cc\u0301x"),
        ("\ue000\U000f0000", "⟨E000⟩⟨F0000⟩"),
        ("\u0378\uffff\ud800", "⟨378⟩⟨FFFF⟩⟨D800⟩"),
        ("a\u00a0b\u2003c\u3000d", "a b c  d"),
        ("[bold]x[/nope] :bomb:", "[bold]x[/nope] :bomb:"),
        ("👍🏽", "👍⟨1F3FD⟩"),
    ],
)
def test_neutralise_table(text: str, shown: str) -> None:
    assert neutralise(text) == shown


def test_neutralise_multiline_keeps_lines_and_spaces_tabs() -> None:
    assert neutralise("a\n\tb\r\n\x1b", multiline=True) == "a\n    b␍\n␛"
    assert neutralise("a\n\u0301", multiline=True) == "a\n\u25cc\u0301"


def _forbidden(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
        or (unicodedata.category(char) == "Zs" and char != " ")
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
    )


@settings(deadline=None)
@given(ANY_TEXT | HOSTILE_TEXT)
@example("e" + "\u0301" * 3 + "\ufe0f" + "\u0301" * 3)
def test_neutralise_any_text(text: str) -> None:
    shown = neutralise(text)
    assert not [char for char in shown if _forbidden(char)]
    assert neutralise(shown) == shown
    assert cell_len(shown) == rich_cell_len(shown)
    lines = neutralise(text, multiline=True)
    assert not [char for char in lines if _forbidden(char) and char != "\n"]
    assert to_ascii(shown).isascii()


@settings(deadline=None)
@given(ANY_TEXT | HOSTILE_TEXT, st.integers(-1, 30), st.booleans())
def test_fit_is_exact(text: str, width: int, middle: bool) -> None:
    shown = neutralise(text)
    assert rich_cell_len(fit(shown, width, middle=middle)) == max(0, width)
    short = fit(shown, width, middle=middle, pad=False)
    assert rich_cell_len(short) <= max(0, width)
    if rich_cell_len(shown) <= width:
        assert short == shown


def test_fit_shortens_at_the_end_or_in_the_middle() -> None:
    assert fit("GET /api/v1/orders", 10) == "GET /api/…"
    assert fit("GET /api/v1/orders", 10, middle=True) == "GET /…ders"
    assert fit("abc", 5) == "abc  "
    assert fit("abcdef", 4, ellipsis="..") == "ab.."
    assert fit("abcdef", 1, ellipsis="..") == "."
    assert fit("漢字漢字", 4) == "漢… "


@settings(deadline=None)
@given(st.dictionaries(ANY_TEXT | HOSTILE_TEXT, ANY_TEXT | HOSTILE_TEXT, max_size=3))
def test_escape_json_keeps_the_value_and_shows_nothing_forbidden(value: dict[str, str]) -> None:
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    escaped = escape_json(raw)
    assert json.loads(escaped) == json.loads(raw.decode("utf-8", "surrogatepass"))
    assert not [char for char in escaped.decode() if _forbidden(char)]


def test_escape_json_leaves_letters_and_surplus_marks() -> None:
    text = "[b]漢é" + "\u0301" * 9 + "👍🏽"
    assert escape_json(json.dumps(text, ensure_ascii=False).encode()).decode() == f'"{text}"'
    assert escape_json('"\x7f\u202e\U000e0041\u00a0"'.encode()) == b'"\\u007f\\u202e\\udb40\\udc41\\u00a0"'


def test_to_ascii() -> None:
    assert to_ascii(neutralise("caf\u00e9\x1b[0m\x9b")) == "caf<E9>^[[0m<9B>"
    assert to_ascii("\u2212640ms \u2013") == "-640ms -"


@given(ANY_TEXT)
@example("\u0915\u093e\u092e e\u0301")
def test_steady_text_has_no_mark_of_doubtful_width(text: str) -> None:
    shown = steady(neutralise(text))
    assert "Mc" not in {unicodedata.category(char) for char in shown}
    assert cell_len(shown) == rich_cell_len(shown)
    assert len(shown) == len(neutralise(text))
