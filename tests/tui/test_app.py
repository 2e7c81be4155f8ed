"""The application with real key presses."""

from __future__ import annotations

import pytest

from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, until, viewing
from tracetui.errors import InputError
from tracetui.loaders import LoadOptions, Progress
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.start import LoadingScreen
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.waterfall import Waterfall

pytestmark = pytest.mark.usefixtures("truecolor")


def view_of(app: TraceApp):
    view = app.screen.query_one(Waterfall).view
    assert view is not None
    return view


async def test_one_trace_opens_its_waterfall() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, _):
        assert isinstance(app.screen, WaterfallScreen)
        text = text_of(app)
        assert text[0].startswith(" frontend POST /checkout   100ms")
        assert "6 spans" in text[0]
        assert "2 errors" in text[0]
        assert text[0].endswith("by hand.json")
        assert "critical path" in text[1]
        assert "gateway 40%" in text[1]
        assert text[2].startswith(" service · operation")
        assert "▾ frontend POST /checkout" in text[3]
        assert text[-1].startswith(" [ ] path")


async def test_moving_and_folding() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        await press(pilot, "j", "down", "k")
        assert view.cursor == 1
        await press(pilot, "h")
        assert len(view.visible) == 5
        await press(pilot, "right", "l")
        assert view.cursor == 2
        await press(pilot, "left")
        assert view.cursor == 1
        await press(pilot, "g", "H")
        assert len(view.visible) == 1
        await press(pilot, "plus")
        assert len(view.visible) == 3
        await press(pilot, "L", "G")
        assert view.cursor == 5
        await press(pilot, "minus")
        assert len(view.visible) == 3
        await press(pilot, "home")
        assert view.cursor == 0


async def test_a_cursor_move_draws_two_rows() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        waterfall = app.screen.query_one(Waterfall)
        drawn: list[int] = []
        original = waterfall.render_line

        def counting(y: int):
            drawn.append(y)
            return original(y)

        waterfall.render_line = counting  # type: ignore[method-assign]
        await press(pilot, "j")
        assert sorted(set(drawn)) == [0, 1]


async def test_the_path_is_walked_and_unfolded() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        await press(pilot, "H")
        seen = []
        for _ in range(9):
            await press(pilot, "right_square_bracket")
            seen.append(view.cursor)
        assert seen == [0, 1, 2, 1, 0, 3, 4, 3, 0]
        assert len(view.visible) == 6
        assert "section 9 of 9 of the critical path: 10ms" in text_of(app)[-1]
        await press(pilot, "left_square_bracket")
        assert view.cursor == 3


async def test_errors_by_origin() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "e")
        assert view_of(app).cursor == 4
        assert text_of(app)[-1].endswith("error 1 of 1")


async def test_slowest_zoom_and_back() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        view = view_of(app)
        await press(pilot, "s")
        assert view.cursor == 4
        await press(pilot, "z")
        assert view.window.width_ns < view.whole.width_ns
        assert "zoom:" in text_of(app)[2]
        await press(pilot, "c")
        assert len(view.visible) == 5
        await press(pilot, "escape")
        assert len(view.visible) == 6
        await press(pilot, "escape")
        assert view.window == view.whole


async def test_detail_opens_over_a_small_screen_and_closes() -> None:
    async with viewing(Made(collection(CHECKOUT)), (80, 24)) as (app, pilot):
        assert not app.screen.query(DetailPane)
        await press(pilot, "e", "enter")
        pane = app.screen.query_one(DetailPane)
        assert pane.display
        assert pane.has_focus
        assert not app.screen.query_one("#rows").display
        assert "gateway POST /charge" in "\n".join(text_of(app))
        await press(pilot, "escape")
        assert not pane.display
        assert app.screen.query_one(Waterfall).has_focus
        await press(pilot, "tab")
        assert pane.display


async def test_a_wide_screen_shows_detail_unasked_and_tab_goes_there() -> None:
    async with viewing(Made(collection(CHECKOUT)), (160, 50)) as (app, pilot):
        pane = app.screen.query_one(DetailPane)
        assert pane.display
        await press(pilot, "j", "j")
        assert "auth GET session" in "\n".join(text_of(app)[20:])
        await press(pilot, "tab")
        assert pane.has_focus
        await press(pilot, "tab")
        assert app.screen.query_one(Waterfall).has_focus


async def test_several_traces_open_a_list_and_are_stepped_through() -> None:
    made = collection(CHECKOUT, [span(1, 0, 0, 50, name="second")], [span(1, 0, 0, 70, name="third")])
    async with viewing(Made(made)) as (app, pilot):
        assert isinstance(app.screen, TraceListScreen)
        await press(pilot, "enter")
        assert isinstance(app.screen, WaterfallScreen)
        assert "POST /checkout" in text_of(app)[0]
        await press(pilot, "right_curly_bracket")
        assert "third" in text_of(app)[0]
        assert text_of(app)[-1].endswith("trace 2 of 3")
        await press(pilot, "right_curly_bracket", "right_curly_bracket")
        assert "last trace" in text_of(app)[-1]
        await press(pilot, "escape")
        assert isinstance(app.screen, TraceListScreen)
        await press(pilot, "enter")
        assert "second" in text_of(app)[0]
        await press(pilot, "left_curly_bracket", "left_curly_bracket")
        assert "POST /checkout" in text_of(app)[0]


