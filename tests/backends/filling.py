"""Spans for real servers, sent by the OpenTelemetry SDK, and kept to be compared with what comes back."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import IdGenerator, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

MS = 1_000_000
TRACES, MANY = 6, 150


class _Ids(IdGenerator):
    """Ids at random: the first trace has 64 bits, the second begins with a zero."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._traces = 0

    def generate_span_id(self) -> int:
        return self._random.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        self._traces += 1
        return self._random.getrandbits({1: 60, 2: 120}.get(self._traces, 128))


@dataclass
class Kept(SpanExporter):
    """Keeps what is sent."""

    lines: list[Any] = field(default_factory=list)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            line = json.loads(span.to_json(indent=None))
            self.lines.append(line | {"start_ns": span.start_time, "end_ns": span.end_time})
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        pass


class Filler:
    """Makes traces of a shop and sends them.

    Args:
        kind: "jaeger" takes OTLP, "zipkin" its own format.
        url: Where spans are taken.
    """

    def __init__(self, kind: str, url: str) -> None:
        self._kind, self._url = kind, url
        self._ids = _Ids(time.time_ns())
        self._providers: dict[str, TracerProvider] = {}
        self._open: list[tuple[Span, int]] = []
        self.kept = Kept()

    def _tracer(self, service: str) -> trace.Tracer:
        if service not in self._providers:
            resource = Resource.create({"service.name": service, "deployment.environment.name": "test"})
            provider = TracerProvider(resource=resource, id_generator=self._ids)
            exporter: SpanExporter = ZipkinExporter(endpoint=self._url)
            if self._kind == "jaeger":
                exporter = OTLPSpanExporter(endpoint=self._url)
            batches = BatchSpanProcessor(exporter, max_queue_size=10_000, max_export_batch_size=400)
            provider.add_span_processor(batches)
            provider.add_span_processor(SimpleSpanProcessor(self.kept))
            self._providers[service] = provider
        return self._providers[service].get_tracer("shop", "1.4.0")

    def span(
        self,
        service: str,
        name: str,
        parent: Span | None,
        start_ns: int,
        duration_ns: int,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: dict[str, Any] | None = None,
        links: Sequence[Link] = (),
        failure: str = "",
        events: Sequence[tuple[str, int, dict[str, Any]]] = (),
    ) -> Span:
        """One span; it is ended, and sent, by `send`."""
        context = trace.set_span_in_context(parent, Context()) if parent is not None else Context()
        made = self._tracer(service).start_span(
            name, context, kind=kind, attributes=attributes, links=links, start_time=start_ns
        )
        for event, at, values in events:
            made.add_event(event, values, timestamp=at)
        if failure:
            made.set_status(Status(StatusCode.ERROR, failure))
        self._open.append((made, start_ns + duration_ns))
        return made

    def shop(self, start_ns: int) -> None:
        """Some checkouts, of which some fail and some are slow, and a list that asks for every item."""
        first: Span | None = None
        for number in range(TRACES):
            slow, failed = (1500 * MS if number % 3 == 2 else 0), number % 3 == 1
            at = start_ns + number * 1000 * MS + 123
            links = [Link(first.get_span_context(), {"why": "again"})] if first is not None else []
            attributes = {
                "http.response.status_code": 500 if failed else 200,
                "big": 9_007_199_254_740_993,
                "ratio": 0.1,
                "ok": not failed,
                "parts": ["a", "b"],
                "unicode": "Grüße 世界 🚀",
            }
            failure = "checkout failed" if failed else ""
            server, took = SpanKind.SERVER, 300 * MS + slow + 456
            root = self.span("frontend", "POST /checkout", None, at, took, server, attributes, links, failure)
            first = first or root
            call = self.span("frontend", "POST payment", root, at + 10 * MS, 200 * MS + slow, SpanKind.CLIENT)
            events = [("retry", at + 40 * MS, {"attempt": 1})]
            events += [("exception", at + 90 * MS, {"exception.type": "GatewayError"})] if failed else []
            rows, took = {"db.rows": number}, 150 * MS + slow
            self.span("payment", "charge", call, at + 20 * MS, took, server, rows, (), failure, events)
            self.span("frontend", "publish", root, at + 250 * MS, 4 * MS + 7, SpanKind.PRODUCER)
        at = start_ns + TRACES * 1000 * MS
        root = self.span("catalog", "GET /list", None, at, 900 * MS, SpanKind.SERVER)
        for number in range(MANY):
            self.span(
                "catalog", "SELECT item", root, at + number * 5 * MS, 4 * MS, SpanKind.CLIENT, {"id": number}
            )

    def send(self) -> None:
        """End all spans, and wait until they are sent."""
        for made, end_ns in reversed(self._open):
            made.end(end_time=end_ns)
        for provider in self._providers.values():
            provider.force_flush()
            provider.shutdown()
