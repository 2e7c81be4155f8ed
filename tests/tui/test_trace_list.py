"""The trace list on a screen, driven by keys and clicks."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App

from tests.model.build import S, build
from tracetui.model.store import Status
from tracetui.model.trace import Collection
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.theme import ANSI_THEME, APP_CSS, DEFAULT_THEME, register_themes
from tracetui.tui.traces_state import Column

BASE = 1_795_332_063_120_000_000
OPERATIONS = (
    ("frontend", "POST /checkout"),
    ("frontend", "GET /cart"),
    ("payment", "charge"),
    ("search", "GET /api/v1/search/suggestions"),
    ("", ""),
)


def collection(count: int = 60) -> Collection:
    """Traces of a few operations, one in ten slow, some with errors and orphans."""
    spans = []
    for n in range(count):
        service, name = OPERATIONS[n * 7 % len(OPERATIONS)]
        start = BASE + n * 1_700_000_000
        duration = 1_000_000 * (40 + n * 37 % 90 + (600 if n % 10 == 4 else 0))
        trace = f"{n + 1:032x}"
        spans.append(S(1, start=start, duration=duration, service=service, name=name, trace=trace))
        for child in range(n % 5):
            failed = Status.ERROR if n % 9 == 0 else Status.UNSET
            spans.append(
                S(
                    2 + child,
                    1,
                    start=start + 1_000_000,
                    duration=9_000_000,
                    service="postgres",
                    status=failed,
                    trace=trace,
                )
            )
        if n % 8 == 3:
            spans.append(S(50, 99, start=start, duration=1_000_000, service="kafka", trace=trace))
    return build(*spans)


class ListApp(App[None]):
    """Shows a list, and notes what is asked of the program."""

    CSS = APP_CSS

    def __init__(self, found: Collection, theme: str = DEFAULT_THEME, *, ascii: bool = False) -> None:
        super().__init__(ansi_color=True if theme == ANSI_THEME else None)
        register_themes(self)
        self.theme = theme
        self.traces = TraceListScreen(found, ascii=ascii)
        self.opened: list[int] = []
        self.asked: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self.traces)

    def on_trace_list_screen_opened(self, event: TraceListScreen.Opened) -> None:
        self.opened.append(event.index)

    def action_run(self, name: str) -> None:
        self.asked.append(name)


async def test_keys_move_and_open() -> None:
    app = ListApp(collection())
    async with app.run_test(size=(100, 24)) as pilot:
        state = app.traces.state
        await pilot.press("j", "down", "j", "k")
        assert state.cursor == 2
        await pilot.press("enter")
        await pilot.pause()
        assert app.opened == [state.order[2]]
        await pilot.press("G")
        assert state.cursor == 59
        await pilot.press("up", "g")
        assert state.cursor == 0
        await pilot.press("pagedown")
        assert state.cursor > 5
        await pilot.press("pageup", "end", "home", "ctrl+d", "ctrl+u")
        assert state.cursor == 0
        await pilot.press("escape")
        assert app.asked == ["back"]


async def test_the_cursor_is_always_on_the_screen() -> None:
    app = ListApp(collection())
    async with app.run_test(size=(100, 24)) as pilot:
        table = app.traces.table
        for key in ("G", "k", "pageup", "g", "pagedown", "pagedown", "j"):
            await pilot.press(key)
            top = int(table.scroll_offset.y)
            assert top <= app.traces.state.cursor < top + table.size.height


async def test_columns_sort_by_key_and_by_click() -> None:
    app = ListApp(collection())
    async with app.run_test(size=(120, 30)) as pilot:
        state = app.traces.state
        await pilot.press("x")
        assert state.sort is Column.SPANS
        await pilot.press("X", "v")
        assert state.sort is Column.DURATION and not state.descending
        await pilot.click(app.traces.columns, offset=(3, 0))
        assert state.sort is Column.WHEN and not state.descending
        await pilot.click(app.traces.columns, offset=(3, 0))
        assert state.descending


async def test_clicks_go_to_a_row_and_open_it() -> None:
    app = ListApp(collection())
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.click(app.traces.table, offset=(20, 5))
        assert app.traces.state.cursor == 5
        assert app.opened == []
        await pilot.click(app.traces.table, offset=(20, 5))
        await pilot.pause()
        assert app.opened == [app.traces.state.order[5]]


async def test_a_click_on_the_strip_goes_to_its_slowest_trace() -> None:
    app = ListApp(collection())
    async with app.run_test(size=(100, 24)) as pilot:
        column = int(app.traces.strip.durations().column[44])
        await pilot.click(app.traces.strip, offset=(column + 1, 2))
        assert app.traces.state.current == 44


async def test_more_traces_arrive_while_the_user_reads() -> None:
    app = ListApp(collection(20))
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("j", "j", "j")
        kept = app.traces.state.current
        app.traces.set_collection(collection(60))
        app.traces.tell_progress("reading 45 MB of 120 MB")
        await pilot.pause()
        assert app.traces.state.current == kept
        assert len(app.traces.order()) == 60
        assert "reading 45 MB" in app.export_screenshot(simplify=True).replace("&#160;", " ")


SIZES = [(1, 1), (2, 2), (10, 3), (20, 5), (33, 9), (300, 90), (200, 1), (1, 60), (80, 24)]


@pytest.mark.parametrize("count", [0, 1, 30])
async def test_any_size_of_screen(count: int) -> None:
    app = ListApp(collection(count))
    async with app.run_test(size=(40, 12)) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("j", "G", "x", "enter", "t")
            assert app.is_running


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_picture(svg: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = ListApp(collection())
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "j")
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg


@pytest.mark.parametrize(
    "theme", ["tracetui-light", "tracetui-colour-blind", "tracetui-high-contrast", ANSI_THEME]
)
async def test_picture_of_a_theme(svg: SnapshotAssertion, theme: str) -> None:
    app = ListApp(collection(), theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg


async def test_picture_in_ascii(svg: SnapshotAssertion) -> None:
    app = ListApp(collection(), ascii=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg
