"""Decode one OTLP span, resource or scope in full, from the bytes of its record."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tracetui.loaders.lenient import camel, parse
from tracetui.loaders.repeats import tell_repeats
from tracetui.loaders.values import nanos, span_id, trace_id
from tracetui.model.attributes import Attributes, AttributeValue, Event, Link, LinkType, Scope, SpanDetails

_DROPPED = {
    "attributes": "droppedAttributesCount",
    "events": "droppedEventsCount",
    "links": "droppedLinksCount",
}
_REF_TYPE = "opentracing.ref_type"
"""How a link that was an OpenTracing reference says so, by OpenTelemetry's conventions."""
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def decode(record: bytes) -> SpanDetails:
    """All that a span's record says beyond the columns.

    What has the wrong kind is left out, with a warning that names it.

    Raises:
        ValueError: The record is no JSON object.
    """
    warnings: list[str] = []
    span = _object(parse(record))
    events = [_event(item, warnings) for item in _objects(span, "events", warnings)]
    events.sort(key=lambda event: event.time_ns)
    attributes = _attributes(span.get("attributes"), warnings)
    if isinstance(span.get("traceState"), str) and span["traceState"]:
        attributes.setdefault("w3c.tracestate", span["traceState"])
    return SpanDetails(
        attributes=attributes,
        events=events,
        links=[_link(item, warnings) for item in _objects(span, "links", warnings)],
        status_message=_message(span.get("status")),
        warnings=warnings,
        dropped=_dropped(span),
    )


def resource_attributes(raw: bytes) -> Attributes:
    """The attributes of a resource; none if it is absent or unreadable."""
    try:
        return _attributes(_object(parse(raw)).get("attributes"), []) if raw else {}
    except ValueError:
        return {}


def service_name(attributes: Attributes) -> str:
    """The service that a resource names; "" if it names none."""
    name = attributes.get("service.name", "")
    return name if isinstance(name, str) else str(name)


def resource_key(attributes: Attributes) -> bytes:
    """What is equal for resources with equal attributes, in whatever order and layout they stand."""
    try:
        return msgspec.json.encode(attributes, order="deterministic")
    except (ValueError, TypeError, RecursionError, OverflowError):
        return ascii(sorted(attributes)).encode()


def scope(raw: bytes) -> Scope:
    """An instrumentation scope (or library, as it was once called)."""
    try:
        found = _object(parse(raw))
    except ValueError:
        return Scope()
    name, version = found.get("name"), found.get("version")
    return Scope(
        name if isinstance(name, str) else "",
        version if isinstance(version, str) else "",
        _attributes(found.get("attributes"), []),
    )


def _object(value: Any) -> dict[str, Any]:
    """An object with its keys in camelCase."""
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return {camel(key): field for key, field in value.items()}


def _objects(span: Mapping[str, Any], name: str, warnings: list[str]) -> list[dict[str, Any]]:
    found = span.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        warnings.append(f"{name} is no list")
        return []
    objects = [_object(item) for item in found if isinstance(item, dict)]
    if len(objects) < len(found):
        warnings.append(f"{len(found) - len(objects)} of {name} are no objects")
    return objects


def _event(item: Mapping[str, Any], warnings: list[str]) -> Event:
    time_ns = nanos(item.get("timeUnixNano"))
    if time_ns is None:
        warnings.append("an event has no time")
    name = item.get("name")
    return Event(
        time_ns or 0, name if isinstance(name, str) else "", _attributes(item.get("attributes"), warnings)
    )


def _link(item: Mapping[str, Any], warnings: list[str]) -> Link:
    trace, span = item.get("traceId"), item.get("spanId")
    if not trace or not span:
        warnings.append("a link names no span")
    attributes = _attributes(item.get("attributes"), warnings)
    kind: LinkType = "link"
    if attributes.get(_REF_TYPE) == "follows_from":
        kind = "follows_from"
    elif attributes.get(_REF_TYPE) == "child_of":
        kind = "child_of"
    if kind != "link":
        del attributes[_REF_TYPE]
    return Link(
        trace_id(trace) if isinstance(trace, str) else "",
        span_id(span) if isinstance(span, str) else "",
        kind,
        attributes,
    )


def _message(status: Any) -> str:
    if not isinstance(status, dict):
        return ""
    found = _object(status)
    message = found.get("message", found.get("description"))
    return message if isinstance(message, str) else ""


def _dropped(span: Mapping[str, Any]) -> dict[str, int]:
    dropped: dict[str, int] = {}
    for what, field in _DROPPED.items():
        count = nanos(span.get(field))
        if count:
            dropped[what] = count
    return dropped


