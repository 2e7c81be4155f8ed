"""Pictures of the other screens at the sizes people have, and of the waterfall with detail in every theme."""

from __future__ import annotations

import pytest
from textual.app import App

from tests.conftest import sample
from tests.tui.test_screens import SIZES, loaded
from tests.tui.viewer import press, settle, viewing
from tracetui.tui.screens.start import LoadingScreen
from tracetui.tui.theme import APP_CSS, DEFAULT_THEME, register_themes
from tracetui.tui.widgets.detail import DetailPane

at_sizes = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)


pytestmark = pytest.mark.usefixtures("truecolor")


@at_sizes
async def test_detail(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("shop-checkout.otlp.json")), size) as (app, pilot):
        await press(pilot, "s", "enter")
        assert app.export_screenshot(simplify=True) == svg


@pytest.mark.parametrize("theme", ["light", "high-contrast", "colour-blind", "ansi"])
async def test_waterfall_and_detail_in_a_theme(theme: str, svg) -> None:
    async with viewing(loaded(sample("checkout.json")), (120, 40), theme=theme) as (app, pilot):
        await press(pilot, "e", "enter")
        assert app.export_screenshot(simplify=True) == svg


@at_sizes
async def test_help(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await press(pilot, "question_mark")
        assert app.export_screenshot(simplify=True) == svg


@at_sizes
async def test_palette(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await press(pilot, "colon")
        app.screen.query_one("CommandInput").cursor_blink = False  # type: ignore[attr-defined]
        await press(pilot, *"fold")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert app.export_screenshot(simplify=True) == svg


@at_sizes
async def test_pager(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("shop-checkout.otlp.json")), size) as (app, pilot):
        await press(pilot, "s", "enter")
        pane = app.screen.query_one(DetailPane)
        while pane.entry is None or pane.entry.key != "db.statement":
            await press(pilot, "j")
        await press(pilot, "enter")
        assert app.export_screenshot(simplify=True) == svg


@at_sizes
async def test_loading(size: tuple[int, int], svg) -> None:
    class Reading(App[None]):
        CSS = APP_CSS
        TITLE = "tracetui"

        def on_mount(self) -> None:
            register_themes(self)
            self.theme = DEFAULT_THEME
            self.push_screen(LoadingScreen(["traces/night.json.gz"]))

    app = Reading()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, LoadingScreen)
        app.screen.tell_progress("reading 45 MB of 120 MB · 81,204 spans · esc stops", 0.375)
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg
