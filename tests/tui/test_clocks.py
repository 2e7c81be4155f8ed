"""Raw and adjusted clocks on the screen; what spans would save, in the detail pane and as a column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.test_skew import MS, skewed
from tests.tui.test_screens import loaded
from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, text_of, until, viewing

pytestmark = pytest.mark.usefixtures("truecolor")


@pytest.fixture
def skew(tmp_path: Path) -> Path:
    skewed(tmp_path)
    return tmp_path / "trace.json"


async def test_a_goes_to_adjusted_clocks_and_back(skew: Path) -> None:
    async with viewing(loaded(skew), (140, 30)) as (app, pilot):
        raw = app.collection
        await press(pilot, "j", "j", "a")
        await until(pilot, lambda: app.collection.raw is not None)
        await settle(pilot)
        lines = text_of(app)
        assert "B +3ms ±400µs (2 edges)" in lines[0]
        assert sum(" ~" in line[:60] for line in lines) == 3
        assert "1 clock adjusted" in lines[-1]
        view = app._kept["ab" * 16][1] if "ab" * 16 in app._kept else next(iter(app._kept.values()))[1]
        assert view.cursor == 2
        await press(pilot, "a")
        await until(pilot, lambda: app.collection is raw)
        await settle(pilot)
        assert "edges" not in text_of(app)[0]


async def test_picture_of_adjusted_clocks(skew: Path, svg) -> None:
    async with viewing(loaded(skew), (140, 20)) as (app, pilot):
        await press(pilot, "a")
        await until(pilot, lambda: app.collection.raw is not None)
        await press(pilot, "j", "j", "dollar_sign")
        assert app.export_screenshot(simplify=True) == svg


async def test_nothing_to_adjust_is_said() -> None:
    async with viewing(Made(collection(CHECKOUT)), (100, 30)) as (app, pilot):
        await press(pilot, "a")
        await until(pilot, lambda: "no clocks are apart" in text_of(app)[-1])
        assert app.collection.raw is None


async def test_the_detail_pane_says_what_a_span_would_save() -> None:
    async with viewing(Made(collection(CHECKOUT)), (160, 40)) as (app, pilot):
        await press(pilot, "j", "j", "j")
        text = "\n".join(text_of(app))
        assert "saves 60ms" in text
        assert "at half 100ms → 70ms" in text
        await press(pilot, "j", "j")
        assert "slack 25ms" in "\n".join(text_of(app))


async def test_a_column_of_savings() -> None:
    async with viewing(Made(collection(CHECKOUT)), (120, 30)) as (app, pilot):
        await press(pilot, "dollar_sign")
        lines = text_of(app)
        assert any("saves" in line for line in lines[:5])
        charge = next(line for line in lines if "charge" in line and "payment" in line)
        assert "60ms" in charge[20:80]
        await press(pilot, "dollar_sign")
        assert not any("saves" in line for line in text_of(app)[:5])


assert MS
