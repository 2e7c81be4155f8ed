"""Which format a source is in, by its content alone; and what it is if it is none."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol, cast

from tracetui.errors import NotATrace, UsageError
from tracetui.loaders.control import Control
from tracetui.loaders.head import HEAD_SIZES, Head
from tracetui.model.builder import StoreBuilder
from tracetui.sources.base import ByteSource


class Loader(Protocol):
    """A module that reads one format."""

    NAME: str

    def sniff(self, head: Head) -> bool:
        """Whether a head looks like this format."""

    def load(self, source: ByteSource, builder: StoreBuilder, control: Control) -> None:
        """Read a source into a builder."""


class Format(NamedTuple):
    """Where a format is read.

    Attributes:
        module: The name of its loader.
        words: At least one of them stands in each of its heads; without one its loader is not even imported.
    """

    module: str
    words: tuple[bytes, ...]


FORMATS: Final = {
    "jaeger-ui": Format(
        "tracetui.loaders.jaeger",
        (b'"traceID"', b'"spanID"', b'"operationName"', b'"processID"', b'"references"', b'"errors"'),
    ),
    "otlp-json": Format("tracetui.loaders.otlp", (b"Spans", b"_spans")),
    "otlp-ndjson": Format("tracetui.loaders.otlp_ndjson", (b"Spans", b"_spans")),
    "zipkin-v2": Format("tracetui.loaders.zipkin", (b'"traceId"',)),
}
"""Formats that can be read, in the order in which they are tried."""

_BINARY: Final = (
    (b"\x28\xb5\x2f\xfd", "data compressed twice"),
    (b"\xfd7zXZ\x00", "xz-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\x1f\x8b", "data compressed twice"),
    (b"PK\x03\x04", "an archive within an archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"SQLite format 3", "an SQLite database"),
)
_HINTS: Final = {
    "data compressed twice": "decompress it once first",
    "an archive within an archive": "unpack it first",
    "xz-compressed data": "decompress it first: xz -d",
    "bzip2-compressed data": "decompress it first: bunzip2",
}
_FIELDS: Final = re.compile(rb"\x0a[\x80-\xff]{0,4}[\x00-\x7f]([\x0a\x12])", re.DOTALL)
_JS_CONSOLE: Final = re.compile(rb"\{\s+(?:resource|traceId|instrumentationScope): ")
_SCALAR: Final = re.compile(rb'null|true|false|-?[0-9][0-9.eE+-]*|"[^"]*"')
_READABLE: Final = "Jaeger, OTLP and Zipkin v2 JSON can be read"


def find_loader(source: ByteSource, input_format: str | None = None) -> Loader:
    """The loader for a source.

    Args:
        source: The source.
        input_format: A format's name that overrides what the content says.

    Raises:
        UsageError: There is no such format.
        NotATrace: The source is in no format that can be read; the message says what it is.
    """
    if input_format is not None:
        if input_format not in FORMATS:
            raise UsageError(f"unknown input format {input_format!r}", hint="one of " + ", ".join(FORMATS))
        return _loader(FORMATS[input_format])
    head = Head(source)
    for size in HEAD_SIZES[1:]:
        for loader in candidates(head):
            if loader.sniff(head):
                return loader
        if head.complete or head.data.lstrip()[:1] not in (b"{", b"["):
            break
        head = Head(source, size)
    what, hint = what_it_is(head)
    raise NotATrace(what, source=source.name, hint=hint)


def candidates(head: Head) -> Iterator[Loader]:
    """The loaders that a head may be for, in the order in which they are tried."""
    for format in FORMATS.values():
        if any(word in head.data for word in format.words):
            yield _loader(format)


def _loader(format: Format) -> Loader:
    return cast(Loader, importlib.import_module(format.module))


def what_it_is(head: Head) -> tuple[str, str]:
    """What a head that no loader knows looks like, and what the user can do.

    Returns:
        A message that follows the source's name, and a hint.
    """
    data = head.data
    text = data.lstrip()
    if not text:
        return "holds nothing but blanks", "nothing to show"
    for magic, name in _BINARY:
        if data.startswith(magic):
            return f"looks like {name}, which cannot be read", _HINTS.get(name, _READABLE)
    start = text[:1024].lower()
    if start.startswith(b"<"):
        html = b"<html" in start or b"<!doctype html" in start
        what = "an HTML page" if html else "XML"
        return (
            f"looks like {what}, not a trace",
            "is it a login page or an error page? Save the JSON behind it",
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\0" in data[:4] and _is_utf16(data)):
        return "is text in UTF-16, but no JSON", _READABLE
    if text[:1] in (b"{", b"["):
        return _what_json(head)
    if _SCALAR.fullmatch(text.rstrip()):
        return "is JSON but holds no trace", _READABLE
    protobuf = _what_protobuf(data) if _is_binary(data) else ""
    if protobuf:
        return f"looks like {protobuf}, which is not supported", _READABLE
    position = len(data) - len(text) + head.start
    if _is_binary(data):
        return f"is binary data that is no known trace format (first bytes {data[:4].hex(' ')})", _READABLE
    return f"is not JSON: unexpected character at byte {position}", _READABLE


def _is_utf16(data: bytes) -> bool:
    head = data[:64]
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) // 4 > 4 * min(even, odd)


def _what_protobuf(data: bytes) -> str:
    """What the first bytes of a message of protobuf are likely to be: a field 1 with a field 1 or 2 in it."""
    if len(data) > 8 and data[0] == 0 and int.from_bytes(data[:4], "big") and data[4] == 0x0A:
        return "messages of OTLP protobuf, each behind its length"
    found = _FIELDS.match(data)
    if found is None:
        return ""
    inner = data[found.end() :]
    # Zipkin has the id of the trace there, 8 or 16 bytes; OTLP a resource, or a list of spans.
    if (
        found[1] == b"\x0a"
        and inner[:1] in (b"\x08", b"\x10")
        and inner[1 + inner[0] :][:1] in (b"\x12", b"\x1a")
    ):
        return "Zipkin protobuf"
    return "OTLP protobuf"


def _is_binary(data: bytes) -> bool:
    head = data[:1024]
    odd = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return b"\0" in head or odd * 20 > len(head)


_UNSUPPORTED: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("traceEvents",), "a Chrome trace"),
    (("ph", "ts"), "a Chrome trace"),
    (("resourceLogs",), "OTLP logs without spans"),
    (("resourceMetrics",), "OTLP metrics without spans"),
    (("traceId", "id", "binaryAnnotations"), "Zipkin v1 JSON"),
    (("traceId", "id", "annotations"), "Zipkin v1 JSON"),
    (("trace_id", "span_id", "meta"), "Datadog spans"),
    (("trace_id", "span_id", "metrics"), "Datadog spans"),
    (("trace_id", "span_id", "resource"), "Datadog spans"),
    (("Start", "Duration", "Stats"), "Datadog trace statistics, without spans"),
    (("Traces",), "AWS X-Ray traces"),
    (("Segments",), "an AWS X-Ray trace"),
    (("trace_id", "start_time", "id"), "AWS X-Ray segments"),
    (("context", "start_time", "kind"), "the output of a Python console exporter"),
    (("SpanContext", "StartTime"), "the output of a Go stdout exporter"),
    (("trace.trace_id",), "Honeycomb events"),
    (("hits", "took"), "an answer of Elasticsearch"),
    (("_index", "_source"), "Elasticsearch documents"),
    (("spanID", "operationName", "startTimeMillis"), "Jaeger documents of Elasticsearch"),
    (("spanID", "operationName", "process"), "Jaeger documents of Elasticsearch"),
    (("TraceID", "SpanID", "OperationName"), "Jaeger rows of Cassandra"),
    (("spans", "processMap"), "Jaeger protobuf JSON"),
    (("Node", "Spans"), "OpenCensus spans"),
    (("event_id", "sent_at"), "Sentry envelopes"),
    (("event_id", "contexts"), "Sentry events"),
    (("traceId", "segments"), "a SkyWalking trace"),
    (("traceSegmentId", "spans"), "SkyWalking segments"),
    (("panels", "__requires"), "a Grafana dashboard"),
    (("dashboard",), "a Grafana dashboard"),
)
_LISTINGS: Final = (
    (("summaries", "[]"), "rootServiceName", "is the result of a search, without spans"),
    (("traces", "[]"), "rootServiceName", "is the result of a search, without spans"),
    (("data", "[]"), "callCount", "is a list of calls between services, not a trace"),
    (("[]",), "callCount", "is a list of calls between services, not a trace"),
)


def _what_json(head: Head) -> tuple[str, str]:
    hint = _READABLE
    paths = ((), ("[]",), ("[]", "[]"), ("data",), ("[]", "data"), ("data", "[]"), ("traces", "[]", "[]"))
    for keys, name in _UNSUPPORTED:
        if any(set(keys) <= head.keys(*path) for path in paths):
            return f"looks like {name}, which is not supported", hint
    for path in (*paths, ("result",)):
        spans = head.keys(*path, "spans", "[]")
        if "traceIdLow" in spans:
            return "looks like Jaeger Thrift JSON, which is not supported", hint
        if "spanId" in spans or (spans and "process" in head.keys(*path)):
            return "looks like Jaeger protobuf JSON, which is not supported", hint
    for path, key, what in _LISTINGS:
        if key in head.keys(*path):
            return what, "download one of its traces"
    message = _error_of(head)
    if message:
        return message, "the backend answered with an error instead of a trace"
    top = ", ".join(sorted(head.keys() or head.keys("[]"))[:5])
    if top:
        return f"is JSON but no trace that is known (its keys: {top[:80]})", hint
    if _JS_CONSOLE.search(head.data):
        return "looks like the output of a JavaScript console exporter, which is not supported", hint
    if not head.complete and not head.kinds("[]"):
        return "is JSON but no trace that is known", hint
    return "is JSON but holds no trace", hint


def _error_of(head: Head) -> str:
    keys = head.keys()
    if {"status", "message"} <= keys or {"error", "message"} <= keys or keys == {"error"}:
        return "is an error message, not a trace"
    return ""
