"""Esc while a server is waited for: it ends what is under way, the request too, and the screen is usable.

No time is looked at: a wait that went on would be one for a deadline of many seconds, and fail the test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.backends.stuck import STATES, Stuck, stuck
from tests.tui.backend import Nothing, trace_json
from tests.tui.viewer import press, settle, text_of, until
from tracetui.backends import Call, ClientOptions, connect
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.open import StartScreen
from tracetui.tui.screens.search import SearchScreen
from tracetui.tui.search_session import Stage
from tracetui.tui.state.search_form import Field

WAITED = 3
"""Seconds after which a request has run into no deadline yet."""
OTHER = "ab" * 16
BODIES = {"/api/services": b'{"data": ["cart", "frontend"]}', "/api/traces": trace_json(f"{1:032x}")}
SAYS = {"connect": "waiting for", "first byte": "waiting for", "body": "receiving from"}


@asynccontextmanager
async def started(loading: Loading | None = None, **more: Any) -> AsyncIterator[Any]:
    app = TraceApp(loading or Nothing(), **more)
    async with app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        yield app, pilot


def seen(app: TraceApp, words: str) -> bool:
    return any(words in line for line in text_of(app))


def has_left(server: Stuck, state: str) -> bool:
    """Whether the server is rid of the request; one that was never taken cannot tell."""
    return state == "connect" or server.gone.wait(WAITED)


async def usable(app: TraceApp, pilot: Any) -> None:
    """Keys are heard and answered."""
    assert app.searching is not None
    if app.searching.screen.form.focused_field is None:
        await press(pilot, "tab")
    await press(pilot, *"shop")
    assert app.searching.screen.form.values[Field.SERVICE].endswith("shop")
    await press(pilot, "question_mark")
    await settle(pilot)


@pytest.mark.parametrize("state", STATES)
async def test_while_searching(state: str) -> None:
    with stuck(state, "/api/traces" if state != "connect" else "/", BODIES) as server:
        async with started() as (app, pilot):
            backend = connect(f"{server.url}/search", ClientOptions(), Call())
            app.begin_search(backend, {Field.SERVICE: "frontend"}, at_once=True)
            await until(pilot, lambda: seen(app, SAYS[state]) and seen(app, "esc cancels"))
            assert state == "connect" or server.waits.is_set() or server.waits.wait(WAITED)
            session = app.searching.session
            await press(pilot, "escape")
            assert (session.stage, session.is_running) == (Stage.STOPPED, False)
            assert has_left(server, state)
            assert seen(app, "Stopped before anything came")
            await usable(app, pilot)


@pytest.mark.parametrize("state", STATES)
async def test_while_the_services_are_asked_for(state: str) -> None:
    with stuck(state, "/api/services") as server:
        async with started() as (app, pilot):
            app.begin_search(connect(f"{server.url}/search", ClientOptions(), Call()))
            await until(pilot, lambda: seen(app, SAYS[state]))
            await press(pilot, "escape")
            assert app.searching._asked is None
            assert has_left(server, state)
            assert not seen(app, SAYS[state])
            await usable(app, pilot)


@pytest.mark.parametrize("state", STATES[1:])
async def test_while_a_trace_is_opened(state: str) -> None:
    with stuck(state, "/api/v3/traces/", BODIES) as server:
        async with started() as (app, pilot):
            backend = connect(f"{server.url}/search", ClientOptions(), Call())
            app.begin_search(backend, {Field.SERVICE: "frontend"}, at_once=True)
            session = app.searching.session
            await until(pilot, lambda: session.stage is Stage.DONE)
            await settle(pilot)
            app.searching.open(OTHER)
            await until(pilot, lambda: seen(app, SAYS[state]))
            await press(pilot, "escape")
            assert not app.opener.is_reading
            assert has_left(server, state)
            assert isinstance(app.screen, SearchScreen)
            assert not seen(app, SAYS[state])
            await press(pilot, "enter")  # the trace of the list still opens
            await until(pilot, lambda: app.searching.shown == f"{1:032x}")


@pytest.mark.parametrize("state", STATES)
async def test_while_an_address_is_looked_at(state: str) -> None:
    with stuck(state) as server:
        async with started() as (app, pilot):
            await press(pilot, *server.url, "enter")
            await until(pilot, lambda: seen(app, "esc stops"))
            assert state == "connect" or server.waits.wait(WAITED)
            await press(pilot, "escape")
            assert not app.stop_visit()
            assert has_left(server, state)
            assert isinstance(app.screen, StartScreen)
            assert not seen(app, "esc stops")


@pytest.mark.parametrize("state", STATES)
async def test_with_nothing_to_go_back_to_the_viewer_ends(state: str) -> None:
    with stuck(state) as server:
        url = f"{server.url}/trace/{OTHER}"
        async with started(Loading((url,), Nothing()._options), visit=url) as (app, pilot):
            await until(pilot, lambda: seen(app, "esc stops"))
            await press(pilot, "escape")
            await until(pilot, lambda: not app.is_running)
            assert app.return_code == 0
            assert has_left(server, state)
