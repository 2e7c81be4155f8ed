"""Coercions: every spelling of an id, a time and an enum that real writers use."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.loaders import values
from tracetui.model.issues import IssueCode


class Told:
    """Stands in for a builder."""

    def __init__(self) -> None:
        self.opaque_texts: list[str] = []
        self.issues: list[tuple[int, IssueCode, str]] = []
        self.rows: list[int] = []
        self.traces: list[str] = []

    def opaque(self, text: str) -> int:
        if text not in self.opaque_texts:
            self.opaque_texts.append(text)
        return self.opaque_texts.index(text)

    def trace(self, trace_id: str) -> int:
        if trace_id not in self.traces:
            self.traces.append(trace_id)
        return self.traces.index(trace_id)

    def trace_issue(
        self, trace: int, code: IssueCode, sample: str = "", count: int = 1, row: int = -1
    ) -> None:
        self.issues.append((trace, code, sample))
        self.rows.append(row)


def codes(odd: values.Oddities, traces: Any = 0) -> list[str]:
    told = Told()
    odd.report(told, traces, 0)
    return [code.value for _, code, _ in told.issues]


NUMBER = 0x00F067AA0BA902B7
BYTES = NUMBER.to_bytes(8, "big")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00f067aa0ba902b7", NUMBER),
        ("00F067AA0BA902B7", NUMBER),
        ("f067aa0ba902b7", NUMBER),
        ("0x00f067aa0ba902b7", NUMBER),
        ("0" * 16 + "00f067aa0ba902b7", NUMBER),
        (base64.b64encode(BYTES).decode(), NUMBER),
        (base64.b64encode(BYTES).decode().rstrip("="), NUMBER),
        (base64.urlsafe_b64encode(b"\xff" * 8).decode(), (1 << 64) - 1),
        (base64.b64encode(BYTES.hex().encode()).decode(), NUMBER),
        ("1", 1),
        ("trace-abc", None),
        ("not-hex-é!", None),
        ("", None),
        ("a" * 17, None),
        ("a" * 100_000, None),
        ("1_000", None),
        ("٣٣", None),
        ("0x", None),
    ],
)
def test_span_ids_in_all_encodings(text: str, value: int | None) -> None:
    assert values.decode_id(text, 8) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("4BF92F3577B34DA6A3CE929D0E0E4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("a3ce929d0e0e4736", "0000000000000000a3ce929d0e0e4736"),
        ("1", "00000000000000000000000000000001"),
        ("0x4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("S/kvNXezTaajzpKdDg5HNg==", "4bf92f3577b34da6a3ce929d0e0e4736"),
        (
            base64.b64encode(b"4bf92f3577b34da6a3ce929d0e0e4736").decode(),
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ),
        ("trace-abc", "trace-abc"),
        ("0e4d3c1a-5b7e-4f6a-9c2d-8a1b0c3d4e5f", "0e4d3c1a-5b7e-4f6a-9c2d-8a1b0c3d4e5f"),
        ("", ""),
    ],
)
def test_trace_ids_are_32_hex_digits_or_left_alone(text: str, expected: str) -> None:
    assert values.trace_id(text) == expected


@given(st.lists(st.integers(1, (1 << 64) - 1), min_size=1, max_size=20))
def test_plain_span_ids_are_read_in_bulk(numbers: list[int]) -> None:
    odd = values.Oddities()
    ids, opaque = values.span_ids([f"{n:016x}" for n in numbers], Told(), odd)
    assert ids.tolist() == numbers
    assert ids.dtype == np.uint64
    assert not opaque.any()
    assert not odd


def test_parents_may_be_absent() -> None:
    odd = values.Oddities()
    found = values.span_ids(["", "00000000000000ff", "0" * 16], Told(), odd, parents=True)
    assert found[0].tolist() == [0, 255, 0]
    found = values.span_ids([None, "ff", "0"], Told(), odd, parents=True)
    assert found[0].tolist() == [0, 255, 0]
    assert not odd


def test_own_ids_may_not_be_absent() -> None:
    odd = values.Oddities()
    ids, opaque = values.span_ids(["", "0" * 16, None, {"k": 1}, "b7ad6b7169203331"], Told(), odd)
    assert ids.tolist() == [0, 0, 0, 0, 0xB7AD6B7169203331]
    assert not opaque.any()
    assert codes(odd) == ["bad-id"] * 4


def test_ids_that_do_not_decode_are_kept_as_text() -> None:
    odd, told = values.Oddities(), Told()
    ids, opaque = values.span_ids(["span one", "b7ad6b7169203331", "span one"], told, odd)
    assert opaque.tolist() == [True, False, True]
    assert ids[0] == ids[2]
    assert told.opaque_texts == ["span one"]
    odd.report(told, [7, 8, 9], 100)
    assert told.rows == [100, 102]
    assert [(trace, code) for trace, code, _ in told.issues] == [(7, "bad-id"), (9, "bad-id")]


def test_blanks_inside_ids_do_not_shift_their_neighbours() -> None:
    ids, opaque = values.span_ids(["00 11 22 33 44 5", "0011223344556677"], Told(), values.Oddities())
    assert opaque.tolist() == [True, False]
    assert ids[1] == 0x0011223344556677


def test_numbers_and_base64_are_taken_and_told() -> None:
    odd = values.Oddities()
    ids, _ = values.span_ids([255, -1, base64.b64encode(BYTES).decode()], Told(), odd)
    assert ids.tolist() == [255, (1 << 64) - 1, NUMBER]
    assert codes(odd) == ["bad-id", "bad-id", "base64-ids"]


def test_trace_codes_are_made_once_and_bad_ones_told() -> None:
    told = Told()
    trace_codes = values.TraceCodes(told.trace, told)
    texts = ["a3ce929d0e0e4736", "0" * 16 + "A3CE929D0E0E4736", "", "0" * 32, "x y"]
    assert [trace_codes[text] for text in texts] == [0, 0, 1, 2, 3]
    found = [(trace, code.value) for trace, code, _ in told.issues]
    assert found == [(0, "id-case"), (1, "bad-id"), (2, "bad-id"), (3, "bad-id")]


NOW = 1717750000123456789


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (NOW, 1, NOW),
        (str(NOW), 1, NOW),
        (f" {NOW} ", 1, NOW),
        (1778835368110008800.0, 1, 1778835368110008832),
        ("1.6e18", 1, 1_600_000_000_000_000_000),
        (1.463737111294e15, 1000, 1_463_737_111_294_000_000),
        ("1463737111294000", 1000, 1_463_737_111_294_000_000),
        (2.5, 1000, 2500),
        (0, 1, 0),
        (-5, 1, -5),
        (1 << 64, 1, None),
        (253402300799000000, 1000, None),
        (-62135596800000000, 1000, None),
        (float("inf"), 1, None),
        (float("nan"), 1, None),
        ("NaN", 1, None),
        ("-Infinity", 1, None),
        ("1e999999999", 1, None),
        ("9" * 5000, 1, None),
        ("", 1, None),
        ("yesterday", 1, None),
        ("2024-06-07T09:00:00Z", 1, None),
        ("0x1F", 1, None),
        (True, 1, None),
        (None, 1, None),
        ([1], 1, None),
        ({"a": 1}, 1, None),
    ],
)
def test_times_in_all_spellings(value: object, unit: int, expected: int | None) -> None:
    assert values.nanos(value, unit=unit) == expected
    odd = values.Oddities()
    found, absent = values.times([value, 1], odd, unit=unit)
    if expected is None:
        assert found.tolist() == [0, unit]
        assert absent.tolist() == [True, False]
        assert codes(odd) == ["bad-time"]
    else:
        assert found.tolist() == [expected, unit]
        assert not len(absent)
        assert not odd


@given(
    st.integers(1, 19).flatmap(
        lambda width: st.lists(st.integers(10 ** (width - 1), 10**width - 1), min_size=1, max_size=20)
    )
)
def test_decimal_strings_are_read_in_bulk(numbers: list[int]) -> None:
    odd = values.Oddities()
    found, absent = values.times([str(n) for n in numbers], odd)
    believed = [n if n <= values.TIME_LIMIT else 0 for n in numbers]
    assert found.tolist() == believed
    assert [bool(b) for b in absent] in ([], [n > values.TIME_LIMIT for n in numbers])


@given(st.lists(st.text(alphabet="0123456789 -+._eE٣", min_size=1, max_size=20), min_size=1, max_size=5))
def test_bulk_and_single_reading_agree(texts: list[str]) -> None:
    found, absent = values.times(texts, values.Oddities())
    mask = absent.tolist() if len(absent) else [False] * len(texts)
    singly = [values.nanos(text) for text in texts]
    assert [None if gone else n for n, gone in zip(found.tolist(), mask, strict=True)] == singly


def test_enums_in_all_spellings() -> None:
    kinds, odd = values.kinds(), values.Oddities()
    texts = [2, "SPAN_KIND_SERVER", "SERVER", "server", "SpanKind.SERVER", "2", None, "", 0]
    assert kinds.of(texts, odd, "kind").tolist() == [2, 2, 2, 2, 2, 2, 0, 0, 0]
    statuses = values.statuses()
    assert statuses.of([2, "STATUS_CODE_ERROR", "Error", 1, "Unset"], odd, "status").tolist() == [
        2,
        2,
        2,
        1,
        0,
    ]
    assert not odd
    assert kinds.of([99, "sideways", -3, "99"], odd, "kind").tolist() == [0, 0, 0, 0]
    assert codes(odd) == ["bad-type"] * 4


def test_samples_of_monstrous_values_stay_short() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value in ["x" * 10**6, 10**5000, deep, {"a": deep}, None, True, 1.5]:
        assert len(values.shown(value)) < 80
    while deep:
        deep = deep.pop()


def test_two_lists_of_times_at_once() -> None:
    first, second = (
        ["1700000000000000000", "1700000000000000001"],
        ["1700000000000000002", "1800000000000000003"],
    )
    (start, timeless), (end, endless) = values.both_times(first, second)
    assert start.tolist() == list(map(int, first))
    assert end.tolist() == list(map(int, second))
    assert not len(timeless)
    assert not len(endless)


@pytest.mark.parametrize("odd", [None, "x", True, "9999999999999999999", 17.5, 1700000000000000002])
def test_two_lists_of_times_of_which_one_is_odd(odd: object) -> None:
    plain = ["1700000000000000000", "1700000000000000001"]
    for lists in ([plain, [plain[0], odd]], [[odd, plain[0]], plain]):
        for (found, absent), texts in zip(values.both_times(*lists), lists, strict=True):
            alone, alone_absent = values.times(texts)
            assert found.tolist() == alone.tolist()
            assert absent.tolist() == alone_absent.tolist()


@pytest.mark.parametrize(
    "texts",
    [
        ["00f067aa0ba902b", "00f067aa0ba902b70"],
        ["00f067aa 0ba902b", "00f067aa0ba902b7"],
        [" 0f067aa0ba902b7", "00f067aa0ba902b7"],
        ["00f067aa0ba902b7", "                "],
        ["00f067aa0ba902 ", "00f067aa0ba902b7 "],
    ],
)
@pytest.mark.parametrize("parents", [False, True])
def test_blanks_and_widths_of_ids(texts: list[str], parents: bool) -> None:
    told, odd = Told(), values.Oddities()
    together, opaque = values.span_ids(texts, told, odd, parents=parents)
    alone = [values.span_ids([text], Told(), values.Oddities(), parents=parents) for text in texts]
    assert opaque.tolist() == [bool(one[1][0]) for one in alone]
    assert [number for number, is_code in zip(together.tolist(), opaque, strict=True) if not is_code] == [
        int(ids[0]) for ids, is_code in alone if not is_code[0]
    ]
    assert bool(odd) == bool(opaque.any())
