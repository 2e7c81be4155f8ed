"""Addresses from the command line and the start screen, servers by name, and what is remembered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import sample
from tests.tui.backend import FakeBackend, Nothing
from tests.tui.viewer import press, settle, text_of, until
from tracetui.backends import Address, Call, ClientOptions
from tracetui.config import Loaded, Server, Settings
from tracetui.config.searches import read_searches
from tracetui.errors import BackendError
from tracetui.loaders import LoadOptions
from tracetui.tui import servers
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.open import StartScreen
from tracetui.tui.screens.search import SearchScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.settings import Keeper
from tracetui.tui.state.search_form import Field

URL = "http://jaeger.test:16686"


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """What stands behind every address but that of nobody."""
    fake = FakeBackend()
    fake.options: list[ClientOptions] = []  # type: ignore[misc]

    def connect(address: Address, options: ClientOptions, call: Call) -> FakeBackend:
        fake.options.append(options)  # type: ignore[attr-defined]
        if "nobody" in address.base:
            raise BackendError("connection refused", source=address.shown, hint="is the server running?")
        return fake

    monkeypatch.setattr("tracetui.tui.visiting.connect", connect)
    return fake


def keeper(folder: Path, **named: Server) -> Keeper:
    loaded = Loaded(Settings(servers=named), Loaded.defaults().origins, (), Path(), writable=False)
    return Keeper(loaded, folder / "recent.json", folder / "searches.json")


@asynccontextmanager
async def visiting(url: str, kept: Keeper | None = None) -> AsyncIterator[Any]:
    """An application that was started with an address, or with nothing."""
    loading = Loading((url,), LoadOptions()) if url else Nothing()
    app = TraceApp(loading, keeper=kept, visit=url)
    async with app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        yield app, pilot


def seen(app: TraceApp, words: str) -> bool:
    return any(words in line for line in text_of(app))


async def test_the_address_of_a_server_opens_its_search(backend: FakeBackend) -> None:
    async with visiting(URL) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SearchScreen) and seen(app, "12 traces"))
        await press(pilot, "escape", "escape")
        assert seen(app, "q quits")


async def test_the_address_of_a_search_fills_in_the_form(backend: FakeBackend) -> None:
    tags = "%7B%22error%22%3A%22true%22%7D"
    url = f"{URL}/search?service=frontend&limit=7&minDuration=1.5ms&lookback=2h&tags={tags}"
    async with visiting(url) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SearchScreen) and bool(backend.asked))
        await settle(pilot)
        assert app.searching.screen.form.values == {
            Field.SERVICE: "frontend",
            Field.TAGS: "error=true",
            Field.MIN: "1500us",
            Field.TIME: "2h",
            Field.LIMIT: "7",
        }
        query = backend.asked[0]
        assert (query.service, query.limit, query.min_duration_ns) == ("frontend", 7, 1_500_000)


async def test_the_address_of_a_trace_opens_it_and_escape_leads_to_the_search(backend: FakeBackend) -> None:
    async with visiting(f"{URL}/trace/{7:032x}?uiFind={2:016x}") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen) and app.finished)
        await settle(pilot)
        assert not backend.asked
        assert app.screen._view is not None and app.screen._view.cursor == 1
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen) and seen(app, "12 traces"))
        await settle(pilot)
        assert app.searching.screen.current_id == f"{7:032x}"


@pytest.mark.parametrize("url", ["http://nobody.test/", f"{URL}/trace/{99:032x}"])
async def test_what_cannot_be_reached_ends_the_viewer_with_one_line(backend: FakeBackend, url: str) -> None:
    async with visiting(url) as (app, pilot):
        await until(pilot, lambda: app.failure is not None)
        assert app.return_code == 4
        assert "\n" not in str(app.failure)


async def test_no_secret_of_an_address_is_on_the_screen(backend: FakeBackend) -> None:
    backend.gate.clear()
    async with visiting("http://me:hush@jaeger.test:16686/trace/7?token=hush") as (app, pilot):
        await settle(pilot)
        assert seen(app, "Reading http://jaeger.test:16686")
        assert not seen(app, "hush")
        backend.gate.set()


async def test_the_start_screen_takes_an_address(backend: FakeBackend, tmp_path: Path) -> None:
    async with visiting("", keeper(tmp_path)) as (app, pilot):
        app.screen.query_one("PathField").value = "http://nobody.test"
        await press(pilot, "enter")
        await until(pilot, lambda: seen(app, "✗ http://nobody.test: connection refused"))
        app.screen.query_one("PathField").value = URL
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen) and seen(app, "12 traces"))
        await settle(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, StartScreen)
        assert app.searching is None


async def test_a_server_of_the_settings_is_listed_and_asked_in_its_way(
    backend: FakeBackend, tmp_path: Path
) -> None:
    prod = Server(url=URL + "/base", headers={"X-Shop": "a"}, token_file="/t", tenant="shop", insecure=True)
    async with visiting("", keeper(tmp_path, prod=prod)) as (app, pilot):
        assert seen(app, "prod") and seen(app, URL + "/base") and seen(app, "server")
        await press(pilot, "escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        (options,) = backend.options  # type: ignore[attr-defined]
        assert options.headers == ("X-Shop: a",)
        assert (options.token_file, options.tenant, options.insecure) == ("/t", "shop", True)


def test_credentials_go_to_the_server_they_are_for_and_no_other() -> None:
    prod = {"prod": Server(url="https://jaeger.test/base", token_command="secret")}
    base = ClientOptions(token="of the environment")
    for url in (
        "https://jaeger.test/base",
        "https://jaeger.test/base/trace/1",
        "https://jaeger.test/base/search",
    ):
        found = servers.options_for(servers.parse_address(url), prod, base)
        assert (found.token_command, found.token) == ("secret", None), url
    for url in (
        "http://jaeger.test/base",
        "https://jaeger.test",
        "https://jaeger.test:8443/base/search",
        "https://jaeger.test/basement",
    ):
        assert servers.options_for(servers.parse_address(url), prod, base) == base, url


async def test_searches_are_remembered(backend: FakeBackend, tmp_path: Path) -> None:
    async with visiting(URL, keeper(tmp_path)) as (app, pilot):
        await until(pilot, lambda: seen(app, "12 traces"))
        await press(pilot, "tab", *"gateway", "enter")
        await until(pilot, lambda: seen(app, "4 traces"))
        await app.workers.wait_for_complete()
        kept = read_searches(tmp_path / "searches.json")
        assert [one.fields for one in kept] == [{"service": "gateway"}]
        assert {one.server for one in kept} == {URL}
    async with visiting(URL, keeper(tmp_path)) as (app, pilot):
        await until(pilot, lambda: seen(app, "4 traces"))
        assert app.searching.screen.form.values == {Field.SERVICE: "gateway"}
        await press(pilot, "tab", "ctrl+u", *"frontend", "enter")
        await until(pilot, lambda: seen(app, "8 traces"))
        await app.workers.wait_for_complete()
        await press(pilot, "ctrl+r")
        assert seen(app, "Searched lately")
        await press(pilot, "j", "enter")
        await until(pilot, lambda: seen(app, "4 traces"))
    async with visiting("", keeper(tmp_path)) as (app, pilot):
        assert seen(app, "jaeger.test:16686")


async def test_a_file_takes_the_place_of_a_search(backend: FakeBackend, tmp_path: Path) -> None:
    async with visiting(URL, keeper(tmp_path)) as (app, pilot):
        await until(pilot, lambda: seen(app, "12 traces"))
        await press(pilot, "ctrl+o")
        app.screen.query_one("PathField").value = str(sample("checkout.json"))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen) and app.finished)
        assert app.searching is None
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)


async def test_a_link_to_a_trace_that_is_not_there_fetches_it(backend: FakeBackend) -> None:
    async with visiting(f"{URL}/trace/{7:032x}") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen) and app.finished)
        await settle(pilot)
        from tracetui.tui.widgets.detail import DetailPane

        app.on_detail_pane_followed(DetailPane.Followed(f"{9:032x}", f"{2:016x}"))
        await until(pilot, lambda: backend.opened[-1] == f"{9:032x}" and app.searching.shown == f"{9:032x}")
        await settle(pilot)
        assert app.screen._view is not None and app.screen._view.cursor == 1


def test_the_file_of_searches_is_plain(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    kept.searched(URL, {"service": "a"})
    told = json.loads((tmp_path / "searches.json").read_text())
    assert told == {"version": 1, "searches": [{"server": URL, "fields": {"service": "a"}}]}
