"""A whole value, page by page."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from tracetui.text import cell_len
from tracetui.tui.detail.lines import Entry
from tracetui.tui.detail.pager import pages, summary


def text(value: Any, width: int = 40, key: str = "a") -> list[str]:
    return [line.text for line in pages(Entry(key, value), width)]


def test_text_keeps_its_lines() -> None:
    assert text("one\ntwo\r\n\nfour\n") == ["one", "two", "", "four"]


def test_nothing_is_left_out_of_a_long_line() -> None:
    value = "".join(chr(97 + n % 26) for n in range(200_000))
    assert "".join(text(value)) == value


def test_a_large_value_is_read_no_further_than_it_is_shown() -> None:
    lines = list(islice(pages(Entry("a", "x" * 50_000_000), 100), 40))
    assert [len(line.text) for line in lines] == [100] * 40


def test_json_and_sql_are_laid_out() -> None:
    assert text('{"a": [1, 2], "b": "some longer text here, and more"}')[0] == "{"
    assert text({"a": list(range(50))})[1] == '  "a": ['
    assert text("SELECT a FROM b", key="db.statement") == ["SELECT a", "FROM b"]


class Counted(list[Any]):
    """A list that counts how many of its members are looked at."""

    seen = 0

    def __iter__(self) -> Any:
        for member in super().__iter__():
            Counted.seen += 1
            yield member


@pytest.mark.parametrize("members", [20_000, 2_000_000])
def test_a_large_structure_is_read_no_further_than_it_is_shown(members: int) -> None:
    Counted.seen = 0
    lines = list(islice(pages(Entry("a", Counted([["some text"]] * members)), 60), 10))
    assert "some text" in lines[1].text
    assert Counted.seen < 100_000  # to see whether it is laid out


def test_a_long_text_in_json_is_cut_and_nothing_is_lost() -> None:
    value = '["' + "x" * 500_000 + "日本語" * 50_000 + '", 1]'
    lines = text(value, 50)
    assert "".join(line.strip() for line in lines) == value.replace(", ", ",")
    assert max(map(cell_len, lines)) == 50


def test_a_huge_structure_is_paged_as_text() -> None:
    lines = list(islice(pages(Entry("a", ["x" * 1000] * 2000), 50), 3))
    assert lines[0].text.startswith('["xxx')


@pytest.mark.parametrize(
    ("value", "expected"),
    [("é", "2 B"), (b"abc", "3 B, base64"), ([1, 2], "2 members"), ({"a": 1}, "1 member"), (5, "int")],
)
def test_summary(value: Any, expected: str) -> None:
    assert [piece.text for piece in summary(Entry("k\x1b", value))] == ["k␛", "  " + expected]


def test_control_characters_stay_visible_marks() -> None:
    assert text("a\x1b[2Jb") == ["a␛[2Jb"]
