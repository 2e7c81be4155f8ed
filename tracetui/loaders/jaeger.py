"""Jaeger UI JSON: what Jaeger's HTTP API answers and what its UI downloads.

One document or several, in any layout: the answer `{"data": [trace, ..]}`, `data` as one object, a list of
traces, one trace. A trace object is streamed: its `spans` may be larger than memory, and its `processes`
usually come after them.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tracetui.errors import InputError, NotATrace
from tracetui.loaders.ahead import Ahead
from tracetui.loaders.control import Control
from tracetui.loaders.documents import Documents
from tracetui.loaders.head import Head
from tracetui.loaders.jaeger_columns import SpanColumns, TraceObject
from tracetui.loaders.jaeger_details import decode
from tracetui.loaders.jaeger_records import Skeleton, loads, mend
from tracetui.loaders.parts import Part
from tracetui.loaders.stream import JsonFault, JsonStream, Shape
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME: Final = "jaeger-ui"
WORKER: Final = "tracetui.loaders.jaeger_part"

_OBJECT, _LIST = ord("{"), ord("[")
_TRACE_PATHS: Final = ((), ("[]",), ("data",), ("data", "[]"), ("[]", "data"), ("[]", "data", "[]"))
_SPAN_KEYS: Final = {"spanID", "operationName", "references", "startTime", "processID"}


def sniff(head: Head) -> bool:
    """Whether the head looks like Jaeger UI JSON: traces with `spans`, or an error answer of its API."""
    for path in _TRACE_PATHS:
        keys = head.keys(*path)
        if "spans" not in keys:
            continue
        spans = head.keys(*path, "spans", "[]")
        if "traceIdLow" in spans or ("spanId" in spans and "spanID" not in spans):
            continue
        if len(spans & _SPAN_KEYS) >= 2 or ("traceID" in keys and not spans):
            return True
    envelope = head.keys()
    return {"data", "errors"} <= envelope and not head.keys("data", "[]") and not head.has("data", "[]")


def load(source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Read a source of Jaeger UI JSON.

    Raises:
        JsonFault: It is not JSON, and no span stands before the fault.
        InputError: It holds an error of the backend instead of traces.
        NotATrace: It holds no spans.
    """
    _Reader(source, builder, control).run()


