"""Lines of OTLP JSON among which are bad ones: sorted, so that the good ones can still be read at once.

Each line is looked at by a decoder that only skips, which tells a sound line from a damaged one in a
microsecond or two. Of a line that breaks off, what stands before the fault is kept: the containers around its
whole spans are closed again, and the decoder of the good lines proves the result like that of any other.
"""

from __future__ import annotations

import json

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from tracetui.loaders.lenient import camel
from tracetui.loaders.otlp_records import WholeRequest
from tracetui.loaders.records import RAW, is_text
from tracetui.loaders.twin import Twin, strict_twin
from tracetui.loaders.walk import (
    JsonFault,
    JsonTruncated,
    complaint_place,
    is_trailing,
    only_strict,
    reason_of,
)

SPAN_KEYS = {"resourceSpans", "batches"}
SCOPE_KEYS = {"scopeSpans", "instrumentationLibrarySpans"}
WRAPPERS = {"trace", "result"}
"""Keys under which answers of Tempo (v2) and of Jaeger (v3) hold what they answer."""
OTHER_SIGNALS = {"resourceLogs", "resourceMetrics", "resourceProfiles"}
KNOWN_KEYS = SPAN_KEYS | SCOPE_KEYS | WRAPPERS | OTHER_SIGNALS
_BLANKS = b" \t\r\n\x1e"
_REQUEST = b'{"resourceSpans":['
_CLOSE = b"]}]}]}"
_NEXT_RESOURCE = b'},{"resource":'
_OPEN_ENDS = (b"{", b"[", b",", b":")
_ALIKE = 8


class _Probe(Struct, rename="camel"):
    """A document, hardly looked at."""

    resource_spans: msgspec.Raw | UnsetType = UNSET
    scope_spans: msgspec.Raw | UnsetType = UNSET
    resource_logs: msgspec.Raw | UnsetType = UNSET
    resource_metrics: msgspec.Raw | UnsetType = UNSET
    resource_profiles: msgspec.Raw | UnsetType = UNSET


_PROBE: msgspec.json.Decoder[_Probe] = msgspec.json.Decoder(_Probe)
_NOTHING = _Probe()
_KEYS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WHOLE: msgspec.json.Decoder[WholeRequest] = msgspec.json.Decoder(WholeRequest)


class Sound(Struct):
    """A document that can be read at once with others.

    Attributes:
        text: It, in one line.
        offset: Where it stands in the source.
        twin: What it was made of, if a strict reader refuses what stands there.
    """

    text: bytes
    offset: int
    twin: Twin | None = None

    @property
    def found(self) -> bytes:
        """What stands in the source."""
        return self.text if self.twin is None else self.twin.original


class Lines(Struct):
    """The lines of a window.

    Attributes:
        sound: Documents that can be read at once.
        odd: Lines to be walked, with their places.
        foreign: Documents of other formats, first byte and end.
        bad: What is wrong with lines of which not all is kept, at their places.
        trailing: Where lines with something behind their document stand.
        last: Where the last line begins.
        rest: Where a document of several lines seems to begin, -1 for nowhere: nothing behind was looked at.
    """

    sound: list[Sound] = field(default_factory=list)
    odd: list[tuple[int, bytes]] = field(default_factory=list)
    foreign: list[tuple[int, int]] = field(default_factory=list)
    bad: list[JsonFault] = field(default_factory=list)
    trailing: list[int] = field(default_factory=list)
    last: int = -1
    rest: int = -1


def sort_lines(window: bytes, base: int, opening: bytes, *, last: bool) -> Lines:
    """Tell the lines of a window apart.

    Args:
        window: Whole lines.
        base: Where they stand in the source.
        opening: How spans begin, b"" if that is not known.
        last: Whether nothing follows the window.
    """
    found = Lines()
    lines = window.split(b"\n")
    at = base
    for number, line in enumerate(lines):
        text = line.lstrip(_BLANKS)
        offset = at + len(line) - len(text)
        at += len(line) + 1
        text = text.rstrip(_BLANKS)
        if not text:
            continue
        found.last = offset
        if text in (b"{", b"[") or _goes_on(text, lines, number + 1, last):
            found.rest = offset
            break
        _sort(found, text, offset, opening)
    return found


def _goes_on(text: bytes, lines: list[bytes], number: int, last: bool) -> bool:
    """Whether a line is not cut, but the beginning of a document that goes on in line `number`."""
    if number >= len(lines):
        return not last and text.endswith(_OPEN_ENDS)
    following = lines[number]
    # The next document begins like this one.
    if following[:_ALIKE] == text[:_ALIKE] or not following.strip(_BLANKS):
        return False
    if text.endswith(_OPEN_ENDS):
        return True
    in_text = (text.count(b'"') - text.count(b'\\"')) % 2 == 1
    return in_text and following[:1] not in (b"{", b"[")


