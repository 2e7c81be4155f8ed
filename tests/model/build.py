"""Stores made by hand: a span is a few words, ids are small numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tracetui.model.attributes import SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, Kind, Status
from tracetui.model.trace import Collection
from tracetui.sources.base import MemorySource


@dataclass
class S:
    """One record as a loader would give it."""

    id: int | str | None = None
    parent: int | str | None = None
    start: int = 1000
    duration: int = 10
    service: str = "svc"
    name: str = "op"
    kind: Kind = Kind.UNSPECIFIED
    status: Status = Status.UNSET
    flags: int = 0
    trace: str = "t"
    record: bytes | None = None
    references: tuple[tuple[bool, int], ...] = ()


def build(*spans: S, partial: bool = False, complete: bool = True) -> Collection:
    """Load records through the real builder, one batch a span."""
    builder = StoreBuilder()
    records = [span.record or b"record %d" % at for at, span in enumerate(spans)]
    source = builder.add_source(
        MemorySource("made by hand", b"".join(records)),
        "test",
        lambda record: SpanDetails({"record": record.decode()}),
        partial=partial,
    )
    offset = 0
    for span, record in zip(spans, records, strict=True):
        flags = span.flags
        span_id, opaque = _id(builder, span.id)
        flags |= Flag.NO_ID if span.id is None else Flag.OPAQUE_ID if opaque else 0
        parent_id, opaque = _id(builder, span.parent)
        flags |= 0 if span.parent is None else Flag.HAS_PARENT | (Flag.OPAQUE_PARENT if opaque else 0)
        resource = (
            builder.resource(span.service, span.service, lambda: {"of": "resource"}) if span.service else -1
        )
        row = builder.append(
            trace=builder.trace(span.trace),
            span_id=[span_id],
            parent_id=parent_id,
            flags=int(flags),
            start_ns=span.start,
            duration_ns=span.duration,
            name=builder.strings[span.name],
            resource=resource,
            scope=-1,
            kind=int(span.kind),
            status=int(span.status),
            source=source,
            offset=offset,
            length=len(record),
        )
        if span.references:
            builder.alternatives(row, [(is_child_of, to, False) for is_child_of, to in span.references])
        offset += len(record)
    return builder.finish(complete=complete)


def _id(builder: StoreBuilder, value: int | str | None) -> tuple[int, bool]:
    if isinstance(value, str):
        return builder.opaque(value), True
    return value or 0, False


def codes(collection: Collection, trace: int = 0) -> dict[str, int]:
    """The issues of a trace with their counts."""
    return {str(issue.code): issue.count for issue in collection.traces[trace].issues}


def keys(collection: Collection, trace: int = 0) -> list[str]:
    """The spans' keys in waterfall order, without leading zeros."""
    return [span.key.lstrip("0") for span in collection.traces[trace].spans]


def parents(collection: Collection, trace: int = 0) -> dict[str, str]:
    """Each span's key with its parent's key, without leading zeros."""
    spans = collection.traces[trace].spans
    return {s.key.lstrip("0"): s.parent.key.lstrip("0") if s.parent else "" for s in spans}
