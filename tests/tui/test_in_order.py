"""Keys that come in one go: each one finds the screen as the one before it left it."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.why import WhyPane

from .viewer import CHECKOUT, Made, collection, settle, span, text_of, until, viewing

SLOW = (
    span(1, 0, 0, 1000, name="GET /list", service="shop"),
    *(span(number, 1, 5 + 10 * number, 9, name="SELECT item", service="db") for number in range(2, 60)),
)


async def in_one_go(pilot: Pilot[Any], *keys: str) -> None:
    """Send keys as a terminal does that gets them in one piece."""
    app = pilot.app
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(app)
        app._driver.send_message(event)
    await until(pilot, lambda: not app._typed and app._message_queue.empty())
    await settle(pilot)


def cursor(app: Any) -> str:
    """The name of the span under the cursor."""
    screen = app.screen
    return screen._facts.trace.store.strings[
        screen._facts.trace.store.name[screen._facts.row(screen._view.cursor)]
    ]


async def test_a_finding_is_gone_to() -> None:
    async with viewing(Made(collection(SLOW))) as (app, pilot):
        await in_one_go(pilot, "w", "enter")
        assert "SELECT item" in cursor(app)
        assert app.screen._detail_open


async def test_to_the_findings_and_back() -> None:
    async with viewing(Made(collection(SLOW))) as (app, pilot):
        await in_one_go(pilot, "w", "w", "j")
        assert not isinstance(app.focused, WhyPane)
        assert cursor(app) == "SELECT item"


async def test_a_search_typed_ahead_is_text() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "slash", *"score", "enter", "enter")
        assert cursor(app) == "score"
        assert isinstance(app.focused, DetailPane)


async def test_a_second_search_begins_where_the_first_ended() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "slash", *"auth", "enter", "slash", *"score", "backspace", "e", "enter", "k")
        assert cursor(app) == "POST /charge"
        assert "/score" in text_of(app)[-1]


async def test_a_filter_typed_ahead() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "f", *"risk", "enter", "G")
        assert cursor(app) == "score"
        assert len(app.screen._view.visible) == 3


@pytest.mark.parametrize("keys", [("right_square_bracket",) * 2 + ("enter",), ("s", "enter"), ("e", "tab")])
async def test_detail_of_where_a_jump_went(keys: tuple[str, ...]) -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, *keys)
        assert isinstance(app.focused, DetailPane)
        assert cursor(app) != "POST /checkout"


async def test_into_the_detail_and_out_of_it_again() -> None:
    async with viewing(Made(collection(CHECKOUT)), size=(80, 24)) as (app, pilot):
        await in_one_go(pilot, "enter", "f", *"zz", "escape", "escape", "G")
        assert cursor(app) == "score"
        assert not app.screen._detail_open


async def test_an_action_of_the_palette() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "colon", *"Next error")
        await until(pilot, lambda: "Next error" in "".join(text_of(app)[4:]))
        await in_one_go(pilot, "enter", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await settle(pilot)
        assert cursor(app) == "POST /charge"


async def test_a_key_for_a_screen_that_is_not_there_yet() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "question_mark", "question_mark", "G")
        assert cursor(app) == "score"
        await in_one_go(pilot, "p", "escape", "g")
        assert cursor(app) == "POST /checkout"


async def test_from_the_list_through_its_traces() -> None:
    traces = [
        [span(1, 0, 0, 10 * n, name=f"GET /{n}"), span(2, 1, 0, n, name=f"part {n}")] for n in (1, 2, 3)
    ]
    async with viewing(Made(collection(*traces))) as (app, pilot):
        await in_one_go(pilot, "j", "enter", "j", "right_curly_bracket", "escape", "enter", "G")
        assert cursor(app).startswith("part")


async def test_enter_from_before_the_viewer_had_the_terminal() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "slash", *"score", "ctrl+j", "ctrl+j")
        assert cursor(app) == "score"
        assert isinstance(app.focused, DetailPane)


async def test_a_key_with_priority_does_not_wait() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await in_one_go(pilot, "slash", *"abc", "ctrl+c")
        assert app.return_code == 130


async def test_pasted_text_keeps_its_place_among_keys() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        for event in (
            events.Key("slash", "/"),
            events.Key("s", "s"),
            events.Paste("cor"),
            events.Key("e", "e"),
            events.Key("enter", None),
        ):
            event.set_sender(app)
            app._driver.send_message(event)
        await in_one_go(pilot)
        assert app.screen._find().outcome().startswith("/score")
        assert cursor(app) == "score"
