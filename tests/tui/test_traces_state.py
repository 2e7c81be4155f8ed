"""The list of traces: order, cursor and strip."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model.build import S, build
from tracetui.model.store import Status
from tracetui.model.trace import Collection
from tracetui.tui.state.find_traces import TraceMatches
from tracetui.tui.traces_state import Column, TraceListState, slow_ns, strip_of


def listed(count: int = 6) -> Collection:
    """Traces `t0`, `t1`…: durations 30, 10, 20, 30, 10, 20…; every third has an error and an orphan."""
    spans = []
    for n in range(count):
        trace = f"t{n}"
        spans.append(
            S(
                1,
                start=1000 * (count - n),
                duration=(30, 10, 20)[n % 3],
                service=f"s{n % 2}",
                name=f"op{n}",
                trace=trace,
            )
        )
        spans += [S(2 + k, 1, start=1000 * (count - n), service="b", trace=trace) for k in range(n % 4)]
        if n % 3 == 2:
            spans.append(S(9, 77, start=1000 * (count - n), duration=5, status=Status.ERROR, trace=trace))
    return build(*spans)


def ids(state: TraceListState) -> list[str]:
    return [state.collection.store.trace_ids[n] for n in state.order.tolist()]


def test_the_slowest_stands_first_and_equals_by_start() -> None:
    state = TraceListState(listed())
    assert ids(state) == ["t3", "t0", "t5", "t2", "t4", "t1"]
    assert state.current == 3


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column.WHEN, ["t5", "t4", "t3", "t2", "t1", "t0"]),
        (Column.NAME, ["t0", "t2", "t4", "t1", "t3", "t5"]),
        (Column.SPANS, ["t3", "t2", "t5", "t1", "t4", "t0"]),
        (Column.SERVICES, ["t5", "t2", "t3", "t1", "t4", "t0"]),
        (Column.ERRORS, ["t5", "t2", "t4", "t3", "t1", "t0"]),
        (Column.ISSUES, ["t5", "t2", "t4", "t3", "t1", "t0"]),
    ],
)
def test_every_column_sorts(column: Column, expected: list[str]) -> None:
    state = TraceListState(listed())
    state.sort_by(column)
    assert ids(state) == expected
    values = state._values()[state.order]
    assert (np.diff(values) <= 0).all() if state.descending else (np.diff(values) >= 0).all()


def test_sorting_by_the_same_column_turns_the_order_round() -> None:
    state = TraceListState(listed())
    state.sort_by(Column.DURATION)
    assert not state.descending
    assert ids(state) == ["t4", "t1", "t5", "t2", "t3", "t0"]
    state.reverse()
    assert state.descending


def test_the_cursor_stays_on_its_trace_when_the_order_changes() -> None:
    state = TraceListState(listed())
    state.move_to(2)
    number = state.current
    state.sort_next(1)
    assert state.sort is Column.SPANS
    assert state.current == number
    state.sort_next(-1)
    state.sort_next(-1)
    assert state.sort is Column.NAME
    assert state.current == number


def test_the_cursor_stays_at_the_top_when_the_order_changes() -> None:
    state = TraceListState(listed())
    state.sort_by(Column.WHEN)
    assert state.cursor == 0


def test_moving_ends_at_both_ends() -> None:
    state = TraceListState(listed())
    state.move_to(-5)
    assert state.cursor == 0
    state.move_to(500)
    assert state.cursor == 5


def test_more_traces_leave_the_cursor_on_its_trace() -> None:
    state = TraceListState(listed(6))
    state.move_to(3)
    kept = ids(state)[3]
    state.set_collection(listed(60))
    assert len(state) == 60
    assert ids(state)[state.cursor] == kept


def test_more_traces_leave_the_cursor_at_the_top_until_it_was_moved() -> None:
    state = TraceListState(listed(2))
    state.set_collection(listed(6))
    assert state.cursor == 0


def test_a_trace_that_is_gone_leaves_the_cursor_in_the_list() -> None:
    state = TraceListState(listed(6))
    state.move_to(5)
    state.set_collection(listed(2))
    assert 0 <= state.cursor < 2


def test_no_traces_at_all() -> None:
    state = TraceListState(build())
    assert len(state) == 0
    assert state.current == -1
    state.move_to(3)
    state.sort_by(Column.NAME)
    state.reverse()
    assert strip_of(state, 10, 3).longest_ns == 0


def test_slow_is_the_slowest_twentieth_if_it_stands_out() -> None:
    assert slow_ns(np.array([10] * 99 + [100])) == 20
    assert slow_ns(np.array([10] * 90 + [100] * 10)) == 100
    assert slow_ns(np.array([10] * 100)) == 20
    assert slow_ns(np.array([0, 0])) == 1
    assert slow_ns(np.empty(0, np.int64)) == 0


def test_the_strip_shows_the_longest_of_each_stretch() -> None:
    state = TraceListState(listed(6))
    strip = strip_of(state, 6, 2)
    assert strip.column.tolist() == [5, 4, 3, 2, 1, 0]
    assert strip.eighths.tolist() == [10, 5, 16, 10, 5, 16]
    assert strip.error.tolist() == [True, False, False, True, False, False]
    assert (strip.start_ns, strip.end_ns, strip.longest_ns) == (1000, 6000, 30)


def test_the_strip_shows_what_a_filter_leaves_on_the_scales_of_all() -> None:
    state = TraceListState(listed(6))
    state.set_matches(TraceMatches("x", np.array([False, True, True, False, False, False])))
    strip = strip_of(state, 6, 2)
    assert strip.eighths.tolist() == [0, 0, 0, 10, 5, 0]
    assert strip.error.tolist() == [False, False, False, True, False, False]
    assert (strip.start_ns, strip.end_ns, strip.longest_ns) == (1000, 6000, 30)
    state.set_matches(TraceMatches("x", np.zeros(6, bool)))
    assert not strip_of(state, 6, 2).eighths.any()


@pytest.mark.parametrize("width", [1, 2, 7, 300])
@pytest.mark.parametrize("starts", [[0, 2**63 - 20], [-(2**62), 2**62], [5, 5], [0]])
def test_the_strip_takes_any_times(width: int, starts: list[int]) -> None:
    spans = [S(1, start=start, duration=10 + n, trace=f"t{n}") for n, start in enumerate(starts)]
    strip = strip_of(TraceListState(build(*spans)), width, 3)
    assert len(strip.eighths) == width
    assert ((strip.column >= 0) & (strip.column < width)).all()
    assert int(strip.eighths.max()) == 24
