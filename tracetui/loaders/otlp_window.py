"""Many small OTLP containers at once: cut the spans of all of them out of one window of bytes.

Requests and ResourceSpans often hold only a few spans each, so walking from key to key costs more than the
spans do. Here a window of whole containers is taken apart in a handful of C calls::

    {"resourceSpans":[{"resource":..,"scopeSpans":[{"scope":..,"spans":[{S1},{S2}]},{"scope":..,"spans":[{S3}]}]}]}
                                                                        `---------'                     `--'
    glue:  {"resourceSpans":[{.. "spans":[0]},{"scope":..,"spans":[0]}]}]}
    lines:             (blanks)       {S1}\n{S2}            (blanks)           \n{S3}  (blanks)

Where the spans begin is guessed by the bytes that open the first one. The guess is proved: every line must
decode as one span, and the glue as containers with a `[0]` for each place that was cut. A list of whole
values put in for a list of one value is the same document, so nothing else can have been there. Line ends
that were there before are blanks between two tokens, or part a span from something that is one too many.
"""

from __future__ import annotations

import re

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from tracetui.loaders.lenient import Fault
from tracetui.loaders.otlp_records import CutRequest, CutResource, SpanRecord, mend
from tracetui.loaders.records import RAW, is_text
from tracetui.loaders.scan import find_all

Int64s = npt.NDArray[np.int64]
Group = tuple[int, bytes, bytes]
"""How many spans an array has, the bytes of their resource and of their scope."""
LINES, RESOURCES, SPANS = "lines", "resources", "spans"
"""What a part for a second process consists of."""
Mended = list[tuple[int, list[Fault]]]

_OPENING = re.compile(rb'"spans":\[(\{"[A-Za-z]{5,32}":)')
_BEFORE = b'"spans":['
_CLOSING = re.compile(rb'\]\}\]?\}?[\]}]*,?\n?\{"[A-Za-z]{5,32}":')
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_CUT = [0]
_COMMA, _LIST, _CLOSE = b",[}"

_SPANS: msgspec.json.Decoder[SpanRecord] = msgspec.json.Decoder(SpanRecord)
_REQUESTS: msgspec.json.Decoder[CutRequest] = msgspec.json.Decoder(CutRequest)
_RESOURCES: msgspec.json.Decoder[list[CutResource]] = msgspec.json.Decoder(list[CutResource])


class Cut(Struct):
    """The spans of a window.

    Attributes:
        spans: The spans in order.
        starts: int64[n], where each one's record begins in the window.
        lengths: int64[n], in bytes.
        groups: For each array of spans its group; the bytes may be empty.
        other_signals: Documents that hold logs, metrics or profiles.
    """

    spans: list[SpanRecord]
    starts: Int64s
    lengths: Int64s
    groups: list[Group] = field(default_factory=list)
    other_signals: int = 0


