"""Pictures of a search and of a filter. Look at them when they change."""

from __future__ import annotations

import pytest

from tests.conftest import sample
from tests.tui.test_screens import loaded
from tests.tui.viewer import press, until, viewing
from tracetui.tui.widgets.waterfall import Waterfall

SIZES = [(80, 24), (120, 40)]


pytestmark = pytest.mark.usefixtures("truecolor")


def found(app, text: str) -> bool:
    hits = app.screen.query_one(Waterfall).view.hits
    return hits is not None and hits.text == text and hits.complete


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_search(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await press(pilot, "slash", *"charge")
        await until(pilot, lambda: found(app, "charge"))
        await press(pilot, "enter", "n")
        assert app.export_screenshot(simplify=True) == svg


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_filter_with_a_mistake(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        view = app.screen.query_one(Waterfall).view
        await press(pilot, "f", *">50ms")
        await until(pilot, lambda: view.matches is not None and view.matches.sum() == 9)
        await press(pilot, *" self>5", "enter")
        assert app.export_screenshot(simplify=True) == svg


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_search_in_what_a_filter_leaves(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        view = app.screen.query_one(Waterfall).view
        await press(pilot, "f", *">50ms", "enter")
        await until(pilot, lambda: view.matches is not None and view.matches.sum() == 9)
        await press(pilot, "slash", *"pos")
        await until(pilot, lambda: found(app, "pos"))
        await press(pilot, "enter")
        assert app.export_screenshot(simplify=True) == svg


async def test_search_without_colours(svg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with viewing(loaded(sample("checkout.json")), (100, 30), ascii=True) as (app, pilot):
        await press(pilot, "slash", *"charge")
        await until(pilot, lambda: found(app, "charge"))
        assert app.export_screenshot(simplify=True) == svg
