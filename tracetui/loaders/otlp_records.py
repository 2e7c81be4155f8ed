"""The shapes of OTLP JSON: what of each message the columns need, and how odd records are made to fit.

Only what the columns need is decoded. Of everything else the JSON kind is checked while it is skipped:
`Objects` and `Empty` decode to a token and cost hardly more than skipping.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.loaders.lenient import Fault, Fields, camel, parse
from tracetui.loaders.values import nanos
from tracetui.model.issues import IssueCode

Number = int | str | float | None
Enum = int | str | None


class Empty(msgspec.Struct, gc=False):
    """Any JSON object, not looked at."""


class Objects(msgspec.Struct, array_like=True, gc=False):
    """Any JSON array of objects; only whether it has a first element is kept."""

    first: Empty | None = None


class StatusRecord(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A span's status; `deprecated_code` is how it was before 1.0."""

    code: Enum = 0
    deprecated_code: Enum = 0
    message: str | None = None


NO_STATUS = StatusRecord()


class SpanRecord(msgspec.Struct, gc=False, rename="camel"):
    """What the columns need of a span, in the order in which most writers have it."""

    trace_id: str
    span_id: str
    trace_state: str | None = ""
    parent_span_id: str | None = ""
    flags: int | None = 0
    name: str | None = None
    kind: Enum = 0
    start_time_unix_nano: Number = None
    end_time_unix_nano: Number = None
    attributes: Objects | None = None
    dropped_attributes_count: int | None = 0
    events: tuple[Empty, ...] | None = None
    dropped_events_count: int | None = 0
    links: tuple[Empty, ...] | None = None
    dropped_links_count: int | None = 0
    status: StatusRecord | int | str | None = NO_STATUS


class WholeScope(msgspec.Struct, gc=False, rename="camel"):
    """A ScopeSpans, spans included."""

    spans: list[SpanRecord] = []


class WholeResource(msgspec.Struct, gc=False, rename="camel"):
    """A ResourceSpans, spans included."""

    scope_spans: list[WholeScope] = []


class WholeRequest(WholeResource, gc=False, rename="camel"):
    """A request or a bare ResourceSpans, spans included."""

    resource_spans: list[WholeResource] = []


class CutSpans(msgspec.Struct, gc=False, rename="camel"):
    """A ScopeSpans whose spans were cut out: `[0]` stands where there were some."""

    spans: list[int] = []
    scope: msgspec.Raw = msgspec.Raw(b"")


class CutResource(msgspec.Struct, gc=False, rename="camel"):
    """A ResourceSpans whose spans were cut out."""

    scope_spans: list[CutSpans] | msgspec.UnsetType = msgspec.UNSET
    resource: msgspec.Raw = msgspec.Raw(b"")


class CutRequest(CutResource, gc=False, rename="camel"):
    """One document: a request (or TracesData) or a bare ResourceSpans, the spans cut out."""

    resource_spans: list[CutResource] | msgspec.UnsetType = msgspec.UNSET
    resource_logs: Objects | None = None
    resource_metrics: Objects | None = None
    resource_profiles: Objects | None = None


def mend(record: bytes) -> tuple[SpanRecord, list[Fault]] | None:
    """Make a span of a JSON value that does not have a span's shape.

    Keys may be in snake_case or as Go names its fields; fields of the wrong kind are left out.

    Returns:
        The span and what was wrong with it; None if nothing says that it is a span.
    """
    faults: list[Fault] = []
    value = parse(record, faults)
    if not isinstance(value, dict):
        return None
    known = {camel(key): field for key, field in value.items()}
    if not known.keys() & {"traceId", "spanId", "startTimeUnixNano"}:
        return None
    fields = Fields(known, faults)
    status = fields.get("status", dict, int, str)
    if isinstance(status, dict):
        inner = Fields({camel(key): field for key, field in status.items()}, faults)
        status = StatusRecord(inner.get("code", int, str) or 0, inner.get("deprecatedCode", int, str) or 0)
    span = SpanRecord(
        trace_id=_text(known.get("traceId"), faults),
        # Ids and times are judged with those of the whole batch.
        span_id=known.get("spanId"),  # type: ignore[arg-type]
        parent_span_id=known.get("parentSpanId"),
        name=fields.get("name", str),
        kind=fields.get("kind", int, str),
        start_time_unix_nano=known.get("startTimeUnixNano"),
        end_time_unix_nano=known.get("endTimeUnixNano"),
        events=(Empty(),) if fields.objects("events") else None,
        links=(Empty(),) if fields.objects("links") else None,
        status=status,
        dropped_attributes_count=nanos(fields.get("droppedAttributesCount", int, float, str)),
        dropped_events_count=nanos(fields.get("droppedEventsCount", int, float, str)),
        dropped_links_count=nanos(fields.get("droppedLinksCount", int, float, str)),
    )
    if isinstance(fields.get("attributes", list, dict), dict):
        faults.append((IssueCode.BAD_TYPE, "attributes is an object, no list: taken as it stands"))
    elif isinstance(known.get("attributes"), list):
        fields.objects("attributes")
    fields.get("traceState", str)
    fields.get("flags", int)
    return span, faults


def _text(value: Any, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    faults.append((IssueCode.BAD_ID, "trace id missing" if value is None else "trace id is no text"))
    return ""
