"""Zipkin v2 JSON: a list of spans, a list of traces, single spans, one of these a line.

Spans are told apart, joined and hung below each other by the model: here each record becomes a row. What
Zipkin calls the local endpoint is the resource: its service is the clock, its address tells hosts apart.
"""

from __future__ import annotations

from itertools import accumulate

from tracetui.errors import NotATrace
from tracetui.loaders.control import Control
from tracetui.loaders.documents import Documents, Part
from tracetui.loaders.head import Head
from tracetui.loaders.mending import Mending
from tracetui.loaders.records import Chunk, salvage
from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, Shape
from tracetui.loaders.values import shown
from tracetui.loaders.zipkin_columns import SpanRows
from tracetui.loaders.zipkin_details import decode
from tracetui.loaders.zipkin_records import SpanRecord, mend
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME = "zipkin-v2"

_OPEN, _OPEN_LIST = b"{["
_PATHS = ((), ("[]",), ("[]", "[]"))
_V2_KEYS = {"localEndpoint", "remoteEndpoint", "tags", "kind", "shared"}
_OTHER_KEYS = {"spanId", "spanID", "spans", "resourceSpans", "operationName", "binaryAnnotations"}
_MOST_FAILURES = 8


def sniff(head: Head) -> bool:
    """Whether these are Zipkin v2 spans, not v1."""
    for path in _PATHS:
        keys = head.keys(*path)
        if {"traceId", "id"} <= keys and not keys & _OTHER_KEYS:
            is_v1 = "endpoint" in head.keys(*path, "annotations", "[]")
            return not is_v1 or bool(keys & _V2_KEYS)
    return False


def load(source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Read a source into a builder.

    Raises:
        JsonFault: It is not JSON, and no span stands before the fault.
        NotATrace: It holds no spans.
    """
    _Reader(source, builder, control).read()


class _Reader:
    """Reads one source."""

    def __init__(self, source: ByteSource, builder: StoreBuilder, control: Control) -> None:
        self._source = source
        self._issues = builder.issues
        self._documents = Documents(source, builder.issues)
        self._rows = SpanRows(
            builder, source, builder.add_source(source, NAME, decode, partial=True), control
        )
        self._mending = Mending(mend, self._rows.mended, builder.issues)
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)
        self._failures = 0

    def read(self) -> None:
        """Read all of it."""
        fault = self._documents.each(self._next, self._rows.some)
        self._rows.flush()
        if not self._rows.total:
            if fault is not None:
                raise fault
            raise NotATrace("holds no spans", source=self._source.name)

    def _next(self, stream: JsonStream) -> None:
        """Read what comes next: whole lines of spans, or one document."""
        first = stream.peek()
        if first == _OPEN_LIST:
            self._list(stream)
        elif first == _OPEN:
            if not self._window_of_lines(stream):
                self._line(stream)
        else:
            start = stream.position
            value = stream.raw_value()
            what = shown(value[:60].decode("utf-8", "replace"))
            self._documents.tell(IssueCode.MIXED_FORMATS, start, what)

    def _list(self, stream: JsonStream) -> None:
        """A list of spans, or a list of lists of spans."""
        start = stream.position
        stream.take(_OPEN_LIST)
        nested = stream.peek() == _OPEN_LIST
        stream.seek(start)
        if not nested:
            self._spans(stream)
            return
        for place in stream.elements():
            if stream.peek() == _OPEN_LIST:
                self._spans(stream)
            elif stream.peek() == _OPEN:
                self._one(stream.raw_value(), place)
            else:
                self._issues.add(IssueCode.BAD_TYPE, f"byte {place}: no list of spans")

    def _spans(self, stream: JsonStream) -> None:
        for chunk in stream.records(self._shape, self._mending):
            self._rows.add(chunk)

    def _window_of_lines(self, stream: JsonStream) -> bool:
        """Read the whole lines of a window at once, a span each; False if that cannot be."""
        if self._failures >= _MOST_FAILURES:
            return False
        window, base = stream.ahead(BATCH), stream.position
        end = len(window) if len(window) < BATCH else window.rfind(b"\n")
        lines = window[: max(end, 0)].rstrip()
        if b"\n" not in lines:
            return False
        chunk = self._spans_of(lines, base)
        if chunk is not None:
            self._rows.add(chunk)
            stream.seek(base + len(lines))
            return True
        # One bad line spoils a window, not the next one; a pretty-printed file spoils all.
        while stream.peek() == _OPEN and stream.position < base + end:
            self._line(stream)
        return True

    def _spans_of(self, lines: bytes, base: int) -> Chunk[SpanRecord] | None:
        """The spans of lines that hold one each; None if one of them does not."""
        pieces = lines.split(b"\n")
        try:
            lines.decode("utf-8")
            items = self._shape.decoder.decode_lines(lines)
        except (ValueError, RecursionError):
            return None
        if len(items) != len(pieces) or any([piece[:1] != b"{" for piece in pieces]):  # noqa: C419
            return None
        starts = list(accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=base))
        return Chunk(items, base, starts=starts, lengths=[len(piece.rstrip()) for piece in pieces])

    def _line(self, stream: JsonStream) -> None:
        """Read one span, which normally stands on one line."""
        start = stream.position
        window = stream.ahead(BATCH)
        end = window.find(b"\n")
        line = window[:end].rstrip() if end >= 0 else b""
        if not line or line.endswith((b"{", b"[", b",")):
            self._failures += 1
            self._one(stream.raw_value(), start)
            return
        inner = JsonStream(Part(self._source, start + len(line)), start=start)
        try:
            self._one(inner.raw_value(), start)
            if inner.peek() >= 0:
                self._documents.tell(IssueCode.TRAILING_BYTES, start, "something follows the span")
        except JsonFault:
            stream.seek(start + end)
            raise
        self._failures = 0
        stream.seek(start + end)

    def _one(self, record: bytes, offset: int) -> None:
        chunk: Chunk[SpanRecord] = Chunk([], offset, starts=[], lengths=[])
        salvage(chunk, record, offset, self._shape, self._mending)
        self._rows.add(chunk)