class _Reader:
    """Walks the documents of one source."""

    def __init__(self, source: ByteSource, builder: StoreBuilder, control: Control) -> None:
        self.stream = JsonStream(source)
        self._reader = Documents(source, builder.issues, control)
        self.builder = builder
        self.control = control
        self.columns = SpanColumns(builder, builder.add_source(source, NAME, decode))
        self.shape = Shape(Skeleton)
        self.errors: list[str] = []
        self._ahead = Ahead(source, WORKER, allowed=control.second)
        self._spans_before = builder.span_count
        self._trace: TraceObject | None = None

    # -- documents ----------------------------------------------------------------------------

    def run(self) -> None:
        """Read to the end, or to a fault that cannot be passed."""
        try:
            fault = self._reader.each(self._next, self.columns.some)
        finally:
            # Also what was read before a source broke off.
            self._ahead.close()
            self.columns.flush()
        if self.builder.span_count == self._spans_before:
            self._nothing(fault)
        for text in self.errors:
            self.builder.issues.add(IssueCode.BACKEND_ERROR, text)
        self.control.step()

    def _next(self, stream: JsonStream) -> None:
        """Read one document. What stands before a fault in it is kept."""
        self.stream = stream
        try:
            self._document()
        except (JsonFault, InputError):
            if self._trace is not None:
                self.columns.close(self._trace, None)
                self._trace = None
            raise

    def _nothing(self, fault: JsonFault | None) -> None:
        name = self.stream.source.name
        if self.errors:
            raise InputError(f"the backend answered with an error: {self.errors[0][:200]}", source=name)
        if fault is not None:
            raise fault
        raise NotATrace("holds no spans", source=name, hint="it is Jaeger JSON without any span in it")

    def _document(self) -> None:
        start, first = self.stream.position, self.stream.peek()
        known = False
        if first == _LIST:
            for _ in self.stream.elements():
                if self.stream.peek() == _OBJECT:
                    known = self._object() or known
        elif first == _OBJECT:
            known = self._object()
        else:
            self._reader.scalar(self.stream)
            return
        if not known:
            self._reader.foreign(start, self.stream.position)

    # -- envelopes and traces -----------------------------------------------------------------

    def _object(self, *, in_data: bool = False) -> bool:
        """An envelope or a trace: which one is seen by what stands in it. False if it is neither."""
        known = False
        trace = self._trace = TraceObject()
        processes: bytes | None = None
        for key in self.stream.members():
            known = known or key in _KEYS
            if key == "spans":
                self._spans(trace)
            elif key == "traceID":
                trace.text = self._text() or trace.text
            elif key == "processes":
                processes = self.stream.any_value()
            elif key == "data" and not in_data:
                self._data()
                self._trace = trace
            elif key == "errors":
                self._errors()
            elif key == "warnings":
                self._warnings(trace)
        self._trace = None
        self.columns.close(trace, processes)
        return known

    def _data(self) -> None:
        first = self.stream.peek()
        if first == _LIST:
            for _ in self.stream.elements():
                if self.stream.peek() == _OBJECT:
                    self._object(in_data=True)
        elif first == _OBJECT:
            self._object(in_data=True)

    def _text(self) -> str:
        value, _ = loads(self.stream.any_value())
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return value if isinstance(value, str) else ""

    def _errors(self) -> None:
        value, _ = loads(self.stream.any_value())
        for error in value if isinstance(value, list) else []:
            found: Any = error.get("msg") if isinstance(error, dict) else error
            self.errors.append(found if isinstance(found, str) and found else "(without a message)")

    def _warnings(self, trace: TraceObject) -> None:
        value, _ = loads(self.stream.any_value())
        if isinstance(value, list):
            trace.warnings += [text for text in value if isinstance(text, str)]

    def _spans(self, trace: TraceObject) -> None:
        if self.stream.peek() != _LIST:
            self._misplaced(trace, self.stream.raw_value())
            return
        repair = _Repair(self.columns, trace, self.shape.decoder)
        # Spans of a trace whose id is not known yet are not for others to read.
        ahead = self._ahead if trace.text else None
        for chunk in self.stream.records(self.shape, repair, ahead, trace.text):
            if isinstance(chunk, Part):
                self.columns.take(trace, chunk)
                self.control.step()
            elif self.columns.add(trace, chunk):
                self.columns.flush()
                self.control.step()
        trace.empty = not (trace.slots or trace.lost)

    def _misplaced(self, trace: TraceObject, value: bytes) -> None:
        if value != b"null":
            self.builder.issues.add(IssueCode.BAD_TYPE, f"spans of trace {trace.text} are no list")


_KEYS: Final = {"spans", "traceID", "processes", "data", "errors"}


class _Repair:
    """Mends records that are no plain spans."""

    def __init__(
        self, columns: SpanColumns, trace: TraceObject, decoder: msgspec.json.Decoder[Skeleton]
    ) -> None:
        self._columns = columns
        self._decoder = decoder
        self._trace = trace

    def repair(self, record: bytes, offset: int, error: Exception) -> Skeleton | None:
        """See `Repair`."""
        # Most of what is refused by its bytes, and not by its kinds, has a twin.
        from tracetui.loaders.twin import decode_twin  # imported for odd spans only

        twin = None if isinstance(error, msgspec.ValidationError) else decode_twin(record, self._decoder)
        span, notes = mend(record) if twin is None else twin
        if span is None:
            self._lost(offset, notes[-1][1] if notes else str(error))
            return None
        self._columns.notes += [(offset, note) for note in notes]
        return span

    def broken(self, offset: int, reason: str) -> None:
        """See `Repair`."""
        self._lost(offset, reason)

    def bad_text(self, offset: int) -> None:
        """See `Repair`."""
        self._columns.notes.append((offset, (IssueCode.BAD_UTF8, "invalid UTF-8")))

    def _lost(self, offset: int, reason: str) -> None:
        self._trace.lost.append(f"span at byte {offset}: {reason}")
