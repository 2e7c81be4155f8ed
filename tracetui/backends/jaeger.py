"""Jaeger: API v1, API v3, or both, as the server really answers.

Up to 2.20 there is v1, whose search applies its filters; after it, v1 has no search any more, and v3 has
summaries. v3 of the older servers leaves conditions out silently, so v1 is asked first wherever it is there.
Single traces are asked of v3 first, which carries nanoseconds. What a server turned out to speak is
remembered for the session.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from tracetui.errors import BackendError
from tracetui.sources import ByteSource

from .address import Address
from .asking import NoEndpoint, Refused, Server, host_of, segment, texts
from .base import Dependency, OnFound, SearchOutcome, SearchQuery
from .call import Call
from .filters import Filter, holds_for
from .http import Client
from .jaeger_address import NAME
from .jaeger_query import is_empty, padded, params_v1, params_v3, summary
from .searching import SINGLE_SPANS, FetchPage, Pages, newest

_MAX_SERVICES: Final = 8
_SMALLER: Final = (1000, 100, 20)
"""Limits to try where the server's own is lower than what was asked for."""
_TOO_MANY: Final = ("max traces", "max_traces", "search depth")
_SERVICE_WANTED: Final = "service"


class Known:
    """What a server turned out to speak.

    Attributes:
        search: "v1" or "v3"; "" as long as nobody asked.
        traces: The API that has traces by id, likewise.
        summaries: Whether v3 has summaries, None as long as nobody asked.
        limit: The largest limit it took, where it refused one.
    """

    def __init__(self) -> None:
        self.search = ""
        self.traces = ""
        self.summaries: bool | None = None
        self.limit: int | None = None


_SESSION: dict[str, Known] = {}


