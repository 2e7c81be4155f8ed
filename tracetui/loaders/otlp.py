"""OTLP JSON: requests, TracesData and bare ResourceSpans, one document or one a line.

Small containers are read many at a time (`otlp_window`). What does not fit there (containers bigger than a
window, pretty-printed files, unusual keys, damaged lines) is walked key by key, right for every layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracetui.errors import NotATrace
from tracetui.loaders.control import Control
from tracetui.loaders.documents import Documents, Part
from tracetui.loaders.head import Head
from tracetui.loaders.lenient import camel
from tracetui.loaders.mending import Mending
from tracetui.loaders.otlp_columns import Slot, SpanRows
from tracetui.loaders.otlp_details import decode, resource_attributes, resource_key, scope, service_name
from tracetui.loaders.otlp_records import SpanRecord, mend
from tracetui.loaders.otlp_window import Cut, Cutter
from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, Shape
from tracetui.loaders.values import shown
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME = "otlp-json"

_OPEN, _OPEN_LIST, _QUOTE = b'{["'
_SPAN_KEYS = {"resourceSpans", "resource_spans", "ResourceSpans"}
_SCOPE_KEYS = {"scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans"}
_ENVELOPE = "result"
"""What Jaeger's API v3 puts around it."""
_OTHER_SIGNALS = {"resourceLogs", "resourceMetrics", "resourceProfiles"}
_NEXT_DOCUMENT = re.compile(rb"\}[ \t\r]*\n\s*\{")
_NEXT_RESOURCE = b'},{"resource":'
_MOST_FAILURES = 8


def is_otlp(head: Head) -> bool:
    """Whether the documents in a head are OTLP JSON with spans."""
    for path in ((), ("[]",), (_ENVELOPE,)):
        keys = head.keys(*path)
        if keys & _SPAN_KEYS or ("resource" in keys and keys & _SCOPE_KEYS):
            return True
    return False


def is_lines(head: Head) -> bool:
    """Whether a head shows a second document: a newline between `}` and `{` is only found between two."""
    return _NEXT_DOCUMENT.search(head.data) is not None


def sniff(head: Head) -> bool:
    """Whether this is one document of OTLP JSON."""
    return is_otlp(head) and not is_lines(head)


