"""Zipkin: API v2. Names are kept in lower case there, times in microseconds, ranges in milliseconds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from tracetui.errors import BackendError
from tracetui.sources import ByteSource

from .address import Address
from .asking import NoEndpoint, Refused, Server, host_of, segment, texts
from .base import Dependency, OnFound, SearchOutcome, SearchQuery
from .call import Call
from .filters import Filter
from .http import Client
from .searching import SINGLE_SPANS, Pages
from .zipkin_address import NAME

_UI: Final = "/zipkin"


class Zipkin:
    """A Zipkin.

    Args:
        client: Who asks.
        address: Where it is.
    """

    name = NAME
    needs_service = False

    def __init__(self, client: Client, address: Address) -> None:
        self._server = Server(client, address.base)
        self._client = client

    @property
    def address(self) -> str:
        """See `Backend`."""
        return self._server.base

    @property
    def dialect(self) -> str:
        """See `Backend`."""
        return "Zipkin, API v2"

    @property
    def warning(self) -> str:
        """See `Backend`."""
        return self._client.warning

    # -- lists --------------------------------------------------------------------------------

    def _list(self, path: str, params: dict[str, str] | None, call: Call) -> list[Any]:
        answer = self._server.json(f"/api/v2{path}", params, call)
        if not isinstance(answer, list):
            raise NoEndpoint("answers like no Zipkin", source=self.address, hint="check the URL")
        return answer

    def services(self, call: Call) -> list[str]:
        """See `Backend`."""
        return texts(self._list("/services", None, call))

    def operations(self, service: str, call: Call) -> list[str]:
        """See `Backend`."""
        return texts(self._list("/spans", {"serviceName": service.lower()}, call))

    def remote_services(self, service: str, call: Call) -> list[str]:
        """See `Backend`."""
        return texts(self._list("/remoteServices", {"serviceName": service.lower()}, call))

    def tag_keys(self, service: str, call: Call) -> list[str]:
        """See `Backend`: those that the server was told to complete."""
        return texts(self._list("/autocompleteKeys", None, call))

    def tag_values(self, key: str, call: Call) -> list[str]:
        """See `Backend`."""
        return texts(self._list("/autocompleteValues", {"key": key}, call))

    def dependencies(self, start_ns: int, end_ns: int, call: Call) -> list[Dependency]:
        """See `Backend`."""
        params = {"endTs": _ms(end_ns), "lookback": _ms(end_ns - start_ns)}
        return [
            Dependency(
                one["parent"], one["child"], int(one.get("callCount", 0)), int(one.get("errorCount", 0))
            )
            for one in self._list("/dependencies", params, call)
            if isinstance(one, dict) and one.get("parent") and one.get("child")
        ]

    # -- traces -------------------------------------------------------------------------------

    def open_trace(self, trace_ids: Sequence[str], call: Call) -> ByteSource:
        """See `Backend`."""
        ids = list(dict.fromkeys(one.strip().lower() for one in trace_ids))
        if len(ids) == 1:
            url = self._server.url(f"/api/v2/trace/{segment(ids[0])}")
        else:
            url = self._server.url("/api/v2/traceMany", {"traceIds": ",".join(ids)})
        name = f"{self.address}/trace/{'...'.join(trace_ids)}"
        try:
            return self._server.source(self._server.open(name, [url], call, _is_empty))
        except NoEndpoint as error:
            # A trace that is not there is told in plain text, too.
            if "not found" not in error.message or ids[0].lstrip("0") not in error.message:
                raise
        except Refused as error:
            if error.status != 404:
                raise
        told = f"trace {', '.join(trace_ids)} not found at {host_of(self.address)}"
        raise BackendError(told, hint="check the id; it may have been dropped, or not yet be there")

    def link(self, trace_id: str, span_id: str = "") -> str:
        """See `Backend`. The page itself (of 3.5.1) goes to no span; whoever opens the link here does."""
        ui = self.address if self.address.endswith(_UI) else self.address + _UI
        found = f"?spanId={span_id}" if span_id else ""
        return f"{ui}/traces/{segment(trace_id)}{found}"

    # -- search -------------------------------------------------------------------------------

    def search(
        self, query: SearchQuery, call: Call, on_found: OnFound | None = None, *, whole: bool = False
    ) -> SearchOutcome:
        """See `Backend`."""
        now_ns = time.time_ns()
        begin, end = query.window(now_ns)
        query = replace(query, start_ns=begin, end_ns=end)
        outcome = Pages(self._page, Filter(query, lower=True), call, on_found).search(query, now_ns)
        if query.min_duration_ns is not None:
            outcome.notes.append(SINGLE_SPANS)
        return outcome

    def _page(self, query: SearchQuery, call: Call) -> ByteSource | None:
        begin, end = query.window(time.time_ns())
        end_ms = -(-end // 1_000_000)
        lookback = max(1, end_ms - begin // 1_000_000)
        params = {"endTs": str(end_ms), "lookback": str(lookback), "limit": str(query.limit)}
        if query.service:
            params["serviceName"] = query.service.lower()
        if query.remote_service:
            params["remoteServiceName"] = query.remote_service.lower()
        if query.operation:
            params["spanName"] = query.operation.lower()
        terms = [
            key if value is None or (key, value) == ("error", "true") else f"{key}={value}"
            for key, value in query.tags
        ]
        if terms:
            params["annotationQuery"] = " and ".join(terms)
        if query.min_duration_ns is not None:
            params["minDuration"] = str(max(1, query.min_duration_ns // 1000))
        if query.max_duration_ns is not None:
            # The server takes the one only together with the other.
            params.setdefault("minDuration", "1")
            params["maxDuration"] = str(max(1, -(-query.max_duration_ns // 1000)))
        url = self._server.url("/api/v2/traces", params)
        try:
            transfer = self._server.open(f"{self.address}/api/v2/traces", [url], call, _is_empty)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        except NoEndpoint as error:
            error.hint = "is searching switched off there (SEARCH_ENABLED=false)?"
            raise
        return self._server.source(transfer)


def _ms(ns: int) -> str:
    return str(ns // 1_000_000)


def _is_empty(answer: Any) -> bool:
    """Whether an answer holds no span."""
    return answer == [] or (isinstance(answer, list) and all(one == [] for one in answer))


def probe(client: Client, address: Address, call: Call) -> Zipkin:
    """The Zipkin at an address: with its API below it, or below `/zipkin` behind it.

    Raises:
        NoEndpoint: There is none.
        BackendError: The request failed.
    """
    found = Zipkin(client, address)
    found.services(call)
    return found