async def test_help_and_palette_open_and_close() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "question_mark")
        assert "Unfold this span" in "\n".join(text_of(app))
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "colon", *"bottom")
        await pilot.app.workers.wait_for_complete()
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await settle(pilot)
        assert view_of(app).cursor == 5


@pytest.mark.parametrize("key, code", [("q", 0), ("ctrl+c", 130)])
async def test_leaving(key: str, code: int) -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await pilot.press(key)
    assert app.return_code == code


async def test_more_of_a_trace_keeps_cursor_and_folds() -> None:
    loading = Made(collection(CHECKOUT[:4], complete=False))
    async with viewing(loading) as (app, pilot):
        await press(pilot, "j", "h", "j")
        assert view_of(app).cursor == 3
        whole = collection([*CHECKOUT, span(7, 1, 2, 1, name="early")])
        loading._finish(whole)
        await until(pilot, lambda: len(view_of(app).forest) == 7)
        await settle(pilot)
        view = view_of(app)
        assert view.folded.tolist() == [False, False, True, False, False, False, False]
        assert view.cursor == 4


async def test_a_trace_that_turns_out_not_to_be_alone_gives_way_to_the_list() -> None:
    loading = Made(collection(CHECKOUT, complete=False))
    async with viewing(loading) as (app, pilot):
        assert isinstance(app.screen, WaterfallScreen)
        loading._finish(collection(CHECKOUT, [span(1)]))
        await until(pilot, lambda: isinstance(app.screen, TraceListScreen))


async def test_a_trace_in_use_stays_until_escape() -> None:
    loading = Made(collection(CHECKOUT, complete=False))
    async with viewing(loading) as (app, pilot):
        await press(pilot, "j")
        loading._finish(collection(CHECKOUT, [span(1)]))
        await until(pilot, lambda: len(app.collection.traces) == 2)
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, TraceListScreen)


async def test_progress_is_told_and_escape_stops() -> None:
    loading = Loading(["big.json"], LoadOptions())  # never started
    app = TraceApp(loading)
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, LoadingScreen)
        loading._put(progress=Progress("big.json", 2_500_000, 10_000_000, 1234))
        await until(pilot, lambda: "2.5 MB of 10.0 MB · 1,234 spans" in "\n".join(text_of(app)))
        await pilot.press("escape")
        await until(pilot, lambda: loading.stopped)


async def test_an_input_error_leaves_the_screen() -> None:
    loading = Loading(["gone.json"], LoadOptions())
    error = InputError("no such file", source="gone.json")
    loading._put(error=error)
    app = TraceApp(loading)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.failure is not None)
    assert app.failure is error
    assert app.return_code == 3


@pytest.mark.parametrize(
    "size",
    [
        (1, 1),
        (2, 2),
        (200, 1),
        (1, 200),
        (10, 5),
        (20, 10),
        (35, 8),
        (79, 23),
        (139, 29),
        (141, 31),
        (300, 100),
    ],
)
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    fragments = span(9, 99, 20, 5, name="日本語 [/nope] \x1b]0;x\x07", service="[@click=app.quit]x[/]")
    async with viewing(Made(collection([*CHECKOUT, fragments])), size) as (app, pilot):
        await press(pilot, "j", "e", "z", "enter", "escape", "H", "right_square_bracket", "tab", "tab")
        await pilot.resize_terminal(40, 12)
        await press(
            pilot, "i", "o", "comma", "full_stop", "less_than_sign", "greater_than_sign", "m", "apostrophe"
        )
        await pilot.resize_terminal(*size)
        await press(pilot, "r", "backspace", "t", "t", "c", "J", "K", "S", "E")
        assert app.crash is None


async def test_names_are_never_markup() -> None:
    evil = [span(1, 0, 0, 10, name="[@click=app.quit]quit[/]", service="x[/nope]\x1b[31m")]
    async with viewing(Made(collection(evil))) as (app, pilot):
        text = "\n".join(text_of(app))
        assert "[@click=app.quit]quit[/]" in text
        assert "x[/nope]␛[31m" in text
        await pilot.click(offset=(25, 0))
        await pilot.click(Waterfall, offset=(25, 0))
        await settle(pilot)
        assert app.is_running


async def test_times_go_through_relative_local_and_utc() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        assert "0" in text_of(app)[2]
        await press(pilot, "t", "t")
        assert ":13:20" in text_of(app)[2]
        assert text_of(app)[-1].endswith("times: utc")


async def test_a_link_is_followed_to_a_span_of_another_trace() -> None:
    made = collection([span(1, 0, 0, 500)], CHECKOUT)
    async with viewing(Made(made)) as (app, pilot):
        await press(pilot, "enter")
        app.screen.post_message(DetailPane.Followed(f"{2:032x}", f"{5:016x}"))
        await until(pilot, lambda: len(view_of(app).forest) == 6)
        await settle(pilot)
        assert view_of(app).cursor == 4
        app.screen.post_message(DetailPane.Followed("f" * 32, f"{5:016x}"))
        await until(pilot, lambda: "not loaded" in text_of(app)[-1])
