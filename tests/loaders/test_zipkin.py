"""Zipkin v2 JSON: every layout gives the same spans, every oddity is told, nothing hides the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.loaders.reading import issues, read, recognised
from tracetui.errors import NotATrace
from tracetui.loaders import zipkin
from tracetui.loaders.stream import JsonFault
from tracetui.model.trace import Collection

TRACE = "5982fe77008310cc80f1da5e10147517"
T0 = 1_717_750_000_000_000


def span(number: int, parent: int = 0, *, service: str = "shop", **more: Any) -> dict[str, Any]:
    record = {
        "traceId": TRACE,
        "id": f"{number:016x}",
        "name": f"get /{number}",
        "timestamp": T0 + number,
        "duration": 1000 - number,
        "localEndpoint": {"serviceName": service, "ipv4": "10.0.0.1", "port": 80},
        "tags": {"http.method": "GET"},
    }
    if parent:
        record["parentId"] = f"{parent:016x}"
    return record | more


SPANS = [
    span(1, kind="SERVER"),
    span(2, 1, kind="CLIENT", remoteEndpoint={"serviceName": "stock", "ipv4": "10.0.0.2", "port": 81}),
    span(2, 1, kind="SERVER", service="stock", shared=True, timestamp=T0 + 5),
    span(3, 2, service="stock", tags={"error": "boom"}, annotations=[{"timestamp": T0 + 9, "value": "miss"}]),
    span(4, 2, service="stock"),
]


def told(collection: Collection) -> list[tuple[Any, ...]]:
    return sorted(
        (one.key, one.parent_span_id, one.depth, one.name, one.service, one.kind, one.status, one.start_ns)
        for trace in collection.traces
        for one in trace.spans
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SPANS),
        json.dumps(SPANS, indent=2),
        json.dumps([SPANS[:2], [], SPANS[2:]]),
        "\ufeff" + json.dumps([SPANS], indent=1),
        "\n".join(json.dumps(one) for one in SPANS),
        "\r\n".join(json.dumps(one) for one in SPANS) + "\r\n",
        "\n\n".join(json.dumps(one) for one in SPANS),
        "".join(json.dumps(one, indent=1) for one in SPANS),
        "\n".join(json.dumps(part) for part in (SPANS[:3], SPANS[3:])),
    ],
    ids=["list", "pretty", "lists", "bom", "lines", "crlf", "blank-lines", "back-to-back", "lines-of-lists"],
)
def test_all_layouts_give_the_same_spans(text: str) -> None:
    collection = read(zipkin, text)
    assert told(collection) == told(read(zipkin, SPANS))
    assert recognised(zipkin, text.encode())


def test_columns() -> None:
    collection = read(zipkin, SPANS)
    (trace,) = collection.traces
    assert [(one.key[-3:], one.depth, one.service) for one in trace.spans] == [
        ("001", 0, "shop"),
        ("002", 1, "shop"),
        ("2_1", 2, "stock"),
        ("003", 3, "stock"),
        ("004", 3, "stock"),
    ]
    root, client, _, failed, _ = trace.spans
    assert (root.start_ns, root.duration_ns, root.kind) == ((T0 + 1) * 1000, 999_000, "server")
    assert root.resource == {
        "service.name": "shop",
        "network.local.address": "10.0.0.1",
        "network.local.port": 80,
    }
    assert client.attributes == {
        "http.method": "GET",
        "peer.service": "stock",
        "network.peer.address": "10.0.0.2",
        "network.peer.port": 81,
    }
    assert (failed.status, failed.status_message) == ("error", "boom")
    assert [(event.name, event.time_ns) for event in failed.events] == [("miss", (T0 + 9) * 1000)]
    assert trace.error_count == 1


def test_a_single_span() -> None:
    assert read(zipkin, span(1)).span_count == 1
    assert read(zipkin, json.dumps(span(1), indent=2)).span_count == 1


@pytest.mark.parametrize(
    ("tags", "status"),
    [({"error": ""}, "error"), ({"error": "true"}, "error"), ({"error": "false"}, "unset"), ({}, "unset")],
)
def test_the_tag_error_is_the_status(tags: dict[str, str], status: str) -> None:
    assert read(zipkin, [span(1, tags=tags)]).traces[0].spans[0].status == status


@pytest.mark.parametrize(
    ("timestamp", "start"),
    [
        (float(T0), T0 * 1000),
        (str(T0), T0 * 1000),
        (T0 + 0.5, T0 * 1000 + 500),
        (1.71775e15, T0 * 1000),
    ],
)
def test_times_of_all_kinds(timestamp: object, start: int) -> None:
    collection = read(zipkin, [span(1, timestamp=timestamp), span(2, 1)])
    assert collection.traces[0].spans[0].start_ns == start
    assert not issues(collection)


@pytest.mark.parametrize("timestamp", [None, "", "soon", {}, True, 253402300799000000])
def test_bad_starts_are_told_once(timestamp: object) -> None:
    collection = read(zipkin, [span(1), span(2, 1, timestamp=timestamp)])
    assert issues(collection)["bad-time"] == 1
    assert collection.span_count == 2


def test_durations_may_be_absent_but_not_wrong() -> None:
    absent = span(1)
    del absent["duration"]
    assert not issues(read(zipkin, [absent]))
    assert issues(read(zipkin, [span(1, duration=None)])) == {"bad-time": 1}
    assert issues(read(zipkin, [span(1), span(2, 1, duration=True)])) == {"bad-time": 1}
    assert not issues(read(zipkin, [span(1), span(2, 1, duration=1e3), span(3, 1, duration="7")]))
    assert issues(read(zipkin, [span(1), span(2, 1, duration=1 << 70)])) == {"bad-time": 1}
    assert issues(read(zipkin, [span(1, duration=-5)])) == {"negative-duration": 1}


def test_times_by_core_annotations() -> None:
    old = span(1, annotations=[{"timestamp": T0 + 30, "value": "ss"}, {"timestamp": T0 + 10, "value": "sr"}])
    del old["timestamp"], old["duration"]
    (one,) = read(zipkin, [old]).traces[0].spans
    assert (one.start_ns, one.duration_ns) == ((T0 + 10) * 1000, 20_000)


def test_ids_of_64_and_128_bits_are_one_trace() -> None:
    short = TRACE[16:]
    collection = read(zipkin, [span(1, traceId=short), span(2, 1), span(3, 2, traceId=short)])
    (trace,) = collection.traces
    assert trace.trace_id == TRACE
    assert trace.span_count == 3
    assert issues(collection)["mixed-id-width"] >= 1
    other = "ffffffffffffffff" + short
    assert len(read(zipkin, [span(1), span(2, traceId=other)]).traces) == 2


def test_partial_reports_are_joined() -> None:
    first, second = span(1, kind="CLIENT"), span(1, kind="CLIENT", tags={"more": "x"})
    del first["duration"], second["name"]
    collection = read(zipkin, [first, second])
    (one,) = collection.traces[0].spans
    assert (one.name, one.duration_ns) == ("get /1", 999_000)
    assert one.attributes == {"http.method": "GET", "more": "x"}
    assert issues(collection) == {"merged-span": 1}


def test_endpoints() -> None:
    spans = [
        span(1, localEndpoint=None),
        span(2, 1, localEndpoint={"ipv4": "10.0.0.9"}),
        span(3, 1, localEndpoint={"serviceName": "x", "port": "junk"}),
        span(4, 1, localEndpoint=7),
    ]
    collection = read(zipkin, spans)
    assert [one.service for one in collection.traces[0].spans] == ["", "", "x", ""]
    assert issues(collection) == {"bad-type": 1}
    store = read(zipkin, json.dumps(SPANS, indent=1)).store
    assert len(store.resources.service) == 2


@pytest.mark.parametrize(
    "field", ["name", "kind", "tags", "annotations", "localEndpoint", "remoteEndpoint", "shared", "debug"]
)
@pytest.mark.parametrize("value", [{"k": 1}, [1], 1.5, "x"])
def test_a_field_of_the_wrong_kind_costs_only_itself(field: str, value: object) -> None:
    fits = (isinstance(value, dict) and ("Endpoint" in field or field == "tags")) or (
        field == "name" and isinstance(value, str)
    )
    collection = read(zipkin, [span(1), span(2, 1, **{field: value}), span(3, 2)])
    assert collection.span_count == 3
    assert [one.depth for one in collection.traces[0].spans] == [0, 1, 2]
    assert fits != bool(issues(collection).get("bad-type"))


@pytest.mark.parametrize("value", ["", None, 12, "0000000000000000", {"k": 1}, "not hex"])
def test_bad_ids_are_told(value: object) -> None:
    collection = read(zipkin, [span(1), span(2, 1, id=value)])
    assert issues(collection) == {"bad-id": 1}
    assert collection.span_count == 2


@pytest.mark.parametrize("bad", ["NaN", '"\\ud800"', '"\x01"'])
def test_a_record_that_only_strict_readers_refuse_is_kept(bad: str) -> None:
    text = json.dumps([span(1), span(2, 1, x="@@"), span(3, 2)]).replace('"@@"', bad)
    collection = read(zipkin, text)
    assert collection.span_count == 3
    assert set(issues(collection)) & {"bad-number", "bad-unicode", "control-char"}


def test_bytes_that_are_no_text() -> None:
    data = json.dumps([span(1), span(2, 1, tags={"k": "@"}), span(3, 2, name="@")]).encode()
    collection = read(zipkin, data.replace(b"@", b"\xff"))
    assert collection.span_count == 3
    assert issues(collection)["bad-utf8"] == 2


def test_bad_and_cut_lines() -> None:
    lines = [json.dumps(span(n)) for n in range(1, 8)]
    lines[2] = "{oops"
    lines[6] = lines[6][:50]
    collection = read(zipkin, "\n".join(lines))
    assert collection.span_count == 5
    found = {issue.code.value: issue for issue in collection.issues}
    assert found["bad-line"].samples[0].startswith("line 3:")
    assert found["truncated"].count == 1


def test_a_cut_list_keeps_its_whole_spans() -> None:
    text = json.dumps([span(n) for n in range(1, 6)])
    collection = read(zipkin, text[:-30])
    assert collection.span_count == 4
    assert issues(collection)["truncated"] == 1


def test_nothing_readable_raises() -> None:
    with pytest.raises(JsonFault):
        read(zipkin, '[{"traceId":"1","id"')
    with pytest.raises(NotATrace):
        read(zipkin, "[]")
    with pytest.raises(NotATrace):
        read(zipkin, "[[],[]]")


def test_a_source_larger_than_a_window() -> None:
    spans = [span(n, n // 2, pad="x" * 300) for n in range(1, 3000)]
    expected = told(read(zipkin, json.dumps(spans, indent=1)))
    assert len(expected) == 2999
    assert told(read(zipkin, spans)) == expected
    assert told(read(zipkin, "\n".join(json.dumps(one) for one in spans))) == expected
    assert told(read(zipkin, [spans[n : n + 100] for n in range(0, 2999, 100)])) == expected


def test_recognised_by_content() -> None:
    assert recognised(zipkin, json.dumps([span(1)]).encode())
    assert recognised(zipkin, b'[{"traceId":"1","id":"1"}]')
    v1 = {"traceId": "1", "id": "1", "annotations": [{"timestamp": 1, "value": "cs", "endpoint": {}}]}
    assert not recognised(zipkin, json.dumps([v1]).encode())
    assert not recognised(
        zipkin, b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"1","spanId":"1"}]}]}]}'
    )
