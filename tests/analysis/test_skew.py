"""Clocks: told apart, compared by their calls, and adjusted by one offset each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracetui import loaders
from tracetui.analysis.adjusted import adjust
from tracetui.analysis.clocks import find_clocks
from tracetui.analysis.skew import find_skew, suspects, tell_skew
from tracetui.loaders import LoadOptions
from tracetui.model.trace import Collection

MS = 1_000
BASE = 1_700_000_000_000_000


def reference(parent: int, kind: str = "CHILD_OF") -> dict[str, str]:
    return {"refType": kind, "traceID": "ab" * 8, "spanID": f"{parent:016x}"}


def span(
    key: int, start: int, duration: int, service: str, parent: int = 0, kind: str = "server", **more: Any
) -> dict[str, Any]:
    """A Jaeger span; times in microseconds."""
    return {
        "traceID": "ab" * 8,
        "spanID": f"{key:016x}",
        "operationName": f"op{key}",
        "processID": service,
        "references": [reference(parent)] if parent else [],
        "startTime": BASE + start,
        "duration": duration,
        "tags": [{"key": "span.kind", "type": "string", "value": kind}],
        "logs": [{"timestamp": BASE + start, "fields": [{"key": "event", "type": "string", "value": "e"}]}],
        **more,
    }


def load(tmp_path: Path, *spans: dict[str, Any], tags: dict[str, dict[str, str]] | None = None) -> Collection:
    processes = {
        name: {
            "serviceName": name.rstrip("0123456789"),
            "tags": [
                {"key": key, "type": "string", "value": value}
                for key, value in (tags or {}).get(name, {}).items()
            ],
        }
        for name in {s["processID"] for s in spans}
    }
    path = tmp_path / "trace.json"
    path.write_text(
        json.dumps({"data": [{"traceID": "ab" * 8, "spans": list(spans), "processes": processes}]})
    )
    return loaders.load([str(path)], LoadOptions())


def skewed(tmp_path: Path, by: int = -3 * MS) -> Collection:
    """A calls B twice; B's clock is off by 3 ms; there are 0.4 and 1 ms of room around its spans."""
    return load(
        tmp_path,
        span(1, 0, 100 * MS, "A"),
        span(2, 10 * MS, 20 * MS, "A", 1, "client"),
        span(3, 10 * MS + 400 + by, 20 * MS - 800, "B", 2),
        span(4, 15 * MS + by, 5 * MS, "B", 3, "internal"),
        span(5, 50 * MS, 20 * MS, "A", 1, "client"),
        span(6, 51 * MS + by, 18 * MS, "B", 5),
    )


def test_one_offset_for_all_that_a_clock_timed(tmp_path: Path) -> None:
    collection = skewed(tmp_path)
    skew = find_skew(collection.traces[0])
    [clock] = skew.clocks
    assert clock.in_words() == "B +3ms ±400µs (2 edges)"
    assert (clock.low, clock.high, clock.shift_ns) == (2_600_000, 3_400_000, 3_000_000)
    assert suspects(collection.store).tolist() == [0]
    moved = adjust(collection)
    raw = {s.key: s.start_ns for s in collection.traces[0].spans}
    for s in moved.traces[0].spans:
        shift = 3_000_000 if s.service == "B" else 0
        assert s.start_ns - raw[s.key] == shift
        assert s.events[0].time_ns == s.start_ns
        assert moved.store.shift_ns is not None
        assert moved.store.shift_ns[s.row] == shift
    assert adjust(moved) is moved
    assert collection.traces[0].spans[2].events[0].time_ns == raw["0000000000000003"]


def test_skew_is_told_once(tmp_path: Path) -> None:
    collection = skewed(tmp_path)
    tell_skew(collection)
    tell_skew(collection)
    [issue] = [issue for issue in collection.traces[0].issues if issue.code == "skew"]
    assert (issue.count, issue.samples) == (1, ["B +3ms ±400µs (2 edges)"])


def test_clocks_that_agree_are_left_alone(tmp_path: Path) -> None:
    collection = skewed(tmp_path, by=300)
    assert find_skew(collection.traces[0]).clocks == []
    assert adjust(collection) is collection
    tell_skew(collection)
    assert "skew" not in [issue.code for issue in collection.traces[0].issues]


def test_contradictory_calls_are_told_and_nothing_is_moved(tmp_path: Path) -> None:
    collection = load(
        tmp_path,
        span(1, 0, 100 * MS, "A"),
        span(2, -5 * MS, 20 * MS, "B", 1),
        span(3, 90 * MS, 20 * MS, "B", 1),
    )
    skew = find_skew(collection.traces[0])
    assert [clock.contradictory for clock in skew.clocks] == [True]
    assert not skew.moves
    assert skew.clocks[0].in_words() == "B: 2 edges with A contradict each other"


