"""One Jaeger span record, decoded in full when the span is looked at."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

import orjson

from tracetui.loaders.jaeger_records import loads
from tracetui.loaders.repeats import tell_repeats
from tracetui.loaders.values import nanos, span_id, trace_id
from tracetui.model.attributes import Attributes, AttributeValue, Event, Link, LinkType, Scope, SpanDetails

_SCOPE_NAMES: Final = ("otel.scope.name", "otel.library.name")
_SCOPE_VERSIONS: Final = ("otel.scope.version", "otel.library.version")
_EVENT_NAMES: Final = ("event", "message")


def decode(record: bytes) -> SpanDetails:
    """The details of one span.

    Args:
        record: The exact bytes of the span's record.
    """
    try:
        value = orjson.loads(record)
    except orjson.JSONDecodeError:
        value, _ = loads(record)
    if not isinstance(value, dict):
        return SpanDetails(warnings=["the record cannot be read"])
    warnings = [text for text in _list(value.get("warnings")) if isinstance(text, str)]
    attributes = tag_values(value.get("tags"), warnings)
    name = _first_text(attributes, _SCOPE_NAMES)
    version = _first_text(attributes, _SCOPE_VERSIONS)
    return SpanDetails(
        attributes=attributes,
        events=_events(value, warnings),
        links=list(_links(value)),
        status_message=_first_text(attributes, ("otel.status_description",)),
        warnings=warnings,
        scope=Scope(name, version) if name or version else None,
    )


def process_attributes(service: str, tags: bytes) -> Attributes:
    """Resource attributes of a process: its tags, and its name as OpenTelemetry calls it."""
    try:
        value = orjson.loads(tags)
    except orjson.JSONDecodeError:
        value, _ = loads(tags)
    attributes: Attributes = {"service.name": service} if service else {}
    attributes.update(tag_values(value, []))
    return attributes


def tag_values(tags: Any, warnings: list[str]) -> Attributes:
    """Tags as attributes, typed as their `type` says.

    Args:
        tags: A decoded list of `{key, type, value}`, or the plain object that some writers make of it.
        warnings: Gets a line for each tag that is not what it says, or stands twice.
    """
    if isinstance(tags, dict):
        return dict(tags)
    found: Attributes = {}
    repeated: list[tuple[str, AttributeValue]] = []
    for tag in _list(tags):
        if type(tag) is not dict:
            warnings.append("a tag is no object; left out")
            continue
        key, value = tag.get("key", ""), tag.get("value")
        if type(key) is not str:
            key = orjson.dumps(key).decode()
        if type(value) is str and tag.get("type") != "string":  # most are, or are values already
            value = _typed(value, tag.get("type"), key, warnings)
        if key in found:
            repeated.append((key, found[key]))
        found[key] = value
    if repeated:
        tell_repeats("tag", [*repeated, *((key, found[key]) for key in dict(repeated))], warnings)
    return found


def _typed(value: str, type_name: Any, key: str, warnings: list[str]) -> AttributeValue:
    kind = type_name.lower() if isinstance(type_name, str) else ""
    if kind in ("", "string"):
        return value
    try:
        if kind in ("int64", "int"):
            return int(value)
        if kind in ("float64", "double"):
            return float(value)
        if kind == "bool" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if kind in ("binary", "bytes"):
            return base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        pass
    else:
        if kind != "bool":
            return value
    warnings.append(f"tag {key} is no {kind}")
    return value


def _events(value: dict[str, Any], warnings: list[str]) -> list[Event]:
    """In order of time, which is not always that of the record."""
    events = [_event(log, warnings) for log in _list(value.get("logs")) if isinstance(log, dict)]
    return sorted(events, key=lambda event: event.time_ns)


def _event(log: dict[str, Any], warnings: list[str]) -> Event:
    fields = log.get("fields")
    attributes = tag_values(fields, warnings)
    name = ""
    for key in _EVENT_NAMES:
        if isinstance(attributes.get(key), str) and attributes[key]:
            name = str(attributes.pop(key))
            break
    return Event(nanos(log.get("timestamp"), unit=1000) or 0, name, attributes)


def _links(value: dict[str, Any]) -> Iterable[Link]:
    references = _list(value.get("references"))
    if not references:
        return
    recorded = value.get("traceID")
    own = trace_id(recorded) if isinstance(recorded, str) else ""
    for reference in references:
        if not isinstance(reference, dict):
            continue
        span = reference.get("spanID")
        if not isinstance(span, str) or not span:
            continue
        other = reference.get("traceID")
        trace = trace_id(other) if isinstance(other, str) and other and other != recorded else own
        kind: LinkType = "follows_from" if follows(reference.get("refType")) else "child_of"
        yield Link(trace, span_id(span), kind, reference=trace == own)


def follows(ref_type: object) -> bool:
    """Whether a reference's type says that nobody waited for the span."""
    if ref_type == "CHILD_OF":
        return False
    return isinstance(ref_type, str) and ref_type.upper() in ("FOLLOWS_FROM", "FOLLOWSFROM")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_text(attributes: Attributes, keys: Iterable[str]) -> str:
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value
    return ""
