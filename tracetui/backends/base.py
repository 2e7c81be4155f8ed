"""What all backends have in common: what can be asked of them, and what they answer.

A backend is made by `tracetui.backends.connect` and used from worker threads; every method that may go to the
network takes a `Call`, which carries how far it is and the wish to stop, and raises

* `BackendError` (exit code 4): one line, without secrets, foreign text in it as found;
* `Cancelled` after `call.cancel()`, within 0.2 s.

    backend = connect("http://localhost:16686/search?service=frontend", ClientOptions(), Call())
    names = backend.services(Call())
    outcome = backend.search(SearchQuery(service="frontend"), Call(on_phase=show), on_found=add_rows)
    source = backend.open_trace([outcome.found[0].trace_id], Call())  # a `ByteSource`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from tracetui.model.trace import Collection
from tracetui.sources import ByteSource

from .call import Call

DEFAULT_LIMIT = 20
"""Traces that are asked for when nobody says how many."""
DEFAULT_SINCE_NS = 3_600_000_000_000
"""How far back a search goes when nobody says: an hour."""


class SearchQuery(Struct, frozen=True):
    """Which traces are wanted. What is None or empty is not asked.

    Attributes:
        service: Name of a service that has a span in the trace.
        operation: Name of a span of that service.
        tags: Attributes that one span of that service has, all of them: key and value, or None for any value.
        min_duration_ns: The least duration of the trace (first start to last end).
        max_duration_ns: The greatest.
        start_ns: Where the time range begins, nanoseconds since the Unix epoch.
        end_ns: Where it ends; None for now.
        since_ns: How long the range is, counted back from its end; used where `start_ns` is None.
        limit: How many traces, the newest ones.
        remote_service: Name of another service that has a part in the trace, called by `service`.
    """

    service: str | None = None
    operation: str | None = None
    tags: tuple[tuple[str, str | None], ...] = ()
    min_duration_ns: int | None = None
    max_duration_ns: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    since_ns: int | None = None
    limit: int = DEFAULT_LIMIT
    remote_service: str | None = None

    def window(self, now_ns: int) -> tuple[int, int]:
        """The time range: first and last nanosecond since the Unix epoch.

        Args:
            now_ns: What time it is.
        """
        end = now_ns if self.end_ns is None else self.end_ns
        if self.start_ns is not None:
            return self.start_ns, end
        return max(0, end - (DEFAULT_SINCE_NS if self.since_ns is None else self.since_ns)), end


class Found(Struct, frozen=True):
    """A trace that a search found. What the backend does not say is None.

    Attributes:
        trace_id: 32 lower-case hex digits, or the text as found.
        service: The service of the primary root.
        name: Its name.
        start_ns: The first start, nanoseconds since the Unix epoch.
        duration_ns: From first start to last end.
        span_count: How many spans.
        error_count: How many of them have status error.
        service_count: How many services.
    """

    trace_id: str
    service: str | None = None
    name: str | None = None
    start_ns: int | None = None
    duration_ns: int | None = None
    span_count: int | None = None
    error_count: int | None = None
    service_count: int | None = None


OnFound = Callable[[list[Found]], None]
"""Gets rows that are new, or that have changed: a row takes the place of the one with its trace id. Called
on the thread that searches."""


class SearchOutcome(Struct):
    """What a search gave.

    Attributes:
        found: The traces, the newest first.
        notes: What the server could not do and was done here, or could not be done at all; a line each.
        collection: The traces themselves, where the backend answers with whole traces: opening one of them
            (`collection.store.trace_ids` has their ids) needs no further request.
        more: The query for the traces before these; None where there are no more.
        sources: The answers that hold the traces, where they are whole ones: a page each.
    """

    found: list[Found]
    notes: list[str] = []
    collection: Collection | None = None
    more: SearchQuery | None = None
    sources: list[ByteSource] = []


class Dependency(Struct, frozen=True):
    """Calls from one service to another.

    Attributes:
        parent: Who calls.
        child: Who is called.
        calls: How often.
        errors: How many of them failed; None where the backend does not say.
    """

    parent: str
    child: str
    calls: int
    errors: int | None = None


class Backend(Protocol):
    """A server that keeps traces."""

    name: str
    """"jaeger" or "zipkin"."""

    @property
    def address(self) -> str:
        """Its base URL, without secrets."""

    @property
    def dialect(self) -> str:
        """What it turned out to speak, for people: "Jaeger, API v3"; only its name before it was asked."""

    @property
    def needs_service(self) -> bool:
        """Whether its own search wants a service; `search` without one then asks service by service."""

    @property
    def warning(self) -> str:
        """What has to stand on the screen while it is used, such as that certificates are not checked."""

    def services(self, call: Call) -> list[str]:
        """Names of all services, in order."""

    def operations(self, service: str, call: Call) -> list[str]:
        """Names of the spans of a service, in order."""

    def remote_services(self, service: str, call: Call) -> list[str]:
        """Names of the services that a service calls, in order; none where the backend does not say."""

    def tag_keys(self, service: str, call: Call) -> list[str]:
        """Attributes that can be searched for, for completion; none where the backend does not say."""

    def tag_values(self, key: str, call: Call) -> list[str]:
        """Values of an attribute, for completion; none where the backend does not say."""

    def search(
        self, query: SearchQuery, call: Call, on_found: OnFound | None = None, *, whole: bool = False
    ) -> SearchOutcome:
        """Find traces. Every condition holds for the answer, whatever the server made of it.

        Args:
            query: Which.
            call: The call.
            on_found: Gets rows as they come.
            whole: Have the traces themselves, also where the backend has summaries that cost less.
        """

    def open_trace(self, trace_ids: Sequence[str], call: Call) -> ByteSource:
        """Fetch traces: a source for the loaders, which can be read while it comes.

        Returns when the answer has begun. Reading raises what would be raised here; the call goes on until
        the source is read to its end, or closed.

        Args:
            trace_ids: Which; leading zeros are optional.
            call: The call.
        """

    def dependencies(self, start_ns: int, end_ns: int, call: Call) -> list[Dependency]:
        """Who called whom in a time range."""

    def link(self, trace_id: str, span_id: str = "") -> str:
        """The address of a trace in the backend's own user interface, without secrets.

        Args:
            trace_id: The trace.
            span_id: The span to look at, where the interface can be told.
        """
