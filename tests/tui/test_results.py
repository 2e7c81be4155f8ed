"""What a search has found: merged, listed, and where the cursor is meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.backends.base import Found
from tracetui.tui.listing import UNKNOWN
from tracetui.tui.state.results import Merged, Results
from tracetui.tui.traces_state import Column, ListState

T0 = 1_700_000_000_000_000_000


def found(number: int, **more: object) -> Found:
    told = {"service": "shop", "name": f"op {number % 3}", "start_ns": T0 + number, "duration_ns": number}
    return Found(f"{number:032x}", **{**told, **more})  # type: ignore[arg-type]


def test_a_row_that_comes_again_takes_the_place_of_the_first() -> None:
    results = Results()
    assert results.merge([found(1), found(2)]) == Merged(2, 0)
    assert results.merge([found(2, duration_ns=9), found(3)]) == Merged(1, 1)
    assert not results.merge([found(3)])
    assert results.listing().duration_ns.tolist() == [1, 9, 3]


def test_what_a_row_does_not_say_stays_known() -> None:
    results = Results()
    results.merge([found(1, span_count=7)])
    results.merge([found(1, error_count=2)])
    listing = results.listing()
    assert (listing.span_count.tolist(), listing.error_count.tolist()) == ([7], [2])


def test_ids_are_compared_without_leading_zeros() -> None:
    results = Results()
    results.merge([Found("00ab"), Found("AB")])
    assert len(results) == 1
    assert "000ab" in results
    assert results.number_of("ab") == 0
    assert results.number_of("ac") == -1


def test_what_is_not_said_is_unknown() -> None:
    results = Results()
    results.merge([Found("1"), found(2)])
    listing = results.listing()
    assert listing.names(0) == ("", "")
    assert listing.duration_ns.tolist() == [UNKNOWN, 2]
    assert listing.start_ns.tolist() == [T0 + 2, T0 + 2]
    assert results.newest_ns() == results.oldest_ns() == T0 + 2


def test_the_listing_is_the_same_until_something_changes() -> None:
    results = Results()
    results.merge([found(1)])
    before = results.listing()
    results.merge([found(1)])
    assert results.listing() is before
    results.merge([found(2)])
    assert results.listing() is not before


@given(st.lists(st.lists(st.integers(1, 60), max_size=20), max_size=8), st.integers(0, 60))
def test_the_cursor_stays_on_its_trace_while_more_comes(batches: list[list[int]], moved: int) -> None:
    results = Results()
    state = ListState(results.listing())
    chosen = ""
    for number, batch in enumerate(batches):
        results.merge([found(id) for id in batch])
        state.set_listing(results.listing())
        if chosen:
            assert state.listing.ids[state.current] == chosen
        if number == 0 and state.order.size:
            state.move_to(moved)
            chosen = state.listing.ids[state.current] if state.cursor else ""
    ids = [state.listing.ids[number] for number in state.order.tolist()]
    assert len(set(ids)) == len(ids) == len(results)


def test_results_are_sorted_as_any_list() -> None:
    results = Results()
    results.merge([found(2), found(30), found(4)])
    state = ListState(results.listing())
    assert [int(state.duration_ns[n]) for n in state.order] == [30, 4, 2]
    state.sort_by(Column.WHEN)
    assert [int(state.duration_ns[n]) for n in state.order] == [2, 4, 30]


_ROWS = st.builds(
    Found,
    st.integers(1, 20).map(str),
    service=st.sampled_from([None, "shop", "auth"]),
    name=st.sampled_from([None, "GET /", "POST /"]),
    start_ns=st.none() | st.integers(T0, T0 + 5),
    duration_ns=st.none() | st.integers(0, 9),
    span_count=st.none() | st.integers(1, 9),
    error_count=st.none() | st.integers(0, 9),
)


@given(st.lists(st.lists(_ROWS, max_size=12), max_size=6))
def test_in_batches_as_at_once(batches: list[list[Found]]) -> None:
    grown, at_once = Results(), Results()
    for batch in batches:
        before = grown.listing()
        columns = before.duration_ns.tolist(), list(before.ids)
        grown.merge(batch)
        grown.listing()
        assert (before.duration_ns.tolist(), list(before.ids)) == columns
    at_once.merge([row for batch in batches for row in batch])
    one, other = grown.listing(), at_once.listing()
    assert one.ids == other.ids
    for name in ("start_ns", "duration_ns", "span_count", "service_count", "error_count"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    assert [one.names(n) for n in range(len(one))] == [other.names(n) for n in range(len(other))]
    assert (grown.newest_ns(), grown.oldest_ns()) == (at_once.newest_ns(), at_once.oldest_ns())


def test_past_the_most_rows_those_that_began_first_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.tui.state.results.MAX_ROWS", 3)
    results = Results()
    results.merge([found(1), found(5), found(2)])
    results.merge([found(4), found(3)])
    assert results.listing().duration_ns.tolist() == [5, 4, 3]
    assert [results.number_of(f"{n:x}") for n in (5, 4, 3, 2)] == [0, 1, 2, -1]
