"""The search screen, with keys and clicks: asking, what comes, opening, coming back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.backend import FakeBackend, Nothing, found
from tests.tui.viewer import press, settle, text_of, until
from tracetui.errors import BackendError
from tracetui.tui.app import TraceApp
from tracetui.tui.screens.search import SearchScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.search_session import BATCH, Stage
from tracetui.tui.state.search_form import Field


@asynccontextmanager
async def searching(
    backend: FakeBackend, size: tuple[int, int] = (110, 30), **values: str
) -> AsyncIterator[Any]:
    """An application on the search screen of a backend."""
    app = TraceApp(Nothing())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.begin_search(backend, {Field[name.upper()]: text for name, text in values.items()})
        await settle(pilot)
        yield app, pilot


async def found_all(app: TraceApp, pilot: Pilot[Any]) -> SearchScreen:
    """Wait for the end of a search."""
    assert app.searching is not None
    session = app.searching.session
    await until(pilot, lambda: session.stage is not Stage.IDLE and not session.is_running)
    await settle(pilot)
    return app.searching.screen


def seen(app: TraceApp, words: str) -> bool:
    return any(words in line for line in text_of(app))


def focused(app: TraceApp) -> Field | None:
    assert app.searching is not None
    return app.searching.screen.form.focused_field


async def test_a_backend_that_needs_nothing_is_searched_at_once() -> None:
    async with searching(FakeBackend()) as (app, pilot):
        screen = await found_all(app, pilot)
        assert len(screen.order()) == 12
        await until(pilot, lambda: seen(app, "12 traces"))
        await until(pilot, lambda: seen(app, "Jaeger, API v3"))
        await until(pilot, lambda: screen.focused is screen.table)


async def test_one_that_needs_a_service_offers_its_services() -> None:
    backend = FakeBackend(needs_service=True)
    async with searching(backend) as (app, pilot):
        await until(pilot, lambda: seen(app, "gateway"))
        await until(pilot, lambda: focused(app) is Field.SERVICE)
        assert not backend.asked
        await press(pilot, *"fr", "down", "enter", "enter")
        screen = await found_all(app, pilot)
        assert backend.asked[0].service == "frontend"
        assert {screen.session.state.listing.names(n)[0] for n in range(len(screen.order()))} == {"frontend"}


async def test_fields_are_completed_and_asked_with_keys_alone() -> None:
    backend = FakeBackend()
    async with searching(backend) as (app, pilot):
        await found_all(app, pilot)
        await press(pilot, "tab", *"front", "down", "tab")
        await until(pilot, lambda: focused(app) is Field.OPERATION)
        await until(pilot, lambda: seen(app, "│ GET /"))
        await press(pilot, *"che", "down", "tab")
        await until(pilot, lambda: focused(app) is Field.TAGS)
        await until(pilot, lambda: seen(app, "http.method"))
        await press(pilot, *"meth", "down", "enter")
        await until(pilot, lambda: seen(app, "│ GET "))
        await press(pilot, "down", "enter", "tab", *"50", "tab", *"10ms", "tab", *"2s", "tab", *"2h", "enter")
        await found_all(app, pilot)
        query = backend.asked[-1]
        assert (query.service, query.operation) == ("frontend", "POST /checkout")
        assert query.tags == (("http.method", "GET"),)
        assert (query.limit, query.min_duration_ns, query.max_duration_ns) == (50, 10_000_000, 2_000_000_000)
        assert query.since_ns == 7200 * 10**9


async def test_a_wrong_field_is_told_under_it_and_nothing_is_asked() -> None:
    backend = FakeBackend(needs_service=True)
    async with searching(backend) as (app, pilot):
        await press(pilot, "tab", "tab", "tab", "tab", *"50", "enter")
        await until(pilot, lambda: focused(app) is Field.MIN)
        await until(pilot, lambda: seen(app, "a duration needs a unit: 50ms"))
        await until(pilot, lambda: seen(app, "✗min"))
        assert not backend.asked
        await press(pilot, *"ms")
        await until(pilot, lambda: not seen(app, "✗min"))


async def test_results_stream_and_the_cursor_stays_on_its_trace() -> None:
    backend = FakeBackend(30)
    backend.stepped = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = app.searching.screen
        await until(pilot, lambda: len(screen.session.state) == 5)
        await until(pilot, lambda: seen(app, "5 traces so far"))
        await until(pilot, lambda: seen(app, "esc cancels"))
        await press(pilot, "j", "j")
        chosen = screen.current_id
        for _ in range(3):
            backend.step.release()
        await found_all(app, pilot)
        assert screen.current_id == chosen
        assert len(screen.order()) == len(set(screen.order())) == 20


async def test_any_number_of_rows_at_once_is_taken_in_by_and_by() -> None:
    backend = FakeBackend(1300)
    backend.batch = 2000
    async with searching(backend, service="frontend", limit="1500") as (app, pilot):
        session, sizes = app.searching.session, [0]
        merge = session.results.merge
        session.results.merge = lambda rows: (sizes.append(len(rows)), merge(rows))[1]
        screen = await found_all(app, pilot)
        assert len(screen.order()) == sum(1 for one in backend.traces if one.service == "frontend") > BATCH
        assert max(sizes) <= BATCH
        assert session.stage is Stage.DONE
        await press(pilot, "G")
        last = screen.current_id
        await press(pilot, "R")
        await found_all(app, pilot)
        assert screen.current_id == last


async def test_escape_stops_a_search_and_what_came_is_told_to_be_a_part() -> None:
    backend = FakeBackend(30)
    backend.stepped = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = app.searching.screen
        await until(pilot, lambda: len(screen.session.state) == 5)
        await press(pilot, "escape")
        assert screen.session.stage is Stage.STOPPED
        await until(pilot, lambda: seen(app, "stopped: there are more than these"))
        assert len(screen.order()) == 5


async def test_a_failure_is_one_line_with_what_to_do() -> None:
    backend = FakeBackend()
    backend.error = BackendError("HTTP 503 from the server", source=backend.address, hint="try later")
    async with searching(backend, service="frontend") as (app, pilot):
        await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "✗ HTTP 503 from the server (try later). R tries again"))
        await until(pilot, lambda: seen(app, "No answer"))
        await press(pilot, "R")
        await found_all(app, pilot)
        await until(pilot, lambda: not seen(app, "503"))
        await until(pilot, lambda: seen(app, "8 traces"))


async def test_what_came_before_a_failure_is_not_shown_as_whole() -> None:
    backend = FakeBackend(30)
    backend.stepped = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = app.searching.screen
        await until(pilot, lambda: len(screen.session.state) == 5)
        backend.error = BackendError("the connection was closed")
        for _ in range(3):
            backend.step.release()
        await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "came before that, and are not all"))


async def test_nothing_found_says_what_could_be_asked_instead() -> None:
    async with searching(FakeBackend(), service="cart", tags="error=true", min="1s") as (app, pilot):
        await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "No trace matches"))
        await until(pilot, lambda: seen(app, "cart · error=true · 1s.. · 1h"))
        await until(pilot, lambda: seen(app, "try a longer time, such as 24h, fewer tags"))


async def test_notes_are_shown() -> None:
    backend = FakeBackend()
    backend.notes = ["the server ignored the tags; they were applied here"]
    backend.warning = "certificates are not checked"
    async with searching(backend, service="frontend") as (app, pilot):
        await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "· the server ignored the tags"))
        await until(pilot, lambda: seen(app, "! certificates are not checked"))


async def test_a_trace_opens_and_escape_comes_back_to_its_row() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "j", "j")
        chosen = screen.current_id
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await settle(pilot)
        assert backend.opened.count(chosen) == 1
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.current_id == chosen
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert backend.opened.count(chosen) == 1


async def test_next_and_previous_trace_of_the_list() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        order = screen.order()
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await press(pilot, "left_curly_bracket")
        await until(pilot, lambda: seen(app, "this is the first trace of the list"))
        await press(pilot, "right_curly_bracket")
        await until(pilot, lambda: app.searching.shown == order[1])
        await settle(pilot)
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert app.collection.store.trace_ids == [order[1]]
        await press(pilot, "escape")
        assert screen.current_id == order[1]


async def test_whole_traces_of_a_search_are_not_fetched_again() -> None:
    backend = FakeBackend()
    backend.whole = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        backend.traces.clear()  # nothing more can be had
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert not backend.opened
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is screen)


async def test_the_trace_under_a_resting_cursor_is_fetched_ahead() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await until(pilot, lambda: screen.current_id in app.searching.cache)
        await press(pilot, "j", "j", "j")
        await until(pilot, lambda: screen.current_id in app.searching.cache)
        assert len(backend.opened) == 2
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert len(backend.opened) == 2


async def test_a_trace_that_cannot_be_had_is_told_on_the_list() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        await found_all(app, pilot)
        backend.traces.pop()
        backend.traces.clear()
        await press(pilot, "enter")
        await until(pilot, lambda: seen(app, "has no trace"))
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await until(pilot, lambda: seen(app, "(check the id)"))


async def test_escape_cancels_the_opening_of_a_trace() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        backend.gate.clear()
        await press(pilot, "enter")
        await until(pilot, lambda: seen(app, "waiting for jaeger.test:16686"))
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is screen)
        await until(pilot, lambda: not seen(app, "esc cancels"))
        backend.gate.set()
        await settle(pilot)
        await until(pilot, lambda: app.screen is screen)


async def test_a_trace_id_opens_that_trace() -> None:
    backend = FakeBackend(needs_service=True)
    async with searching(backend) as (app, pilot):
        await press(pilot, "shift+tab", "shift+tab")
        await until(pilot, lambda: focused(app) is Field.TRACE)
        await press(pilot, *"not hex", "enter")
        await until(pilot, lambda: seen(app, "a trace id is hex digits, 32 at most"))
        await press(pilot, *["backspace"] * 7, *"0007", "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert app.collection.store.trace_ids == [f"{7:032x}"]
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))


async def test_more_results_are_fetched_and_merged() -> None:
    backend = FakeBackend(50)
    async with searching(backend, limit="20") as (app, pilot):
        screen = await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "the newest 20 traces"))
        await press(pilot, "G", "j")
        await until(pilot, lambda: seen(app, "M fetches the traces before these"))
        await press(pilot, "M")
        await until(pilot, lambda: len(screen.order()) == 40)
        await found_all(app, pilot)
        await press(pilot, "M")
        await until(pilot, lambda: len(screen.order()) == 50)
        await found_all(app, pilot)
        await press(pilot, "M")
        await until(pilot, lambda: seen(app, "there are no more"))


async def test_following_shows_new_traces_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.tui.screens.search.FOLLOW_S", 0.05)
    backend = FakeBackend(3)
    async with searching(backend, service="frontend", time="2020-01-01..") as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "T")
        await until(pilot, lambda: seen(app, "following"))
        assert len(screen.order()) == 2
        backend.traces.append(found(4, service="frontend"))
        await until(pilot, lambda: len(screen.order()) == 3)
        await settle(pilot)
        assert screen.order()[0] == f"{4:032x}"
        await until(pilot, lambda: seen(app, "following, 1 new"))
        await press(pilot, "T")
        await until(pilot, lambda: not seen(app, "following,"))
        assert not screen.session.following


async def test_refresh_keeps_the_row() -> None:
    backend = FakeBackend()
    async with searching(backend) as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "j", "j", "j")
        chosen = screen.current_id
        backend.traces.append(found(13, duration_ns=10**12))
        await press(pilot, "R")
        await until(pilot, lambda: len(screen.order()) == 13)
        assert screen.current_id == chosen


async def test_the_mouse_does_it_too() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await pilot.click(screen.table, offset=(20, 2))
        await settle(pilot)
        assert screen.session.state.cursor == 2
        await pilot.click(screen.form.fields[Field.SERVICE], offset=(2, 0))
        await until(pilot, lambda: seen(app, "│ auth") or seen(app, "gateway"))
        dropdown = screen.form.dropdown
        await pilot.click(dropdown, offset=(3, 4))
        await settle(pilot)
        assert screen.form.values[Field.SERVICE] == "gateway"
        await pilot.click(screen.columns, offset=(2, 0))
        await settle(pilot)
        await pilot.click(screen.table, offset=(20, 2))
        await pilot.click(screen.table, offset=(20, 2))
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))


async def test_a_link_is_one_to_the_pages_of_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = FakeBackend()
    async with searching(backend, (150, 30), service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "y")
        await until(pilot, lambda: seen(app, f"http://jaeger.test:16686/trace/{screen.current_id}"))
        await press(pilot, "escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await press(pilot, "j", "y")
        await until(pilot, lambda: seen(app, f"http://jaeger.test:16686/trace/{screen.current_id}…"))
        copied: list[str] = []
        monkeypatch.setattr(app, "copy", lambda make, title: copied.append(make()))
        await press(pilot, "l")
        assert copied == [f"http://jaeger.test:16686/trace/{screen.current_id}?uiFind=0000000000000002"]


async def test_reading_again_asks_the_backend_again() -> None:
    backend = FakeBackend()
    async with searching(backend, service="frontend") as (app, pilot):
        await found_all(app, pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen) and app.finished)
        before = len(backend.opened)
        await press(pilot, "R")
        await until(pilot, lambda: seen(app, "read again: 3 spans"))
        assert len(backend.opened) == before + 1


async def test_markup_and_escapes_of_a_server_do_nothing() -> None:
    backend = FakeBackend(0)
    backend.traces = [found(1, service="[red]x\x1b[31m", name="[/nope]\u202e")]
    backend.notes = ["[bold]\x1b]0;title\x07"]
    async with searching(backend) as (app, pilot):
        await found_all(app, pilot)
        await until(pilot, lambda: seen(app, "[red]x"))
        assert not any("\x1b" in line or "\u202e" in line for line in text_of(app))


async def test_found_traces_are_searched_and_filtered_as_any_list() -> None:
    backend = FakeBackend(12)
    backend.whole = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        assert len(screen.order()) == 8
        await press(pilot, "slash", *"checkout", "enter")
        await until(pilot, lambda: seen(app, "/checkout  1/4"))
        first = screen.current_id
        await press(pilot, "n")
        await until(pilot, lambda: seen(app, "/checkout  2/4"))
        assert screen.current_id != first
        await press(pilot, "f", *"get", "enter")
        await until(pilot, lambda: len(screen.order()) == 4)
        await until(pilot, lambda: seen(app, "4 of 8 traces"))
        names = {screen.session.state.listing.names(number)[1] for number in screen.state.order.tolist()}
        assert names == {"GET /"}
        await press(pilot, "g")
        chosen = screen.current_id
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await press(pilot, "right_curly_bracket")
        assert app.searching.shown == screen.order()[1]
        await press(pilot, "left_curly_bracket", "escape")
        assert (app.screen is screen, screen.current_id) == (True, chosen)
        await press(pilot, "R")
        await found_all(app, pilot)
        await until(pilot, lambda: len(screen.order()) == 4)
        await press(pilot, "F")
        await until(pilot, lambda: len(screen.order()) == 8)
        await press(pilot, "escape")
        assert screen.state.hits is None


async def test_rows_that_stream_in_are_filtered_too() -> None:
    backend = FakeBackend(30)
    backend.stepped = True
    async with searching(backend, service="frontend") as (app, pilot):
        screen = app.searching.screen
        await until(pilot, lambda: len(screen.session.state) == 5)
        await press(pilot, "f", *"error", "enter")
        for _ in range(3):
            backend.step.release()
        await found_all(app, pilot)
        failed = int((screen.session.results.listing().error_count > 0).sum())
        await until(pilot, lambda: len(screen.order()) == failed)
        assert failed > 1


async def test_a_filter_that_leaves_nothing_says_so() -> None:
    async with searching(FakeBackend(), service="frontend") as (app, pilot):
        screen = await found_all(app, pilot)
        await press(pilot, "f", *"name=nosuch", "enter")
        await until(pilot, lambda: not screen.order())
        await until(pilot, lambda: seen(app, "no trace matches the filter"))
        await until(pilot, lambda: seen(app, "0 of 8 traces"))


async def test_in_a_field_the_last_line_tells_the_keys_of_the_form() -> None:
    async with searching(FakeBackend()) as (app, pilot):
        await found_all(app, pilot)
        assert "f filter" in text_of(app)[-1]
        await press(pilot, "tab")
        await until(pilot, lambda: "enter searches · tab next field" in text_of(app)[-1])
        await press(pilot, "escape", "escape")
        await until(pilot, lambda: "f filter" in text_of(app)[-1])
        await press(pilot, "tab", "escape", "escape", "slash")
        await until(pilot, lambda: "enter keeps" in text_of(app)[-1])
