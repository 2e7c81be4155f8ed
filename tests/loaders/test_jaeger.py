"""Jaeger UI JSON: wrappers, the parent rule, processes as clocks, tags into columns, and what is mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracetui.errors import InputError, NotATrace
from tracetui.loaders import LoadOptions, load
from tracetui.loaders.jaeger_details import decode
from tracetui.loaders.jaeger_tags import TagReader
from tracetui.model.store import Kind, Status
from tracetui.model.trace import Collection, Trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER = "00000000000000000000000000000abc"


def span(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    references = [reference(parent)] if parent else []
    return {
        "traceID": TRACE, "spanID": f"{number:016x}", "operationName": f"op{number}",
        "references": references, "startTime": 1_700_000_000_000_000 + number, "duration": 10,
        "tags": [], "logs": [], "processID": "p1", "warnings": None, **more,
    }  # fmt: skip


def reference(number: int, kind: str = "CHILD_OF", trace: str = TRACE) -> dict[str, Any]:
    return {"refType": kind, "traceID": trace, "spanID": f"{number:016x}"}


def tag(key: str, value: Any, kind: str = "string") -> dict[str, Any]:
    return {"key": key, "type": kind, "value": value}


def trace(*spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    processes = {"p1": {"serviceName": "front", "tags": [tag("host", "a")]}}
    return {"traceID": TRACE, "spans": list(spans), "processes": processes, **more}


def read(tmp_path: Path, value: Any, **options: Any) -> Collection:
    path = tmp_path / "trace.json"
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return load([str(path)], LoadOptions(**options))


def only(collection: Collection) -> Trace:
    assert len(collection.traces) == 1
    return collection.traces[0]


def codes(holder: Trace | Collection) -> dict[str, int]:
    return {str(issue.code): issue.count for issue in holder.issues}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [
    lambda t: {"data": [t], "total": 0, "errors": None}, lambda t: {"data": t}, lambda t: t, lambda t: [t],
    lambda t: {"processes": t["processes"], "spans": t["spans"], "traceID": t["traceID"]},
])  # fmt: skip
def test_every_wrapper_gives_the_same_trace(tmp_path: Path, wrap: Any, indent: int | None) -> None:
    document = wrap(trace(span(1), span(2, 1), span(3, 2)))
    found = only(read(tmp_path, json.dumps(document, indent=indent).encode()))
    assert [s.name for s in found.spans] == ["op1", "op2", "op3"]
    assert [s.depth for s in found.spans] == [0, 1, 2]
    assert found.service == "front"
    assert found.root.resource == {"service.name": "front", "host": "a"}
    assert found.spans[1].duration_ns == 10_000
    assert codes(found) == {}


def test_lines_and_documents_back_to_back(tmp_path: Path) -> None:
    one, two = trace(span(1)), {**trace(span(1, traceID=OTHER)), "traceID": OTHER}
    for text in (f"{json.dumps(one)}\n{json.dumps(two)}\n", json.dumps(one) + json.dumps(two, indent=1)):
        assert [t.trace_id for t in read(tmp_path, text.encode()).traces] == [TRACE, OTHER]


def test_records_are_read_back_from_their_exact_bytes(tmp_path: Path) -> None:
    spans = [span(i, i // 2, tags=[tag("n", i, "int64")]) for i in range(1, 3000)]
    for indent in (None, 1):
        found = only(read(tmp_path, json.dumps({"data": [trace(*spans)]}, indent=indent).encode()))
        for one in (found.spans[0], found.spans[1500], found.spans[-1]):
            assert one.attributes == {"n": int(one.span_id, 16)}
            raw = found.store.raw(one.row)
            assert raw[:1] == b"{" and raw[-1:] == b"}" and json.loads(raw)["spanID"] == one.span_id


def test_the_first_existing_child_of_is_the_parent_then_the_first_existing_follows_from(
    tmp_path: Path,
) -> None:
    follows = "FOLLOWS_FROM"
    found = only(read(tmp_path, trace(
        span(1),
        span(2, references=[reference(1, follows), reference(9), reference(1)]),
        span(3, references=[reference(9), reference(2, follows)]),
        span(4, references=[reference(7, trace=OTHER)]),
        span(5, references=[reference(2, follows)]),
        span(6, references=[reference(8), reference(9)]),
        span(7, references=[], parentSpanID=f"{1:016x}"),
    )))  # fmt: skip
    parents = {s.name: s.parent.name if s.parent else None for s in found.spans}
    assert parents == {
        "op1": None, "op2": "op1", "op3": "op2", "op4": None, "op5": "op2", "op6": None, "op7": "op1",
    }  # fmt: skip
    assert found.orphan_count == 1
    by_name = {s.name: s for s in found.spans}
    assert [(link.trace_id, link.type) for link in by_name["op4"].links] == [(OTHER, "child_of")]
    assert not by_name["op2"].is_orphan


def test_equal_processes_of_one_trace_are_two_clocks(tmp_path: Path) -> None:
    same = {"serviceName": "twin", "tags": []}
    document = trace(span(1), span(2, 1, processID="p2"), span(3, 1, processID="p2"))
    document["processes"] = {"p1": same, "p2": same}
    found = only(read(tmp_path, document))
    clock = [int(found.store.resources.clock[s]) for s in found.store.resource]
    assert clock[0] != clock[1] == clock[2]
    assert found.service_count == 1


def test_processes_in_the_spans_and_processes_that_are_missing(tmp_path: Path) -> None:
    inline = {"serviceName": "inline", "tags": [tag("k", 1, "int64")]}
    document = trace(span(1, processID=None, process=inline), span(2, 1, processID="nope"), span(3, 1))
    document["spans"][0].pop("processID")
    found = only(read(tmp_path, document))
    assert [s.service for s in found.spans] == ["inline", "", "front"]
    assert found.spans[0].resource == {"service.name": "inline", "k": 1}
    assert codes(found) == {"missing-process": 1}


def test_kind_and_status_come_from_tags_however_they_are_written(tmp_path: Path) -> None:
    tricky = [
        tag("payload", '{"key":"span.kind","value":"consumer"}'),
        tag("note", "error"),
        tag("brace", "{"),
    ]
    rows: list[tuple[list[Any], str, str]] = [
        ([tag("span.kind", "client")], "client", "unset"),
        ([tag("span.kind", "SERVER"), tag("error", True, "bool")], "server", "error"),
        ([tag("error", "true"), *tricky], "unspecified", "error"),
        ([tag("error", False, "bool"), tag("otel.status_code", "OK")], "unspecified", "ok"),
        ([*tricky, tag("otel.status_code", "ERROR"), tag("span.kind", "internal")], "internal", "error"),
        ([{"type": "string", "value": "a } b", "key": "span.kind"}], "unspecified", "unset"),
        ([{"value": "producer", "key": "span.kind"}], "producer", "unset"),
        (tricky, "unspecified", "unset"),
        ([tag("error", 1, "int64")], "unspecified", "error"),
    ]
    for indent in (None, 3):
        spans = [span(i + 1, tags=tags) for i, (tags, _, _) in enumerate(rows)]
        found = only(read(tmp_path, json.dumps(trace(*spans), indent=indent).encode()))
        assert [(s.kind, s.status) for s in found.spans] == [(kind, status) for _, kind, status in rows]


def test_nested_copies_of_parents_are_no_spans_and_their_tags_are_not_read(tmp_path: Path) -> None:
    parent = span(1, tags=[tag("span.kind", "server"), tag("error", True, "bool")])
    nested = {**reference(1), "span": {**parent, "references": [{**reference(9), "span": span(9)}]}}
    found = only(read(tmp_path, {"data": [trace(parent, span(2, references=[nested]))]}))
    assert [(s.name, s.kind, s.status) for s in found.spans] == [
        ("op1", "server", "error"), ("op2", "unspecified", "unset"),
    ]  # fmt: skip


def test_one_bad_span_never_hides_the_others(tmp_path: Path) -> None:
    bad = [None, 7, span(3, tags="x"), span(4, startTime="soon"), span(5, duration=-1), span(6, logs={})]
    found = only(read(tmp_path, trace(span(1), span(2, 1), *bad)))  # type: ignore[arg-type]
    assert found.span_count == 6
    told = codes(found)
    assert {code: told[code] for code in ("bad-span", "bad-type", "bad-time", "negative-duration")} == {
        "bad-span": 2, "bad-type": 2, "bad-time": told["bad-time"], "negative-duration": 1,
    }  # fmt: skip


def test_a_cut_file_keeps_its_whole_spans(tmp_path: Path) -> None:
    text = json.dumps(trace(*(span(i, i - 1) for i in range(1, 50)))).encode()
    collection = read(tmp_path, text[: text.index(b"op30")])
    assert only(collection).span_count == 29
    assert codes(collection) == {"truncated": 1}
    with pytest.raises(InputError, match="before one span is complete"):
        read(tmp_path, text[: text.index(b"op1")])


def test_what_the_backend_says(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an error: trace not found"):
        read(tmp_path, {"data": None, "errors": [{"code": 404, "msg": "trace not found"}]})
    with pytest.raises(NotATrace, match="holds no spans"):
        read(tmp_path, {"data": [trace()]})
    collection = read(tmp_path, {"data": [trace(span(1))], "errors": [{"msg": "one shard is down"}]})
    assert [issue.samples for issue in collection.issues] == [["one shard is down"]]
    assert codes(only(read(tmp_path, trace(span(1), warnings=["late"])))) == {"backend-error": 1}


def test_a_span_of_another_trace_stays_where_it_stands_and_is_told(tmp_path: Path) -> None:
    found = only(read(tmp_path, trace(span(1), span(2, 1, traceID=OTHER))))
    assert codes(found)["trace-id-mismatch"] == 1


def test_many_small_traces_each_keep_their_own_processes(tmp_path: Path) -> None:
    traces = []
    for number in range(1, 400):
        trace_id = f"{number:032x}"
        spans = [span(i, i - 1, traceID=trace_id) for i in range(1, 2 + number % 7)]
        for one in spans:
            one["references"] = [{**r, "traceID": trace_id} for r in one["references"]]
        table = {"p1": {"serviceName": f"s{number % 5}", "tags": []}}
        traces.append({"traceID": trace_id, "spans": spans, "processes": table})
    collection = read(tmp_path, json.dumps({"data": traces}, separators=(",", ":")).encode())
    assert [t.trace_id for t in collection.traces] == [t["traceID"] for t in traces]
    assert [t.span_count for t in collection.traces] == [len(t["spans"]) for t in traces]
    assert [t.service for t in collection.traces] == [f"s{n % 5}" for n in range(1, 400)]
    chosen = load([str(tmp_path / "trace.json")], LoadOptions(trace_ids=("7", "00A")))
    assert [t.trace_id for t in chosen.traces] == [f"{7:032x}", f"{10:032x}"]
    with pytest.raises(InputError, match="not among the 399"):
        load([str(tmp_path / "trace.json")], LoadOptions(trace_ids=("fff",)))


def test_details_of_a_record() -> None:
    record = span(
        2,
        references=[reference(1), reference(5, "FOLLOWS_FROM", OTHER)],
        tags=[
            tag("big", "9223372036854775222", "int64"), tag("ratio", 1, "float64"), tag("on", "true", "bool"),
            tag("blob", "AAE=", "binary"), tag("bad", "?", "binary"), tag("twice", 1, "int64"),
            tag("twice", 2, "int64"), {"key": "plain", "value": [1]}, tag("otel.status_description", "why"),
            tag("otel.scope.name", "lib"), tag("otel.scope.version", "2"),
        ],
        logs=[{"timestamp": 5, "fields": [tag("event", "retry"), tag("n", 1, "int64")]}, {"timestamp": 6}],
        warnings=["late"],
    )  # fmt: skip
    found = decode(json.dumps(record).encode())
    assert found.attributes["big"] == 9223372036854775222
    assert (found.attributes["on"], found.attributes["blob"], found.attributes["twice"]) == (True, b"\0\1", 2)
    assert found.attributes["plain"] == [1]
    assert [(e.time_ns, e.name, e.attributes) for e in found.events] == [
        (5000, "retry", {"n": 1}),
        (6000, "", {}),
    ]
    assert [(link.type, link.reference) for link in found.links] == [
        ("child_of", True),
        ("follows_from", False),
    ]
    assert (found.status_message, found.scope and found.scope.name) == ("why", "lib")
    assert found.warnings == [
        "late",
        "tag bad is no binary",
        "tag twice stands twice; the last is shown, not 1",
    ]


@pytest.mark.parametrize(
    "record", [b"", b"null", b'{"tags":[null,5,{}],"logs":[1],"references":["x"]}', b'{"a":']
)
def test_details_of_what_is_hardly_a_record(record: bytes) -> None:
    decode(record)


def test_tags_that_were_seen_before_are_not_decoded_again() -> None:
    import msgspec

    reader = TagReader()
    raw = [msgspec.Raw(json.dumps([tag("span.kind", "client"), tag("error", i % 2 == 0, "bool")]).encode())
           for i in range(6)]  # fmt: skip
    for _ in range(2):
        kinds, statuses, odd = reader.read(raw)
        assert kinds.tolist() == [Kind.CLIENT] * 6
        assert statuses.tolist() == [Status.ERROR, Status.UNSET] * 3
        assert odd == []


def test_a_broken_last_span_takes_nothing_of_the_next_trace(tmp_path: Path) -> None:
    good = trace(span(1), span(2, 1), span(3, 1))
    spans = [span(number) | {"traceID": OTHER} for number in (4, 5, 6)]
    other = {**trace(*spans), "traceID": OTHER}
    text = json.dumps({"data": [good, good, other]}, separators=(",", ":"))
    second = text.index('"spanID":"0000000000000003"', text.index('"spanID":"0000000000000003"') + 5)
    found = read(tmp_path, (text[:second] + "?" + text[second:]).encode())
    assert [len(trace.spans) for trace in found.traces] == [3, 3]
    assert "trace-id-mismatch" not in codes(found.traces[1])
    assert codes(found.traces[0])["bad-span"] == 1


def test_half_a_surrogate_pair_in_a_service_name_costs_nothing_else(tmp_path: Path) -> None:
    value = trace(span(1), span(2, 1))
    value["processes"]["p1"]["serviceName"] = "a\ud800b"
    found = only(read(tmp_path, json.dumps({"data": [value]}).encode()))
    assert [span.service for span in found.spans] == ["a\ufffdb"] * 2
    assert set(codes(found)) == {"bad-unicode"}