def _sort(found: Lines, text: bytes, offset: int, opening: bytes) -> None:
    if text[:1] not in (b"{", b"["):
        # A logger may have put its own words before the document.
        skip = text.find(b'{"resource')
        if skip < 0:
            _sort_other(found, text, offset)
            return
        text, offset = text[skip:], offset + skip
    try:
        if not is_text(text):
            _sort_strict(found, text, offset)
            return
        probe = _PROBE.decode(text)
    except msgspec.ValidationError:
        found.odd.append((offset, text))
    except msgspec.DecodeError as error:
        if only_strict(text, error):
            _sort_strict(found, text, offset)
        else:
            _sort_damaged(found, text, offset, opening, error)
    except RecursionError:
        found.odd.append((offset, text))
    else:
        if probe == _NOTHING:
            place = offset, offset + len(text)
            found.foreign.append(place) if _is_foreign(text) else found.odd.append((offset, text))
        else:
            found.sound.append(Sound(text, offset))


def _sort_strict(found: Lines, text: bytes, offset: int) -> None:
    """A line that perhaps only a strict reader refuses."""
    twin = strict_twin(text)
    try:
        if twin is not None and _PROBE.decode(twin.text) != _NOTHING:
            found.sound.append(Sound(twin.text, offset, twin))
            return
    except (msgspec.DecodeError, RecursionError):
        pass
    found.odd.append((offset, text))


def _is_request(text: bytes) -> bool:
    try:
        return _PROBE.decode(text) != _NOTHING
    except (msgspec.DecodeError, RecursionError):
        return False


def _is_foreign(text: bytes) -> bool:
    """Whether an object has none of the keys by which OTLP is known, however they are written."""
    try:
        keys = _KEYS.decode(text)
    except (ValueError, RecursionError):
        return False
    return not {camel(key) for key in keys} & KNOWN_KEYS


def _sort_other(found: Lines, text: bytes, offset: int) -> None:
    """A line that begins neither as an object nor as a list."""
    try:
        RAW.decode(text)
        found.odd.append((offset, text))
    except (msgspec.DecodeError, RecursionError) as error:
        found.bad.append(JsonFault(offset, reason_of(error)))


def _sort_damaged(found: Lines, text: bytes, offset: int, opening: bytes, error: Exception) -> None:
    place = complaint_place(error)
    if place is not None and is_trailing(error):
        head, rest = text[: place - 1].rstrip(_BLANKS), text[place - 1 :]
        if rest[:1] in (b"{", b"[") or not _is_request(head):
            found.odd.append((offset, text))
        else:
            found.sound.append(Sound(head, offset))
            found.trailing.append(offset)
        return
    fault = len(text) if place is None else place
    told = (
        JsonTruncated(offset, "the data ends in the middle")
        if place is None
        else JsonFault(offset + fault, reason_of(error))
    )
    if not opening or b'"spans"' not in text[:fault]:
        # Nothing is lost with it, unless another resource follows.
        readable = text.find(_NEXT_RESOURCE, fault) >= 0 or (not opening and b'"spans"' in text)
        found.odd.append((offset, text)) if readable else found.bad.append(told)
        return
    last = text.rfind(opening, 0, fault)
    if text.find(opening, max(last, fault - len(opening)) + 1) >= 0 or not text.startswith(_REQUEST):
        found.odd.append((offset, text))
        return
    end = _whole_spans_end(text, last, fault) if last >= 0 else -1
    if end == 0:
        found.odd.append((offset, text))
        return
    found.bad.append(told)
    if end > 0:
        found.sound.append(Sound(text[:end] + _CLOSE, offset))


def _whole_spans_end(text: bytes, last: int, fault: int) -> int:
    """Behind the last whole span of a line that is damaged at or behind its last span.

    Args:
        text: The line.
        last: Where its last span begins.
        fault: What a decoder complains about.

    Returns:
        An index; -1 if there is no whole span, 0 if it takes a closer look.
    """
    try:
        RAW.decode(text[last:])
    except (msgspec.DecodeError, RecursionError) as error:
        place = complaint_place(error)
        if place is not None and is_trailing(error) and last + place - 1 <= fault:
            return last + len(text[last : last + place - 1].rstrip(_BLANKS))
    try:
        json.JSONDecoder(strict=False).raw_decode(text[last:].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        before = text[last - 2 : last]
        if before == b"},":
            return last - 1
        return -1 if before.endswith(b"[") and text.find(b'"spans":[{') == last - 9 else 0
    return 0


def is_sound(text: bytes) -> bool:
    """Whether a document can be read as it is, all its spans included."""
    try:
        text.decode("utf-8")
        _WHOLE.decode(text)
    except (ValueError, RecursionError):
        return False
    return True
