"""Kind and status of many spans out of their raw tags, without decoding the tags.

All tags of a batch are joined, one span a line, and searched for the keys that matter. What stands behind a
key up to the closing brace is compared with what was understood before, for there are few different ones:

    [{"key":"span.kind","type":"string","value":"client"},{"key":"http.method", ...
     before |  found   |            compared            |

A tag that is written in another way than `{"key":` first is found out by what stands before it, a value with
a brace in it by its being no JSON; the tags of such a span are decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from tracetui.loaders.jaeger_records import loads
from tracetui.loaders.scan import Finder, Places, stands_at
from tracetui.model.store import Kind, Status

Codes = npt.NDArray[np.uint8]

_BEFORE = re.compile(rb'\{\s*"key"\s*:\s*$')
"""A brace in a string would be followed by the quote that ends it, and a letter cannot follow that."""
_KINDS: Final = {kind.name.lower(): int(kind) for kind in Kind}
_NOTHING: Final = (0, 0)
_MOST_KNOWN: Final = 12
_LONGEST_BEFORE: Final = 256

Meaning = tuple[int, int]
"""Kind and status that a tag says, 0 for nothing."""
_CODES: Final[list[Meaning]] = [
    _NOTHING,
    *((int(k), 0) for k in Kind if k),
    *((0, int(s)) for s in Status if s),
]
_LAST_KIND: Final = len(Kind) - 1
_CODE_KIND: Final = np.array([kind for kind, _ in _CODES], np.uint8)
_CODE_STATUS: Final = np.array([status for _, status in _CODES], np.uint8)


def tag_meaning(tag: Any) -> Meaning:
    """What one decoded tag says about kind and status."""
    if not isinstance(tag, dict):
        return _NOTHING
    key, value = tag.get("key"), tag.get("value")
    if key == "span.kind":
        return (_KINDS.get(value.strip().lower(), 0) if isinstance(value, str) else 0), 0
    if key == "error":
        true = value.strip().lower() in ("true", "1") if isinstance(value, str) else value in (True, 1)
        return 0, (int(Status.ERROR) if true else 0)
    if key == "otel.status_code" and isinstance(value, str):
        name = value.strip().upper().removeprefix("STATUS_CODE_")
        return 0, {"OK": int(Status.OK), "ERROR": int(Status.ERROR)}.get(name, 0)
    return _NOTHING


class _Key:
    """One key that matters, and the tags with it that were understood.

    Attributes:
        marker: The key's bytes.
        finder: Finds them.
        before: What this writer puts before it, from the tag's brace on; empty until one was seen.
        known: What followed the key, up to the closing brace, and what that tag says.
    """

    def __init__(self, key: bytes) -> None:
        self.marker = b'"' + key + b'"'
        self.finder = Finder(self.marker)
        self.before = b""
        self.known: dict[bytes, int] = {}

    def read(self, text: bytes) -> tuple[Places, npt.NDArray[np.intp]]:
        """Where tags with this key stand in a text, and what they mean.

        Returns:
            `int64[k]` the places of the keys; `intp[k]` codes into `_CODES`, -1 where it takes more.
        """
        places = self.finder.places(text)
        codes = np.full(len(places), -1, np.intp)
        if not len(places):
            return places, codes
        self._learn_before(text, int(places[0]))
        behind = places + len(self.marker)
        unknown = np.arange(len(places))
        for tail, code in self.known.items():
            is_tail = stands_at(text, behind[unknown], tail)
            codes[unknown[is_tail]] = code
            unknown = unknown[~is_tail]
        for row in unknown.tolist():
            at = int(behind[row])
            codes[row] = self._meaning(text[at : text.find(b"}", at) + 1])
        codes[~self._starts_a_tag(text, places)] = -1
        return places, codes

    def _learn_before(self, text: bytes, place: int) -> None:
        if not self.before:
            found = _BEFORE.search(text[max(0, place - _LONGEST_BEFORE) : place])
            self.before = found[0] if found else b""

    def _starts_a_tag(self, text: bytes, places: Places) -> npt.NDArray[np.bool_]:
        if not self.before:
            return np.zeros(len(places), np.bool_)
        tag = places - len(self.before)
        return stands_at(text, tag, self.before) & (
            stands_at(text, tag - 1, b",") | stands_at(text, tag - 1, b"[")
        )

    def _meaning(self, tail: bytes) -> int:
        """What the tag that ends like this says, -1 if that is not the whole tag."""
        code = self.known.get(tail)
        if code is not None:
            return code
        try:
            # With the brace before it this is the whole object, or it is not JSON.
            code = _CODES.index(tag_meaning(msgspec.json.decode(self.before + self.marker + tail)))
        except (ValueError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return -1
        if len(self.known) < _MOST_KNOWN:
            self.known[tail] = code
        return code


class TagReader:
    """Reads batches of raw tags; remembers the tags that it has understood."""

    def __init__(self) -> None:
        self._keys = [_Key(key) for key in (b"span.kind", b"error", b"otel.status_code")]

    def read(self, tags: list[msgspec.Raw]) -> tuple[Codes, Codes, list[int]]:
        """Kinds and statuses.

        Args:
            tags: For each span its tags as found, without line ends.

        Returns:
            `uint8[n]` kinds, `uint8[n]` statuses, and the spans whose tags are neither a list nor null.
        """
        count = len(tags)
        kinds, statuses = np.zeros(count, np.uint8), np.zeros(count, np.uint8)
        text = b"\n".join(tags)
        data = np.frombuffer(text, np.uint8)
        starts = np.zeros(count, np.int64)
        np.cumsum(np.fromiter(map(len, tags[:-1]), np.int64, max(0, count - 1)) + 1, out=starts[1:])
        first = data[starts]
        odd = np.flatnonzero((first != ord("[")) & (first != ord("n"))).tolist()
        to_decode = set(odd)
        for key in self._keys:
            places, codes = key.read(text)
            rows = np.searchsorted(starts, places, side="right") - 1
            to_decode.update(rows[codes < 0].tolist())
            said = np.flatnonzero(codes > 0)
            if not len(said):
                continue
            rows, codes = rows[said], codes[said]
            if codes[0] <= _LAST_KIND:
                kinds[rows] = _CODE_KIND[codes]
            else:
                # A span may say both; unlike others `at` sees each of the repeated rows.
                np.maximum.at(statuses, rows, _CODE_STATUS[codes])
        for row in to_decode:
            kinds[row], statuses[row] = _decoded(bytes(tags[row]))
        return kinds, statuses, odd


def _decoded(raw: bytes) -> Meaning:
    """Kind and status by decoding all tags of one span."""
    value, _ = loads(raw)
    tags: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        tags = [{"key": key, "value": item} for key, item in value.items()]
    kind = status = 0
    for found_kind, found_status in map(tag_meaning, tags):
        kind = found_kind or kind
        status = max(status, found_status)
    return kind, status
