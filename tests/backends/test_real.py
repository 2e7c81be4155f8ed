"""A real Jaeger and a real Zipkin, filled by the OpenTelemetry SDK: what comes back is what was sent.

Servers of one's own are had from registries (`tests.backends.real`); any other can be named in the
environment. Where they cannot be had, these tests are skipped, and say why.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.backends import real
from tests.backends.sent import OLD_OTLP, OTLP, ZIPKIN, Form, compare, spans_of
from tests.cli.test_show import only_line, tracetui
from tests.tui.viewer import press, settle, text_of, until
from tracetui import loaders
from tracetui.backends import Call, ClientOptions, SearchQuery, connect, parse_address
from tracetui.backends.base import Backend
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.search import SearchScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.state.search_form import Field

pytest.importorskip("opentelemetry.sdk", reason="needs the OpenTelemetry SDK: pip install -e '.[dev]'")

from tests.backends.filling import MANY, MS, TRACES, Filler

FOUND_S = 30


@dataclass
class Filled:
    """A server, and what it was sent."""

    server: real.RealServer
    lines: list[Any]
    start_ns: int

    @property
    def sent(self) -> dict[str, dict[str, Any]]:
        return spans_of(self.lines)

    @property
    def form(self) -> Form:
        """What it keeps of a span. A Jaeger of a name that is not ours may be newer than 1.62."""
        if self.server.name == "zipkin":
            return ZIPKIN
        return OTLP if real.named("jaeger") else OLD_OTLP

    def query(self, **fields: Any) -> SearchQuery:
        limit = fields.pop("limit", 50)
        return SearchQuery(**fields, start_ns=self.start_ns, end_ns=self.start_ns + 20_000 * MS, limit=limit)

    def ids(self, name: str) -> list[str]:
        """The ids of the traces whose root has a name, in order of time."""
        roots = [line for line in self.lines if line["parent_id"] is None and line["name"] == name]
        roots.sort(key=lambda line: line["start_ns"])
        return [line["context"]["trace_id"][2:] for line in roots]


@pytest.fixture(scope="module", params=["jaeger", "zipkin"])
def filled(request: pytest.FixtureRequest) -> Iterator[Filled]:
    kind = request.param
    named = real.named(kind)
    if named is not None:
        yield fill(named)
        return
    started = {"jaeger": real.jaeger, "zipkin": real.zipkin}[kind]()
    try:
        server = started.__enter__()
    except real.Missing as missing:
        pytest.skip(f"no {kind}: {missing}")
    try:
        yield fill(server)
    finally:
        started.__exit__(None, None, None)


def fill(server: real.RealServer) -> Filled:
    # Nanoseconds that microseconds cannot tell; a minute ago, so that all of it has happened.
    start_ns = (time.time_ns() - 60_000 * MS) // 1000 * 1000
    filler = Filler(server.name, server.otlp)
    filler.shop(start_ns)
    filler.send()
    found = Filled(server, filler.kept.lines, start_ns)
    backend = connect(server.url, ClientOptions(), Call())
    end = time.monotonic() + FOUND_S
    while time.monotonic() < end:
        counts = [
            sum(row.span_count or 0 for row in backend.search(found.query(service=service), Call()).found)
            for service in ("frontend", "catalog")
        ]
        if counts == [TRACES * 4, MANY + 1]:
            break
        time.sleep(0.2)
    return found


@pytest.fixture
def backend(filled: Filled) -> Backend:
    return connect(filled.server.url, ClientOptions(), Call())


def name(filled: Filled, text: str) -> str:
    return text.lower() if filled.server.name == "zipkin" else text


def test_services_and_operations(backend: Backend, filled: Filled) -> None:
    assert set(backend.services(Call())) >= {"catalog", "frontend", "payment"}
    wanted = {name(filled, text) for text in ("POST /checkout", "POST payment", "publish")}
    assert set(backend.operations("frontend", Call())) >= wanted


def found(backend: Backend, query: SearchQuery) -> list[str]:
    return [row.trace_id for row in backend.search(query, Call()).found]


def test_search_by_each_condition(backend: Backend, filled: Filled) -> None:
    checkouts = filled.ids("POST /checkout")
    newest = checkouts[::-1]
    query = filled.query
    assert found(backend, query(service="frontend")) == newest
    assert found(backend, query(service="frontend", operation="POST payment")) == newest
    assert found(backend, query(service="payment", operation="POST payment")) == []
    assert found(backend, query(service="frontend", min_duration_ns=1_000 * MS)) == newest[0::3]
    assert found(backend, query(service="frontend", max_duration_ns=1_000 * MS)) == [
        id for id in newest if id not in newest[0::3]
    ]
    assert (
        found(backend, query(service="frontend", tags=(("http.response.status_code", "500"),)))
        == newest[1::3]
    )
    assert found(backend, query(service="frontend", tags=(("error", "true"),))) == newest[1::3]
    assert found(backend, query(service="frontend", tags=(("ok", "true"), ("ratio", "0.1")))) == [
        id for id in newest if id not in newest[1::3]
    ]
    assert found(backend, query(service="nosuch")) == []
    assert len(found(backend, query(service="frontend", limit=2))) == 2


def test_search_in_a_time_range(backend: Backend, filled: Filled) -> None:
    checkouts = filled.ids("POST /checkout")
    first = filled.start_ns
    early = SearchQuery(service="frontend", start_ns=first, end_ns=first + 1_500 * MS, limit=50)
    assert found(backend, early) == checkouts[:2][::-1]
    assert found(backend, SearchQuery(service="frontend", end_ns=first - 60_000 * MS, since_ns=MS)) == []


def test_search_without_a_service(backend: Backend, filled: Filled) -> None:
    wanted = {*filled.ids("POST /checkout"), *filled.ids("GET /list")}
    assert set(found(backend, filled.query())) == wanted


def test_every_span_comes_back_as_it_was_sent(backend: Backend, filled: Filled) -> None:
    ids = [*filled.ids("POST /checkout"), *filled.ids("GET /list")]
    count = 0
    for id in ids:
        count += compare(loaders.read_sources([backend.open_trace([id], Call())]), filled.sent, filled.form)
    assert count == len(filled.lines) == TRACES * 4 + MANY + 1


def test_several_traces_at_once(backend: Backend, filled: Filled) -> None:
    ids = filled.ids("POST /checkout")[:3]
    collection = loaders.read_sources([backend.open_trace(ids, Call())])
    assert {trace.trace_id for trace in collection.traces} == set(ids)
    compare(collection, filled.sent, filled.form)


def test_the_traces_of_a_search_are_those_that_were_sent(backend: Backend, filled: Filled) -> None:
    outcome = backend.search(filled.query(service="frontend"), Call(), whole=True)
    assert outcome.collection is not None
    form = filled.form if filled.form.step_ns > 1 else Form(step_ns=1000, arrays_as_text=True)
    assert compare(outcome.collection, filled.sent, form) == TRACES * 4


# Through the command line


def test_search_on_the_command_line(filled: Filled) -> None:
    begin = str(filled.start_ns // 1000)
    arguments = ("search", filled.server.url, "--service", "frontend", "--from", begin, "--limit", "50")
    result = tracetui(*arguments, "--tag", "error=true", "--format", "json")
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == "tracetui.search/1"
    assert document["source"] == filled.server.url
    newest = filled.ids("POST /checkout")[::-1]
    assert [trace["trace_id"] for trace in document["traces"]] == newest[1::3]
    assert all(trace["span_count"] == 4 for trace in document["traces"])
    table = tracetui(*arguments, "--width", "120")
    assert table.returncode == 0
    assert all(id in table.stdout.decode() for id in newest)
    # Not a terminal: the address alone does the same.
    assert tracetui(filled.server.url).returncode == 0


def test_a_trace_on_the_command_line(filled: Filled) -> None:
    [id] = filled.ids("GET /list")
    page = f"{filled.server.url}/trace/{id}"
    if filled.server.name == "zipkin":
        page = f"{filled.server.url}/zipkin/traces/{id}"
    by_page = tracetui("show", page, "--format", "json")
    assert (by_page.returncode, by_page.stderr) == (0, b"")
    [trace] = json.loads(by_page.stdout)["traces"]
    assert (trace["trace_id"], trace["span_count"]) == (id, MANY + 1)
    by_id = tracetui("show", filled.server.url, "--trace", id.lstrip("0"), "--format", "json")
    assert json.loads(by_id.stdout)["traces"] == json.loads(by_page.stdout)["traces"]


def test_a_trace_that_is_not_there_on_the_command_line(filled: Filled) -> None:
    result = tracetui("show", filled.server.url, "--trace", "ab" * 16)
    assert result.returncode == 4
    assert "not found at 127.0.0.1" in only_line(result) or real.named(filled.server.name)


def test_links_are_pages_that_the_server_has(backend: Backend, filled: Filled) -> None:
    [id] = filled.ids("GET /list")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for link in (backend.link(id), backend.link(id, "00f067aa0ba902b7")):
        with opener.open(link) as page:
            assert (page.status, page.url) == (200, link)
            assert page.headers.get_content_type() == "text/html"
        assert parse_address(link).trace_ids == (id,)


# Through the screen


async def searched(app: Any, pilot: Any) -> None:
    """Wait for a search to have come to its end."""
    await until(pilot, lambda: app.searching.session.is_whole and not app.searching.session.is_running)
    await settle(pilot)


async def test_on_the_screen(filled: Filled) -> None:
    url = filled.server.url
    app: Any = TraceApp(Loading((url,), loaders.LoadOptions()), visit=url)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await until(pilot, lambda: app.searching.completer.services() is not None)
        await until(pilot, lambda: not app.searching.session.is_running)
        await settle(pilot)
        screen, session = app.searching.screen, app.searching.session
        await pilot.click(screen.form.fields[Field.SERVICE])
        await press(pilot, *"fron")
        await until(pilot, lambda: any("│ frontend" in line for line in text_of(app)))
        await press(pilot, "down", "enter", "enter")
        await searched(app, pilot)
        assert screen.form.values[Field.SERVICE] == "frontend"
        checkouts = set(filled.ids("POST /checkout"))
        order = screen.order()
        assert checkouts <= set(order)

        # Open the second, the next, the one before, and be back at its row.
        await press(pilot, "j", "enter")
        for key, place in (("", 1), ("right_curly_bracket", 2), ("left_curly_bracket", 1)):
            await press(pilot, *([key] if key else []))
            await until(pilot, lambda place=place: app.searching.shown == order[place] and app.finished)
            await settle(pilot)
            assert isinstance(app.screen, WaterfallScreen)
            assert app.collection.store.trace_ids[app._open] == order[place]
            assert len(app.collection.traces[app._open].spans) == 4
        await press(pilot, "escape")
        assert app.screen is screen
        assert screen.current_id == order[1]

        # Ask again: the same, at the same row.
        await press(pilot, "R")
        await searched(app, pilot)
        assert (set(screen.order()), screen.current_id) == (set(order), order[1])

        # Follow: what is new comes by itself.
        await press(pilot, "T")
        assert session.following
        await until(pilot, lambda: not session.is_running)
        filler = Filler(filled.server.name, filled.server.otlp)
        new = filler.span("frontend", name(filled, "GET /new"), None, time.time_ns(), 5 * MS)
        filler.send()
        id = f"{new.get_span_context().trace_id:032x}"
        for _ in range(20):
            session.poll()
            await until(pilot, lambda: not session.is_running)
            if id in session.results:
                break
        await settle(pilot)
        assert (session.fresh, screen.order()[0]) == (1, id)
        assert any("following, 1 new" in line for line in text_of(app))
