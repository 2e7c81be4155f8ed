"""Searching and filtering the list of traces with real key presses."""

from __future__ import annotations

import pytest

from tests.tui.test_finding import done, view_of
from tests.tui.test_trace_list import collection as many
from tests.tui.viewer import CHECKOUT, Made, collection, press, span, text_of, viewing
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.state.queries import Kind

pytestmark = pytest.mark.usefixtures("truecolor")

CART = (
    span(1, duration=50, name="GET /cart", service="cart"),
    span(2, 1, 1, 5, name="db", attributes={"k": "zebra"}),
)
PING = (span(1, duration=5, name="ping"),)


async def test_search_marks_traces_and_goes_from_one_to_the_next() -> None:
    async with viewing(Made(collection(CHECKOUT, CART, PING))) as (app, pilot):
        state = app.screen.state
        await press(pilot, "slash", *"zebra")
        await done(app, pilot)
        assert state.current == 1
        assert text_of(app)[-2].split() == ["/zebra", "1/1"]
        assert any("cart GET /cart •" in line for line in text_of(app))
        await press(pilot, "escape")
        assert state.current == 0 and state.hits is None
        await press(pilot, "slash", *"re:ping|score", "enter")
        await done(app, pilot)
        await press(pilot, "n", "n")
        await done(app, pilot)
        assert text_of(app)[-1].endswith("/re:ping|score  1/2")
        await press(pilot, "N")
        assert state.current == 2
        assert text_of(app)[-1].endswith("/re:ping|score  2/2")


async def test_what_is_searched_in_the_list_is_found_again_in_the_trace() -> None:
    async with viewing(Made(collection(CHECKOUT, CART, PING))) as (app, pilot):
        await press(pilot, "slash", *"zebra", "enter")
        await done(app, pilot)
        await press(pilot, "enter")
        await done(app, pilot)
        assert view_of(app).hits.nodes.tolist() == [1]
        await press(pilot, "n")
        assert text_of(app)[-1].endswith("/zebra  1/1")
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, TraceListScreen)


async def test_a_filter_leaves_traces_and_braces_go_through_them_alone() -> None:
    async with viewing(Made(collection(CHECKOUT, CART, PING))) as (app, pilot):
        state = app.screen.state
        await press(pilot, "f", *"<=10ms !error", "enter")
        await done(app, pilot)
        assert len(state) == 3
        await press(pilot, "f", "ctrl+u", *"name~^(GET|ping)", "enter")
        await done(app, pilot)
        assert text_of(app)[0].startswith(" 3 of 3 traces")
        await press(pilot, "f", "ctrl+u", *"name~^(db|ping)", "enter")
        await done(app, pilot)
        assert state.order.tolist() == [1, 2]
        assert text_of(app)[0].startswith(" 2 of 3 traces")
        assert text_of(app)[0].endswith("filter: name~^(db|ping)")
        await press(pilot, "g", "enter", "right_curly_bracket")
        assert text_of(app)[-1].endswith("trace 2 of 2")
        assert app.queries.texts[Kind.FILTER] == ""
        await press(pilot, "escape", "F")
        await done(app, pilot)
        assert len(state) == 3 and state.current == 2
        await press(pilot, "F")
        assert text_of(app)[-1].endswith("no filter: f sets one")


async def test_a_filter_that_leaves_nothing_says_so() -> None:
    async with viewing(Made(collection(CHECKOUT, CART, PING))) as (app, pilot):
        await press(pilot, "f", *"nowhere", "enter")
        await done(app, pilot)
        assert any("no trace matches the filter" in line for line in text_of(app))
        for key in ("j", "G", "x", "v", "enter", "n", "t"):
            await press(pilot, key)
        await press(pilot, "escape")
        await done(app, pilot)
        assert len(app.screen.state) == 3


async def test_a_mistake_is_told_under_its_place() -> None:
    async with viewing(Made(collection(CHECKOUT, CART))) as (app, pilot):
        await press(pilot, "f", *"kind=x")
        await done(app, pilot)
        line, error = text_of(app)[-2:]
        assert error.index("^") == line.index("x")
        await press(pilot, "escape")
        assert len(app.screen.state) == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_picture(size: tuple[int, int], svg) -> None:
    async with viewing(Made(many(60)), size) as (app, pilot):
        await press(pilot, "f", *"service=kafka", "enter")
        await done(app, pilot)
        await press(pilot, "slash", *"get", "enter")
        await done(app, pilot)
        assert app.export_screenshot(simplify=True) == svg
