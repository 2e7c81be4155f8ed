"""The formats: a story as the documents that Jaeger, Zipkin and OpenTelemetry would hold of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from scripts.tracegen.story import Attributes, AttributeValue, Event, Span, Story

Json = dict[str, Any]

KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
JAEGER_TYPES = {str: "string", bool: "bool", int: "int64", float: "float64", list: "string"}


def jaeger(stories: Sequence[Story], *, envelope: bool = True) -> Json:
    """The answer of Jaeger's query service, as its page downloads it."""
    document: Json = {"data": [_jaeger_trace(story) for story in stories]}
    if envelope:
        document |= {"total": 0, "limit": 0, "offset": 0, "errors": None}
    return document


def _jaeger_trace(story: Story) -> Json:
    codes = {name: f"p{n}" for n, name in enumerate(dict.fromkeys(s.service for s in story.spans), 1)}
    return {
        "traceID": story.trace_id,
        "spans": [_jaeger_span(story, span, codes) for span in story.spans],
        "processes": {
            code: {"serviceName": name, "tags": _jaeger_tags(story.resources.get(name, {}))}
            for name, code in codes.items()
        },
        "warnings": None,
    }


def _jaeger_span(story: Story, span: Span, codes: dict[str, str]) -> Json:
    references = [("CHILD_OF", story.trace_id, span.parent_id)] if span.parent_id else []
    references += [("FOLLOWS_FROM", *link) for link in span.links]
    tags: Attributes = {"span.kind": span.kind, **span.attributes}
    if span.scope[0]:
        tags |= {"otel.scope.name": span.scope[0], "otel.scope.version": span.scope[1]}
    if span.error is not None:
        tags |= {"error": True, "otel.status_code": "ERROR"}
        if span.error:
            tags["otel.status_description"] = span.error
    return {
        "traceID": story.trace_id,
        "spanID": span.span_id,
        "operationName": span.name,
        "references": [{"refType": r, "traceID": t, "spanID": s} for r, t, s in references],
        "startTime": story.start_us + span.at_us,
        "duration": span.lasts_us,
        "tags": _jaeger_tags(tags),
        "logs": [
            {
                "timestamp": story.start_us + event.at_us,
                "fields": _jaeger_tags({"event": event.name, **event.attributes}),
            }
            for event in span.events
        ],
        "processID": codes[span.service],
        "warnings": None,
    }


def _jaeger_tags(attributes: Attributes) -> list[Json]:
    return [
        {"key": key, "type": JAEGER_TYPES[type(value)], "value": _flat(value)}
        for key, value in attributes.items()
    ]


def _flat(value: AttributeValue) -> AttributeValue:
    return json.dumps(value) if isinstance(value, list) else value


def zipkin(stories: Iterable[Story]) -> list[Json]:
    """A list of Zipkin v2 spans. Zipkin keeps text only, and no resource but the name of the service."""
    return [_zipkin_span(story, span) for story in stories for span in story.spans]


def _zipkin_span(story: Story, span: Span) -> Json:
    tags = {key: _text(value) for key, value in span.attributes.items()}
    if span.scope[0]:
        tags |= {"otel.scope.name": span.scope[0], "otel.scope.version": span.scope[1]}
    if span.error is not None:
        tags |= {"error": span.error or "true", "otel.status_code": "ERROR"}
    document: Json = {
        "traceId": story.trace_id,
        "id": span.span_id,
        "kind": span.kind.upper(),
        "name": span.name,
        "timestamp": story.start_us + span.at_us,
        "duration": span.lasts_us,
        "localEndpoint": {"serviceName": span.service},
        "annotations": [_annotation(story, event) for event in span.events],
        "tags": tags,
    }
    if span.kind == "internal":
        del document["kind"]
    if span.parent_id:
        document["parentId"] = span.parent_id
    peer = span.attributes.get("server.address")
    if span.kind == "client" and isinstance(peer, str):
        document["remoteEndpoint"] = {"serviceName": peer, "port": span.attributes.get("server.port", 0)}
    return document


def _annotation(story: Story, event: Event) -> Json:
    value = event.name
    if event.attributes:
        value = json.dumps({event.name: event.attributes}, ensure_ascii=False)
    return {"timestamp": story.start_us + event.at_us, "value": value}


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def otlp(stories: Iterable[Story]) -> Json:
    """The body of an OTLP export in JSON: spans by resource, then by scope."""
    groups: dict[str, tuple[Attributes, dict[tuple[str, str], list[Json]]]] = {}
    for story in stories:
        for span in story.spans:
            resource: Attributes = {"service.name": span.service, **story.resources.get(span.service, {})}
            _, scopes = groups.setdefault(json.dumps(resource), (resource, {}))
            scopes.setdefault(span.scope, []).append(_otlp_span(story, span))
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _otlp_attributes(resource)},
                "scopeSpans": [
                    {"scope": {"name": name, "version": version} if name else {}, "spans": spans}
                    for (name, version), spans in scopes.items()
                ],
            }
            for resource, scopes in groups.values()
        ]
    }


def _otlp_span(story: Story, span: Span) -> Json:
    document: Json = {
        "traceId": story.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id,
        "flags": 257,
        "name": span.name,
        "kind": KINDS[span.kind],
        "startTimeUnixNano": str((story.start_us + span.at_us) * 1000),
        "endTimeUnixNano": str((story.start_us + span.end_us) * 1000),
        "attributes": _otlp_attributes(span.attributes),
        "status": {},
    }
    if span.events:
        document["events"] = [
            {
                "timeUnixNano": str((story.start_us + event.at_us) * 1000),
                "name": event.name,
                "attributes": _otlp_attributes(event.attributes),
            }
            for event in span.events
        ]
    if span.dropped:
        document["droppedAttributesCount"] = span.dropped
    if span.links:
        document["links"] = [{"traceId": t, "spanId": s, "attributes": []} for t, s in span.links]
    if span.error is not None:
        document["status"] = {"code": 2, "message": span.error} if span.error else {"code": 2}
    return document


def _otlp_attributes(attributes: Attributes) -> list[Json]:
    return [{"key": key, "value": _otlp_value(value)} for key, value in attributes.items()]


def _otlp_value(value: AttributeValue) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [{"stringValue": item} for item in value]}}
    return {"stringValue": value}
