"""OTLP JSON: what is written, and that it reads back as the same spans."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES, shared
from tests.export.roundtrip import spans_of
from tests.loaders.reading import read
from tracetui.errors import TracetuiError
from tracetui.export.anyvalue import any_value
from tracetui.export.otlp_json import REF_TYPE, otlp_json
from tracetui.loaders import jaeger, load, otlp, zipkin
from tracetui.model.trace import Trace

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FOLLOWS = f"told by the attribute {REF_TYPE} alone"
MOST_TRACES = 20
"""Of one file."""


def check(trace: Trace, folder: Path) -> None:
    """Write a trace, read it, and compare."""
    data, notes = otlp_json(trace)
    path = folder / "export.json"
    path.write_bytes(data)
    again = load([str(path)])
    assert [one.trace_id for one in again.traces] == [trace.trace_id]
    before, after = spans_of(trace), spans_of(again.traces[0])
    if any(FOLLOWS in note for note in notes):
        for key, span in after.items():
            if REF_TYPE not in before[key]["attributes"]:
                span["attributes"].pop(REF_TYPE, None)
    if any("another half" in note for note in notes):
        for span in (*before.values(), *after.values()):
            del span["parent"]
    else:
        assert list(after) == list(before)
    assert after == before


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")


@pytest.mark.parametrize("path", files(SAMPLES), ids=lambda path: path.name)
def test_sample_traces_come_back_the_same(path: Path, tmp_path: Path) -> None:
    for trace in load([str(path)]).traces:
        check(trace, tmp_path)


def test_files_of_real_writers_come_back_the_same(tmp_path: Path) -> None:
    checked = 0
    for path in files(shared("samples")):
        try:
            collection = load([str(path)])
        except TracetuiError:
            continue
        for trace in collection.traces[:MOST_TRACES]:
            check(trace, tmp_path)
            checked += 1
    assert checked > 100


def document(spans: list[dict[str, Any]], resource: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": resource or {}, "scopeSpans": [{"scope": {}, "spans": spans}]}]}


def span(number: int = 1, parent: str = "", **more: Any) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": parent,
        "name": "op",
        "kind": 2,
        "startTimeUnixNano": str(1_700_000_000_000_000_000 + number),
        "endTimeUnixNano": str(1_700_000_000_000_500_000),
        **more,
    }


def written(spans: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    data, notes = otlp_json(read(otlp, document(spans, **more)).traces[0])
    assert notes == []
    found: dict[str, Any] = json.loads(data)
    return found


def test_the_layout() -> None:
    value = written(
        [
            span(
                status={"code": 2, "message": "no"},
                traceState="a=1",
                attributes=[{"key": "n", "value": {"intValue": 7}}],
                events=[{"timeUnixNano": "1700000000000000100", "name": "e"}],
                links=[{"traceId": "F" * 32, "spanId": "e" * 16}],
                droppedEventsCount=3,
            )
        ],
        resource={"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
    )
    (group,) = value["resourceSpans"]
    assert group["resource"] == {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    (inner,) = group["scopeSpans"]
    assert inner == {
        "scope": {},
        "spans": [
            {
                "traceId": TRACE,
                "spanId": "0000000000000001",
                "traceState": "a=1",
                "name": "op",
                "kind": 2,
                "startTimeUnixNano": "1700000000000000001",
                "endTimeUnixNano": "1700000000000500000",
                "attributes": [{"key": "n", "value": {"intValue": "7"}}],
                "events": [{"timeUnixNano": "1700000000000000100", "name": "e"}],
                "links": [{"traceId": "f" * 32, "spanId": "e" * 16}],
                "droppedEventsCount": 3,
                "status": {"code": 2, "message": "no"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("text", {"stringValue": "text"}),
        (True, {"boolValue": True}),
        (-(1 << 63), {"intValue": "-9223372036854775808"}),
        (1.0, {"doubleValue": 1.0}),
        (math.inf, {"doubleValue": "Infinity"}),
        (-math.inf, {"doubleValue": "-Infinity"}),
        (math.nan, {"doubleValue": "NaN"}),
        (b"\x00\xff", {"bytesValue": "AP8="}),
        (None, {}),
        ([], {"arrayValue": {"values": []}}),
        ([1, [None]], {"arrayValue": {"values": [{"intValue": "1"}, {"arrayValue": {"values": [{}]}}]}}),
        ({}, {"kvlistValue": {"values": []}}),
        (
            {"stringValue": 1},
            {"kvlistValue": {"values": [{"key": "stringValue", "value": {"intValue": "1"}}]}},
        ),
    ],
)
def test_values_keep_their_type(value: Any, wanted: dict[str, Any]) -> None:
    counts: Counter[str] = Counter()
    assert any_value(value, counts) == wanted
    assert not counts


def test_values_of_any_depth() -> None:
    value: Any = "end"
    for _ in range(100_000):
        value = [value]
    made = any_value(value, Counter())
    for _ in range(100_000):
        (made,) = made["arrayValue"]["values"]
    assert made == {"stringValue": "end"}


def test_deep_values_come_back(tmp_path: Path) -> None:
    value: dict[str, Any] = {"stringValue": "end"}
    for _ in range(100):
        value = {"arrayValue": {"values": [value]}}
    check(read(otlp, document([span(attributes=[{"key": "deep", "value": value}])])).traces[0], tmp_path)


def test_what_a_terminal_would_act_on_is_escaped() -> None:
    data, _ = otlp_json(read(otlp, document([span(name="a\x1b]52;c;\x07\u202e")])).traces[0])
    assert b"\x1b" not in data
    assert b"\\u001b]52;c;\\u0007\\u202e" in data


def test_an_integer_beyond_64_bits_is_told() -> None:
    attributes = [{"key": "n", "value": {"intValue": str(1 << 70)}}]
    data, notes = otlp_json(read(otlp, document([span(attributes=attributes)])).traces[0])
    assert notes == ["1 integer is beyond 64 bits and written as text"]
    assert f'{{"stringValue":"{1 << 70}"}}'.encode() in data


def test_ids_that_are_no_hex_are_told() -> None:
    spans = [span(spanId="first", traceId="mine"), span(2, "first", traceId="mine")]
    data, notes = otlp_json(read(otlp, document(spans)).traces[0])
    assert [note.split(":")[0] for note in notes] == [
        "1 trace id is no hex digits",
        "2 span ids are no hex digits",
    ]
    assert b'"parentSpanId":"first"' in data


def test_an_end_that_is_not_recorded_is_not_written() -> None:
    (group,) = written([span(endTimeUnixNano=None)])["resourceSpans"]
    assert "endTimeUnixNano" not in group["scopeSpans"][0]["spans"][0]


def test_parents_stand_as_recorded_even_where_they_cannot_be() -> None:
    spans = [span(1, f"{1:016x}"), span(2, "00000000000000aa"), span(3, f"{4:016x}"), span(4, f"{3:016x}")]
    value = written(spans)
    found = value["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [one.get("parentSpanId") for one in found] == [one["parentSpanId"] for one in spans]


def test_resources_are_joined_unless_the_order_says_something() -> None:
    def resource(name: str) -> dict[str, Any]:
        return {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]}

    def parts(*spans: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        return {
            "resourceSpans": [
                {"resource": resource(name), "scopeSpans": [{"scope": {}, "spans": [one]}]}
                for name, one in spans
            ]
        }

    mixed = parts(("a", span(1)), ("b", span(2)), ("a", span(3)))
    data, _ = otlp_json(read(otlp, mixed).traces[0])
    assert [len(group["scopeSpans"][0]["spans"]) for group in json.loads(data)["resourceSpans"]] == [2, 1]
    same = {"startTimeUnixNano": "1700000000000000001", "parentSpanId": "0000000000000009"}
    ordered = parts(("a", span(1, **same)), ("b", span(2, **same)), ("a", span(3, **same)))
    data, _ = otlp_json(read(otlp, ordered).traces[0])
    assert [len(group["scopeSpans"][0]["spans"]) for group in json.loads(data)["resourceSpans"]] == [1, 1, 1]


def test_jaeger_references_and_warnings(tmp_path: Path) -> None:
    def made(number: int, *references: tuple[str, int], **more: Any) -> dict[str, Any]:
        return {
            "traceID": TRACE,
            "spanID": f"{number:016x}",
            "operationName": "op",
            "startTime": 1_700_000_000_000_000 + number,
            "duration": 10,
            "processID": "p",
            "references": [
                {"refType": kind, "traceID": TRACE, "spanID": f"{to:016x}"} for kind, to in references
            ],
            **more,
        }

    spans = [made(1), made(2, ("FOLLOWS_FROM", 1)), made(3, ("CHILD_OF", 2), ("FOLLOWS_FROM", 1))]
    spans[0]["warnings"] = ["clock skew"]
    document = {"data": [{"traceID": TRACE, "spans": spans, "processes": {"p": {"serviceName": "s"}}}]}
    trace = read(jaeger, document).traces[0]
    data, notes = otlp_json(trace)
    assert notes == [
        f"1 span follows from a parent that did not wait: {FOLLOWS}",
        "1 span has warnings of a backend, which are left out",
    ]
    follows = {"key": REF_TYPE, "value": {"stringValue": "follows_from"}}
    _, second, third = json.loads(data)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert second["attributes"] == [follows]
    assert third["links"] == [{"traceId": TRACE, "spanId": f"{1:016x}", "attributes": [follows]}]
    check(trace, tmp_path)


def test_zipkin_halves_keep_their_keys(tmp_path: Path) -> None:
    def made(id: str, kind: str, service: str, **more: Any) -> dict[str, Any]:
        return {
            "traceId": TRACE,
            "id": id,
            "kind": kind,
            "timestamp": 1_700_000_000_000_000,
            "duration": 9,
            "localEndpoint": {"serviceName": service},
            **more,
        }

    spans = [
        made(SPAN, "SERVER", "back", shared=True, parentId="00000000000000aa"),
        made(SPAN, "CLIENT", "front", parentId="00000000000000aa"),
        made("00000000000000bb", "CLIENT", "back", parentId=SPAN),
    ]
    trace = read(zipkin, spans).traces[0]
    assert [one.key for one in trace.spans] == [SPAN, f"{SPAN}_1", "00000000000000bb"]
    check(trace, tmp_path)
