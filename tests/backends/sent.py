"""Spans as the SDK had them, compared one by one with spans as they came back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tracetui.model.span import Span
from tracetui.model.trace import Collection

MADE = ("internal.", "otel.", "span.kind", "error", "w3c.", "telemetry.", "service.", "host.", "deployment.")
"""Attributes that a backend adds, or moves from the resource to the span."""


@dataclass(frozen=True)
class Form:
    """What a format keeps of a span."""

    step_ns: int = 1
    """The unit of its times."""
    lower: bool = False
    """Names and services are put into lower case."""
    texts: bool = False
    """All values are texts, and there are neither links nor messages of a status."""
    arrays_as_text: bool = False
    """Lists are written as JSON text."""


OTLP = Form()
OLD_OTLP = Form(arrays_as_text=True)
"""OTLP of a Jaeger that keeps spans in its own model."""
JAEGER = Form(step_ns=1000, arrays_as_text=True)
ZIPKIN = Form(step_ns=1000, lower=True, texts=True, arrays_as_text=True)


def spans_of(lines: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """What was sent, by span id."""
    return {line["context"]["span_id"][2:]: line for line in lines}


def compare(collection: Collection, sent: dict[str, dict[str, Any]], form: Form) -> int:
    """Assert that the traces of a collection have all their spans, as they were sent; returns how many."""
    count = 0
    for trace in collection.traces:
        wanted = {
            id: line
            for id, line in sent.items()
            if line["context"]["trace_id"][2:].zfill(32) == trace.trace_id
        }
        assert {span.span_id for span in trace.spans} == set(wanted), trace.trace_id
        for span in trace.spans:
            _compare(span, wanted[span.span_id], form)
        count += len(wanted)
    return count


def _compare(span: Span, line: dict[str, Any], form: Form) -> None:
    def name(text: str) -> str:
        return text.lower() if form.lower else text

    def when(ns: int) -> int:
        return ns // form.step_ns * form.step_ns

    told = f"{span.name} {span.span_id}"
    assert span.name == name(line["name"]), told
    assert span.service == name(line["resource"]["attributes"]["service.name"]), told
    parent = line["parent_id"]
    assert span.parent_span_id == ("" if parent is None else parent[2:]), told
    kind = line["kind"].removeprefix("SpanKind.").lower()
    assert span.kind == kind or (form.texts and (kind, span.kind) == ("internal", "unspecified")), told
    assert span.status == line["status"]["status_code"].lower(), told
    assert span.start_ns == when(line["start_ns"]), told
    assert abs(span.duration_ns - (line["end_ns"] - line["start_ns"])) < max(form.step_ns, 1), told
    assert _attributes(span.attributes) == {
        key: _value(value, form) for key, value in line["attributes"].items()
    }, told
    _compare_events(span, line["events"], form)
    if not form.texts:
        assert span.status_message == line["status"].get("description", ""), told
        assert {(link.trace_id, link.span_id) for link in span.links} == {
            (link["context"]["trace_id"][2:], link["context"]["span_id"][2:]) for link in line["links"]
        }, told


def _attributes(found: Any) -> dict[str, Any]:
    return {key: value for key, value in found.items() if not key.startswith(MADE)}


def _value(value: Any, form: Form) -> Any:
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":")) if form.arrays_as_text else value
    if not form.texts:
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compare_events(span: Span, events: list[dict[str, Any]], form: Form) -> None:
    found = span.events
    assert len(found) == len(events), span.name
    if form.texts:  # an annotation is one text, in which name and attributes stand
        assert all(event["name"] in one.name for one, event in zip(found, events, strict=True))
        return
    assert [event.name for event in found] == [event["name"] for event in events], span.name
    for one, event in zip(found, events, strict=True):
        assert _attributes(one.attributes) == event["attributes"], span.name
