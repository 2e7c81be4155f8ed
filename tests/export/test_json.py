"""What JSON carries that JSON has no word for, and text that a terminal must not get."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.export.json import json_dumps


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ({"a": [1, 2.5, None, True]}, b'{"a":[1,2.5,null,true]}'),
        ({"n": math.nan, "i": math.inf, "j": [-math.inf]}, b'{"n":"NaN","i":"Infinity","j":["-Infinity"]}'),
        ({"b": b"\x00\xff"}, b'{"b":"AP8="}'),
        ({"b": b"\x00\xff", "n": math.nan}, b'{"b":"AP8=","n":"NaN"}'),
        (
            [2**63 - 1, -(2**63), 2**64 - 1],
            b"[9223372036854775807,-9223372036854775808,18446744073709551615]",
        ),
        ([2**64, -(2**63) - 1], b'["18446744073709551616","-9223372036854775809"]'),
        ("\ud800", b'"\\ud800"'),
        ({"\ud800": "\x1b\x7f\u202e\u00a0\U000e0041é漢"}, None),
    ],
)
def test_values_json_has_no_word_for(value: Any, document: bytes | None) -> None:
    written = json_dumps(value)
    if document is not None:
        assert written == document
    else:
        assert written.decode() == '{"\\ud800":"\\u001b\\u007f\\u202e\\u00a0\\udb40\\udc41é漢"}'


def test_any_depth_is_written() -> None:
    value: Any = "x"
    for _ in range(100_000):
        value = [value]
    assert json_dumps({"deep": value}) == b'{"deep":' + b"[" * 100_000 + b'"x"' + b"]" * 100_000 + b"}"
    for _ in range(100_000):  # a deep value is taken apart by hand: freeing it whole would recurse
        value = value[0]


def test_an_integer_of_many_digits_is_written() -> None:
    written = json.loads(json_dumps([10**5000]))
    assert int(written[0], 16) == 10**5000


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def expected(value: Any) -> Any:
    """The value that a reader of the JSON should get."""
    if isinstance(value, dict):
        return {key: expected(member) for key, member in value.items()}
    if isinstance(value, list):
        return [expected(member) for member in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return str(value)
    return value


@settings(deadline=None)
@given(values)
def test_any_value_reads_back(value: Any) -> None:
    assert json.loads(json_dumps(value)) == expected(value)
