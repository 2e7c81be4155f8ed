"""Searching and filtering with real key presses."""

from __future__ import annotations

from threading import Event

import pytest
from textual import events

from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, until, viewing
from tracetui.errors import InputError
from tracetui.query.search import Searcher
from tracetui.tui.app import TraceApp
from tracetui.tui.state import find
from tracetui.tui.state.queries import Kind
from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.prompt import Prompt
from tracetui.tui.widgets.waterfall import Waterfall

OTHER = (
    span(1, 0, 0, 100, name="GET /cart", service="frontend"),
    span(2, 1, 5, 20, name="query", service="db", attributes={"statement": "select a charge"}),
    span(3, 1, 30, 60, name="render", service="frontend"),
)


pytestmark = pytest.mark.usefixtures("truecolor")


def view_of(app: TraceApp):
    view = app.screen.query_one(Waterfall).view
    assert view is not None
    return view


async def done(app: TraceApp, pilot) -> None:
    """Wait for the work in threads."""
    await app.workers.wait_for_complete()
    await settle(pilot)


async def test_search_goes_to_the_first_match_as_one_types_and_enter_keeps_it() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash")
        assert text_of(app)[-2].startswith("/")
        assert "enter keeps" in text_of(app)[-1]
        await press(pilot, *"charge")
        await done(app, pilot)
        assert view_of(app).cursor == 3
        assert text_of(app)[-2].split() == ["/charge", "1/2"]
        await press(pilot, "enter")
        assert text_of(app)[-1].endswith("/charge  1/2")
        await press(pilot, "n")
        assert view_of(app).cursor == 4
        assert text_of(app)[-1].endswith("/charge  2/2")
        await press(pilot, "n", "N", "N")
        assert view_of(app).cursor == 3
        await press(pilot, "k")
        assert text_of(app)[-1].endswith("2 matches")


async def test_escape_while_typing_goes_back_to_where_it_began() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        await press(pilot, "j", "h", "j")
        assert (view.cursor, bool(view.folded[1])) == (3, True)
        await press(pilot, "slash", *"session")
        await done(app, pilot)
        assert (view.cursor, bool(view.folded[1])) == (2, False)
        await press(pilot, "escape")
        assert (view.cursor, bool(view.folded[1])) == (3, True)
        assert view.hits is None
        assert text_of(app)[-1].startswith(" [ ] path")


async def test_escape_in_the_rows_ends_the_search_then_the_filter() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "f", *"error", "enter", "slash", *"charge", "enter")
        await done(app, pilot)
        assert view_of(app).hits is not None and view_of(app).matches is not None
        await press(pilot, "escape")
        assert view_of(app).hits is None and view_of(app).matches is not None
        await press(pilot, "escape")
        assert view_of(app).matches is None
        assert len(view_of(app).visible) == 6


async def test_keys_that_come_at_once_are_all_typed() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        for key, character in (("slash", "/"), ("q", "q"), ("c", "c"), ("j", "j"), ("k", "k")):
            app.post_message(events.Key(key, character))
        app.post_message(events.Key("backspace", None))
        await settle(pilot)
        assert app.screen.query_one(Prompt).text == "qcj"
        assert app._exit is False
        app.post_message(events.Key("enter", "\r"))
        await done(app, pilot)
        assert text_of(app)[-1].endswith("/qcj  no match")


