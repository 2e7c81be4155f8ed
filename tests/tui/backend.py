"""A backend made by hand: it answers what it is told to, when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

from tests.tui.viewer import START
from tracetui.backends.base import Dependency, Found, OnFound, SearchOutcome, SearchQuery
from tracetui.backends.call import Call, Phase
from tracetui.errors import BackendError
from tracetui.loaders import LoadOptions, read_sources
from tracetui.sources.base import ByteSource, MemorySource
from tracetui.tui.loading import Loading

MS = 1_000_000
NAMES = (("frontend", "POST /checkout"), ("frontend", "GET /"), ("gateway", "POST /charge"))


def found(number: int, **more: object) -> Found:
    """A trace: the higher its number, the later it began."""
    service, name = NAMES[number % len(NAMES)]
    told = {
        "service": service,
        "name": name,
        "start_ns": START + number * 1000 * MS,
        "duration_ns": (17 * number % 41 + 1) * 40 * MS,
        "span_count": 3,
        "error_count": int(number % 5 == 0),
        "service_count": 2,
    }
    return Found(f"{number:032x}", **{**told, **more})  # type: ignore[arg-type]


def trace_json(trace_id: str, spans: int = 3) -> bytes:
    """A trace as Jaeger answers it."""
    number = int(trace_id, 16)
    start = (START + number * 1000 * MS) // 1000
    told = []
    for at in range(spans):
        parent = [{"refType": "CHILD_OF", "traceID": trace_id, "spanID": f"{1:016x}"}] if at else []
        told.append(
            {
                "traceID": trace_id,
                "spanID": f"{at + 1:016x}",
                "operationName": NAMES[number % len(NAMES)][1] if not at else f"step {at}",
                "references": parent,
                "startTime": start + at * 10,
                "duration": 100_000 - at * 100,
                "tags": [],
                "logs": [],
                "processID": "p1",
            }
        )
    processes = {"p1": {"serviceName": NAMES[number % len(NAMES)][0], "tags": []}}
    body = {"data": [{"traceID": trace_id, "spans": told, "processes": processes}], "total": 0}
    return json.dumps(body).encode()


class FakeBackend:
    """Has traces 1 to `count`; a search gives the newest of a range.

    Args:
        count: how many traces there are.
        needs_service: whether a search wants a service.

    Attributes:
        asked: the searches, in order.
        opened: the traces that were fetched, in order.
        error: what the next call raises.
        notes: what a search says.
        batch: rows told at a time.
        whole: whether a search brings whole traces.
    """

    name = "jaeger"

    def __init__(self, count: int = 12, *, needs_service: bool = False) -> None:
        self.traces = [found(number) for number in range(1, count + 1)]
        self.needs_service = needs_service
        self.asked: list[SearchQuery] = []
        self.opened: list[str] = []
        self.error: BackendError | None = None
        self.notes: list[str] = []
        self.warning = ""
        self.batch = 5
        self.whole = False
        self.gate = threading.Event()
        self.gate.set()
        """Where calls wait before they answer."""
        self.step = threading.Semaphore(0)
        self.stepped = False
        """Whether a search waits for `step` before each batch but the first."""

    @property
    def address(self) -> str:
        return "http://jaeger.test:16686"

    @property
    def dialect(self) -> str:
        return "Jaeger, API v3"

    def services(self, call: Call) -> list[str]:
        self._wait(call)
        return ["auth", "cart", "frontend", "gateway"]

    def operations(self, service: str, call: Call) -> list[str]:
        self._wait(call)
        return [name for of, name in NAMES if of == service]

    def remote_services(self, service: str, call: Call) -> list[str]:
        return []

    def tag_keys(self, service: str, call: Call) -> list[str]:
        return ["error", "http.method", "http.route"]

    def tag_values(self, key: str, call: Call) -> list[str]:
        return ["GET", "POST"] if key == "http.method" else []

    def _wait(self, call: Call) -> None:
        call.tell(Phase("waiting", "jaeger.test:16686"))
        awake = threading.Event()
        forget = call.listen(awake.set)
        while not self.gate.wait(0.01):
            call.check()
        forget()
        call.check()
        if self.error is not None:
            error, self.error = self.error, None
            raise error

    def search(
        self, query: SearchQuery, call: Call, on_found: OnFound | None = None, *, whole: bool = False
    ) -> SearchOutcome:
        self.asked.append(query)
        self._wait(call)
        start, end = query.start_ns or 0, query.end_ns or 1 << 63
        matching = [
            one
            for one in reversed(self.traces)
            if query.service in (None, one.service) and start <= (one.start_ns or 0) <= end
        ]
        rows = matching[: query.limit]
        for at in range(0, len(rows), self.batch):
            if self.stepped and at:
                while not self.step.acquire(timeout=0.01):
                    call.check()
            call.check()
            call.tell(Phase("receiving", "jaeger.test:16686", at * 1000))
            if on_found is not None:
                on_found(rows[at : at + self.batch])
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        more = None
        if len(matching) > len(rows):
            more = SearchQuery(query.service, end_ns=(rows[-1].start_ns or 0) - 1, limit=query.limit)
        outcome = SearchOutcome(rows, list(self.notes), more=more)
        if self.whole:
            sources = [MemorySource(self.link(one.trace_id), trace_json(one.trace_id)) for one in rows]
            outcome.collection = read_sources(sources)
        return outcome

    def open_trace(self, trace_ids: Sequence[str], call: Call) -> ByteSource:
        self.opened += trace_ids
        self._wait(call)
        number = int(trace_ids[0], 16)
        if number > len(self.traces):
            raise BackendError(f"has no trace {trace_ids[0]}", source=self.address, hint="check the id")
        return MemorySource(self.link(trace_ids[0]), trace_json(f"{number:032x}"))

    def dependencies(self, start_ns: int, end_ns: int, call: Call) -> list[Dependency]:
        return []

    def link(self, trace_id: str, span_id: str = "") -> str:
        return f"{self.address}/trace/{trace_id}" + (f"?uiFind={span_id}" if span_id else "")


class Nothing(Loading):
    """No source was given."""

    def __init__(self) -> None:
        super().__init__((), LoadOptions())


__all__ = ["FakeBackend", "Nothing", "found"]
