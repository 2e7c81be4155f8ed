"""Decode one Zipkin v2 span or endpoint in full, from the bytes of its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracetui.loaders.lenient import parse
from tracetui.loaders.values import nanos
from tracetui.loaders.zipkin_records import Endpoint
from tracetui.model.attributes import Attributes, Event, Scope, SpanDetails

_SCOPE_TAGS = (("otel.scope.name", "otel.scope.version"), ("otel.library.name", "otel.library.version"))


def decode(record: bytes) -> SpanDetails:
    """All that a span's record says beyond the columns: tags, annotations as events, the remote endpoint.

    What has the wrong kind is left out, with a warning that names it.

    Raises:
        ValueError: The record is no JSON object.
    """
    span = parse(record)
    if not isinstance(span, dict):
        raise ValueError("it is no JSON object")
    warnings: list[str] = []
    tags = span.get("tags")
    if tags is not None and not isinstance(tags, dict):
        warnings.append("tags is no object")
    attributes: Attributes = dict(tags) if isinstance(tags, dict) else {}
    message = _message(attributes)
    scope = _scope(attributes)
    _add_peer(attributes, span.get("remoteEndpoint"), warnings)
    events = _events(span.get("annotations"), warnings)
    return SpanDetails(
        attributes=attributes, events=events, status_message=message, warnings=warnings, scope=scope
    )


def resource_attributes(endpoint: Endpoint) -> Attributes:
    """What an endpoint says of the process that recorded a span, by OpenTelemetry's names."""
    found: Attributes = {}
    if endpoint.service_name:
        found["service.name"] = endpoint.service_name
    if endpoint.address:
        found["network.local.address"] = endpoint.address
    if endpoint.ipv4 and endpoint.ipv6:
        found["host.ip"] = [endpoint.ipv4, endpoint.ipv6]
    if endpoint.port:
        found["network.local.port"] = endpoint.port
    return found


def is_error(tag: object) -> bool:
    """Whether the value of the tag `error` means one: any but "false" does, an empty one too."""
    return tag is not False and not (isinstance(tag, str) and tag.lower() == "false")


def _message(tags: Mapping[str, Any]) -> str:
    for key in ("error", "otel.status_description"):
        text = tags.get(key)
        if isinstance(text, str) and text and text.lower() not in ("true", "false"):
            return text
    return ""


def _scope(tags: Mapping[str, Any]) -> Scope | None:
    for name, version in _SCOPE_TAGS:
        if isinstance(tags.get(name), str):
            text = tags.get(version)
            return Scope(tags[name], text if isinstance(text, str) else "")
    return None


def _add_peer(attributes: Attributes, remote: Any, warnings: list[str]) -> None:
    if remote is None:
        return
    if not isinstance(remote, dict):
        warnings.append("remoteEndpoint is no object")
        return
    for key, field in (
        ("peer.service", "serviceName"),
        ("network.peer.address", "ipv4"),
        ("network.peer.address", "ipv6"),
        ("network.peer.port", "port"),
    ):
        value = remote.get(field)
        if isinstance(value, (str, int)) and value:
            attributes.setdefault(key, value)


def _events(annotations: Any, warnings: list[str]) -> list[Event]:
    if annotations is None:
        return []
    if not isinstance(annotations, list):
        warnings.append("annotations is no list")
        return []
    events: list[Event] = []
    for item in annotations:
        if not isinstance(item, dict):
            warnings.append("an annotation is no object")
            continue
        time_ns = nanos(item.get("timestamp"), unit=1000)
        if time_ns is None:
            warnings.append("an annotation has no time")
        value = item.get("value")
        events.append(Event(time_ns or 0, value if isinstance(value, str) else ""))
    return sorted(events, key=lambda event: event.time_ns)


def core_times(record: bytes) -> tuple[int | None, int | None]:
    """Start and duration in nanoseconds by the core annotations of older writers (cs to cr, sr to ss).

    Each is None where the annotations do not tell it.
    """
    try:
        span = parse(record)
    except ValueError:
        return None, None
    found: dict[str, int] = {}
    annotations = span.get("annotations") if isinstance(span, dict) else None
    for item in annotations if isinstance(annotations, list) else []:
        if isinstance(item, dict) and item.get("value") in ("cs", "cr", "sr", "ss", "ms", "mr"):
            time_ns = nanos(item.get("timestamp"), unit=1000)
            if time_ns is not None:
                found[item["value"]] = time_ns
    for first, last in (("cs", "cr"), ("sr", "ss"), ("ms", ""), ("mr", "")):
        if first in found:
            return found[first], found[last] - found[first] if last in found else None
    return None, None
