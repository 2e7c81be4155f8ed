"""No key press goes unanswered, and the last line shows whole words."""

from __future__ import annotations

import pytest

from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, until, viewing
from tracetui.tui.bindings import Action, actions_for

QUIET = {
    *(
        "down",
        "up",
        "half-page-down",
        "half-page-up",
        "page-down",
        "page-up",
        "top",
        "bottom",
        "right",
        "left",
    ),
    *("reload", "quit", "interrupt", "suspend"),
}
"""What need not say why nothing happens, and what cannot be tried here."""


@pytest.mark.parametrize(
    "action", [one for one in actions_for("waterfall") if one.id not in QUIET], ids=lambda one: one.id
)
async def test_a_key_does_something_or_says_why_not(action: Action) -> None:
    async with viewing(Made(collection((span(1),))), (100, 30)) as (app, pilot):
        before = text_of(app), app.screen, app.focused
        await press(pilot, action.keys[0])
        await until(pilot, lambda: (text_of(app), app.screen, app.focused) != before)


@pytest.mark.parametrize("several", [False, True])
async def test_with_nowhere_to_go_back_to_esc_says_how_to_leave(several: bool) -> None:
    traces = (CHECKOUT, CHECKOUT) if several else (CHECKOUT,)
    async with viewing(Made(collection(*traces)), (100, 30)) as (app, pilot):
        await press(pilot, "escape")
        assert "there is nothing to go back to: q quits" in text_of(app)[-1]


async def test_a_footer_ends_with_a_whole_word() -> None:
    async with viewing(Made(collection(CHECKOUT)), (80, 24)) as (app, pilot):
        assert text_of(app)[-1].rstrip().endswith("enter details  ? help")
        for width in range(20, 110, 3):
            await pilot.resize_terminal(width, 24)
            await settle(pilot)
            assert "…" not in text_of(app)[-1]


async def test_a_line_of_the_detail_without_a_value_says_so() -> None:
    async with viewing(Made(collection(CHECKOUT)), (100, 30)) as (app, pilot):
        await press(pilot, "enter", "enter")
        assert "this line has no value" in text_of(app)[-1]
