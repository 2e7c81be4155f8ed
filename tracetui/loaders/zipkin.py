"""Zipkin v2 JSON: a list of spans, a list of traces, single spans, one of these a line.

Spans are told apart, joined and hung below each other by the model: here each record becomes a row. What
Zipkin calls the local endpoint is the resource: its service is the clock, its address tells hosts apart.
"""

from __future__ import annotations

import re
from itertools import accumulate

import msgspec

from tracetui.errors import NotATrace
from tracetui.loaders.ahead import Ahead
from tracetui.loaders.control import Control
from tracetui.loaders.documents import Documents
from tracetui.loaders.head import Head
from tracetui.loaders.mending import Mending
from tracetui.loaders.parts import Part
from tracetui.loaders.records import RAW, Chunk, is_text, salvage
from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, JsonTruncated, Shape
from tracetui.loaders.twin import decode_twin
from tracetui.loaders.walk import complaint_place, is_trailing, lenient_end, only_strict, reason_of
from tracetui.loaders.zipkin_columns import SpanRows
from tracetui.loaders.zipkin_details import decode
from tracetui.loaders.zipkin_records import SpanRecord, is_foreign, mend
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.sources.base import ByteSource

NAME = "zipkin-v2"
WORKER = "tracetui.loaders.zipkin_part"

