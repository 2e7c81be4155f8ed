"""JSON of every odd kind, alone and in every place of a trace: never a crash, and the rest is kept.

The kinds are those that suites for JSON parsers know: what must be taken, what must be refused, and what
parsers disagree about.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.loaders.test_damaged import (
    compact,
    jaeger_span,
    jaeger_trace,
    otlp_request,
    otlp_span,
    zipkin_span,
)
from tracetui.errors import InputError
from tracetui.export.json import write_json
from tracetui.export.report import Report
from tracetui.loaders import load
from tracetui.model.trace import Collection
from tracetui.text import neutralise

DEEP = 100_000
TAKEN = [
    b"null", b"true", b"false", b"0", b"-0", b"-0.0", b"1e5", b"1E+2", b"1e-7",
    b"123456789012345678901234567890", b"18446744073709551616", b"-9223372036854775809", b"1e308",
    b"4.9e-324", b'""', b'"a"', b'"\\u0000"', b'"\\/"', b'"\\ud83d\\ude00"', b'"\xf0\x9f\x98\x80"',
    b'"\xe2\x80\xa8"', b'"\x7f"', b'"\\b\\f\\n\\r\\t"', b"[]", b"{}", b"[[[[[[]]]]]]", b'{"":0}',
    b'{"a":1,"a":2}', b'{"a":{"b":{"c":[1,{"d":null}]}}}', b"[1,2,3]", b'["a",1,null,{}]',
    b'{"a\\u0000b":1}', b" [ ] ", b"\t{\r\n}", b"[" * 500 + b"]" * 500, b'"' + b"x" * 100_000 + b'"',
    b"1" * 4000,
]  # fmt: skip
DISAGREED = [
    b'"\\ud800"', b'"\\udc00"', b'"\\ud800\\ud800"', b'"\\ud800x"', b'"\xff"', b'"\xc0\xaf"',
    b'"\xed\xa0\x80"', b'"\xe9"', b'"\xf4\xbf\xbf\xbf"', b'{"\\ud800":1}', b"1e400", b"-1e400", b"1e-400",
    b"NaN", b"Infinity", b"-Infinity", b'"a\x00b"', b'"a\nb"', b'"a\tb"', b'"a\x1fb"', b"9" * 5000,
    b"0." + b"1" * 5000, b"1e" + b"9" * 5000,
]  # fmt: skip
REFUSED = [
    b"", b" ", b"-", b"+1", b"01", b"1.", b".5", b"1e", b"1e+", b"0x10", b"1 2", b"1,2", b"nul", b"True",
    b"nan", b"undefined", b"'a'", b"a", b'"', b'"a', b'"\\', b'"\\"', b'"\\x00"', b'"\\u12"', b'"\\uZZZZ"',
    b'"\\a"', b"[", b"]", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1 2]", b"[,]", b"[1]]", b"[\"a\",,1]", b"{",
    b"}", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b"{a:1}", b"{1:1}", b'{"a" 1}',
    b'{"a":1 "b":2}', b'{"a"::1}', b'{,"a":1}', b'{"a":1}}', b'{"a":1,,"b":2}', b"{'a':1}", b"[}", b"{]",
    b"/* c */ 1", b"1 // c", b"\xef\xbb\xbf1", b"\x00", b"\xff\xfe", b"<a>", b"#", b"1\x00", b"\x1b[2J",
    b"\xe2\x81\xa0", b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP, b'[{"a":' * DEEP,
    b'"' + b"\\" * 999,
]  # fmt: skip
ODD = TAKEN + DISAGREED + REFUSED

FAMILIES: dict[str, tuple[Any, str]] = {
    "jaeger": (
        {"data": [{"traceID": "1" * 32, "spans": [], "processes": {"p": {"serviceName": "a"}}}]},
        "spanID",
    ),
    "otlp": (otlp_request(), "spanId"),
    "zipkin": ([], "id"),
}
SPANS = {"jaeger": jaeger_span, "otlp": otlp_span, "zipkin": zipkin_span}
FIELDS = {
    "jaeger": [*jaeger_span(0), "references", "process", "warnings", "flags", "parentSpanID", "extra"],
    "otlp": [
        *otlp_span(0),
        *("attributes", "events", "links", "status", "parentSpanId", "traceState", "flags", "extra"),
        *("droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"),
    ],
    "zipkin": [
        *zipkin_span(0),
        *("parentId", "kind", "localEndpoint", "remoteEndpoint", "annotations", "shared", "debug", "extra"),
    ],
}


def document(family: str, records: list[bytes]) -> bytes:
    """The records as the spans of a document."""
    body = b",".join(records)
    if family == "zipkin":
        return b"[" + body + b"]"
    return compact(FAMILIES[family][0]).encode().replace(b'"spans":[]', b'"spans":[' + body + b"]")


def outcome(path: Path, data: bytes) -> Collection | str:
    """What is read, or the one line that is said instead. All of what is read is looked at."""
    path.write_bytes(data)
    try:
        collection = load([str(path)])
    except InputError as error:
        told = neutralise(str(error))
        assert "\n" not in told
        assert len(told) < 500
        return told
    for trace in collection.traces:
        for span in trace.spans:
            assert (span.attributes, span.events, span.links, span.resource, span.scope) is not None
    json.loads(b"".join(write_json(Report(collection))))
    return collection


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: ascii(ODD[number][:12])[2:-1])
def test_alone_and_among_lines(number: int, tmp_path: Path) -> None:
    odd = ODD[number]
    for wrapped in (odd, b"[" + odd + b"]", b'{"resourceSpans":' + odd + b"}"):
        assert isinstance(outcome(tmp_path / "x", wrapped), str)
    for make in (jaeger_trace, lambda n: otlp_request(otlp_span(n)), zipkin_span):
        lines = [compact(make(n)).encode() for n in (1, 2, 3)]
        found = outcome(tmp_path / "x", b"\n".join([*lines[:2], odd, lines[2]]))
        assert isinstance(found, Collection)
        assert found.span_count == 3


@pytest.mark.parametrize("family", SPANS)
@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: ascii(ODD[number][:12])[2:-1])
def test_as_a_span(family: str, number: int, tmp_path: Path) -> None:
    spans = [compact(SPANS[family](n)).encode() for n in range(6)]
    found = outcome(tmp_path / "x", document(family, [*spans[:3], ODD[number], *spans[3:]]))
    assert isinstance(found, Collection)
    assert found.span_count >= 3


def with_field(family: str, number: int, field: str, odd: bytes) -> bytes:
    return compact(SPANS[family](number) | {field: "@@"}).encode().replace(b'"@@"', odd)


@pytest.mark.parametrize("family", SPANS)
def test_as_any_field(family: str, tmp_path: Path) -> None:
    sound = [compact(SPANS[family](n)).encode() for n in range(4)]
    values = [odd for odd in TAKEN + DISAGREED if len(odd) < 200] + [b"[" * DEEP + b"]" * DEEP]
    for field in FIELDS[family]:
        spans = [with_field(family, 10 + n, field, odd) for n, odd in enumerate(values)]
        found = outcome(tmp_path / "x", document(family, sound + spans))
        assert isinstance(found, Collection), (field, found)
        # Zipkin's partial reports of one span are joined, and here many have no id.
        assert found.span_count >= len(sound) + len(values) // (3 if family == "zipkin" else 1) - 1, field


@pytest.mark.parametrize("family", SPANS)
@pytest.mark.parametrize("field", [0, 1, -1])
def test_damage_in_a_field(family: str, field: int, tmp_path: Path) -> None:
    sound = [compact(SPANS[family](n)).encode() for n in range(4)]
    for odd in (odd for odd in REFUSED if len(odd) < 200):
        record = with_field(family, 7, FIELDS[family][field], odd)
        found = outcome(tmp_path / "x", document(family, [*sound[:2], record, *sound[2:]]))
        assert isinstance(found, Collection), (odd, found)
        assert found.span_count >= 2, odd
