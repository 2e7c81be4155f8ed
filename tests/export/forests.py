"""Small collections for tests of outputs, built without a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracetui.model.attributes import SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, Kind, Status
from tracetui.model.trace import Collection
from tracetui.sources.base import MemorySource

START = 1_700_000_000_000_000_000


class S(NamedTuple):
    """A span: its id, its parent's (0 for none), and times in nanoseconds from `START`."""

    id: int
    parent: int = 0
    start: int = 0
    duration: int = 100
    service: str = "shop"
    name: str = "work"
    error: bool = False
    flags: int = 0
    details: SpanDetails | None = None


def collection(*traces: Sequence[S]) -> Collection:
    """A collection of traces, numbered from 1."""
    builder = StoreBuilder()
    details = [span.details or SpanDetails() for trace in traces for span in trace]
    source = builder.add_source(MemorySource("m", bytes(len(details))), "jaeger-ui", lambda _: SpanDetails())
    at = 0
    for number, trace in enumerate(traces, 1):
        code = builder.trace(f"{number:032x}")
        for span in trace:
            builder.append(
                trace=code,
                span_id=[span.id],
                parent_id=[span.parent],
                flags=[span.flags | (int(Flag.HAS_PARENT) if span.parent else 0)],
                start_ns=[START + span.start],
                duration_ns=[span.duration],
                name=builder.strings[span.name],
                resource=builder.resource(span.service, span.service, dict),
                scope=-1,
                kind=int(Kind.SERVER),
                status=int(Status.ERROR if span.error else Status.UNSET),
                source=source,
                offset=at,
                length=1,
            )
            at += 1
    return builder.finish()
