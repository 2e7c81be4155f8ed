"""Jaeger of three generations and Zipkin, as they really answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.backends.sent import JAEGER, OLD_OTLP, OTLP, ZIPKIN, Form, compare, spans_of
from tests.backends.servers import Replay, Reply, Seen, Server, lines_of, serving
from tracetui import loaders
from tracetui.backends import Call, ClientOptions, SearchQuery, connect
from tracetui.backends.base import Backend
from tracetui.errors import BackendError

JAEGERS = ("jaeger-1.62", "jaeger-2.13", "jaeger-newest")
ALL = (*JAEGERS, "zipkin-3.5.1")
SERVICES = ["catalog", "frontend", "inventory", "payment"]
FAILED = "c51ae08b372775813e57821b6396e022"
SHORT_ID = "0000000000000000091d9308f9b439fc"
LARGE = "67fdb4fcd0a8aef4d3dcf9783c92fd18"
UNKNOWN = "ab" * 16
SENT = spans_of(lines_of("expected"))
ERA = SearchQuery(start_ns=1_795_337_297_102_539_000, end_ns=1_795_337_540_002_539_000)


@pytest.fixture(scope="module", params=ALL)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def server(name: str) -> Iterator[Server]:
    with serving(Replay(name)) as found:
        yield found


@pytest.fixture
def backend(server: Server) -> Backend:
    server.seen.clear()
    return connect(server.url, ClientOptions(), Call())


def query(**fields: object) -> SearchQuery:
    return replace(ERA, **fields)


def asked(server: Server, path: str) -> Seen:
    """The last request for a path."""
    return next(seen for seen in reversed(server.seen) if seen.path == path)


def is_jaeger(name: str) -> bool:
    return name.startswith("jaeger")


def test_what_a_server_is_comes_out_by_asking(backend: Backend, name: str) -> None:
    wanted = {"jaeger-newest": "Jaeger, API v3", "zipkin-3.5.1": "Zipkin, API v2"}
    assert backend.dialect == wanted.get(name, "Jaeger, API v1")
    assert backend.name == name.split("-")[0]


def test_services_and_operations(backend: Backend, name: str) -> None:
    assert backend.services(Call()) == SERVICES
    wanted = ["POST /checkout", "POST payment", "publish order"]
    wanted = wanted if is_jaeger(name) else [text.lower() for text in wanted]
    assert backend.operations("frontend", Call()) == wanted


def test_what_a_server_speaks_is_asked_once(server: Server, backend: Backend) -> None:
    backend.services(Call())
    server.seen.clear()
    backend.services(Call())
    assert len(server.seen) == 1


def test_a_search_finds_traces_with_all_that_is_said_of_them(backend: Backend, name: str) -> None:
    limit = 5 if name == "jaeger-newest" else 3
    outcome = backend.search(query(service="frontend", limit=limit), Call())
    assert len(outcome.found) == limit
    starts = [row.start_ns or 0 for row in outcome.found]
    assert starts == sorted(starts, reverse=True)
    for row in outcome.found:
        assert (row.service, (row.name or "").lower()) == ("frontend", "post /checkout")
        assert (row.span_count, row.service_count) == (7, 3)
        assert row.duration_ns in (1_960_000_456, 350_000_456, 1_960_000_000, 350_000_000)
    assert (outcome.collection is None) == (name == "jaeger-newest")
    assert not outcome.notes


def test_both_names_of_the_depth_are_sent(server: Server, backend: Backend, name: str) -> None:
    if name != "jaeger-newest":
        pytest.skip("it has the search of v1")
    backend.search(query(service="frontend", limit=5), Call())
    seen = asked(server, "/api/v3/trace-summaries")
    assert seen.get("query.num_traces") == seen.get("query.search_depth") == "5"
    assert seen.get("query.start_time_min") == "2026-11-22T08:48:17.102539000Z"


def test_rows_come_as_they_are_found(backend: Backend) -> None:
    rows: list[str] = []
    found = backend.search(
        query(service="frontend", limit=3), Call(), lambda new: rows.extend(r.trace_id for r in new)
    )
    assert set(rows) >= {row.trace_id for row in found.found}
    assert len(rows) == len(set(rows))


def test_least_durations_are_those_of_traces(backend: Backend, name: str) -> None:
    conditions = {"service": "frontend", "min_duration_ns": 1_000_000_000, "limit": 20}
    if not is_jaeger(name):
        conditions["operation"] = "POST /checkout"
    outcome = backend.search(query(**conditions), Call(), whole=True)
    assert len(outcome.found) == 3
    assert all((row.duration_ns or 0) > 1_900_000_000 for row in outcome.found)
    if name == "jaeger-1.62":
        assert any("durations of single spans" in note for note in outcome.notes)


def test_failed_spans_are_found_also_where_the_server_does_not(backend: Backend, name: str) -> None:
    outcome = backend.search(query(service="frontend", tags=(("error", "true"),), limit=10), Call())
    ids = {row.trace_id for row in outcome.found}
    assert FAILED in ids
    assert all(row.error_count == 3 for row in outcome.found)
    told = any("none by error=true" in note for note in outcome.notes)
    assert told == (name == "jaeger-2.13")


def test_an_attribute_that_v3_ignores_is_looked_at_here() -> None:
    with serving(Replay("jaeger-1.62")) as server:

        def only_v3(seen: Seen) -> Reply:
            old = seen.path.startswith("/api/") and not seen.path.startswith("/api/v3")
            return Reply(b"404 page not found", 404) if old else Replay("jaeger-1.62")(seen)

        server.answer = only_v3
        backend = connect(server.url, ClientOptions(), Call())
        outcome = backend.search(
            query(service="frontend", tags=(("http.response.status_code", "500"),), limit=20), Call()
        )
        assert backend.dialect == "Jaeger, API v3"
        assert len(outcome.found) == 2
        assert {row.error_count for row in outcome.found} == {3}
        assert "--tag 10" in outcome.notes[0]


def test_nothing_found_is_no_error(backend: Backend, name: str) -> None:
    asked_for = query(service="nosuch", limit=20)
    if name == "jaeger-newest":
        assert backend.search(asked_for, Call(), whole=True).found == []
    else:
        assert backend.search(asked_for, Call()).found == []


def form_of(name: str) -> Form:
    if name == "jaeger-1.62":
        return OLD_OTLP
    return OTLP if is_jaeger(name) else ZIPKIN


@pytest.mark.parametrize("id", [SHORT_ID, "91d9308f9b439fc", FAILED])
def test_a_trace_comes_back_span_by_span_as_it_was_sent(backend: Backend, name: str, id: str) -> None:
    collection = loaders.read_sources([backend.open_trace([id], Call())])
    assert compare(collection, SENT, form_of(name)) == 7


def test_a_large_trace_of_jaeger(backend: Backend, name: str) -> None:
    if not is_jaeger(name):
        pytest.skip("recorded of Jaeger alone")
    assert compare(loaders.read_sources([backend.open_trace([LARGE], Call())]), SENT, OTLP) == 301


def test_the_older_api_has_the_same_spans_in_microseconds(server: Server, name: str) -> None:
    if not is_jaeger(name):
        pytest.skip("only Jaeger has two")
    backend = connect(f"{server.url}/api/traces/{FAILED}", ClientOptions(), Call())
    collection = loaders.read_sources([backend.open_trace([FAILED], Call())])
    assert compare(collection, SENT, JAEGER) == 7


def test_several_traces_are_one_answer(server: Server, backend: Backend, name: str) -> None:
    other = LARGE if name == "zipkin-3.5.1" else SHORT_ID
    collection = loaders.read_sources([backend.open_trace([FAILED, other], Call())])
    assert {trace.trace_id for trace in collection.traces} == {FAILED, other}
    compare(collection, SENT, form_of(name))


def test_a_trace_that_is_not_there_is_told_in_a_line(backend: Backend) -> None:
    with pytest.raises(BackendError, match=f"^trace {UNKNOWN} not found at 127.0.0.1:"):
        backend.open_trace([UNKNOWN], Call())


def test_what_is_no_id_is_told_in_the_words_of_the_server(backend: Backend, name: str) -> None:
    said = "malformed parameter trace_id" if is_jaeger(name) else "should be lower-hex"
    with pytest.raises(BackendError, match=said):
        backend.open_trace(["zzz"], Call())


def test_who_calls_whom(backend: Backend, name: str) -> None:
    found = backend.dependencies(ERA.start_ns or 0, ERA.end_ns or 0, Call())
    calls = {(one.parent, one.child): one.calls for one in found}
    assert calls[("frontend", "payment")] == 12
    # Calls inside one service were left out by 1.62, and by Zipkin.
    assert (("frontend", "frontend") in calls) == (name in ("jaeger-2.13", "jaeger-newest"))


def test_links_are_those_of_the_servers_own_pages(server: Server, backend: Backend, name: str) -> None:
    page = f"{server.url}/trace/{FAILED}" if is_jaeger(name) else f"{server.url}/zipkin/traces/{FAILED}"
    assert backend.link(FAILED) == page
    assert backend.link(FAILED, "2a4abf0bc32d81c6").startswith(page + "?")


@pytest.mark.parametrize("name", ALL, scope="module")
def test_behind_a_base_path(name: str) -> None:
    with serving(Replay(name, "/tools/x")) as server:
        backend = connect(f"{server.url}/tools/x/", ClientOptions(), Call())
        assert backend.services(Call()) == SERVICES
        assert backend.link(FAILED).startswith(f"{server.url}/tools/x/")
        with pytest.raises(BackendError, match="no Jaeger or Zipkin answers there"):
            connect(server.url, ClientOptions(), Call())


def test_the_page_of_the_user_interface_is_told_from_an_api() -> None:
    page = next(line for line in lines_of("jaeger-1.62") if line["get"] == "/")
    answer = Reply(page["body"].encode(), 200, {"Content-Type": "text/html"})
    told = r"the page of the Jaeger UI, .* base path"
    with serving(lambda seen: answer) as server, pytest.raises(BackendError, match=told):
        connect(server.url, ClientOptions(), Call())
