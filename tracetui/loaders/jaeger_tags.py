"""Kind and status of many spans out of their raw tags, without decoding the tags.

All tags of a batch are joined, one span a line, and split at the keys that matter. What stands behind a key
up to the closing brace is looked up among what was understood before, for there are few different ones:

    [{"key":"span.kind","type":"string","value":"client"},{"key":"http.method", ...
     before |  split   |            looked up           |

A tag that is written in another way than `{"key":` first is found out by what stands before it, a value with
a brace in it by its being no JSON; the tags of such a span are decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from tracetui.loaders.jaeger_records import loads
from tracetui.model.store import Kind, Status

Codes = npt.NDArray[np.uint8]

_BEFORE = re.compile(rb'\{\s*"key"\s*:\s*$')
"""A brace in a string would be followed by the quote that ends it, and a letter cannot follow that."""
_KINDS: Final = {kind.name.lower(): int(kind) for kind in Kind}
_NOTHING: Final = (0, 0)
_MOST_KNOWN: Final = 4096
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
        before: What has to stand before it: a comma or bracket, a brace, and `"key":` as this writer puts it.
    """

    def __init__(self, key: bytes) -> None:
        self.marker = b'"' + key + b'"'
        self.before: tuple[bytes, ...] = ()
        self.known = _Known(self)

    def read(self, text: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
        """Where tags with this key stand, and what they mean.

        Returns:
            `int64[k]` the bytes behind the keys; `intp[k]` codes into `_CODES`, -1 where it takes more.
        """
        pieces = text.split(self.marker)
        if len(pieces) == 1:
            return np.empty(0, np.int64), np.empty(0, np.intp)
        if not self.before:
            found = _BEFORE.search(pieces[0][-_LONGEST_BEFORE:])
            if found:
                self.before = (b"," + found[0], b"[" + found[0])
        before = self.before
        known = self.known
        meanings = [known[piece[: piece.find(b"}") + 1]] for piece in islice(pieces, 1, None)]
        pieces.pop()
        plain = [piece.endswith(before) for piece in pieces]
        if False in plain:
            meanings = [meaning if known else -1 for meaning, known in zip(meanings, plain, strict=True)]
        lengths = np.array(list(map(len, pieces)), np.int64) + len(self.marker)
        return np.cumsum(lengths), np.array(meanings, np.intp)


class _Known(dict[bytes, int]):
    """What follows a key, up to the closing brace, to its meaning."""

    def __init__(self, key: _Key) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, tail: bytes) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        try:
            # With the brace before it this is the whole object, or it is not JSON.
            found = tag_meaning(msgspec.json.decode(self._key.before[0][1:] + self._key.marker + tail))
            meaning = _CODES.index(found)
        except (IndexError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            meaning = -1
        self[tail] = meaning
        return meaning


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
        starts[1:] = _places(data == 10) + 1
        first = data[starts]
        odd = np.flatnonzero((first != ord("[")) & (first != ord("n"))).tolist()
        to_decode = set(odd)
        for key in self._keys:
            places, codes = key.read(text)
            rows = np.searchsorted(starts, places) - 1
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


def _places(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """As `np.flatnonzero`, several times as quick where little is true: eight bytes are looked at in one."""
    whole = len(mask) & ~7
    groups = np.flatnonzero(mask[:whole].view(np.uint64))
    group, inside = np.nonzero(mask[:whole].reshape(-1, 8)[groups])
    return np.concatenate([groups[group] * 8 + inside, np.flatnonzero(mask[whole:]) + whole])


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
