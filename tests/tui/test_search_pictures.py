"""Pictures of the search screen at the sizes people have."""

from __future__ import annotations

import pytest

from tests.tui.backend import FakeBackend, Nothing
from tests.tui.test_screens import SIZES
from tests.tui.test_search_screen import found_all, searching
from tests.tui.viewer import press, settle, until
from tracetui.errors import BackendError
from tracetui.tui.app import TraceApp

at_sizes = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)


pytestmark = pytest.mark.usefixtures("truecolor")


@at_sizes
async def test_found(size: tuple[int, int], svg) -> None:
    backend = FakeBackend(60)
    backend.notes = ["the server does not apply tags: 3 of 23 traces were left out here"]
    async with searching(backend, size, service="frontend", tags="error=true", time="2h") as (app, pilot):
        await found_all(app, pilot)
        await press(pilot, "j")
        assert app.export_screenshot(simplify=True) == svg


@at_sizes
async def test_a_field_is_completed(size: tuple[int, int], svg) -> None:
    async with searching(FakeBackend(60), size, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "tab", "tab")
        await until(pilot, lambda: bool(screen.form.dropdown.items))
        await press(pilot, "down")
        assert app.export_screenshot(simplify=True) == svg


async def test_a_wrong_field(svg) -> None:
    async with searching(FakeBackend(60), (80, 24), service="frontend") as (app, pilot):
        await found_all(app, pilot)
        await press(pilot, "tab", "tab", "tab", "tab", "tab", *"50", "enter")
        assert app.export_screenshot(simplify=True) == svg


async def test_nothing_found(svg) -> None:
    async with searching(FakeBackend(), (80, 24), service="cart", tags="error=true") as (app, pilot):
        await found_all(app, pilot)
        assert app.export_screenshot(simplify=True) == svg


async def test_a_failure(svg) -> None:
    backend = FakeBackend()
    backend.error = BackendError("HTTP 503, no storage", source=backend.address, hint="ask its operators")
    async with searching(backend, (80, 24), service="frontend") as (app, pilot):
        await found_all(app, pilot)
        assert app.export_screenshot(simplify=True) == svg


async def test_ascii(svg) -> None:
    backend = FakeBackend(60)
    app = TraceApp(Nothing(), ascii=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.begin_search(backend)
        await settle(pilot)
        await found_all(app, pilot)
        await press(pilot, "tab")
        assert app.export_screenshot(simplify=True) == svg