async def test_a_regular_expression_that_is_wrong_is_told_under_its_place() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", *"re:a(b")
        line, error = text_of(app)[-2:]
        assert line.startswith("/re:a(b")
        assert error.index("^") == line.index("(")
        assert "unterminated" in error or "missing )" in error
        await press(pilot, "enter")
        assert app.screen.query_one(Prompt).is_typed_in
        await press(pilot, "backspace", "backspace", *".th", "enter")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("/re:a.th  1/2")


async def test_case_counts_once_a_letter_is_upper_case() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", *"post", "enter")
        await done(app, pilot)
        assert len(view_of(app).hits.nodes) == 2
        await press(pilot, "slash", *"Post", "enter")
        await done(app, pilot)
        assert len(view_of(app).hits.nodes) == 0


async def test_enter_on_nothing_repeats_and_arrows_bring_back_earlier_ones() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", *"auth", "enter")
        await press(pilot, "slash", *"risk", "enter")
        await press(pilot, "slash", "enter")
        await done(app, pilot)
        assert view_of(app).hits.text == "risk"
        await press(pilot, "slash", "up", "up")
        assert app.screen.query_one(Prompt).text == "auth"
        await press(pilot, "down", "enter")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("/risk  1/1")


async def test_matches_elsewhere_than_in_names_are_marked_in_the_row_and_in_the_detail() -> None:
    async with viewing(Made(collection(OTHER)), size=(160, 30)) as (app, pilot):
        await press(pilot, "slash", *"charge", "enter")
        await done(app, pilot)
        assert any("db query •" in line for line in text_of(app))
        assert view_of(app).cursor == 1
        detail = app.screen.query_one(DetailPane)
        underlined = [
            segment.text
            for y in range(detail.size.height)
            for segment in detail.render_line(y)
            if segment.style is not None and segment.style.underline
        ]
        assert "charge" in underlined
        await press(pilot, "g", "H")
        assert any("frontend GET /cart •1 +2" in line for line in text_of(app))


async def test_a_filter_hides_and_tells_and_f_shows_all_again() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "F")
        assert text_of(app)[-1].endswith("no filter: f sets one")
        await press(pilot, "f", *"service=risk")
        await done(app, pilot)
        assert text_of(app)[-2].split() == ["filter", "service=risk", "1", "of", "6"]
        await press(pilot, "enter")
        assert len(view_of(app).visible) == 3
        assert text_of(app)[1].endswith("filter: service=risk  1 of 6")
        await press(pilot, "F")
        await done(app, pilot)
        assert len(view_of(app).visible) == 6
        assert "filter" not in text_of(app)[1]


async def test_a_mistake_in_a_filter_is_told_under_its_place_and_keeps_what_was() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "f", *"auth >5")
        await done(app, pilot)
        line, error = text_of(app)[-2:]
        assert error.index("^") == line.index("5")
        assert error.endswith("^ a duration needs a unit: 5ms")
        await press(pilot, "enter")
        assert app.screen.query_one(Prompt).is_typed_in
        await press(pilot, *"ms", "enter")
        await done(app, pilot)
        assert text_of(app)[1].endswith("filter: auth >5ms  1 of 6")
        await press(pilot, "f", "backspace", "backspace", "backspace", "backspace", *"kind>3")
        await done(app, pilot)
        await press(pilot, "escape")
        await done(app, pilot)
        assert text_of(app)[1].endswith("filter: auth >5ms  1 of 6")
        assert app.queries.texts[Kind.FILTER] == "auth >5ms"


async def test_a_filter_that_leaves_nothing_says_so_and_is_mended() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "j", "j", "f", *"nowhere", "enter")
        await done(app, pilot)
        assert any("no span matches the filter" in line for line in text_of(app))
        for key in (
            "j",
            "G",
            "l",
            "h",
            "L",
            "r",
            "z",
            "e",
            "s",
            "n",
            "right_square_bracket",
            "enter",
            "escape",
        ):
            await press(pilot, key)
        await press(pilot, "f", "ctrl+u", "enter")
        await done(app, pilot)
        assert view_of(app).cursor == 2


async def test_search_and_filter_stay_over_the_next_trace_and_back() -> None:
    async with viewing(Made(collection(CHECKOUT, OTHER))) as (app, pilot):
        await press(pilot, "enter")
        first = view_of(app)
        await press(pilot, "f", *"charge", "enter", "slash", *"charge", "enter")
        await done(app, pilot)
        await press(pilot, "right_curly_bracket")
        await done(app, pilot)
        view = view_of(app)
        assert view is not first
        assert view.hits.nodes.tolist() == [1]
        assert not len(view.visible)
        assert text_of(app)[1].endswith("filter: charge  0 of 3")
        await press(pilot, "F")
        await press(pilot, "left_curly_bracket")
        await done(app, pilot)
        assert view_of(app) is first
        assert first.matches is None and first.hits is not None
        assert len(first.visible) == 6


