"""How values of attributes are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.text import cell_len
from tracetui.tui.detail.values import PREVIEW, Shown, plain, present


def texts(shown: Shown) -> list[str]:
    return ["".join(piece.text for piece in line) for line in shown.lines]


def roles(shown: Shown) -> dict[str, str]:
    return {piece.text: piece.role for line in shown.lines for piece in line}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("a", True, ["true"]),
        ("a", None, ["null"]),
        ("a", 5, ["5"]),
        ("a", 0.25, ["0.25"]),
        ("a", float("nan"), ["NaN"]),
        ("a", float("-inf"), ["-Infinity"]),
        ("a", "", ["(empty)"]),
        ("a", "two\nlines\t.", ["two", "lines    ."]),
        ("a", b"abc", ["YWJj", "3 B, base64"]),
        ("http.response.body.size", 123456, ["123456  123 kB"]),
        ("http.response_content_length", 12, ["12  B"]),
        ("wait_ms", 1500, ["1500  1.5s"]),
        ("db.wait.seconds", 0.25, ["0.25  250ms"]),
        ("gc_pause_micros", 88, ["88  88µs"]),
        ("retries", 1500, ["1500"]),
        ("items", 3, ["3"]),
        ("rpc.grpc.status_code", 14, ["14 UNAVAILABLE"]),
        ("rpc.grpc.status_code", 99, ["99"]),
        ("a", [1, 2, 3], ["[1, 2, 3]"]),
        ("a", [], ["[]"]),
        ("a", {}, ["{}"]),
        ("a", '{"b":[1,{"c":null}]}', ['{"b": [1, {"c": null}]}']),
        ("a", "{not json}", ["{not json}"]),
        (
            "a",
            {"b": b"abc", "f": float("nan"), "n": 2**70},
            ['{"b": "YWJj", "f": NaN, "n": 1180591620717411303424}'],
        ),
    ],
)
def test_present(key: str, value: Any, expected: list[str]) -> None:
    shown = present(key, value, 60)
    assert texts(shown) == expected
    assert not shown.cut


@pytest.mark.parametrize(
    ("value", "role"), [(200, "good"), (302, "text"), (404, "warning"), (504, "error"), ("504", "error")]
)
@pytest.mark.parametrize("key", ["http.status_code", "http.response.status_code"])
def test_http_status_is_coloured(key: str, value: int | str, role: str) -> None:
    assert roles(present(key, value, 20)) == {str(value): role}


def test_urls_show_their_host() -> None:
    found = roles(present("url.full", "https://gw.example/charge?id=1", 60))
    assert found == {"https://": "muted", "gw.example": "strong", "/charge": "text", "?id=1": "muted"}


@pytest.mark.parametrize("url", ["https://", "not a url", "//host/path", "http://[", "https://ho\x1bst/"])
def test_odd_urls_are_text(url: str) -> None:
    assert "\x1b" not in "".join(texts(present("url.full", url, 60)))


def test_json_is_indented_where_it_does_not_fit() -> None:
    value = json.dumps({"name": "a rather long value to break the line", "list": [1, 2, 3]})
    assert texts(present("a", value, 40)) == [
        "{",
        '  "name": "a rather long value to break ',
        '  the line",',
        '  "list": [1, 2, 3]',
        "}",
    ]


def test_json_text_keeps_digits_escapes_and_doubled_keys() -> None:
    value = '{"n":12345678901234567890123,"e":1.50e+3,"s":"\\u00e9\\"","n":0}'
    assert texts(present("a", value, 80)) == [
        '{"n": 12345678901234567890123, "e": 1.50e+3, "s": "\\u00e9\\"", "n": 0}'
    ]


def test_control_characters_never_come_through() -> None:
    evil = "\x1b]52;c;eA==\x07\u202e\x9b31m"
    for key, value in (
        ("a", evil),
        ("a", [evil]),
        ("a", {evil: evil}),
        ("a", json.dumps({"k": evil})),
        ("url.full", f"https://{evil}/"),
    ):
        for text in texts(present(key, value, 200)):
            assert not any(ord(char) < 32 or char in "\x7f\x9b\u202e" for char in text), (key, value)


def test_depth_does_not_matter() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    shown = present("a", deep, 30)
    assert shown.cut
    assert len(shown.lines) <= 41
    assert len(plain(deep)) == 200_002


def test_a_long_value_shows_its_beginning_and_how_much_is_left() -> None:
    shown = present("a", "x" * 10_000_000, 50)
    assert shown.cut
    assert texts(shown)[-1] == "… 10.0 MB more"
    assert sum(map(len, texts(shown))) < PREVIEW


def test_bytes_left_are_counted_in_utf8() -> None:
    assert texts(present("a", "é" * 5000, 50))[-1] == "… 8.8 kB more"


def test_huge_integers_are_hexadecimal() -> None:
    assert texts(present("a", 1 << 100_000, 40))[0].startswith("0x1000")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


@given(
    st.sampled_from(["a", "url.full", "db.statement", "size_bytes", "wait_ms", "http.status_code"]),
    VALUES,
    st.integers(1, 60),
)
def test_lines_fit_whatever_the_value(key: str, value: Any, width: int) -> None:
    shown = present(key, value, width)
    assert shown.lines
    for text in texts(shown):
        fits = cell_len(text) <= width or len(text.strip()) == 1  # behind the indentation
        assert fits or text.startswith("…") or "base64" in text
