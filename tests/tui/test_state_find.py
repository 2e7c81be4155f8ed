"""Searching and filtering the nodes of a trace, without a screen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.forests import depth_first_parents, forest_of, naive_visible
from tests.tui.viewer import CHECKOUT, collection, span
from tracetui.errors import Cancelled
from tracetui.query.errors import QueryError
from tracetui.query.patterns import search_pattern
from tracetui.query.search import Found, Searcher
from tracetui.query.texts import Part
from tracetui.tui.state import find, jumps, moves
from tracetui.tui.state.facts import Facts, analyse, lay_out
from tracetui.tui.state.find import Hits, Snapshot
from tracetui.tui.state.view import ViewState, Window


def made(*spans: dict) -> tuple[Facts, ViewState]:
    facts = analyse(lay_out(collection(spans).traces[0]))
    return facts, ViewState(facts.forest, facts.whole)


def search(facts: Facts, view: ViewState, text: str) -> Hits:
    trace = facts.trace
    found = Searcher(trace.store, facts.first, int(trace.last)).search(text)
    hits = Hits.of(facts.forest, text, found)
    view.set_hits(hits)
    return hits


def apply(facts: Facts, view: ViewState, text: str) -> find.Matches:
    matches = find.filtered(facts, text)
    view.set_filter(matches.nodes)
    return matches


def names(facts: Facts, view: ViewState) -> list[str]:
    store = facts.trace.store
    return [store.strings[int(store.name[facts.row(int(node))])] for node in view.visible]


def test_matches_are_walked_around_both_ends_and_counted() -> None:
    facts, view = made(*CHECKOUT)
    search(facts, view, "charge")
    assert find.counter(view) == "2 matches"
    assert find.next_hit(view) is None
    assert (view.cursor, find.counter(view)) == (3, "1/2")
    find.next_hit(view)
    assert (view.cursor, find.counter(view)) == (4, "2/2")
    find.next_hit(view)
    assert view.cursor == 3
    find.previous_hit(view)
    assert view.cursor == 4
    moves.down(view)
    find.previous_hit(view)
    assert view.cursor == 4


def test_a_match_is_unfolded_and_its_bar_brought_into_sight() -> None:
    facts, view = made(*CHECKOUT)
    moves.fold_all(view)
    view.set_window(Window(view.whole.start_ns, view.whole.start_ns + 10_000_000))
    search(facts, view, "score")
    find.next_hit(view)
    assert view.is_visible(5)
    assert view.window.start_ns <= int(facts.forest.start_ns[5]) <= view.window.end_ns


def test_without_a_search_the_keys_say_so() -> None:
    facts, view = made(*CHECKOUT)
    assert "{search}" in str(find.next_hit(view))
    assert find.counter(view) == ""
    search(facts, view, "nowhere")
    assert find.next_hit(view) is None
    assert find.counter(view) == "no match"
    assert find.nearest_hit(view, 0) == -1


def test_the_nearest_match_is_the_next_one_else_the_first() -> None:
    facts, view = made(*CHECKOUT)
    search(facts, view, "auth")
    assert [find.nearest_hit(view, node) for node in range(6)] == [1, 1, 2, 1, 1, 1]


def test_a_match_in_names_is_told_from_one_elsewhere() -> None:
    facts, view = made(
        span(1, name="GET /"),
        span(2, 1, name="query", attributes={"db": "GET it"}),
        span(3, 1, name="x", events=[(3, "forget")]),
        span(4, 1, name="y"),
    )
    hits = search(facts, view, "get")
    assert hits.nodes.tolist() == [0, 1, 2]
    assert [hits.is_outside_names(node) for node in range(4)] == [False, True, True, False]
    assert hits.below(facts.forest, 0) == 2
    assert hits.below(facts.forest, 1) == 0


def test_missing_spans_are_no_matches_but_are_kept_as_ancestors() -> None:
    facts, view = made(span(1, name="root"), span(2, 99, name="lost a"), span(3, 98, name="lost b"))
    assert facts.forest.missing
    hits = search(facts, view, "lost b")
    assert [facts.row(node) >= 0 for node in hits.nodes.tolist()] == [True]
    matches = apply(facts, view, '"lost b"')
    assert (matches.count, matches.total) == (1, 3)
    assert len(view.visible) == 2
    assert find.is_dimmed(view, int(view.visible[0])) and not find.is_dimmed(view, int(view.visible[1]))


def test_a_search_still_running_says_so() -> None:
    facts, view = made(*CHECKOUT)
    parts = np.zeros(6, np.uint16)
    view.set_hits(Hits.of(facts.forest, "x", Found(facts.first, parts)))
    assert find.counter(view) == "searching…"
    parts[2] = int(Part.RECORD)
    view.set_hits(Hits.of(facts.forest, "x", Found(facts.first, parts)))
    assert find.counter(view) == "1 match…"


def test_a_filter_keeps_ancestors_and_dims_them() -> None:
    facts, view = made(*CHECKOUT)
    matches = apply(facts, view, "service=gateway")
    assert (matches.count, matches.total) == (1, 6)
    assert names(facts, view) == ["POST /checkout", "charge", "POST /charge"]
    assert [find.is_dimmed(view, int(node)) for node in view.visible] == [True, True, False]


def test_a_filter_knows_self_times() -> None:
    facts, view = made(*CHECKOUT)
    assert facts.self_ns is not None
    count = apply(facts, view, "self>=10ms").count
    assert count == int((facts.self_ns >= 10_000_000).sum()) > 0
    assert find.filtered(lay_out(facts.trace), "self>=10ms").count == count


def test_an_empty_filter_shows_all_and_a_wrong_one_tells_where() -> None:
    facts, view = made(*CHECKOUT)
    assert find.filtered(facts, "  ").nodes is None
    with pytest.raises(QueryError) as caught:
        find.filtered(facts, "cart >5")
    assert caught.value.column == 6
    with pytest.raises(Cancelled):
        find.filtered(facts, "db.system=x", lambda: True)
    assert view.matches is None


def test_filter_path_root_and_folds_go_together() -> None:
    facts, view = made(*CHECKOUT)
    apply(facts, view, "error")
    jumps.only_path(view, facts)
    assert names(facts, view) == ["POST /checkout", "charge", "POST /charge"]
    view.set_root(3)
    assert names(facts, view) == ["charge", "POST /charge"]
    view.fold(3)
    assert names(facts, view) == ["charge"]
    view.set_filter(None)
    assert view.only_path
    view.set_root(-1)
    jumps.only_path(view, facts)
    assert view.keep is None
    assert len(view.visible) == 4  # still folded


def test_jumps_stay_with_what_the_filter_leaves() -> None:
    facts, view = made(*CHECKOUT)
    apply(facts, view, "service=auth")
    assert jumps.next_error(view, facts) == "no error that the filter leaves"
    message = jumps.slowest(view, facts)
    assert message and "#1" in message
    assert view.is_visible(view.cursor) and view.matches is not None
    while (told := jumps.next_section(view, facts)) and "end" not in told:
        assert view.passing is not None and view.passing[view.cursor]
    apply(facts, view, "nowhere")
    assert jumps.slowest(view, facts) == "no span that the filter leaves"
    assert "end" in str(jumps.next_section(view, facts))


def test_a_search_stays_with_what_the_filter_leaves() -> None:
    facts, view = made(*CHECKOUT)
    search(facts, view, "auth")
    apply(facts, view, "error")
    assert find.counter(view) == "no match, 2 hidden by the filter"
    assert find.next_hit(view) is None
    apply(facts, view, "session")
    assert find.reachable(view).tolist() == [1, 2]


def test_going_to_a_hidden_span_takes_the_path_away_before_the_filter() -> None:
    facts, view = made(*CHECKOUT)
    apply(facts, view, "service=risk")
    jumps.only_path(view, facts)
    assert not len(view.visible)
    view.reveal(5)
    assert view.matches is not None and not view.only_path and view.cursor == 5
    view.reveal(2)
    assert view.matches is None and view.keep is None and view.cursor == 2


def test_the_cursor_comes_back_after_a_filter_that_leaves_nothing() -> None:
    facts, view = made(*CHECKOUT)
    view.move_to(4)
    apply(facts, view, "nowhere")
    assert view.cursor == -1
    view.set_filter(None)
    assert view.cursor == 4


@settings(deadline=None, max_examples=60)
@given(depth_first_parents(), st.data())
def test_what_is_visible_with_filter_path_root_and_folds(parents: list[int], data: st.DataObject) -> None:
    forest = forest_of(parents)
    count = len(parents)
    some = st.sets(st.integers(0, count - 1))
    view = ViewState(forest, Window(0, 1000))
    matches = data.draw(st.none() | some)
    path = data.draw(st.none() | some)
    for step in data.draw(st.permutations(["filter", "path", "folds", "root"])):
        if step == "filter" and matches is not None:
            view.set_filter(np.isin(np.arange(count), sorted(matches)))
        elif step == "path" and path is not None:
            view.set_path(np.isin(np.arange(count), sorted(path)))
        elif step == "folds":
            view.set_folds(np.isin(np.arange(count), sorted(data.draw(some))))
        elif step == "root":
            view.set_root(data.draw(st.integers(-1, count - 1)))
    keep = matches if path is None else path if matches is None else matches & path
    folded = set(np.flatnonzero(view.folded).tolist())
    assert view.visible.tolist() == naive_visible(forest, folded, keep, view.root)
    assert (view.cursor >= 0) == bool(len(view.visible))


def test_a_snapshot_brings_the_place_back() -> None:
    facts, view = made(*CHECKOUT)
    view.move_to(3)
    view.fold(1)
    before = Snapshot(view)
    search(facts, view, "session")
    find.next_hit(view)
    view.set_root(1)
    assert view.cursor == 2
    before.restore(view)
    assert (view.cursor, view.root, bool(view.folded[1])) == (3, -1, True)
    assert not view.is_visible(2)


@pytest.mark.parametrize(
    ("searched", "text", "parts"),
    [
        ("cart", "GET /Cart/cart", ["GET /", "*Cart", "/", "*cart"]),
        ("Cart", "GET /Cart/cart", ["GET /", "*Cart", "/cart"]),
        ("a.b", "a.b aXb", ["*a.b", " aXb"]),
        ("re:[0-9]+$", "/items/42", ["/items/", "*42"]),
        ("re:x*", "axxb", ["a", "*xx", "b"]),
        ("ab", "", []),
        ("", "ab", ["ab"]),
    ],
)
def test_a_text_is_cut_at_its_matches(searched: str, text: str, parts: list[str]) -> None:
    pattern = search_pattern(searched)
    assert [("*" if match else "") + part for part, match in find.split(pattern, text)] == parts


@given(st.text(max_size=30), st.text(min_size=1, max_size=4))
def test_cutting_loses_nothing(text: str, searched: str) -> None:
    assert "".join(part for part, _ in find.split(search_pattern("x" + searched), text)) == text
