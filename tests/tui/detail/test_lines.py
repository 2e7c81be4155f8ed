"""Lines that are made as they are read, and the cutting of text into them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.text import cell_len, neutralise
from tracetui.tui.detail.lines import LazyLines, Line, Piece, clean, take, wrap
from tracetui.tui.detail.values import wrap_pieces


def test_lazy_lines_take_no_more_than_is_asked_for() -> None:
    taken = []

    def source() -> Iterator[Line]:
        for number in range(1000):
            taken.append(number)
            yield Line((Piece(str(number)),))

    lines = LazyLines(source())
    assert lines.ensure(10) == 10
    assert len(taken) == 10
    line = lines.get(4)
    assert line is not None and line.text == "4"
    assert lines.get(-1) is None
    assert not lines.exhausted
    assert lines.ensure(5000) == 1000
    assert lines.exhausted
    assert lines.get(1000) is None


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 5, [""]),
        ("one two three", 8, ["one two ", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("ab cd", 2, ["ab", "cd"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢字", 1, ["漢", "字"]),
        ("/a/very/long/path/without/blanks", 10, ["/a/very/lo", "ng/path/wi", "thout/blan", "ks"]),
    ],
)
def test_wrap(text: str, width: int, expected: list[str]) -> None:
    assert list(wrap(text, width)) == expected


@given(st.text(max_size=200), st.integers(1, 30))
def test_wrapped_lines_fit_and_lose_only_blanks(text: str, width: int) -> None:
    shown = neutralise(text)
    parts = list(wrap(shown, width))
    assert "".join(parts).replace(" ", "") == shown.replace(" ", "")
    for part in parts:
        assert cell_len(part) <= width or len(part) == 1


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(1, 20))
def test_wrapping_pieces_keeps_text_and_roles(texts: list[str], width: int) -> None:
    pieces = [Piece(neutralise(text), f"role{index}") for index, text in enumerate(texts)]
    lines = list(wrap_pieces(pieces, width))
    for index, piece in enumerate(pieces):
        got = "".join(p.text for line in lines for p in line if p.role == f"role{index}")
        assert got.replace(" ", "") == piece.text.replace(" ", "")
    for line in lines:
        assert sum(cell_len(p.text) for p in line) <= width or sum(len(p.text) for p in line) == 1


def test_take_gives_at_least_one_character() -> None:
    assert take("漢字", 1) == "漢"
    assert take("abc", 0) == "a"


def test_clean_neutralises_and_cuts() -> None:
    assert clean("a\x1bb") == "a␛b"
    assert clean("x" * 500, 10) == "x" * 10 + "…"
