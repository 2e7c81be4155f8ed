"""The strict twin of lenient JSON: the same value, and every place of it known in the original."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.loaders.lenient import parse
from tracetui.loaders.twin import Twin, decode_twin, strict_twin
from tracetui.model.issues import IssueCode

ANY = msgspec.json.Decoder()


def place(twin: Twin, at: int) -> int:
    """The place in the original for one in the twin that is not inside of what was changed."""
    shift = 0
    for end, shifted in zip(twin.ends, twin.shifts, strict=True):
        shift = shifted if end <= at else shift
    return at - shift


def words(value: Any) -> Any:
    """A value with the numbers that strict JSON lacks as the texts that stand for them in a twin."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [words(item) for item in value]
    return {key: words(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        (b'{"a":NaN}', {"a": "NaN"}, IssueCode.BAD_NUMBER),
        (b'{"a": [1,-Infinity , Infinity]}', {"a": [1, "-Infinity", "Infinity"]}, IssueCode.BAD_NUMBER),
        (b'{"a":"x\x01y"}', {"a": "x\x01y"}, IssueCode.CONTROL_CHAR),
        (b'{"a\t":"\n"}', {"a\t": "\n"}, IssueCode.CONTROL_CHAR),
        (rb'{"a":"\ud800"}', {"a": "\ufffd"}, IssueCode.BAD_UNICODE),
        (rb'{"a":"\udc00\ud83d\ude00\uD83D"}', {"a": "\ufffd😀\ufffd"}, IssueCode.BAD_UNICODE),
        (b'{"a":"\xff\xe6\x97"}', {"a": "\ufffd\ufffd"}, IssueCode.BAD_UTF8),
    ],
)
def test_twins(text: bytes, value: Any, code: IssueCode) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        ANY.decode(text)
    found = decode_twin(text, ANY)
    assert found is not None
    assert found[0] == value
    assert {fault for fault, _ in found[1]} == {code}


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1}',  # nothing is wrong with it
        b'{"a":01}',
        b'{"a":1,}',
        b'{"a":"NaN',
        b'{"a":\x01 1}',
        b'{"NaN":NaN}',  # a word in a text, too: a closer look
        rb'{"a":"\\ud800"}',  # a text about an escape
        rb'{"a":"\\ud800\ud800"}',
        b"NaNN",
        b"[" + b"NaN," * 2000 + b"1]",
        b"",
    ],
)
def test_what_has_none(text: bytes) -> None:
    assert decode_twin(text, ANY) is None


SCALARS = st.one_of(
    st.floats(),
    st.integers(-(2**63), 2**63),
    st.text(),
    st.sampled_from(["\ud800", "\x00", '"', "NaN", "\\"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(VALUES, st.booleans())
def test_a_twin_is_the_same_value_or_there_is_none(value: Any, ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    text = text.replace(rb"\u0000", b"\0")
    found = decode_twin(text, ANY)
    if found is not None:
        assert found[0] == words(parse(text))


@given(
    st.lists(st.sampled_from([b"NaN", b'"\x01"', rb'"\ud800"', b'"\xff"', b"1", b'"\xc3\xa4"']), min_size=1)
)
def test_places_are_those_of_the_original(items: list[bytes]) -> None:
    text = b"[" + b",".join(items) + b"]"
    twin = strict_twin(text)
    if twin is None:
        assert set(items) <= {b"1", b'"\xc3\xa4"'}
        return
    at = [index for index, byte in enumerate(twin.text) if byte == ord(",")]
    commas = [index for index, byte in enumerate(text) if byte == ord(",")]
    assert [place(twin, index) for index in at] == commas
    assert place(twin, len(twin.text)) == len(text)
