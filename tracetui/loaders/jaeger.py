"""Jaeger UI JSON: what Jaeger's HTTP API answers and what its UI downloads.

One document or several, in any layout: the answer `{"data": [trace, ..]}`, `data` as one object, a list of
traces, one trace. A trace object is streamed: its `spans` may be larger than memory, and its `processes`
usually come after them.
"""

from __future__ import annotations

from typing import Any, Final

from tracetui.errors import InputError, NotATrace
from tracetui.loaders.control import Control
from tracetui.loaders.head import Head
from tracetui.loaders.jaeger_columns import SpanColumns, TraceObject
from tracetui.loaders.jaeger_details import decode
from tracetui.loaders.jaeger_records import Skeleton, loads, mend
from tracetui.loaders.stream import JsonFault, JsonStream, JsonTruncated, Shape
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME: Final = "jaeger-ui"

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
        bom = source.pread(0, 3) == b"\xef\xbb\xbf"
        self.stream = JsonStream(source, start=3 if bom else 0)
        self.builder = builder
        self.control = control
        self.columns = SpanColumns(builder, builder.add_source(source, NAME, decode))
        self.shape = Shape(Skeleton)
        self.errors: list[str] = []
        self._spans_before = builder.span_count
        self._documents = 0
        self._trace: TraceObject | None = None

    # -- documents ----------------------------------------------------------------------------

    def run(self) -> None:
        """Read to the end, or to a fault that cannot be passed."""
        fault: JsonFault | None = None
        while (found := self._documents_until_fault()) is not None:
            fault = fault or found
            if not self._go_on_after(found):
                break
        self.columns.flush()
        if self.builder.span_count == self._spans_before:
            self._nothing(fault)
        for text in self.errors:
            self.builder.issues.add(IssueCode.BACKEND_ERROR, text)
        self.control.step()

    def _documents_until_fault(self) -> JsonFault | None:
        try:
            for start in self.stream.documents():
                if not self._document():
                    self.columns.flush()
                    return JsonFault(start, "expected a trace")
                self._documents += 1
        except JsonFault as fault:
            self.columns.flush()
            if self._trace is not None:
                self.columns.close(self._trace, None)
                self._trace = None
            return fault
        return None

    def _go_on_after(self, fault: JsonFault) -> bool:
        """Note a fault, and find the next line that begins a document; False if there is none."""
        while self.stream.next_line(fault.offset):
            if self.stream.peek_here() in (_OBJECT, _LIST):
                self.builder.issues.add(IssueCode.BAD_LINE, f"byte {fault.offset}: {fault.reason}")
                return True
            fault = JsonFault(self.stream.position, fault.reason)
        if self.builder.span_count == self._spans_before:
            return False
        if isinstance(fault, JsonTruncated):
            code = IssueCode.TRUNCATED
        else:
            code = IssueCode.TRAILING_BYTES if self._documents else IssueCode.BAD_SPAN
        self.builder.issues.add(code, str(fault))
        return False

    def _nothing(self, fault: JsonFault | None) -> None:
        name = self.stream.source.name
        if self.errors:
            raise InputError(f"the backend answered with an error: {self.errors[0][:200]}", source=name)
        if fault is not None:
            raise fault
        raise NotATrace("holds no spans", source=name, hint="it is Jaeger JSON without any span in it")

    def _document(self) -> bool:
        first = self.stream.peek()
        if first == _LIST:
            for _ in self.stream.elements():
                if self.stream.peek() == _OBJECT:
                    self._object()
        elif first == _OBJECT:
            self._object()
        else:
            return False
        return True

    # -- envelopes and traces -----------------------------------------------------------------

    def _object(self, *, in_data: bool = False) -> None:
        """An envelope or a trace: which one is seen by what stands in it."""
        trace = self._trace = TraceObject()
        processes: bytes | None = None
        for key in self.stream.members():
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
            elif key in _OTHER_FORMATS:
                self.builder.issues.add(IssueCode.MIXED_FORMATS, f"{key} at byte {self.stream.position}")
        self._trace = None
        self.columns.close(trace, processes)

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
        repair = _Repair(self.columns, trace)
        for chunk in self.stream.records(self.shape, repair):
            if self.columns.add(trace, chunk):
                self.columns.flush()
                self.control.step()

    def _misplaced(self, trace: TraceObject, value: bytes) -> None:
        if value != b"null":
            self.builder.issues.add(IssueCode.BAD_TYPE, f"spans of trace {trace.text} are no list")


_OTHER_FORMATS: Final = {"resourceSpans", "batches", "scopeSpans"}


class _Repair:
    """Mends records that are no plain spans."""

    def __init__(self, columns: SpanColumns, trace: TraceObject) -> None:
        self._columns = columns
        self._trace = trace

    def repair(self, record: bytes, offset: int, error: Exception) -> Skeleton | None:
        """See `Repair`."""
        span, notes = mend(record)
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
