"""What a mouse does, by real mouse events."""

from __future__ import annotations

import pytest
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseUp
from textual.pilot import Pilot

from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, viewing
from tracetui.tui.app import TraceApp
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.state.view import ViewState
from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.header import TraceHeader
from tracetui.tui.widgets.ruler import Ruler
from tracetui.tui.widgets.waterfall import Waterfall

NO_KEYS = {"shift": False, "meta": False, "ctrl": False}
MANY = (span(1, 0, 0, 1000), *(span(id, 1, id, 5) for id in range(2, 90)))


pytestmark = pytest.mark.usefixtures("truecolor")


def view_of(app: TraceApp) -> ViewState:
    view = app.screen.query_one(Waterfall).view
    assert view is not None
    return view


async def click(pilot: Pilot[int], widget: type, x: int, y: int = 0, times: int = 1) -> None:
    await pilot.click(widget, offset=(x, y), times=times)
    await settle(pilot)


async def drag(pilot: Pilot[int], widget: Ruler, *columns: int) -> None:
    """Press in the first column, move over the others; the button is still down then."""
    begin = {"widget": widget, "y": 0, "delta_x": 0, "delta_y": 0, **NO_KEYS}
    screen_y = widget.region.y
    for number, x in enumerate(columns):
        kind = MouseDown if number == 0 else MouseMove
        at = {"x": x, "screen_x": widget.region.x + x, "screen_y": screen_y, "button": 1}
        widget.post_message(kind(**begin, **at))  # type: ignore[arg-type]
    await settle(pilot)


async def drop(pilot: Pilot[int], widget: Ruler, x: int) -> None:
    """Let the button go."""
    widget.post_message(
        MouseUp(widget, x, 0, 0, 0, 1, False, False, False, widget.region.x + x, widget.region.y)
    )
    await settle(pilot)


async def test_a_click_selects_a_double_click_opens() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        await click(pilot, Waterfall, 20, 3)
        assert view.cursor == 3
        assert not app.screen.query(DetailPane)
        await click(pilot, Waterfall, 20, 4, times=2)
        assert view.cursor == 4
        assert app.screen.query_one(DetailPane).display


async def test_a_click_on_the_mark_folds_and_beside_it_selects() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        line = text_of(app)[3 + 3]
        mark = line.index("▾")
        await click(pilot, Waterfall, mark, 3)
        assert view.folded[3]
        assert view.cursor == 3
        await click(pilot, Waterfall, mark, 3)
        assert not view.folded[3]
        await click(pilot, Waterfall, mark + 3, 3)
        assert not view.folded[3]
        await click(pilot, Waterfall, mark, 5)  # a leaf has no mark
        assert view.cursor == 5


async def test_a_click_on_the_mark_of_a_very_deep_row_folds_it() -> None:
    deep = [span(1, 0, 0, 1000), *(span(id, id - 1, id, 500) for id in range(2, 60))]
    async with viewing(Made(collection(deep)), (80, 24)) as (app, pilot):
        await press(pilot, "G", "k")
        view = view_of(app)
        waterfall = app.screen.query_one(Waterfall)
        y = view.line - int(waterfall.scroll_offset.y)
        await click(pilot, Waterfall, text_of(app)[3 + y].index("▾"), y)
        assert view.folded[view.cursor]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with viewing(Made(collection(MANY)), (100, 24)) as (app, pilot):
        await press(pilot, "u")  # span by span
        waterfall = app.screen.query_one(Waterfall)
        at = {"delta_x": 0, "delta_y": 1, "button": 0, **NO_KEYS}
        for _ in range(3):
            waterfall.post_message(MouseScrollDown(waterfall, 20, 5, **at))  # type: ignore[arg-type]
            await settle(pilot)
        assert waterfall.scroll_offset.y > 0
        assert view_of(app).cursor == 0
        top = int(waterfall.scroll_offset.y)
        await click(pilot, Waterfall, 30, 4)
        assert view_of(app).cursor == top + 4
        await click(pilot, Waterfall, 30, 0)
        assert view_of(app).cursor == top
        assert int(waterfall.scroll_offset.y) == top


async def test_dragging_on_the_ruler_zooms_and_shows_what_is_chosen() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view, ruler = view_of(app), app.screen.query_one(Ruler)
        columns = app.screen.query_one(Waterfall).columns
        first, last = columns.bars_at + columns.bars // 4, columns.bars_at + columns.bars // 2
        await drag(pilot, ruler, last, last - 1, first)
        assert text_of(app)[2].strip().startswith("zoom to 2")
        assert view.window == view.whole
        grounds = {str(segment.style.bgcolor) for segment in ruler.render_line(0) if segment.style}
        assert len(grounds) == 2
        await drop(pilot, ruler, first)
        whole, cells = view.whole, columns.bars
        assert view.window.start_ns == whole.start_ns + whole.width_ns * (cells // 4) // cells
        assert view.window.end_ns == whole.start_ns + whole.width_ns * (cells // 2 + 1) // cells
        await click(pilot, Ruler, first)
        assert view.window == whole


async def test_a_drag_that_leaves_the_ruler_ends_at_its_edge() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view, ruler = view_of(app), app.screen.query_one(Ruler)
        columns = app.screen.query_one(Waterfall).columns
        await drag(pilot, ruler, columns.bars_at + 10, 400)
        await drop(pilot, ruler, 400)
        assert view.window.end_ns == view.whole.end_ns
        assert view.window.start_ns > view.whole.start_ns
        await click(pilot, Ruler, 2)
        assert view.window == view.whole


async def test_a_service_of_the_header_leads_to_its_longest_section() -> None:
    async with viewing(Made(collection(CHECKOUT)), (120, 30)) as (app, pilot):
        view = view_of(app)
        line = text_of(app)[1]
        await click(pilot, TraceHeader, line.index("auth"), 1)
        assert view.cursor == 1
        assert "longest of 3 on the path: 10ms" in text_of(app)[-1]
        await click(pilot, TraceHeader, line.index("█") + 1, 1)  # the largest part comes first
        assert view.cursor == 4
        await press(pilot, "right_square_bracket")
        assert view.cursor == 3


async def test_the_list_selects_opens_and_sorts() -> None:
    one = (span(1, 0, 0, 5),)
    async with viewing(Made(collection(CHECKOUT, one, one))) as (app, pilot):
        listed = app.screen
        assert isinstance(listed, TraceListScreen)
        await pilot.click(listed.table, offset=(20, 1))
        await settle(pilot)
        assert listed.state.cursor == 1
        assert app.screen is listed
        await pilot.click(listed.table, offset=(20, 0), times=2)
        await settle(pilot)
        assert isinstance(app.screen, WaterfallScreen)
        assert len(view_of(app).forest) == len(CHECKOUT)
