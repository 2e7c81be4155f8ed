"""Ranges of time as people type them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracetui.tui.state.time_range import TimeRange, time_range

S = 1_000_000_000
HOUR = 3600 * S
NOW = 1_795_333_260 * S
"""2026-11-22 07:41:00 UTC"""
SEVEN = NOW - 41 * 60 * S


@pytest.fixture(autouse=True, params=["UTC", "Asia/Tokyo"])
def zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the reader is."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", TimeRange()),
        ("1h", TimeRange(since_ns=HOUR)),
        ("2026-11-22 07:00Z..", TimeRange(start_ns=SEVEN)),
        ("07:00Z..now", TimeRange(start_ns=SEVEN)),
        ("16:00:00.5 +0900..", TimeRange(start_ns=SEVEN + S // 2)),
        ("2026-11-22T07:00:00.000000001Z", TimeRange(start_ns=SEVEN + 1)),
        (str(SEVEN // S), TimeRange(start_ns=SEVEN)),
        ("..07:00Z", TimeRange(end_ns=SEVEN)),
        ("6:00Z .. 07:00Z", TimeRange(SEVEN - HOUR, SEVEN)),
        ("2h..1h", TimeRange(NOW - 2 * HOUR, NOW - HOUR)),
    ],
)
def test_ranges(text: str, wanted: TimeRange) -> None:
    assert time_range(text, NOW) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("08:00..07:00", "ends before"),
        ("25:00..", "no time that there is"),
        ("2027-01-01..", "future"),
        ("..", "needs a beginning"),
        ("0s", "of nothing"),
        ("1x", "no time range"),
        ("soon", "no time range such as 1h"),
        ("7h..x", "no time such as"),
    ],
)
def test_what_is_no_range_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        time_range(text, NOW)


def test_a_time_without_zone_is_that_of_the_reader(zone: str) -> None:
    seven = "16:00" if zone == "Asia/Tokyo" else "07:00"
    assert time_range(f"{seven}..", NOW) == TimeRange(start_ns=SEVEN)
    assert time_range(f"2026-11-22 {seven}", NOW) == TimeRange(start_ns=SEVEN)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_text_is_a_range_or_a_value_error(text: str) -> None:
    try:
        time_range(text, NOW)
    except ValueError as error:
        assert str(error)
