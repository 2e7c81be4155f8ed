"""What is asked of a backend, and the call that carries it."""

from __future__ import annotations

import pytest

from tracetui.backends.base import DEFAULT_SINCE_NS, SearchQuery
from tracetui.backends.call import Call, Phase
from tracetui.errors import BackendError, Cancelled


def test_a_range_without_ends_is_the_last_hour() -> None:
    assert SearchQuery().window(DEFAULT_SINCE_NS + 5) == (5, DEFAULT_SINCE_NS + 5)


def test_a_range_counts_back_from_its_end() -> None:
    assert SearchQuery(end_ns=100, since_ns=30).window(1000) == (70, 100)
    assert SearchQuery(start_ns=10, since_ns=30).window(1000) == (10, 1000)
    assert SearchQuery(since_ns=5000).window(1000) == (0, 1000)


def test_a_cancelled_call_tells_its_listeners_once_and_the_late_ones_at_once() -> None:
    call, heard = Call(), []
    call.listen(lambda: heard.append("first"))
    call.listen(lambda: heard.append("gone"))()
    call.cancel()
    call.listen(lambda: heard.append("late"))
    assert heard == ["first", "late"]
    with pytest.raises(Cancelled):
        call.check()
    with pytest.raises(Cancelled):
        call.count("x")


def test_a_call_may_cost_so_many_requests_and_no_more() -> None:
    call = Call(max_requests=2)
    call.count("h")
    call.count("h")
    with pytest.raises(BackendError, match="h: gave up after 2 requests"):
        call.count("h")
    assert call.requests == 2


def test_no_phase_is_told_after_the_end() -> None:
    told: list[str] = []
    call = Call(lambda phase: told.append(str(phase)))
    call.tell(Phase("connecting", "h:1"))
    call.tell(Phase("receiving", "h:1", 1_500, 3_000, attempt=2))
    call.tell(Phase("pausing", "h:1", pause_s=0.25))
    call.cancel()
    call.tell(Phase("waiting", "h:1"))
    assert told == [
        "connecting to h:1",
        "receiving from h:1, try 2: 1.5 kB of 3.0 kB",
        "h:1 is busy, trying again in 0.2 s",
    ]