@pytest.mark.parametrize(
    "child",
    [
        span(2, -5 * MS, 20 * MS, "B", 1, "consumer"),
        span(2, -5 * MS, 200 * MS, "B", 1),
        span(2, -5 * MS, 20 * MS, "B", 1, "internal"),
        span(2, -5 * MS, 20 * MS, "B", references=[reference(1, "FOLLOWS_FROM")]),
    ],
    ids=["message", "outlasts its caller", "no call", "follows from"],
)
def test_what_does_not_have_to_lie_inside_tells_nothing(tmp_path: Path, child: dict[str, Any]) -> None:
    collection = load(tmp_path, span(1, 0, 100 * MS, "A"), child)
    assert not find_skew(collection.traces[0]).clocks


def test_a_span_that_does_not_fit_its_own_clock_tells_nothing_of_others(tmp_path: Path) -> None:
    wrong = span(2, -900 * MS, 20 * MS, "A", 1, "client")
    collection = load(tmp_path, span(1, 0, 100 * MS, "A"), wrong, span(3, 10 * MS, 5 * MS, "B", 2))
    assert not find_skew(collection.traces[0]).clocks


def test_what_the_backend_has_shifted_is_told_and_not_shifted_again(tmp_path: Path) -> None:
    told = "This span's timestamps were adjusted by 4ms"
    collection = load(
        tmp_path,
        span(1, 0, 100 * MS, "A"),
        span(2, -5 * MS, 20 * MS, "B", 1, warnings=[told]),
        span(3, -6 * MS, 20 * MS, "B", 1),
    )
    skew = find_skew(collection.traces[0])
    assert skew.clocks
    assert not skew.moves
    assert len(skew.adjusted_rows) == 1
    assert adjust(collection) is collection
    tell_skew(collection)
    assert "already-adjusted" in [issue.code for issue in collection.traces[0].issues]


def test_processes_of_one_instance_have_one_clock(tmp_path: Path) -> None:
    spans = [span(1, 0, 100 * MS, "A1"), span(2, 5, 9, "A2", 1), span(3, 5, 9, "A3", 1)]
    one = {"service.instance.id": "x"}
    clocks = find_clocks(load(tmp_path, *spans, tags={"A1": one, "A2": one}).traces[0])
    assert len(set(clocks.domain.tolist())) == 2
    host = {"host.name": "h", "process.pid": "7"}
    clocks = find_clocks(load(tmp_path, *spans, tags={"A1": host, "A2": host, "A3": host}).traces[0])
    assert clocks.names == ["A"]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_shifted_clocks_are_found(tmp_path: Path, data: st.DataObject) -> None:
    """Calls inside their callers, each clock shifted: the interval holds what takes it back."""
    count = data.draw(st.integers(2, 12))
    offsets = {name: data.draw(st.integers(-50, 50)) * MS for name in "BCD"} | {"A": 0}
    times, services, spans = [(0, 1_000 * MS)], ["A"], [span(1, 0, 1_000 * MS, "A")]
    for number in range(1, count):
        above = data.draw(st.integers(0, number - 1))
        low, high = times[above]
        begin = data.draw(st.integers(low, max(low, high - 1)))
        end = data.draw(st.integers(begin, high))
        # Each clock is called by the one before it: so there is one way to it.
        called = "ABCDD"["ABCD".index(services[above]) + 1]
        service = data.draw(st.sampled_from((services[above], called)))
        times.append((begin, end))
        services.append(service)
        spans.append(span(number + 1, begin + offsets[service], end - begin, service, above + 1))
    collection = load(tmp_path, *spans)
    trace = collection.traces[0]
    before = {s.key: (s.start_ns, s.duration_ns, s.service) for s in trace.spans}
    skew = find_skew(trace)
    moved = adjust(collection).traces[0]
    shifts: dict[str, set[int]] = {}
    for s in moved.spans:
        start, duration, service = before[s.key]
        assert s.duration_ns == duration
        shifts.setdefault(service, set()).add(s.start_ns - start)
    assert all(len(found) == 1 for found in shifts.values())
    assert shifts["A"] == {0}
    for clock in skew.clocks:
        assert not clock.contradictory
        gone = (offsets[clock.against] - offsets[clock.name]) * 1_000
        assert clock.low - 2_000 <= gone <= clock.high + 2_000
    again = find_skew(moved)
    assert not again.moves
    assert np.array_equal(np.sort(moved.store.span_id), np.sort(trace.store.span_id))
