"""What is no trace that can be read is named, in one line."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tracetui.errors import NotATrace
from tracetui.loaders import load
from tracetui.loaders.detect import FORMATS, candidates, what_it_is
from tracetui.loaders.head import Head
from tracetui.sources import MemorySource

NAMED = [
    (b'{"traceEvents":[{"ph":"X","ts":1}]}', "a Chrome trace"),
    (b'[{"ph":"X","ts":1}]', "a Chrome trace"),
    (b'{"resourceLogs":[]}', "OTLP logs"),
    (b'{"resourceMetrics":[]}', "OTLP metrics"),
    (b'[{"traceId":"1","id":"2","annotations":[{"endpoint":{}}]}]', "Zipkin v1"),
    (b'[[{"trace_id":1,"span_id":2,"meta":{}}]]', "Datadog spans"),
    (b'{"traces":[[{"trace_id":"A","span_id":"B","metrics":{}}]]}', "Datadog spans"),
    (b'[{"Start":1,"Duration":2,"Stats":[]}]', "Datadog trace statistics"),
    (b'{"Traces":[]}', "AWS X-Ray"),
    (b'{"format":"json","version":1}\n{"trace_id":"1-a-b","start_time":1.5,"id":"x"}', "AWS X-Ray"),
    (b'{"context":{"trace_id":"0x1"},"start_time":"","kind":""}', "Python console exporter"),
    (b'{"SpanContext":{},"StartTime":""}', "Go stdout exporter"),
    (b"{\n  resource: {\n    attributes: {\n", "JavaScript console exporter"),
    (b'[{"time":"","data":{"trace.trace_id":"1"}}]', "Honeycomb"),
    (b'{"took":1,"hits":{"hits":[]}}', "Elasticsearch"),
    (b'{"spanID":"1","operationName":"a","process":{}}', "Elasticsearch"),
    (b'{"TraceID":"","SpanID":1,"OperationName":""}', "Cassandra"),
    (b'{"process":{},"spans":[{"traceIdLow":1}]}', "Thrift"),
    (b'{"process":{},"spans":[{"traceId":"","spanId":""}]}', "Jaeger protobuf JSON"),
    (b'{"Node":{},"Spans":[]}', "OpenCensus"),
    (b'{"event_id":"","sent_at":""}\n{"type":"transaction"}', "Sentry"),
    (b'{"traceSegmentId":"","spans":[]}', "SkyWalking"),
    (b'{"panels":[],"__requires":[]}', "Grafana dashboard"),
    (b'{"summaries":[{"rootServiceName":""}]}', "result of a search"),
    (b'{"data":[{"parent":"a","child":"b","callCount":3}]}', "calls between services"),
    (b'{"error":{"message":"x"}}', "an error message"),
    (b"<!doctype html><title>\x1b[2J</title>", "an HTML page"),
    (b"\x0a\x91\x88\x01\x0a\x20\x0a\x00", "OTLP protobuf"),
    (b"\x00\x00\x05\xc7\x0a\xc4\x0b\x0a\x20\x0a", "OTLP protobuf, each behind its length"),
    (b"\x0a\x40\x0a\x08ABCDEFGH\x1a\x08\0\0\0\0\0\0\0\1", "Zipkin protobuf"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\n\n\nplain words", "not JSON"),
    (b"key: value\n", "not JSON"),
    (b"123", "JSON but holds no trace"),
    (b"\xff\xfeh\0i\0", "UTF-16"),
    (b"  \n ", "blanks"),
]


@pytest.mark.parametrize(("data", "name"), NAMED)
def test_what_is_no_trace_is_named(data: bytes, name: str, tmp_path: Path) -> None:
    assert name in what_it_is(Head(MemorySource("x", data)))[0]
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(NotATrace) as caught:
        load([str(path)])
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def _heads() -> list[Head]:
    samples = sorted(SAMPLES.glob("*.json"))
    heads = [Head(MemorySource(path.name, path.read_bytes())) for path in samples]
    # The least that each path of a loader takes for its own.
    least = (
        b'{"data":[{"spans":[{"references":[],"startTime":1}]}]}',
        b'[{"traceID":"1","spans":[]}]',
        b'{"data":null,"errors":[]}',
        b'{"resource_spans":[]}',
        b'{"resource":{},"instrumentation_library_spans":[]}',
        b'{"batches":[{"resource":{},"ScopeSpans":[]}]}',
        b'{"resourceSpans":[]}\n{"resourceSpans":[]}',
        b'{"traceId":"1","id":"2"}',
    )
    return heads + [Head(MemorySource("x", data)) for data in least]


def test_a_loader_is_passed_over_only_where_its_format_cannot_be() -> None:
    found = set()
    for head in _heads():
        for name, format in FORMATS.items():
            if import_module(format.module).sniff(head):
                found.add(name)
                assert name in {loader.NAME for loader in candidates(head)}, head.data[:100]
    assert found == set(FORMATS)