class Jaeger:
    """A Jaeger.

    Args:
        client: Who asks.
        address: Where it is; a hint which API has traces, if the address is of one.
    """

    name = NAME

    def __init__(self, client: Client, address: Address) -> None:
        self._server = Server(client, address.base)
        self._client = client
        self._hint = address.api
        self._known = _SESSION.setdefault(address.base, Known())

    @property
    def address(self) -> str:
        """See `Backend`."""
        return self._server.base

    @property
    def dialect(self) -> str:
        """See `Backend`."""
        return f"Jaeger, API {self._known.search}" if self._known.search else "Jaeger"

    @property
    def needs_service(self) -> bool:
        """See `Backend`."""
        return self._known.search != "v3"

    @property
    def warning(self) -> str:
        """See `Backend`."""
        return self._client.warning

    # -- lists --------------------------------------------------------------------------------

    def services(self, call: Call) -> list[str]:
        """See `Backend`. Finds out which API has the search, too."""
        if self._known.search == "v3":
            return self._services_v3(call, None)
        try:
            answer = self._server.json("/api/services", None, call)
        except NoEndpoint as missing:
            return self._services_v3(call, missing)
        if not isinstance(answer, dict) or "data" not in answer:
            raise _stranger(self._server)
        self._known.search = "v1"
        return texts(answer["data"])

    def _services_v3(self, call: Call, missing: NoEndpoint | None) -> list[str]:
        try:
            answer = self._server.json("/api/v3/services", None, call)
        except NoEndpoint as error:
            raise missing or error from None
        # Without any service some answer `{}`.
        if not isinstance(answer, dict) or (answer and "services" not in answer):
            raise _stranger(self._server)
        self._known.search = "v3"
        return texts(answer.get("services"))

    def _api(self, call: Call) -> str:
        if not self._known.search:
            self.services(call)
        return self._known.search

    def operations(self, service: str, call: Call) -> list[str]:
        """See `Backend`."""
        params = {"service": service}
        if self._api(call) == "v3":
            found = self._server.json("/api/v3/operations", params, call).get("operations")
        else:
            found = self._server.json("/api/operations", params, call).get("data")
        return texts([one.get("name") if isinstance(one, dict) else one for one in found or []])

    def remote_services(self, service: str, call: Call) -> list[str]:
        """See `Backend`: those that it called in the last day."""
        end = time.time_ns()
        calls = self.dependencies(end - 86_400_000_000_000, end, call)
        return texts([one.child for one in calls if one.parent == service and one.child != service])

    def tag_keys(self, service: str, call: Call) -> list[str]:
        """See `Backend`: Jaeger does not say."""
        return []

    def tag_values(self, key: str, call: Call) -> list[str]:
        """See `Backend`: Jaeger does not say."""
        return []

    def dependencies(self, start_ns: int, end_ns: int, call: Call) -> list[Dependency]:
        """See `Backend`."""
        end_ms, lookback_ms = end_ns // 1_000_000, (end_ns - start_ns) // 1_000_000
        params = {"endTs": str(end_ms), "lookback": str(lookback_ms)}
        found = self._server.json("/api/dependencies", params, call).get("data") or []
        return [
            Dependency(one["parent"], one["child"], int(one.get("callCount", 0)))
            for one in found
            if isinstance(one, dict) and one.get("parent") and one.get("child")
        ]

    # -- traces -------------------------------------------------------------------------------

    def open_trace(self, trace_ids: Sequence[str], call: Call) -> ByteSource:
        """See `Backend`."""
        apis = ["v1", "v3"] if (self._hint or self._known.traces) == "v1" else ["v3", "v1"]
        if len(trace_ids) >= call.left and self._known.search == "v1":
            apis = ["v1"]
        name = f"{self.address}/trace/{'...'.join(trace_ids)}"
        missing: NoEndpoint | None = None
        for api in apis:
            try:
                transfer = self._server.open(name, self._trace_urls(api, trace_ids), call, is_empty)
            except NoEndpoint as error:
                missing = error
                continue
            except Refused as error:
                if error.status == 404:
                    raise _not_found(self._server, trace_ids) from None
                raise
            if not self._hint:
                self._known.traces = api
            return self._server.source(transfer)
        assert missing is not None
        raise missing

    def _trace_urls(self, api: str, trace_ids: Sequence[str]) -> list[str]:
        # As it was recorded: what the server would shift can be shifted here, and be seen to be.
        if api == "v3":
            raw = {"raw_traces": "true"}
            return [self._server.url(f"/api/v3/traces/{segment(padded(one))}", raw) for one in trace_ids]
        if len(trace_ids) > 1 and self._known.search == "v1":
            return [self._server.url("/api/traces", {"traceID": list(trace_ids), "raw": "true"})]
        return [self._server.url(f"/api/traces/{segment(one)}", {"raw": "true"}) for one in trace_ids]

    def link(self, trace_id: str, span_id: str = "") -> str:
        """See `Backend`."""
        found = f"?uiFind={span_id}" if span_id else ""
        return f"{self.address}/trace/{segment(trace_id)}{found}"

    # -- search -------------------------------------------------------------------------------

    def search(
        self, query: SearchQuery, call: Call, on_found: OnFound | None = None, *, whole: bool = False
    ) -> SearchOutcome:
        """See `Backend`."""
        now_ns = time.time_ns()
        query = replace(query, end_ns=query.window(now_ns)[1], start_ns=query.window(now_ns)[0])
        if self._api(call) == "v3":
            if self._known.summaries is not False and not (whole or query.tags or query.remote_service):
                try:
                    return self._summaries(query, call, on_found)
                except NoEndpoint:
                    self._known.summaries = False
            fetch = self._page_v3
        elif query.service is None:
            return self._each_service(query, now_ns, call, on_found)
        else:
            fetch = self._page_v1
        return self._pages(fetch, query, now_ns, call, on_found)

    def _pages(
        self, fetch: FetchPage, query: SearchQuery, now_ns: int, call: Call, on_found: OnFound | None
    ) -> SearchOutcome:
        pages = Pages(fetch, Filter(query), call, on_found)
        outcome = pages.search(query, now_ns)
        errors = tuple(tag for tag in query.tags if tag[0] == "error" and tag[1] in (None, "true"))
        if errors and not pages.looked_at and fetch == self._page_v1:
            # 2.13 has v1 but keeps the status apart from the attributes, and finds no `error=true`.
            rest = replace(query, tags=tuple(tag for tag in query.tags if tag not in errors))
            wider = partial(_wider, fetch, rest)
            pages = Pages(wider, Filter(query), call, on_found)
            outcome = pages.search(query, now_ns)
            if pages.looked_at:
                outcome.notes.append("the server finds none by error=true: failed spans were looked for here")
        _add_notes(self._known, query, outcome)
        return outcome

    def _each_service(
        self, query: SearchQuery, now_ns: int, call: Call, on_found: OnFound | None
    ) -> SearchOutcome:
        """v1 searches one service: ask for each, as far as a call may go."""
        services = self.services(call)
        pages = Pages(self._page_v1, Filter(query), call, on_found)
        asked = 0
        for service in services[:_MAX_SERVICES]:
            if not call.left:
                break
            pages.page(replace(query, service=service))
            asked += 1
        outcome = pages.outcome(query, now_ns, more=False)
        if asked < len(services):
            told = f"without --service only {asked} of {len(services)} services were asked"
            outcome.notes.append(told)
        _add_notes(self._known, query, outcome)
        return outcome

    def _limited(
        self, path: str, params: dict[str, str], names: Sequence[str], call: Call
    ) -> ByteSource | None:
        """Ask for a page, with a smaller limit where the server refuses."""
        wanted = int(params[names[0]])
        limits = [min(wanted, self._known.limit or wanted)]
        limits += [one for one in _SMALLER if one < limits[0]]
        for limit in limits:
            params |= dict.fromkeys(names, str(limit))
            name = self.address + path
            try:
                transfer = self._server.open(name, [self._server.url(path, params)], call, is_empty)
            except Refused as error:
                if error.status == 404:
                    return None
                refused = any(word in error.said.lower() for word in _TOO_MANY)
                if not refused or limit == limits[-1]:
                    raise
                continue
            if limit < wanted:
                self._known.limit = limit
            return self._server.source(transfer)
        raise AssertionError("the last limit gives an answer or an error")

    def _page_v1(self, query: SearchQuery, call: Call) -> ByteSource | None:
        params = params_v1(query, time.time_ns())
        return self._limited("/api/traces", params, ("limit",), call)

    def _page_v3(self, query: SearchQuery, call: Call) -> ByteSource | None:
        params = params_v3(query, time.time_ns()) | {"query.raw_traces": "true"}
        return self._limited("/api/v3/traces", params, ("query.num_traces", "query.search_depth"), call)

    def _summaries(self, query: SearchQuery, call: Call, on_found: OnFound | None) -> SearchOutcome:
        answer: Any
        try:
            params = params_v3(query, time.time_ns())
            answer = self._server.json("/api/v3/trace-summaries", params, call, patient=True)
        except Refused as error:
            if error.status != 404:
                raise
            answer = {"summaries": []}
        if not isinstance(answer, dict) or not isinstance(answer.get("summaries", []), list):
            raise _stranger(self._server)
        self._known.summaries = True
        all_rows = [row for one in answer.get("summaries", []) if (row := summary(one)) is not None]
        rows = [row for row in all_rows if holds_for(query, row)]
        outcome = SearchOutcome(newest(rows)[: query.limit])
        if len(rows) < len(all_rows):
            dropped = len(all_rows) - len(rows)
            told = f"durations were compared here: {dropped} of {len(all_rows)} traces left out"
            outcome.notes.append(told)
        starts = [row.start_ns for row in all_rows if row.start_ns is not None]
        begin, _ = query.window(0)
        if len(all_rows) >= query.limit and starts and min(starts) - 1000 > begin:
            outcome.more = replace(query, end_ns=min(starts) - 1000)
        if on_found is not None and rows:
            on_found(outcome.found)
        return outcome