def _attributes(value: Any, warnings: list[str]) -> Attributes:
    """Attributes as the wire has them (a list of key and value) or as a plain object."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return {str(key): _plain_or_any(item, warnings) for key, item in value.items()}
    if not isinstance(value, list):
        warnings.append("attributes is no list")
        return {}
    found: Attributes = {}
    repeated: list[tuple[str, AttributeValue]] = []
    for item in value:
        key = item.get("key", item.get("Key")) if isinstance(item, dict) else None
        if not isinstance(key, str):
            warnings.append("an attribute has no key")
            continue
        if key in found:
            repeated.append((key, found[key]))
        found[key] = any_value(item.get("value", item.get("Value")), warnings)
    if repeated:
        tell_repeats("attribute", [*repeated, *((key, found[key]) for key in dict(repeated))], warnings)
    return found


def _plain_or_any(value: Any, warnings: list[str]) -> AttributeValue:
    if isinstance(value, dict) and len(value) == 1 and camel(next(iter(value))) in _READERS:
        return any_value(value, warnings)
    plain: AttributeValue = value
    return plain


def any_value(value: Any, warnings: list[str]) -> AttributeValue:
    """An AnyValue as a plain Python value, whatever its depth."""
    result: list[AttributeValue] = [None]
    repeated = 0
    todo: list[tuple[Any, list[AttributeValue] | dict[str, AttributeValue], Any]] = [(value, result, 0)]
    while todo:
        item, holder, place = todo.pop()
        kind, inner = _unwrap(item)
        if kind == "arrayValue":
            elements: list[AttributeValue] = [None] * len(inner)
            holder[place] = elements
            for index, element in enumerate(inner):
                if (
                    type(element) is dict and len(element) == 1
                ):  # most are plain values, and there may be many
                    ((kind, leaf),) = element.items()
                    if kind in _LEAVES:
                        elements[index] = _READERS[kind](leaf, warnings)
                        continue
                todo.append((element, elements, index))
        elif kind == "kvlistValue":
            last: dict[str, Any] = {}
            for member in inner:
                key = member.get("key", member.get("Key")) if isinstance(member, dict) else None
                if isinstance(key, str):
                    repeated += key in last
                    last[key] = member.get("value", member.get("Value"))
            members: dict[str, AttributeValue] = dict.fromkeys(last)
            holder[place] = members
            todo.extend((element, members, key) for key, element in last.items())
        else:
            holder[place] = _READERS[kind](inner, warnings) if kind in _READERS else inner
    if repeated:
        warnings.append(f"{repeated:,} keys within an attribute stand again; the last of each is shown")
    return result[0]


def _unwrap(value: Any) -> tuple[str, Any]:
    """The kind of an AnyValue and what it holds; ("", plain value) if it is no AnyValue."""
    for _ in range(2):
        if not isinstance(value, dict):
            return "", value
        if not value:
            return "", None
        kind, inner = next(iter(value.items()))
        if len(value) > 1:
            kind, inner = next(((k, v) for k, v in value.items() if camel(k) in _READERS), (kind, inner))
        kind = kind if kind in _READERS else camel(kind)
        if kind == "value" and len(value) == 1:
            # Go's own JSON wraps the oneof once more: {"Value": {"StringValue": ...}}.
            value = inner
            continue
        if kind in ("arrayValue", "kvlistValue"):
            values = inner.get("values", inner.get("Values")) if isinstance(inner, dict) else inner
            return kind, values if isinstance(values, list) else []
        return (kind, inner) if kind in _READERS else ("", value)
    return "", value


def _number(value: Any, warnings: list[str]) -> AttributeValue:
    try:
        return int(value) if not isinstance(value, float) or value.is_integer() else value
    except (ValueError, TypeError, OverflowError):
        warnings.append("an intValue is no number")
        return value if isinstance(value, (str, float)) else None


def _double(value: Any, warnings: list[str]) -> AttributeValue:
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    try:
        return float(value)
    except (ValueError, TypeError, OverflowError):
        warnings.append("a doubleValue is no number")
        return value if isinstance(value, (str, int)) else None


def _bytes(value: Any, warnings: list[str]) -> AttributeValue:
    try:
        text = value.replace("-", "+").replace("_", "/")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError, AttributeError):
        warnings.append("a bytesValue is no base64")
        return value if isinstance(value, str) else None


def _as_found(value: Any, warnings: list[str]) -> AttributeValue:
    found: AttributeValue = value
    return found


_READERS: dict[str, Callable[[Any, list[str]], AttributeValue]] = {
    "stringValue": _as_found,
    "boolValue": _as_found,
    "intValue": _number,
    "doubleValue": _double,
    "bytesValue": _bytes,
    "arrayValue": _as_found,
    "kvlistValue": _as_found,
}
_LEAVES = frozenset(_READERS) - {"arrayValue", "kvlistValue"}