_OPEN, _OPEN_LIST = b"{["
_PATHS = ((), ("[]",), ("[]", "[]"))
_V2_KEYS = {"localEndpoint", "remoteEndpoint", "tags", "kind", "shared"}
_OTHER_KEYS = {"spanId", "spanID", "spans", "resourceSpans", "operationName", "binaryAnnotations"}
_MOST_FAILURES = 8
_BLANKS = b" \t\r\n\x1e"
_NEAR = 4096
_ALIKE = 8
_FOREIGN_LIST = re.compile(
    rb'\[\s*\{\s*"(?:resource|resourceSpans|scopeSpans|data|traceID|spans|processes|batches)"'
)


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
        self._documents = Documents(source, builder.issues, control)
        self._rows = SpanRows(
            builder, source, builder.add_source(source, NAME, decode, partial=True), control
        )
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)
        self._mending = Mending(self._shape.decoder, mend, self._rows.mended, builder.issues)
        self._ahead = Ahead(source, WORKER, allowed=control.second)
        self._failures = 0
        self._over_lines = False
        self._fault: JsonFault | None = None

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
        """Read what comes next: whole lines of spans, or one document."""
        first = stream.peek()
        at_once = not self._over_lines and self._failures < _MOST_FAILURES
        self._over_lines = False
        if first == _OPEN_LIST:
            self._list(stream)
        elif at_once and self._window_of_lines(stream):
            return
        elif first == _OPEN:
            self._failures += 1
            start = stream.position
            self._one(stream.raw_value(), start)
        else:
            self._documents.scalar(stream)

    def _list(self, stream: JsonStream) -> None:
        """A list of spans, or a list of lists of spans."""
        start = stream.position
        if _FOREIGN_LIST.match(stream.ahead(_NEAR)):
            stream.skip_value()
            self._documents.foreign(start, stream.position)
            return
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
        for chunk in stream.records(self._shape, self._mending, self._ahead, None):
            if isinstance(chunk, Part):
                self._rows.take(chunk)
            else:
                self._rows.add(chunk)

    def _window_of_lines(self, stream: JsonStream) -> bool:
        """Read the whole lines of a window at once, a span each; False if that cannot be."""
        window, base = stream.ahead(BATCH), stream.position
        last = len(window) < BATCH
        end = len(window) if last else window.rfind(b"\n")
        lines = window[: max(end, 0)].rstrip()
        if not lines:
            return False
        chunk = self._spans_of(lines, base)
        if chunk is not None:
            self._rows.add(chunk)
            self._failures = 0
            stream.seek(base + len(lines))
            return True
        return self._line_by_line(stream, lines, base, last)

    def _line_by_line(self, stream: JsonStream, lines: bytes, base: int, last: bool) -> bool:
        """Read lines of which some are no plain spans, up to one that is no document by itself."""
        pieces = lines.split(b"\n")
        chunk: Chunk[SpanRecord] = Chunk([], base, starts=[], lengths=[])
        at = base
        for number, piece in enumerate(pieces):
            text = piece.strip(_BLANKS)
            offset, at = at + len(piece) - len(piece.lstrip(_BLANKS)), at + len(piece) + 1
            if not text:
                continue
            final = last and number == len(pieces) - 1
            if (
                text[:1] == b"["
                or (text == b"{" or (text[-1:] in b"{[," and not final and not _are_alike(pieces, number)))
                or not self._line(chunk, text, offset, final)
            ):
                self._over_lines = text[:1] != b"["
                break
        else:
            self._failures, offset = 0, at
        self._rows.add(chunk)
        stream.seek(min(offset, base + len(lines)))
        return True

    def _line(self, chunk: Chunk[SpanRecord], text: bytes, offset: int, final: bool) -> bool:
        """Read a line that should hold a span; False if it takes a walk."""
        try:
            item = self._shape.decoder.decode(text)
        except (msgspec.ValidationError, UnicodeDecodeError):
            try:  # the decoder looked no further than to what is of the wrong kind
                RAW.decode(text)
            except (msgspec.DecodeError, RecursionError) as error:
                return self._refused_line(chunk, text, offset, error, final)
        except (msgspec.DecodeError, RecursionError) as error:
            return self._refused_line(chunk, text, offset, error, final)
        else:
            if is_text(text):
                _append(chunk, item, text, offset)
                return True
            if self._by_twin(chunk, text, offset):
                return True
        if text[:1] != b"{" or is_foreign(text):
            self._documents.foreign(offset, offset + len(text))
        else:
            salvage(chunk, text, offset, self._shape, self._mending)
        return True

    def _refused_line(
        self, chunk: Chunk[SpanRecord], text: bytes, offset: int, error: Exception, final: bool
    ) -> bool:
        """Read a line that is no JSON for a strict reader; False if it takes a walk."""
        place = complaint_place(error)
        if is_trailing(error) and place is not None and text[:1] == b"{":
            if text[place - 1 : place] in (b"{", b"["):
                return False
            self._documents.tell(IssueCode.TRAILING_BYTES, offset, "something follows the document")
            return self._line(chunk, text[: place - 1].rstrip(_BLANKS), offset, final)
        if not only_strict(text, error):
            self._lost_line(text, offset, error, final)
            return True
        if self._by_twin(chunk, text, offset):
            return True
        if lenient_end(text) != len(text):
            self._lost_line(text, offset, error, final)
        elif text[:1] != b"{" or is_foreign(text):
            self._documents.foreign(offset, offset + len(text))
        else:
            salvage(chunk, text, offset, self._shape, self._mending)
        return True

    def _by_twin(self, chunk: Chunk[SpanRecord], text: bytes, offset: int) -> bool:
        """Read a line that only a strict reader refuses; False if that is not sure."""
        found = decode_twin(text, self._shape.decoder)
        if found is None:
            return False
        self._rows.mended(*found)
        _append(chunk, found[0], text, offset)
        return True

    def _lost_line(self, text: bytes, offset: int, error: Exception, final: bool) -> None:
        place = complaint_place(error)
        cut = place is None and isinstance(error, msgspec.DecodeError)
        where = offset + len(text) if place is None else offset + place
        fault = (
            JsonTruncated(where, "the data ends in the middle") if cut else JsonFault(where, reason_of(error))
        )
        self._fault = self._fault or fault
        if cut and final:
            self._issues.add(IssueCode.TRUNCATED, str(fault))
        elif final and text[:1] not in (b"{", b"[") and self._rows.some():
            self._issues.add(IssueCode.TRAILING_BYTES, str(fault))
        else:
            self._documents.tell(IssueCode.BAD_LINE, offset, str(fault))

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

    def _one(self, record: bytes, offset: int) -> None:
        if is_foreign(record):
            self._documents.foreign(offset, offset + len(record))
            return
        chunk: Chunk[SpanRecord] = Chunk([], offset, starts=[], lengths=[])
        salvage(chunk, record, offset, self._shape, self._mending)
        self._rows.add(chunk)


def _append(chunk: Chunk[SpanRecord], item: SpanRecord, text: bytes, offset: int) -> None:
    chunk.items.append(item)
    chunk.starts.append(offset)
    chunk.lengths.append(len(text))


def _are_alike(pieces: list[bytes], number: int) -> bool:
    """Whether the next line begins like this one, which is then cut and does not go on there."""
    return number + 1 < len(pieces) and pieces[number + 1][:_ALIKE] == pieces[number][:_ALIKE]
