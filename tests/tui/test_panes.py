"""Where the detail pane stands, and that the names of what is pinned follow the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import sample
from tests.tui.test_screens import loaded
from tests.tui.viewer import Made, collection, press, settle, span, text_of, viewing
from tracetui.config import load
from tracetui.tui.detail import missing
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.screens import paned
from tracetui.tui.screens.panes import TALL, WIDE, place
from tracetui.tui.settings import Keeper
from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.waterfall import Waterfall

STATEMENTS = (
    span(1, 0, 0, 100, attributes={"http.route": "/pay", "user": "a"}),
    span(2, 1, 10, 50, attributes={"http.route": "/charge"}),
    span(3, 1, 60, 20),
)


@pytest.mark.parametrize(
    ("width", "height", "rows", "side"),
    [
        (80, 24, 10, "over"),
        (139, 29, 10, "over"),
        (140, 29, 10, "right"),
        (120, 40, 10, "below"),
        (120, 40, 1000, "below"),
        (159, 60, 1000, "below"),
        (160, 60, 1000, "right"),
        (200, 60, 12, "below"),
        (200, 60, 30, "below"),
        (200, 60, 31, "right"),
    ],
)
def test_a_place_for_each_screen(width: int, height: int, rows: int, side: str) -> None:
    assert place(width, height, rows).side == side


@pytest.mark.parametrize("height", range(TALL, 90))
@pytest.mark.parametrize("rows", [1, 12, 40, 10_000])
def test_below_the_waterfall_keeps_a_third_and_the_pane_has_what_a_short_trace_leaves(
    height: int, rows: int
) -> None:
    found = place(WIDE, height, rows)
    lines = height - 3
    assert lines * 45 // 100 <= found.cells <= lines * 62 // 100
    left = lines - found.cells
    assert left >= rows + 2 or found.cells == lines * 45 // 100


async def test_the_pane_moves_when_the_terminal_changes() -> None:
    async with viewing(Made(collection(STATEMENTS)), (120, 40)) as (app, pilot):
        await press(pilot, "enter")
        pane, waterfall = app.screen.query_one(DetailPane), app.screen.query_one(Waterfall)
        assert pane.region.y > waterfall.region.y
        await pilot.resize_terminal(150, 25)
        await pilot.pause()
        assert pane.region.x > waterfall.region.x
        assert waterfall.size.width + 1 + pane.region.width == 150
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert pane.region.width == 80
        assert not waterfall.region.width or not app.screen.query_one("#rows").display


async def test_an_attribute_is_pinned_kept_and_let_go_with_one_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    keeper = Keeper(load({}, path=file))
    async with viewing(Made(collection(STATEMENTS)), (120, 40), keeper=keeper) as (app, pilot):
        await press(pilot, "enter")
        pane = app.screen.query_one(DetailPane)
        while pane.entry is None or pane.entry.key != "http.route":
            await press(pilot, "j")
        await press(pilot, "asterisk")
        screen = text_of(app)
        assert "http.route" in screen[2]
        assert "/pay" in screen[3]
        assert "/charge" in screen[4]
        assert any(line.startswith(" •http.route") for line in screen)
        await press(pilot, "j", "asterisk")
        columns = text_of(app)[2]
        assert columns.index("user") < columns.index("http.route")
        assert app.keeper.settings.pinned == ["user", "http.route"]
        await press(pilot, "asterisk", "k", "asterisk")
        assert "http.route" not in text_of(app)[2]
        assert app.keeper.settings.pinned == []
        await press(pilot, "asterisk")
    assert load({}, path=file).settings.pinned == ["http.route"]


async def test_what_is_no_attribute_is_not_pinned() -> None:
    async with viewing(Made(collection(STATEMENTS)), (120, 40)) as (app, pilot):
        await press(pilot, "enter", "asterisk")
        assert "only an attribute" in text_of(app)[-1]
        await press(pilot, "G", "asterisk")
        assert "only an attribute" in text_of(app)[-1]
        assert app.keeper.settings.pinned == []


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("checkout.json", "http.response.status_code", "504"),
        ("shop-checkout.otlp.json", "db.statement", "LEFT JOIN"),
        ("failing-request.json", "db.query.text", "UPDATE"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_two_keys_lead_to_the_attributes_of_the_span_that_made_it_slow(
    size: tuple[int, int], name: str, attribute: str, value: str
) -> None:
    async with viewing(loaded(sample(name)), size) as (app, pilot):
        await press(pilot, "s", "enter")
        shown = "\n".join(text_of(app))
        assert attribute in shown
        assert value in shown


@pytest.mark.parametrize("small", [20_000, 0])
async def test_a_guess_at_a_missing_span_is_told_whatever_the_size_of_the_trace(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paned, "SMALL", small)
    monkeypatch.setattr(missing, "hint", lambda trace, child: [Line((Piece(f"a guess for {child}"),))])
    orphan = (span(1, 0, 0, 100, name="GET /", service="web"), span(3, 2, 10, 20, name="get", service="db"))
    async with viewing(Made(collection(orphan)), size=(160, 40)) as (app, pilot):
        await press(pilot, "j")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert any("a guess for 1" in line for line in text_of(app))
