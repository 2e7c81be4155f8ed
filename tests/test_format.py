"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.format import clock, count, datetime_utc, duration, offset, percent, plural, size

MS = 1_000_000
S = 1_000_000_000


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0ns"),
        (999, "999ns"),
        (1_000, "1µs"),
        (22_000, "22µs"),
        (1_234, "1.23µs"),
        (13_500_000, "13.5ms"),
        (11 * MS, "11ms"),
        (88 * MS, "88ms"),
        (840 * MS, "840ms"),
        (999_499_999, "999ms"),
        (999_500_000, "1s"),
        (9_995_000, "10ms"),
        (1_940 * MS, "1.94s"),
        (2_750 * MS, "2.75s"),
        (59_940 * MS, "59.9s"),
        (59_960 * MS, "1m 00s"),
        (125 * S, "2m 05s"),
        (3_599_600 * MS, "1h 00m"),
        (3_720 * S, "1h 02m"),
        (100 * 3600 * S, "4d 04h"),
        (-260 * MS, "-260ms"),
    ],
)
def test_duration(ns: int, text: str) -> None:
    assert duration(ns) == text


def test_duration_in_ascii_and_offset() -> None:
    assert duration(22_000, ascii=True) == "22us"
    assert offset(260 * MS) == "+260ms"
    assert offset(-5) == "-5ns"
    assert offset(0) == "+0ns"


@settings(deadline=None)
@given(st.integers())
def test_any_integer_is_written(n: int) -> None:
    assert duration(n) and offset(n) and clock(n) and datetime_utc(n) and size(n) and count(n)


@settings(deadline=None)
@given(st.integers(0, 10**18))
def test_duration_is_within_half_a_percent(ns: int) -> None:
    text = duration(ns)
    if " " not in text:
        number = text.rstrip("nsµm")
        unit = {"ns": 1, "µs": 1_000, "ms": MS, "s": S}[text[len(number) :]]
        assert len(number.replace(".", "").lstrip("0")) <= 3
        assert abs(float(number) * unit - ns) <= ns * 0.0051


@settings(deadline=None)
@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
def test_datetime_agrees_with_the_library(when: datetime) -> None:
    ns = ((when.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)) * 1000
    expected = when.isoformat(sep=" ", timespec="milliseconds")
    assert datetime_utc(ns) == expected + "Z"
    assert clock(ns) == expected[11:] + "Z"


def test_percent_count_plural_size() -> None:
    assert [percent(55, 100), percent(1, 1000), percent(0, 10), percent(1, 0)] == ["55%", "<1%", "0%", "0%"]
    assert count(1234) == "1,234"
    assert [plural(1, "span"), plural(59, "span"), plural(3, "child", "children")] == [
        "1 span",
        "59 spans",
        "3 children",
    ]
    assert [size(812), size(3_640_000), size(36_240_000), size(999_960), size(5 * 10**15)] == [
        "812 B",
        "3.6 MB",
        "36.2 MB",
        "1.0 MB",
        "5,000 TB",
    ]
