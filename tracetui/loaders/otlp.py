"""OTLP JSON: requests, TracesData and bare ResourceSpans, one document or one a line.

Small containers are read many at a time (`otlp_window`). What does not fit there (containers bigger than a
window, pretty-printed files, unusual keys, damaged lines) is walked key by key, right for every layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracetui.errors import NotATrace
from tracetui.loaders.ahead import Ahead
from tracetui.loaders.control import Control
from tracetui.loaders.documents import Documents, Piece
from tracetui.loaders.head import Head
from tracetui.loaders.lenient import Fault, camel
from tracetui.loaders.mending import Mending
from tracetui.loaders.otlp_columns import Slot, SpanRows
from tracetui.loaders.otlp_details import decode
from tracetui.loaders.otlp_lines import (
    OTHER_SIGNALS,
    SCOPE_KEYS,
    SPAN_KEYS,
    WRAPPERS,
    Sound,
    is_sound,
    sort_lines,
)
from tracetui.loaders.otlp_owners import Owners
from tracetui.loaders.otlp_places import LinePlaces
from tracetui.loaders.otlp_records import SpanRecord, mend
from tracetui.loaders.otlp_window import LINES, RESOURCES, SPANS, Cut, Cutter, Int64s
from tracetui.loaders.parts import Part
from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, JsonTruncated, Shape
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME = "otlp-json"
WORKER = "tracetui.loaders.otlp_part"

_OPEN, _OPEN_LIST, _QUOTE = b'{["'
_NEXT_DOCUMENT = re.compile(rb"\}[ \t\r]*\n\s*\{")
_NEXT_RESOURCE = b'},{"resource":'
_MOST_FAILURES = 8
_NEAR = 64 * 1024


def is_otlp(head: Head) -> bool:
    """Whether the documents in a head are OTLP JSON with spans."""
    for path in ((), ("[]",), *((key,) for key in sorted(WRAPPERS))):
        keys = {camel(key) for key in head.keys(*path)}
        if "resourceSpans" in keys or ("resource" in keys and keys & SCOPE_KEYS):
            return True
        if "batches" in keys and {camel(key) for key in head.keys(*path, "batches", "[]")} & SCOPE_KEYS:
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
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)
        self._mending = Mending(self._shape.decoder, mend, self._rows.mended, builder.issues)
        self._cutter = Cutter()
        self._owners = Owners(builder)
        self._failures = 0
        self._over_lines = False
        self._fault: JsonFault | None = None
        self._documents = Documents(source, builder.issues, control)
        self._ahead = Ahead(source, WORKER, allowed=control.second)

    # -- documents ----------------------------------------------------------------------------

    def read(self) -> None:
        """Read all of it."""
        try:
            fault = self._documents.each(self._next, self._rows.some) or self._fault
        finally:
            # Also what was read before a source broke off.
            self._ahead.close()
            self._rows.flush()
        if not self._rows.total:
            if fault is not None:
                raise fault
            raise NotATrace("holds no spans", source=self._source.name)

    def _next(self, stream: JsonStream) -> None:
        at_once = not self._over_lines and self._failures < _MOST_FAILURES
        self._over_lines = False
        if not at_once or not self._window_of_lines(stream):
            self._failures += 1
            self._document(stream)

    def _window_of_lines(self, stream: JsonStream) -> bool:
        """Read the whole lines of a window at once, but for the bad ones; False if there are none."""
        if self._part(stream, (b"\n", 0), LINES):
            self._failures = 0
            return True
        window, base = stream.ahead(BATCH), stream.position
        last = len(window) < BATCH
        end = len(window) if last else window.rfind(b"\n")
        stop = self._ahead.limit(base)
        if stop is not None and stop - base < len(window):
            last, end = False, stop - base
        if end <= 0:
            return False
        cut = self._cutter.documents(window, end)
        if cut is not None:
            self._take(cut, cut.starts + base, base)
            self._failures = 0
            stream.seek(base + end)
            return True
        lines = sort_lines(window[:end], base, self._cutter.opening, last=last)
        self._read_sound(lines.sound)
        for offset in lines.trailing:
            self._documents.tell(IssueCode.TRAILING_BYTES, offset, "something follows the document")
        for offset, line in lines.odd:
            self._one_line(offset, line, last=last and offset == lines.last)
        for start, stop in lines.foreign:
            self._documents.foreign(start, stop)
        for fault in lines.bad:
            self._lost_line(fault, cut=last and fault.offset == lines.last)
        self._over_lines = lines.rest >= 0
        if lines.sound or lines.foreign or not self._over_lines:
            self._failures = 0
        stream.seek(lines.rest if self._over_lines else base + end)
        return True

    def _read_sound(self, lines: list[Sound]) -> None:
        """Read the sound lines of a window at once, or as many of them as that is possible for."""
        if self._take_lines(lines):
            return
        sound = [is_sound(line.text) for line in lines]
        rest = [line for line, is_one in zip(lines, sound, strict=True) if not is_one]
        if not rest or not self._take_lines(
            [line for line, is_one in zip(lines, sound, strict=True) if is_one]
        ):
            rest = lines
        if not self._take_lines(rest, mend=True):
            for line in rest:
                if not self._take_lines([line], mend=True):
                    self._one_line(line.offset, line.found)

    def _take_lines(self, lines: list[Sound], *, mend: bool = False) -> bool:
        """Cut lines as if they stood in one window; False if they cannot be cut.

        Args:
            lines: The lines.
            mend: Whether spans that do not fit are made to.
        """
        if not lines:
            return True
        mended: list[tuple[int, list[Fault]]] = []
        window = b"\n".join([line.text for line in lines])
        cut = self._cutter.documents(window, len(window), mended if mend else None)
        if cut is None:
            return False
        for number, faults in mended:
            self._rows.mended(cut.spans[number], faults)
        places = LinePlaces(lines)
        for number, offset, faults in places.faults(cut):
            if number >= 0:
                self._rows.mended(cut.spans[number], faults)
            else:
                for code, what in faults:
                    self._documents.tell(code, offset, what)
        starts, cut.lengths = places.of(cut)
        self._take(cut, starts, lines[0].offset)
        return True

    def _one_line(self, offset: int, line: bytes, *, last: bool = False) -> None:
        """Walk what stands on a line: a document, whatever state it is in, or several."""
        stream = JsonStream(Piece(self._source.name, line, offset), start=offset)
        try:
            while stream.peek() in (_OPEN, _OPEN_LIST) or (stream.position == offset and stream.peek() >= 0):
                self._document(stream)
            if stream.peek() >= 0:
                self._documents.tell(IssueCode.TRAILING_BYTES, offset, "something follows the document")
        except JsonFault as fault:
            self._lost_line(fault, cut=last)

    def _lost_line(self, fault: JsonFault, *, cut: bool) -> None:
        """Tell of a line of which not all could be read; `cut` if nothing follows it."""
        self._fault = self._fault or fault
        if cut and isinstance(fault, JsonTruncated):
            self._issues.add(IssueCode.TRUNCATED, str(fault))
        else:
            self._documents.tell(IssueCode.BAD_LINE, fault.offset, str(fault))

    def _document(self, stream: JsonStream) -> None:
        """Walk one document: a request, a list of requests, or a bare ResourceSpans."""
        start = stream.position
        known = False
        if stream.peek() == _OPEN_LIST:
            for _ in self._objects(stream, "the document"):
                known = self._message(stream) or known
        elif stream.peek() == _OPEN:
            known = self._message(stream)
        else:
            self._documents.scalar(stream)
            return
        if not known:
            self._documents.foreign(start, stream.position)

    def _message(self, stream: JsonStream, *, wrapped: bool = False) -> bool:
        """Walk a request, a ResourceSpans or an answer that holds one of these; False if it is none."""
        resource = self._owners.resource_slot()
        keys: set[str] = set()
        known = False
        for key in stream.members():
            key = camel(key)
            keys.add(key)
            if key in SPAN_KEYS:
                self._resource_list(stream)
            elif key in WRAPPERS and not wrapped and stream.peek() == _OPEN:
                self._message(stream, wrapped=True)
                known = True
            elif key == "status" and "trace" in keys:
                self._answer_status(stream)
            else:
                self._resource_member(stream, key, resource)
        if resource.code is None:
            resource.settle(self._owners.resource(b""))
        if keys & OTHER_SIGNALS:
            self._issues.add(IssueCode.OTHER_SIGNALS, min(keys & OTHER_SIGNALS))
        return known or bool(keys & (SPAN_KEYS | SCOPE_KEYS | OTHER_SIGNALS))

    def _answer_status(self, stream: JsonStream) -> None:
        """Tempo says so where a trace was too big for it."""
        if stream.any_value() in (b'"PARTIAL"', b"1"):
            self._issues.add(IssueCode.PARTIAL_TRACE, "the backend answered with a part of the trace")

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
        self._ahead.begin(stream.position)
        for _ in self._objects(stream, "resourceSpans"):
            if failures < _MOST_FAILURES and self._window_of_resources(stream):
                failures = 0
                continue
            failures += 1
            start, slot = stream.position, self._owners.resource_slot()
            try:
                for key in stream.members():
                    self._resource_member(stream, camel(key), slot)
            except JsonFault as fault:
                if not self._next_resource(stream, max(start + 1, fault.offset)):
                    raise
                self._mending.broken(fault.offset, fault.reason)
            if slot.code is None:
                slot.settle(self._owners.resource(b""))

    def _window_of_resources(self, stream: JsonStream) -> bool:
        """Read as many whole ResourceSpans as a window holds at once; False if that cannot be."""
        if self._part(stream, (_NEXT_RESOURCE, 1), RESOURCES):
            return True
        window, base = stream.ahead(BATCH if self._rows.some() else stream.batch), stream.position
        line_end = window.find(b"\n")
        end = window.rfind(_NEXT_RESOURCE, 0, line_end if line_end >= 0 else len(window)) + 1
        stop = self._ahead.limit(base)
        if stop is not None and stop - base < end:
            end = stop - base
        cut = self._cutter.resources(window, end) if end > 0 else None
        if cut is None:
            return False
        self._take(cut, cut.starts + base, base)
        stream.seek(base + end)
        return True

    def _part(self, stream: JsonStream, cut: tuple[bytes, int], what: str) -> bool:
        """Take what a second process has read from here on, if it has.

        Args:
            stream: What is read.
            cut: What separates containers.
            what: `LINES` or `RESOURCES`.
        """
        base = stream.position
        part = self._ahead.go_on(base, [cut], ([], what))
        if part is None:
            return False
        groups, other_signals = part.owners
        self._tell_others(other_signals, base)
        self._rows.take(part, self._owners.slots(groups))
        stream.seek(part.end)
        return True

    def _next_resource(self, stream: JsonStream, after: int) -> bool:
        """After a fault: go to the comma before the next ResourceSpans of this line, if one is near."""
        stream.seek(after)
        for reach in (_NEAR, 4 * BATCH):
            window = stream.ahead(reach)
            found = window.find(_NEXT_RESOURCE)
            if 0 <= window.find(b"\n") < (found if found >= 0 else len(window)):
                return False
            if found >= 0:
                stream.seek(after + found + 1)
                return True
        return False

    def _resource_member(self, stream: JsonStream, key: str, resource: Slot) -> None:
        if key == "resource":
            resource.settle(self._owners.resource(stream.raw_value()))
        elif key in SCOPE_KEYS:
            for _ in self._objects(stream, key):
                self._scope_spans(stream, resource)

    def _scope_spans(self, stream: JsonStream, resource: Slot) -> None:
        scope_slot = self._owners.scope_slot()
        for key in stream.members():
            key = camel(key)
            if key in ("scope", "instrumentationLibrary"):
                scope_slot.settle(self._owners.scope(stream.raw_value()))
            elif key == "spans":
                if stream.peek() == _OPEN_LIST:
                    for chunk in stream.records(self._shape, self._mending, self._ahead, SPANS):
                        if isinstance(chunk, Part):
                            self._rows.take(chunk, [(len(chunk), resource, scope_slot)])
                        else:
                            self._rows.add_chunk(chunk, resource, scope_slot)
                elif stream.peek() != ord("n"):
                    self._issues.add(IssueCode.BAD_TYPE, f"spans at byte {stream.position} is no list")
        if scope_slot.code is None:
            scope_slot.settle(self._owners.scope(b""))

    def _take(self, cut: Cut, starts: Int64s, base: int) -> None:
        """Take what a window gave.

        Args:
            cut: The spans.
            starts: int64[n], where their records begin in the source.
            base: Where the window begins.
        """
        self._tell_others(cut.other_signals, base)
        groups = self._owners.slots(cut.groups)
        if cut.spans:
            self._rows.add(cut.spans, starts, cut.lengths, groups)

    def _tell_others(self, count: int, base: int) -> None:
        if count:
            told = f"logs, metrics or profiles behind byte {base}"
            self._issues.add(IssueCode.OTHER_SIGNALS, told, count=count)