def _not_found(server: Server, trace_ids: Sequence[str]) -> BackendError:
    told = f"trace {', '.join(trace_ids)} not found at {host_of(server.base)}"
    return BackendError(told, hint="check the id; it may have been dropped, or not yet be there")


def _stranger(server: Server) -> NoEndpoint:
    return NoEndpoint("answers like no Jaeger", source=server.base, hint="check the URL")


def _wider(fetch: FetchPage, rest: SearchQuery, asked: SearchQuery, call: Call) -> ByteSource | None:
    """A page without some of the conditions on attributes."""
    return fetch(replace(asked, tags=rest.tags), call)


def _add_notes(known: Known, query: SearchQuery, outcome: SearchOutcome) -> None:
    keys = [key for key, value in query.tags if value is None and key != "error"]
    if keys and known.search == "v1":
        told = f"the server cannot look for an attribute of any value; here it was: {', '.join(keys)}"
        outcome.notes.append(told)
    if query.min_duration_ns is not None and known.search == "v1":
        outcome.notes.append(SINGLE_SPANS)
    if known.limit is not None and query.limit > known.limit:
        outcome.notes.append(f"the server gives out at most {known.limit:,} traces at a time")


def probe(client: Client, address: Address, call: Call) -> Jaeger:
    """The Jaeger at an address.

    Raises:
        NoEndpoint: There is none.
        BackendError: The request failed.
    """
    found = Jaeger(client, address)
    found.services(call)
    return found
