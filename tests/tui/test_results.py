"""What a search has found: merged, listed, and where the cursor is meanwhile."""

from __future__ import annotations

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