async def test_more_of_a_trace_is_searched_and_filtered_too() -> None:
    loading = Made(collection(CHECKOUT[:4], complete=False))
    async with viewing(loading) as (app, pilot):
        await press(pilot, "f", *"charge", "enter", "slash", *"charge", "enter")
        await done(app, pilot)
        assert text_of(app)[1].endswith("1 of 4")
        loading._finish(collection(CHECKOUT))
        await until(pilot, lambda: len(view_of(app).forest) == 6)
        await done(app, pilot)
        assert text_of(app)[1].endswith("2 of 6")
        assert view_of(app).hits.nodes.tolist() == [3, 4]


async def test_a_jump_to_a_span_that_the_filter_hides_ends_the_filter() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "G", "m", "f", *"service=auth", "enter")
        await done(app, pilot)
        await press(pilot, "apostrophe")
        await done(app, pilot)
        assert view_of(app).cursor == 5
        assert app.queries.texts[Kind.FILTER] == ""
        assert "filter" not in text_of(app)[1]
        assert "the filter hid this span" in text_of(app)[-1]


async def test_a_new_key_ends_the_search_before_it_and_rows_can_be_moved_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, stopped = Event(), Event()
    search = Searcher.search

    def slow(self, text, *, cancelled=None, on_progress=None):
        if text == "c":
            begun.set()
            while not cancelled():
                pass
            stopped.set()
        return search(self, text, cancelled=cancelled, on_progress=on_progress)

    monkeypatch.setattr(Searcher, "search", slow)
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", "c")
        assert begun.wait(10)
        assert not stopped.is_set()
        await press(pilot, "h")
        assert stopped.wait(10)
        await done(app, pilot)
        assert view_of(app).hits.text == "ch"
        before = view_of(app).cursor
        await press(pilot, "backspace", "enter", "j")
        assert view_of(app).cursor != before
        await press(pilot, "escape")
        await done(app, pilot)
        assert view_of(app).hits is None


async def test_a_source_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args, **more):
        raise InputError("made by hand.json: cannot be read any more")

    monkeypatch.setattr(Searcher, "search", gone)
    monkeypatch.setattr(find, "evaluate", gone)
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", "x", "enter")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("cannot be read any more")
        await press(pilot, "j", "f", "x", "enter")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("cannot be read any more")
        assert view_of(app).matches is None


async def test_a_paste_is_one_line_of_printable_text() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash")
        app.screen.focused.post_message(events.Paste("GET\n ses\x1b]52;sion\u202e"))
        await settle(pilot)
        assert app.screen.query_one(Prompt).text == "GET ses]52;sion"


async def test_a_click_in_the_rows_keeps_the_search() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "slash", *"auth")
        await done(app, pilot)
        await pilot.click(Waterfall, offset=(20, 4))
        await settle(pilot)
        assert not app.screen.query_one(Prompt).display
        assert view_of(app).cursor == 4
        assert text_of(app)[-1].endswith("/auth  2 matches")
        assert isinstance(app.screen.focused, Waterfall)


async def test_the_detail_pane_gets_its_focus_back() -> None:
    async with viewing(Made(collection(CHECKOUT)), size=(160, 40)) as (app, pilot):
        await press(pilot, "tab")
        detail = app.screen.query_one(DetailPane)
        assert detail.has_focus
        await press(pilot, "slash", *"auth", "enter")
        await done(app, pilot)
        assert detail.has_focus
        assert "1/2" in text_of(app)[-1]


async def test_a_regular_expression_that_takes_too_long_is_given_up_and_told() -> None:
    slow = (span(1, 0, 0, 10, name="GET /", service="web", attributes={"note": "a" * 5000 + "!"}),)
    async with viewing(Made(collection(slow))) as (app, pilot):
        await press(pilot, "slash", *"re:(a+)+$")
        await done(app, pilot)
        told = "the regular expression takes too long on a text of 5,001 characters: given up"
        await until(pilot, lambda: any(told in line for line in text_of(app)[-3:]))
        await press(pilot, *["backspace"] * 9, *"GET", "enter")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("/GET  1/1")