class Cutter:
    """Takes windows apart; learns from the first one how spans begin.

    Attributes:
        opening: How they do, b"" while that is not known.
    """

    def __init__(self) -> None:
        self.opening = b""
        self._closing = b""

    def documents(self, window: bytes, end: int, mended: Mended | None = None) -> Cut | None:
        """Cut a window of whole documents, one a line; None if it is anything else.

        Args:
            window: The bytes.
            end: Where they end in the window.
            mended: Gets the numbers of spans that did not fit and were made to, and what was wrong with them;
                without it, they are something else.
        """
        return self._cut(window, end, mended, whole_documents=True)

    def resources(self, window: bytes, end: int) -> Cut | None:
        """Cut a window of whole ResourceSpans with commas between them; None if it is anything else.

        Args:
            window: The bytes.
            end: Where they end in the window.
        """
        return self._cut(window, end, None, whole_documents=False)

    def _cut(self, window: bytes, end: int, mended: Mended | None, *, whole_documents: bool) -> Cut | None:
        lines = bytearray(memoryview(window)[:end])
        if not self._learn(window, end) or not is_text(lines):
            return None
        try:
            places = self._places(window, lines)
            if places is None:
                return None
            starts, lengths, counts, glue = places
            spans = _decoded(lines, window, starts, lengths, mended) if len(starts) else []
            if spans is None or len(spans) != len(starts):
                return None
            cut = Cut(spans, starts, lengths)
            joined = b"0".join(glue)
            if whole_documents:
                resources = _of_requests(_REQUESTS.decode_lines(joined), cut)
            else:
                resources = _RESOURCES.decode(b"[" + joined + b"]")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return cut if resources is not None and _group(resources, counts, cut) else None

    def _learn(self, window: bytes, end: int) -> bool:
        if not self.opening:
            found = _OPENING.search(window, 0, end)
            if found is None:
                # Logs and metrics may come first.
                return window.find(b'"spans"', 0, end) < 0 and window.find(b'"scopeSpans"', 0, end) < 0
            self.opening = found[1]
        return True

    def _places(
        self, window: bytes, lines: bytearray
    ) -> tuple[Int64s, Int64s, list[int], list[bytes]] | None:
        """Starts and lengths of the spans, how many there are in each array, and the glue.

        Args:
            window: The bytes.
            lines: Those of them that are to be cut; gets a span a line.
        """
        starts, opens = self._starts(window, lines)
        if not len(starts):
            return starts, starts, [], [bytes(lines)]
        if not opens[0]:
            return None
        text = np.frombuffer(lines, np.uint8)
        firsts = np.flatnonzero(opens)
        lasts = np.append(firsts[1:], len(starts)) - 1
        text[starts - 1] = 10
        ends = np.empty_like(starts)
        ends[:-1] = starts[1:] - 1
        glue: list[bytes] = []
        at = 0
        begins = starts[firsts].tolist()
        for number, (first, last) in enumerate(zip(begins, starts[lasts].tolist(), strict=True)):
            glue.append(window[at:first])
            text[at : first - 1] = 32
            limit = begins[number + 1] if number + 1 < len(begins) else len(lines)
            at = self._value_end(window, last, limit, len(lines))
            # Or a blank would be taken for a part of the span.
            if at < 0 or window[at - 1] != _CLOSE:
                return None
            ends[lasts[number]] = at
        glue.append(window[at : len(lines)])
        text[at:] = 32
        text[int(starts[0]) - 1] = 32
        return starts, ends - starts, (lasts - firsts + 1).tolist(), glue

    def _value_end(self, window: bytes, start: int, limit: int, window_end: int) -> int:
        """The index behind the last span of an array: where what closed the array before is seen again."""
        if self._closing:
            end = window.find(self._closing, start, limit)
            if end >= 0:
                return end
        end = _value_end(memoryview(window)[:window_end], start)
        if 0 <= end < limit < window_end:
            closing = _CLOSING.match(window, end, limit)
            self._closing = closing[0] if closing else b""
        return end

    def _starts(self, window: bytes, lines: bytearray) -> tuple[Int64s, npt.NDArray[np.bool_]]:
        """Where spans seem to begin, and which of them open an array of spans."""
        if not self.opening:
            return np.zeros(0, np.int64), np.zeros(0, np.bool_)
        data = np.frombuffer(lines, np.uint8)
        found = find_all(lines, self.opening)
        found = found[found >= len(_BEFORE)]
        before = data[found - 1]
        joint = (before == _COMMA) & (data[found - 2] == _CLOSE)
        opens = np.zeros(len(found), np.bool_)
        for place in np.flatnonzero(before == _LIST).tolist():
            opens[place] = window.startswith(_BEFORE, int(found[place]) - len(_BEFORE))
        keep = joint | opens
        return found[keep], opens[keep]


def _decoded(
    lines: bytearray, window: bytes, starts: Int64s, lengths: Int64s, mended: Mended | None
) -> list[SpanRecord] | None:
    """The spans of some lines; None if one of them is none."""
    try:
        return _SPANS.decode_lines(lines)
    except msgspec.ValidationError:
        if mended is None:
            raise
    spans: list[SpanRecord] = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        record = window[start : start + length]
        try:
            spans.append(_SPANS.decode(record))
        except msgspec.ValidationError:
            found = _mend(record)
            if found is None:
                return None
            mended.append((len(spans), found[1]))
            spans.append(found[0])
    return spans


def _mend(record: bytes) -> tuple[SpanRecord, list[Fault]] | None:
    try:
        return mend(record)
    except ValueError:
        return None


def _value_end(view: memoryview, start: int) -> int:
    """The index behind the value at `start`, told by the decoder's complaint; -1 if there is none."""
    try:
        RAW.decode(view[start:])
    except msgspec.DecodeError as error:
        found = _TRAILING.search(str(error))
        if found:
            end = start + int(found[1]) - 1
            # The complaint is about the first byte behind the blanks.
            while view[end - 1] <= 32:
                end -= 1
            return end
    return -1


def _of_requests(requests: list[CutRequest], cut: Cut) -> list[CutResource] | None:
    """The ResourceSpans of all documents; None if one is neither a request nor a bare ResourceSpans."""
    resources: list[CutResource] = []
    for request in requests:
        if request.resource_spans is not msgspec.UNSET:
            resources += request.resource_spans
        elif request.scope_spans is not msgspec.UNSET:
            resources.append(request)
        elif not (request.resource_logs or request.resource_metrics or request.resource_profiles):
            return None
        if request.resource_logs or request.resource_metrics or request.resource_profiles:
            cut.other_signals += 1
    return resources


def _group(resources: list[CutResource], counts: list[int], cut: Cut) -> bool:
    """Say whose each span is; False if the cuts are not where the containers have spans."""
    number = 0
    for resource in resources:
        if resource.scope_spans is msgspec.UNSET:
            # Only spans under another key, or none at all: for the walk to say.
            return False
        owner = bytes(resource.resource)
        for scope in resource.scope_spans:
            if scope.spans == _CUT:
                if number == len(counts):
                    return False
                cut.groups.append((counts[number], owner, bytes(scope.scope)))
                number += 1
            elif scope.spans:
                return False
    return number == len(counts)
