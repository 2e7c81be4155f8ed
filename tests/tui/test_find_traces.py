"""Searching and filtering traces, without a screen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.viewer import CHECKOUT, collection, span
from tracetui.backends.base import Found as FoundTrace
from tracetui.query.errors import QueryError
from tracetui.query.search import Found, Searcher
from tracetui.tui.state import find_traces
from tracetui.tui.state.find_found import found_traces
from tracetui.tui.state.find_traces import Searchable, TraceHits, filtered_traces
from tracetui.tui.state.results import Results
from tracetui.tui.traces_state import Column, TraceListState

LIST = (
    CHECKOUT,
    (
        span(1, duration=50, name="GET /cart", service="cart"),
        span(2, 1, 1, 5, name="db", attributes={"k": "z"}),
    ),
    (span(1, duration=500, name="GET /slow", service="cart"),),
    (span(1, duration=5, name="ping", attributes={"k": "cartoon"}),),
)


def searched(state: TraceListState, text: str) -> TraceHits:
    store = state.collection.store
    found = Searcher(store).search(text)
    state.hits = TraceHits.of(text, len(store.trace_ids), [(store, np.arange(len(store.trace_ids)), found)])
    return state.hits


def test_a_trace_is_found_when_one_of_its_spans_is() -> None:
    state = TraceListState(collection(*LIST))
    assert np.flatnonzero(searched(state, "cart").parts).tolist() == [1, 2, 3]
    assert np.flatnonzero(searched(state, "session").parts).tolist() == [0]


def test_found_traces_are_walked_in_the_order_of_the_list() -> None:
    state = TraceListState(collection(*LIST))
    assert "{search}" in str(find_traces.step(state, forward=True))
    searched(state, "cart")
    assert state.order.tolist() == [2, 0, 1, 3]
    assert find_traces.counter(state) == "1/3"
    seen = []
    for _ in range(3):
        find_traces.step(state, forward=True)
        seen.append(state.current)
    assert seen == [1, 3, 2]
    find_traces.step(state, forward=False)
    assert (state.current, find_traces.counter(state)) == (3, "3/3")
    state.move_to(1)
    assert find_traces.counter(state) == "3 traces"
    searched(state, "nowhere")
    assert find_traces.step(state, forward=True) is None
    assert find_traces.counter(state) == "no match"


def test_a_filter_leaves_traces_with_a_span_for_which_it_all_holds() -> None:
    state = TraceListState(collection(*LIST))
    store = state.collection.store
    state.set_matches(filtered_traces(Searchable([store]), "service=cart >=50ms"))
    assert state.order.tolist() == [2, 1]
    assert len(state) == 2
    state.set_matches(filtered_traces(Searchable([store]), "name=db >20ms"))
    assert len(state) == 0 and state.current == -1
    state.set_matches(filtered_traces(Searchable([store]), "self>200ms"))
    assert state.order.tolist() == [2]
    state.set_matches(filtered_traces(Searchable([store]), " "))
    assert len(state) == 4
    with pytest.raises(QueryError):
        filtered_traces(Searchable([store]), "a=")


def test_the_cursor_stays_on_its_trace_and_the_order_can_change() -> None:
    state = TraceListState(collection(*LIST))
    state.select(1)
    state.set_matches(filtered_traces(Searchable([state.collection.store]), "service=cart"))
    assert state.current == 1
    state.sort_by(Column.WHEN)
    assert sorted(state.order.tolist()) == [1, 2]
    state.set_matches(None)
    assert len(state) == 4 and state.current == 1


def test_a_search_tells_what_the_filter_hides() -> None:
    state = TraceListState(collection(*LIST))
    searched(state, "cart")
    state.set_matches(filtered_traces(Searchable([state.collection.store]), "error"))
    assert find_traces.counter(state) == "no match, 3 hidden by the filter"


def test_more_traces_are_left_out_until_they_are_looked_at() -> None:
    state = TraceListState(collection(*LIST[:2]))
    searched(state, "cart")
    state.set_matches(filtered_traces(Searchable([state.collection.store]), "service=cart"))
    state.set_collection(collection(*LIST))
    assert state.order.tolist() == [1]
    assert state.hits is not None and not state.hits.complete
    assert find_traces.counter(state) == "1/1…"
    state.set_collection(collection(LIST[0]))
    assert len(state) == 1 and state.hits is None


def test_a_search_still_running_says_so() -> None:
    state = TraceListState(collection(*LIST))
    store = state.collection.store
    state.hits = TraceHits.of(
        "x",
        len(store.trace_ids),
        [(store, np.arange(len(store.trace_ids)), Found(0, np.zeros(len(store), np.uint16)))],
    )
    assert find_traces.counter(state) == "searching…"


def test_of_found_traces_the_spans_are_searched_or_what_the_list_says() -> None:
    whole = collection(*LIST[:2])
    results = Results()
    results.merge([FoundTrace("f" * 32, "mail", "POST /send", 5, 700_000_000, error_count=1)])
    results.merge([FoundTrace(f"{number:x}", "shop", "x", 5, 9) for number in (2, 1)])
    searched = found_traces(results.listing(), [whole])
    assert len(searched) == 3

    def found(text: str) -> list[int]:
        hits = [(store, numbers, Searcher(store).search(text)) for store, numbers in searched.pieces()]
        return np.flatnonzero(TraceHits.of(text, 3, hits).parts).tolist()

    assert [found(text) for text in ("send", "session", "GET", "f" * 32)] == [[0], [2], [1, 2], [0]]
    kept = [filtered_traces(searched, text).keep.tolist() for text in (">500ms", "error", "name=db")]
    assert kept == [[True, False, False], [True, False, True], [False, True, False]]


def test_of_a_trace_that_came_twice_the_later_answer_is_searched() -> None:
    before, after = collection(LIST[2]), collection(LIST[3])
    results = Results()
    results.merge([FoundTrace("1", "shop", "x", 5, 9)])
    searched = found_traces(results.listing(), [before, after])
    assert filtered_traces(searched, "name=ping").keep.tolist() == [True]
    assert filtered_traces(searched, "service=cart").keep.tolist() == [False]
