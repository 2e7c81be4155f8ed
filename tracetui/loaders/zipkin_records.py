"""The shape of a Zipkin v2 span: what the columns need of it, and how odd records are made to fit."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tracetui.loaders.lenient import Fault, Fields, parse
from tracetui.model.issues import IssueCode

Number = int | str | float | UnsetType | None
NO_ENDPOINT = msgspec.Raw(b"")


class Empty(msgspec.Struct, gc=False):
    """Any JSON object, not looked at."""


class ErrorTag(msgspec.Struct, frozen=True, gc=False):
    """The tags of a span; only whether one is `error` is wanted."""

    error: Any = UNSET


NO_TAGS = ErrorTag()


class SpanRecord(msgspec.Struct, gc=False, rename="camel", kw_only=True):
    """What the columns need of a span, in the order in which most writers have it."""

    trace_id: str
    parent_id: str | None = ""
    id: str
    kind: str | None = None
    name: str | None = ""
    timestamp: Number = UNSET
    duration: Number = UNSET
    local_endpoint: msgspec.Raw = NO_ENDPOINT
    remote_endpoint: Empty | None = None
    annotations: tuple[Empty, ...] | None = None
    tags: ErrorTag | None = NO_TAGS
    shared: bool | None = None
    debug: bool | None = None


class _Ids(msgspec.Struct, gc=False, rename="camel"):
    """The ids of a span, whatever they are."""

    trace_id: Any = UNSET
    id: Any = UNSET


_IDS: msgspec.json.Decoder[_Ids] = msgspec.json.Decoder(_Ids)


class Endpoint(msgspec.Struct, frozen=True, rename="camel"):
    """Who recorded a span."""

    service_name: str = ""
    ipv4: str = ""
    ipv6: str = ""
    port: int = 0

    @property
    def address(self) -> str:
        """Its address, "" if it gives none."""
        return self.ipv4 or self.ipv6


def endpoint(raw: bytes) -> tuple[Endpoint, list[Fault]]:
    """Decode an endpoint; what has the wrong kind is left out and told."""
    if raw in (b"", b"null", b"{}"):
        return Endpoint(), []
    faults: list[Fault] = []
    try:
        value = parse(raw)
    except ValueError as error:
        return Endpoint(), [(IssueCode.BAD_TYPE, f"localEndpoint: {error}")]
    if not isinstance(value, dict):
        return Endpoint(), [(IssueCode.BAD_TYPE, "localEndpoint is no object")]
    fields = Fields(value, faults)
    port = fields.get("port", int, str, float)
    return Endpoint(
        fields.get("serviceName", str) or "",
        fields.get("ipv4", str) or "",
        fields.get("ipv6", str) or "",
        int(port) if isinstance(port, int) or (isinstance(port, str) and port.isdecimal()) else 0,
    ), faults


def is_foreign(record: bytes) -> bool:
    """Whether an object has nothing of a Zipkin span: neither of its ids, by the names of this format."""
    try:
        found = _IDS.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return found.trace_id is UNSET and found.id is UNSET


def mend(record: bytes) -> tuple[SpanRecord, list[Fault]] | None:
    """Make a span of a JSON value that does not have a span's shape; fields of the wrong kind are left out.

    Returns:
        The span and what was wrong with it; None if nothing says that it is a span.
    """
    faults: list[Fault] = []
    value = parse(record, faults)
    if not isinstance(value, dict) or not value.keys() & {"traceId", "id"}:
        return None
    fields = Fields(value, faults)
    trace_id = value.get("traceId")
    if not isinstance(trace_id, str):
        faults.append((IssueCode.BAD_ID, "trace id missing" if trace_id is None else "trace id is no text"))
        trace_id = ""
    tags = fields.get("tags", dict)
    local = fields.get("localEndpoint", dict)
    fields.get("remoteEndpoint", dict)
    fields.get("debug", bool)
    span = SpanRecord(
        trace_id=trace_id,
        # Ids and times are judged with those of the whole batch.
        id=value.get("id"),  # type: ignore[arg-type]
        parent_id=value.get("parentId"),
        name=fields.get("name", str),
        kind=fields.get("kind", str),
        timestamp=value.get("timestamp", UNSET),
        duration=value.get("duration", UNSET),
        local_endpoint=msgspec.Raw(msgspec.json.encode(local)) if local else NO_ENDPOINT,
        annotations=(Empty(),) if fields.objects("annotations") else None,
        tags=ErrorTag(tags["error"]) if tags and "error" in tags else None,
        shared=fields.get("shared", bool),
    )
    return span, faults
