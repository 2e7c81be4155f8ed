"""Damage costs what is damaged: lines and records around it are read, and one issue counts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.loaders.reading import issues, read
from tracetui.loaders import jaeger, otlp, otlp_ndjson, zipkin

COUNT = 300
START = 1_717_750_000_000_000


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def otlp_span(number: int) -> dict[str, Any]:
    time = str((START + number) * 1000)
    ids = {"traceId": f"{number // 10 + 1:032x}", "spanId": f"{number + 1:016x}"}
    return {**ids, "name": "op", "kind": 2, "startTimeUnixNano": time, "endTimeUnixNano": time}


def zipkin_span(number: int) -> dict[str, Any]:
    ids = {"traceId": f"{number // 10 + 1:032x}", "id": f"{number + 1:016x}"}
    return {**ids, "name": "op", "timestamp": START + number, "duration": 9, "tags": {"a": "b"}}


def jaeger_span(number: int) -> dict[str, Any]:
    ids = {"traceID": "1" * 32, "spanID": f"{number + 1:016x}", "operationName": "op", "processID": "p"}
    return {**ids, "startTime": START + number, "duration": 9, "tags": [], "logs": []}


def otlp_request(*spans: Any) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": list(spans)}]}]}


def jaeger_trace(number: int) -> dict[str, Any]:
    span = jaeger_span(number) | {"traceID": f"{number + 1:032x}"}
    return {"traceID": span["traceID"], "spans": [span], "processes": {"p": {"serviceName": "a"}}}


LINES: dict[str, tuple[ModuleType, Callable[[int], Any]]] = {
    "otlp": (otlp_ndjson, lambda number: otlp_request(otlp_span(number))),
    "zipkin": (zipkin, zipkin_span),
    "jaeger": (jaeger, jaeger_trace),
}
BAD_LINES: dict[str, tuple[str, Callable[[str], str]]] = {
    "words": ("bad-line", lambda good: "2026-11-22 INFO no JSON at all"),
    "oops": ("bad-line", lambda good: "{oops"),
    "cut": ("bad-line", lambda good: good[: len(good) // 2]),
    "cut at the end": ("bad-line", lambda good: good[:-1]),
    "nested": ("bad-line", lambda good: '{"a":' + "[" * 2000),
    "huge": ("bad-line", lambda good: "x" * 5000),
    "huge text": ("bad-line", lambda good: '{"resourceSpans":[{"x":"' + "y" * 50_000),
    "other": ("mixed-formats", lambda good: '{"a":1}'),
    "null": ("mixed-formats", lambda good: "null"),
}


@pytest.mark.parametrize("family", LINES)
@pytest.mark.parametrize("kind", BAD_LINES)
def test_every_other_line_is_bad(family: str, kind: str) -> None:
    loader, document = LINES[family]
    code, damage = BAD_LINES[kind]
    lines = [
        compact(document(number)) if number % 2 == 0 else damage(compact(document(number)))
        for number in range(COUNT)
    ]
    collection = read(loader, "\n".join([*lines, compact(document(COUNT))]))
    found = issues(collection)
    whole_span_kept = kind == "cut at the end" and family != "zipkin"
    assert collection.span_count == COUNT // 2 + 1 + (COUNT // 2 if whole_span_kept else 0)
    assert found[code] == COUNT // 2
    assert found.keys() <= {code, "multiple-roots", "missing-process"}


ARRAYS: dict[str, tuple[ModuleType, Callable[[int], Any], str, str]] = {
    "otlp": (otlp, otlp_span, '{"resourceSpans":[{"scopeSpans":[{"spans":[', "]}]}]}"),
    "zipkin": (zipkin, zipkin_span, "[", "]"),
    "jaeger": (
        jaeger,
        jaeger_span,
        '{"data":[{"traceID":"' + "1" * 32 + '","spans":[',
        '],"processes":{"p":{"serviceName":"a"}}}]}',
    ),
}
BAD_RECORDS: dict[str, Callable[[str], str]] = {
    "number": lambda good: "7",
    "null": lambda good: "null",
    "text": lambda good: '"x"',
    "list": lambda good: "[]",
    "oops": lambda good: good[:-1] + ",oops}",
    "unclosed": lambda good: good[:-1],
    "cut in an id": lambda good: good[:30],
    "nested": lambda good: good[:-1] + ',"a":' + "[" * 2000 + "}",
}


@pytest.mark.parametrize("family", ARRAYS)
@pytest.mark.parametrize("kind", BAD_RECORDS)
@pytest.mark.parametrize("comma", [",", ",\n", " ,\n  "])
def test_every_other_record_is_bad(family: str, kind: str, comma: str) -> None:
    loader, span, head, tail = ARRAYS[family]
    records = [
        compact(span(number)) if number % 2 == 0 else BAD_RECORDS[kind](compact(span(number)))
        for number in range(COUNT + 1)
    ]
    collection = read(loader, head + comma.join(records) + tail)
    found = issues(collection)
    assert collection.span_count == COUNT // 2 + 1
    assert found["bad-span"] == COUNT // 2
    assert found.keys() <= {"bad-span", "multiple-roots"}


def test_formats_in_one_source_are_each_read() -> None:
    lines = []
    for number in range(30):
        document = LINES[("otlp", "zipkin", "jaeger")[number % 3]][1](number * 10)
        lines.append(compact(document))
    for loader in (jaeger, otlp_ndjson, zipkin):
        collection = read(loader, "\n".join(lines))
        assert collection.span_count == 30
        assert issues(collection)["mixed-formats"] == 30
        assert sorted({info.format.partition("-")[0] for info in collection.sources}) == [
            "jaeger",
            "otlp",
            "zipkin",
        ]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda body: {"trace": body, "status": "COMPLETE"},
        lambda body: {"result": body},
        lambda body: {"batches": body["resourceSpans"]},
        lambda body: {"trace": {"batches": body["resourceSpans"]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_answers_that_wrap_otlp(wrap: Callable[[Any], Any], indent: int | None) -> None:
    body = otlp_request(*(otlp_span(number) for number in range(20)))
    collection = read(otlp, json.dumps(wrap(body), indent=indent))
    assert collection.span_count == 20
    assert not issues(collection).keys() - {"multiple-roots"}


def test_a_partial_answer_is_told() -> None:
    answer = {"trace": otlp_request(otlp_span(1)), "status": "PARTIAL", "message": "too big"}
    assert issues(read(otlp, compact(answer))) == {"partial-trace": 1}


def test_documents_back_to_back() -> None:
    for loader, document in LINES.values():
        assert read(loader, compact(document(1)) + compact(document(2))).span_count == 2
        assert read(loader, compact(document(1)) + "\n\n" + json.dumps(document(2), indent=2)).span_count == 2
