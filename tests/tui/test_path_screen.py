"""The critical path told on the screen."""

from __future__ import annotations

import pytest

from tests.conftest import CHECKOUT
from tests.tui.test_screens import SIZES, loaded
from tests.tui.viewer import Made, collection, press, settle, span, text_of, until, viewing
from tracetui.tui.screens.path import PathScreen
from tracetui.tui.screens.waterfall import WaterfallScreen

SHOP = CHECKOUT / "sample_traces" / "shop-checkout.jaeger.json"
LATE = (
    span(1, 0, 0, 100, name="POST", service="front"),
    span(2, 1, 10, 30, name="read", service="db"),
    span(3, 1, 12, 25, name="cache", service="db"),
    span(4, 1, 60, 300, name="mail", service="mail"),
)


pytestmark = pytest.mark.usefixtures("truecolor")


def told(app) -> bool:
    return isinstance(app.screen, PathScreen) and app.screen._view.path is not None


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_picture(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(SHOP), size) as (app, pilot):
        await press(pilot, "p")
        await until(pilot, lambda: told(app))
        await settle(pilot)
        assert app.export_screenshot(simplify=True) == svg


async def test_shares_reasons_and_the_way_to_the_spans() -> None:
    async with viewing(Made(collection(LATE)), (120, 40)) as (app, pilot):
        await press(pilot, "p")
        await until(pilot, lambda: told(app))
        await settle(pilot)
        text = "\n".join(text_of(app))
        assert "40ms  40%  mail" in text
        assert "last of 2 to finish before the next one started, the runner-up 3ms earlier" in text
        assert "work goes on for 260ms after the end" in text
        view = app.screen._view
        while view.entry is None or not view.entry.link[1].endswith("2"):
            await press(pilot, "j")
        await press(pilot, "enter")
        assert isinstance(app.screen, WaterfallScreen)
        [(facts, state)] = app._kept.values()
        assert facts.trace.store.key(facts.row(state.cursor)).endswith("2")


async def test_to_the_end_and_back() -> None:
    async with viewing(Made(collection(LATE)), (120, 40)) as (app, pilot):
        await press(pilot, "p")
        await until(pilot, lambda: told(app))
        await press(pilot, "b")
        await until(pilot, lambda: app.screen._view.path.duration_ns == 360_000_000)
        await press(pilot, "b")
        await until(pilot, lambda: app.screen._view.path.duration_ns == 100_000_000)
        await press(pilot, "p")
        assert isinstance(app.screen, WaterfallScreen)


async def test_the_path_of_the_span_under_the_cursor() -> None:
    async with viewing(Made(collection(LATE)), (120, 40)) as (app, pilot):
        await press(pilot, "j", "P")
        await until(pilot, lambda: told(app))
        await settle(pilot)
        assert app.screen._view.path.duration_ns == 30_000_000
        assert "db read" in text_of(app)[0]
