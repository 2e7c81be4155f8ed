"""Times as people and servers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.backends.when import go_duration, rfc3339, time_ns
from tracetui.query.values import duration_ns

NOW = 1_795_337_297_102_539_123


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2026-11-22T08:48:17.102539123Z", NOW),
        ("2026-11-22t08:48:17.102539123999z", NOW),
        ("2026-11-22 09:48:17,102539123+01:00", NOW),
        ("2026-11-22T08:48:17Z", NOW - 102_539_123),
        ("2026-11-22T08:48Z", NOW - 17_102_539_123),
        ("1795337297", NOW - 102_539_123),
        ("1795337297102", NOW - 539_123),
        ("1795337297102539", NOW - 123),
        ("1795337297102539123", NOW),
        ("-15m", NOW - 900_000_000_000),
        ("1h ago", NOW - 3_600_000_000_000),
        (" now ", NOW),
    ],
)
def test_times(text: str, ns: int) -> None:
    assert time_ns(text, NOW) == ns


def test_a_day_is_the_readers_own() -> None:
    from datetime import datetime

    assert time_ns("2026-11-22", NOW) == int(datetime(2026, 11, 22).astimezone().timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-11-22T25:00Z", "-", "- 5", "١٢٣", "9" * 30]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        time_ns(text, NOW)


@given(st.integers(0, 9_000_000_000_000_000_000))
def test_a_time_survives_being_written(ns: int) -> None:
    assert time_ns(rfc3339(ns), NOW) == ns


@given(st.integers(0, 10**18))
def test_a_duration_survives_being_written(ns: int) -> None:
    assert duration_ns(go_duration(ns)) == ns
