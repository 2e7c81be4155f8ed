"""Reading what strict readers refuse."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tracetui.loaders.lenient import Fault, Fields, camel, parse


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        (b'{"a":18446744073709551616}', {"a": 1 << 64}, None),
        (b'{"a":[1.5,null]}', {"a": [1.5, None]}, None),
        (b'{"a":Infinity}', {"a": math.inf}, "bad-number"),
        (b'{"a":"x\\ud800y","b":["\\udfff"]}', {"a": "x\ufffdy", "b": ["\ufffd"]}, "bad-unicode"),
        (b'{"\\ud800":1}', {"\ufffd": 1}, None),
        (b'{"a":"\xff"}', {"a": "\ufffd"}, "bad-utf8"),
        (b'{"a":"\x01"}', {"a": "\x01"}, "control-char"),
        (b"1" * 5000, math.inf, None),
    ],
)
def test_parse(text: bytes, value: Any, code: str | None) -> None:
    faults: list[Fault] = []
    assert parse(text, faults) == value
    if code:
        assert [fault.value for fault, _ in faults] == [code]


@pytest.mark.parametrize("text", [b"", b"{", b"{oops", b'{"a":.5}', b"[" * 100_000 + b"]" * 100_000])
def test_what_is_no_json_raises(text: bytes) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_camel() -> None:
    assert camel("start_time_unix_nano") == "startTimeUnixNano"
    assert camel("ResourceSpans") == "resourceSpans"
    assert camel("traceId") == "traceId"
    assert camel("") == ""


def test_fields_of_the_wrong_kind_are_noted() -> None:
    faults: list[Fault] = []
    fields = Fields({"a": "x", "b": True, "c": [{}, 1], "d": None}, faults)
    assert fields.get("a", str) == "x"
    assert fields.get("b", int) is None
    assert fields.get("d", str) is None
    assert fields.get("missing", str) is None
    assert fields.objects("c") == [{}]
    assert [sample for _, sample in faults] == ["b is true or false", "c holds what is no object"]
