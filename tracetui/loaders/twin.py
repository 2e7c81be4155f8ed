"""JSON that only strict readers refuse, written as they take it.

NaN and the infinities become texts, as Protobuf writes them; raw control characters become escapes; halves of
surrogate pairs and bytes that are no UTF-8 become U+FFFD. All else stays, so that a bulk decoder proves the
result like any other text, and each place in it has its place in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from tracetui.loaders.lenient import Fault
from tracetui.loaders.records import is_text
from tracetui.model.issues import IssueCode

__all__ = ["Twin", "decode_twin", "strict_twin"]

_MOST_EDITS: Final = 1000
_MARK: Final = re.compile(rb"[\x00-\x1f]")
_MARKS: Final = bytes(range(32))
_WORDS: Final = (b"NaN", b"Infinity")
_HALF: Final = re.compile(
    rb"\\u(?:[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)[dD][c-fC-F][0-9a-fA-F]{2})"
)
_REPLACED: Final = "\ufffd".encode()

_CONTROL: Final = IssueCode.CONTROL_CHAR, "a raw control character"
_NUMBER: Final = IssueCode.BAD_NUMBER, "NaN, an infinity or a number out of range"
_SURROGATE: Final = IssueCode.BAD_UNICODE, "half of a surrogate pair"
_BYTES: Final = IssueCode.BAD_UTF8, "bytes that are not UTF-8"

Edit = tuple[int, int, bytes, Fault]
"""What is replaced: first byte and end in the original, by what, and why."""


class Twin(Struct):
    """What a strict reader takes for a text that it refuses.

    Attributes:
        text: It.
        original: What it stands for.
        ends: Behind each place that was changed, in `text`, ascending.
        shifts: How much longer `text` is than the original up to there.
        faults: What was wrong in each of these places.
    """

    text: bytes
    original: bytes
    ends: list[int]
    shifts: list[int]
    faults: list[Fault]


def strict_twin(text: bytes) -> Twin | None:
    """The twin of a text, which a decoder has still to prove; None if there is none, or that is not sure.

    Args:
        text: JSON that was refused.
    """
    edits = _edits(text)
    if not edits:
        return None
    parts: list[bytes] = []
    ends: list[int] = []
    shifts: list[int] = []
    at = length = shift = 0
    for start, end, new, _ in edits:
        parts += text[at:start], new
        length += start - at + len(new)
        shift += len(new) - (end - start)
        ends.append(length)
        shifts.append(shift)
        at = end
    parts.append(text[at:])
    return Twin(b"".join(parts), text, ends, shifts, [fault for _, _, _, fault in edits])


def _edits(text: bytes) -> list[Edit]:
    """What is to be replaced, in order; nothing if a closer look is needed."""
    inside: list[Edit] = []
    if len(text.translate(None, _MARKS)) < len(text):
        inside += [(at.start(), at.end(), b"\\u%04x" % at[0][0], _CONTROL) for at in _MARK.finditer(text)]
    outside = [edit for word in _WORDS for edit in _words(text, word)]
    halves: list[Edit] = []
    if b"\\u" in text:
        halves += [(at.start(), at.end(), b"\\ufffd", _SURROGATE) for at in _HALF.finditer(text)]
    edits = [*inside, *outside, *halves]
    if not is_text(text):
        edits += _bad_bytes(text)
    if len(edits) > 1:
        edits.sort(key=itemgetter(0))
    # What looks like an escape may be text about one.
    if len(edits) > _MOST_EDITS or (halves and b"\\\\" in text):
        return []
    if (inside or outside) and not _are_where_they_seem(text, edits):
        return []
    return edits


def _words(text: bytes, word: bytes) -> Iterator[Edit]:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        start = at - (word == b"Infinity" and text[at - 1 : at] == b"-")
        yield start, end, b'"%b"' % text[start:end], _NUMBER
        at = text.find(word, end)


def _are_where_they_seem(text: bytes, edits: list[Edit]) -> bool:
    """Whether control characters stand in strings alone, and words outside of them."""
    if b"\\\\" in text:
        text = text.replace(b"\\\\", b"..")
    quotes = at = 0
    for start, end, _, fault in edits:
        quotes += text.count(b'"', at, start) - text.count(b'\\"', at, start)
        at = end
        if (fault is _CONTROL and quotes % 2 == 0) or (fault is _NUMBER and quotes % 2):
            return False
    return True


def _bad_bytes(text: bytes) -> Iterator[Edit]:
    """What is no UTF-8, as Python's own decoder replaces it."""
    at = count = 0
    while count <= _MOST_EDITS:
        try:
            (text[at:] if at else text).decode("utf-8")
        except UnicodeDecodeError as error:
            yield at + error.start, at + error.end, _REPLACED, _BYTES
            at += error.end
            count += 1
        else:
            return


T = TypeVar("T")


def decode_twin(record: bytes, decoder: msgspec.json.Decoder[T]) -> tuple[T, list[Fault]] | None:
    """What the twin of a record holds, and what was wrong with the record; None if that does not help.

    Args:
        record: What the decoder refused, though not for the kinds of its fields.
        decoder: It.
    """
    twin = strict_twin(record)
    if twin is None:
        return None
    try:
        return decoder.decode(twin.text.replace(b"\n", b" ")), list(dict.fromkeys(twin.faults))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