def load(source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Read a source into a builder.

    Raises:
        JsonFault: It is not JSON, and no span stands before the fault.
        NotATrace: It holds no spans.
    """
    Reader(source, builder, control, NAME).read()


class Reader:
    """Reads one source.

    Args:
        source: Where the bytes come from.
        builder: Where the spans go.
        control: Told after each batch.
        name: The format's name.
    """

    def __init__(self, source: ByteSource, builder: StoreBuilder, control: Control, name: str) -> None:
        self._source = source
        self._builder = builder
        self._issues = builder.issues
        self._rows = SpanRows(builder, builder.add_source(source, name, decode), control.step)
        self._mending = Mending(mend, self._rows.mended, builder.issues)
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)
        self._cutter = Cutter()
        self._resources: dict[bytes, Slot] = {}
        self._scopes: dict[bytes, Slot] = {}
        self._failures = 0
        self._documents = Documents(source, builder.issues)

    # -- documents ----------------------------------------------------------------------------

    def read(self) -> None:
        """Read all of it."""
        fault = self._documents.each(self._next, self._rows.some)
        self._rows.flush()
        if not self._rows.total:
            if fault is not None:
                raise fault
            raise NotATrace("holds no spans", source=self._source.name)

    def _next(self, stream: JsonStream) -> None:
        if not self._window_of_lines(stream):
            self._line(stream)

    def _window_of_lines(self, stream: JsonStream) -> bool:
        """Read the whole lines of a window at once; False if that cannot be."""
        if self._failures >= _MOST_FAILURES:
            return False
        window, base = stream.ahead(BATCH), stream.position
        end = len(window) if len(window) < BATCH else window.rfind(b"\n")
        if end <= 0:
            return False
        if self._take(self._cutter.documents(window[:end]), base):
            stream.seek(base + end)
            return True
        # One bad line spoils a window, not the next one; a pretty-printed file spoils all.
        lines = window[:end].count(b"\n")
        while stream.peek() >= 0 and stream.position < base + end and lines >= 0:
            lines -= 1
            self._line(stream)
        return True

    def _line(self, stream: JsonStream) -> None:
        """Read one document, which normally stands on one line."""
        start = stream.position
        window = stream.ahead(BATCH)
        end = window.find(b"\n")
        if end < 0 and len(window) < BATCH:
            end = len(window)
        line = window[:end].rstrip() if end >= 0 else b""
        if line and self._take(self._cutter.documents(line), start):
            self._failures = 0
            stream.seek(start + len(line))
        elif line and not line.endswith((b"{", b"[", b",")) and not _is_pretty(line):
            self._one_line(start, line)
            stream.seek(start + end)
        else:
            self._failures += 1
            self._document(stream)

    def _one_line(self, start: int, line: bytes) -> None:
        """Walk a document that ends with its line, whatever state it is in."""
        # A logger may have put its own words before the document.
        skip = max(line.find(b'{"resource'), 0) if line[:1] not in (b"{", b"[") else 0
        inner = JsonStream(Part(self._source, start + len(line)), start=start + skip)
        self._document(inner)
        if inner.peek() >= 0:
            self._documents.tell(IssueCode.TRAILING_BYTES, start, "something follows the document")

    def _document(self, stream: JsonStream) -> None:
        """Walk one document: a request, a list of requests, or a bare ResourceSpans."""
        if stream.peek() == _OPEN_LIST:
            for _ in self._objects(stream, "the document"):
                self._message(stream)
        elif stream.peek() == _OPEN:
            self._message(stream)
        else:
            start = stream.position
            value = stream.raw_value()
            what = shown(value[:60].decode("utf-8", "replace"))
            self._documents.tell(IssueCode.MIXED_FORMATS, start, what)

    def _message(self, stream: JsonStream, *, inside: bool = False) -> None:
        start, resource = stream.position, self._slot_for_resource()
        keys: set[str] = set()
        for key in stream.members():
            key = camel(key)
            keys.add(key)
            if key in _SPAN_KEYS:
                self._resource_list(stream)
            elif key == _ENVELOPE and not inside and stream.peek() == _OPEN:
                keys |= _SPAN_KEYS
                self._message(stream, inside=True)
            else:
                self._resource_member(stream, key, resource)
        if resource.code is None:
            resource.settle(self._resource(b""))
        if keys & _OTHER_SIGNALS:
            self._issues.add(IssueCode.OTHER_SIGNALS, min(keys & _OTHER_SIGNALS))
        elif keys and not keys & (_SPAN_KEYS | _SCOPE_KEYS):
            self._documents.tell(IssueCode.MIXED_FORMATS, start, ", ".join(sorted(keys)[:4])[:60])

    # -- containers ---------------------------------------------------------------------------

    def _objects(self, stream: JsonStream, what: str) -> Iterator[int]:
        """The positions of the objects of an array; anything else is told and skipped."""
        first = stream.peek()
        if first != _OPEN_LIST:
            if first != ord("n"):
                self._issues.add(IssueCode.BAD_TYPE, f"{what} at byte {stream.position} is no list")
            return
        for start in stream.elements():
            if stream.peek() == _OPEN:
                yield start
            else:
                self._issues.add(IssueCode.BAD_TYPE, f"{what} at byte {start} is no object")

    def _resource_list(self, stream: JsonStream) -> None:
        failures = 0
        for _ in self._objects(stream, "resourceSpans"):
            if failures < _MOST_FAILURES and self._window_of_resources(stream):
                failures = 0
                continue
            failures += 1
            start, slot = stream.position, self._slot_for_resource()
            try:
                for key in stream.members():
                    self._resource_member(stream, camel(key), slot)
            except JsonFault as fault:
                if not self._next_resource(stream, max(start + 1, fault.offset)):
                    raise
                self._mending.broken(fault.offset, fault.reason)
            if slot.code is None:
                slot.settle(self._resource(b""))

    def _window_of_resources(self, stream: JsonStream) -> bool:
        """Read as many whole ResourceSpans as a window holds at once; False if that cannot be."""
        window, base = stream.ahead(BATCH), stream.position
        line_end = window.find(b"\n")
        end = window.rfind(_NEXT_RESOURCE, 0, line_end if line_end >= 0 else len(window)) + 1
        if end <= 0 or not self._take(self._cutter.resources(window[:end]), base):
            return False
        stream.seek(base + end)
        return True

    def _next_resource(self, stream: JsonStream, after: int) -> bool:
        """After a fault: go to the comma before the next ResourceSpans of this line, if one is near."""
        stream.seek(after)
        window = stream.ahead(4 * BATCH)
        found = window.find(_NEXT_RESOURCE)
        if found < 0 or 0 <= window.find(b"\n") < found:
            return False
        stream.seek(after + found + 1)
        return True

    def _resource_member(self, stream: JsonStream, key: str, resource: Slot) -> None:
        if key == "resource":
            resource.settle(self._resource(stream.raw_value()))
        elif key in _SCOPE_KEYS:
            for _ in self._objects(stream, key):
                self._scope_spans(stream, resource)

    def _scope_spans(self, stream: JsonStream, resource: Slot) -> None:
        scope_slot = Slot(self._builder.set_scope)
        for key in stream.members():
            key = camel(key)
            if key in ("scope", "instrumentationLibrary"):
                scope_slot.settle(self._scope(stream.raw_value()))
            elif key == "spans":
                if stream.peek() == _OPEN_LIST:
                    for chunk in stream.records(self._shape, self._mending):
                        self._rows.add_chunk(chunk, resource, scope_slot)
                elif stream.peek() != ord("n"):
                    self._issues.add(IssueCode.BAD_TYPE, f"spans at byte {stream.position} is no list")
        if scope_slot.code is None:
            scope_slot.settle(self._scope(b""))

    def _take(self, cut: Cut | None, base: int) -> bool:
        """Take what a window gave."""
        if cut is None:
            return False
        if cut.other_signals:
            told = f"logs, metrics or profiles behind byte {base}"
            self._issues.add(IssueCode.OTHER_SIGNALS, told, count=cut.other_signals)
        groups: list[tuple[int, Slot, Slot]] = []
        for count, resource, scope_bytes in cut.groups:
            owner = self._resources.get(resource)
            if owner is None:
                owner = self._resources[resource] = Slot(self._builder.set_resource, self._resource(resource))
            library = self._scopes.get(scope_bytes)
            if library is None:
                library = self._scopes[scope_bytes] = Slot(self._builder.set_scope, self._scope(scope_bytes))
            groups.append((count, owner, library))
        if cut.spans:
            self._rows.add(cut.spans, cut.starts + base, cut.lengths, groups)
        return True

    # -- resources and scopes -----------------------------------------------------------------

    def _slot_for_resource(self) -> Slot:
        return Slot(self._builder.set_resource)

    def _resource(self, raw: bytes) -> int:
        """The code of a resource; those with equal attributes are one, and share a clock."""
        attributes = resource_attributes(raw)
        return self._builder.resource(
            service_name(attributes), resource_key(attributes), lambda: resource_attributes(raw)
        )

    def _scope(self, raw: bytes) -> int:
        return -1 if raw in (b"", b"{}", b"null") else self._builder.scope(raw, lambda: scope(raw))


def _is_pretty(line: bytes) -> bool:
    """Whether a line opens an array or object that goes on in the next line."""
    return line in (b"{", b"[")
