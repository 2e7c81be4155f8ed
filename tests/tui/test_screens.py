"""Pictures of the waterfall at the sizes people have. Look at them when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import sample
from tests.tui.viewer import press, viewing
from tracetui.loaders import LoadOptions
from tracetui.tui.loading import Loading

SIZES = [(80, 24), (120, 40), (200, 60)]


def loaded(path: Path) -> Loading:
    loading = Loading([str(path)], LoadOptions())
    loading.start()
    loading.join()
    return loading


pytestmark = pytest.mark.usefixtures("truecolor")


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_waterfall(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await press(pilot, "e")
        assert app.export_screenshot(simplify=True) == svg


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_fragments(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(sample("fragmented.json")), size) as (app, _):
        assert app.export_screenshot(simplify=True) == svg


async def test_folded(svg) -> None:
    async with viewing(loaded(sample("failing-request.json")), (100, 30)) as (app, pilot):
        await press(pilot, "minus")
        assert app.export_screenshot(simplify=True) == svg


async def test_zoomed_to_the_slowest(svg) -> None:
    async with viewing(loaded(sample("large-5000.json")), (120, 40)) as (app, pilot):
        await press(pilot, "s", "z", "o")
        assert app.export_screenshot(simplify=True) == svg


async def test_only_the_path(svg) -> None:
    async with viewing(loaded(sample("n-plus-one.json")), (100, 30)) as (app, pilot):
        await press(pilot, "c")
        assert app.export_screenshot(simplify=True) == svg


async def test_detail_over_the_waterfall(svg) -> None:
    async with viewing(loaded(sample("checkout.json")), (80, 24)) as (app, pilot):
        await press(pilot, "e", "enter")
        assert app.export_screenshot(simplify=True) == svg


async def test_without_colours(svg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with viewing(loaded(sample("checkout.json")), (100, 30)) as (app, pilot):
        await press(pilot, "j", "j")
        assert app.export_screenshot(simplify=True) == svg


async def test_ascii(svg) -> None:
    async with viewing(loaded(sample("checkout.json")), (100, 30), ascii=True) as (app, _):
        assert app.export_screenshot(simplify=True) == svg
