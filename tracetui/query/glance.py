r"""Telling most hits from the few bytes around them, without decoding the whole record.

A text found in a record usually stands in an attribute, and an attribute is a small JSON object:

    {"key":"http.method","type":"string","value":"GET"}        Jaeger
    {"key":"http.method","value":{"stringValue":"GET"}}        OTLP
     ^ last brace before the hit      first brace after it ^

If these bytes are a JSON object for themselves then they are one in the record as well: a brace inside of a
string would have to be followed by that string's end, and what comes then fits no object; quotes inside of a
string are escaped. Anything that looks different is left to the decoder. So that this rests on no belief
about a format, the first answers for each source are compared with the decoder's; where they differ no more
glances are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson

from tracetui.model.attributes import AttributeValue
from tracetui.query.hidden import Seek

_LONGEST: Final = 4096
_MOST_REMEMBERED: Final = 4096
_COMPARED: Final = 64
_ANY_VALUES: Final = frozenset({"stringValue", "intValue", "doubleValue", "boolValue"})
_MOVED_KEYS: Final = frozenset({"event", "message"})
"""Keys that make an event's name, in some places."""

Pair = tuple[str | None, AttributeValue]
"""A key and its value; None if only the value is seen."""


class Glance:
    """Looks at the surroundings of hits; for one search.

    Args:
        accepts: Whether an attribute with this key and value is what is looked for.
        keyed: Whether it takes the key to say so, and keys inside of values do not count.
    """

    def __init__(self, accepts: Callable[[str | None, AttributeValue], bool], *, keyed: bool) -> None:
        self._accepts = accepts
        self._keyed = keyed
        self._compared: dict[int, int] = {}
        self._wrong: set[int] = set()
        self._known: dict[bytes, bool | None] = {}

    def verdict(
        self, data: bytes, low: int, high: int, seekers: Sequence[Seek], source: int
    ) -> tuple[bool | None, bool]:
        """Whether a record matches.

        Args:
            data: The window.
            low: Where in it the record starts.
            high: Where it ends.
            seekers: What finds hints in the window.
            source: The record's source.

        Returns:
            The answer, None if it takes a decoder; and whether it is still to be compared with the decoder's.
        """
        if source in self._wrong or (self._keyed and data.find(b"kvlist", low, high) >= 0):
            return None, False
        unknown = False
        for seek in seekers:
            at = seek(low, high)
            while at >= 0:
                accepted = self._object_at(data, at, low, high)
                if accepted:
                    return True, self._compared.get(source, 0) < _COMPARED
                # On to the next object; what is unknown remains so.
                unknown |= accepted is None
                at = data.find(b"}" if accepted is False else b"{", at + 1, high)
                at = seek(at, high) if at >= 0 else -1
        return (None, False) if unknown else (False, self._compared.get(source, 0) < _COMPARED)

    def _object_at(self, data: bytes, at: int, low: int, high: int) -> bool | None:
        """Whether the attribute around a hit is accepted; None if it does not look like one."""
        start = data.rfind(b"{", low, at + 1)
        end = data.find(b"}", at, high) + 1
        if start < low or not end or end - start > _LONGEST:
            return None
        text = data[start:end]
        try:
            return self._known[text]
        except KeyError:
            pass
        # Most of what is no attribute is a whole span up to the first brace that closes, and holds a list.
        pair = None if b"[" in text else around(data, start, end, low, keyed=self._keyed)
        accepted = None if pair is None or pair[0] in _MOVED_KEYS else self._accepts(*pair)
        if pair is not None and (pair[0] is not None or not self._keyed) and data[end : end + 1] != b"}":
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[text] = accepted
        return accepted

    def compare(self, source: int, verdict: bool | None, truth: bool) -> None:
        """Learn whether the verdict on a record of a source was right."""
        if verdict is None:
            return
        self._compared[source] = self._compared.get(source, 0) + 1
        if verdict != truth:
            self._wrong.add(source)


def around(data: bytes, start: int, end: int, low: int, *, keyed: bool) -> Pair | None:
    """The attribute that some braces belong to, if it looks like one.

    Args:
        data: Bytes.
        start: Where the last opening brace before a hit is.
        end: Behind the first closing brace after it.
        low: Where the record starts.
        keyed: Whether a value without its key is of no use.
    """
    found = _object(data[start:end])
    if found is None:
        # Perhaps the hit is in the key and the value is an object.
        return _pair(_object(data[start : end + 1])) if data[end : end + 1] == b"}" else None
    if "key" in found:
        return _pair(found)
    if len(found) != 1 or found.keys().isdisjoint(_ANY_VALUES):
        return None
    if not keyed:
        return None, _plain(found)
    start = data.rfind(b"{", low, start)
    if start < low or end - start > _LONGEST or data[end : end + 1] != b"}":
        return None
    return _pair(_object(data[start : end + 1]))


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _pair(found: dict[str, Any] | None) -> Pair | None:
    """Key and value of an attribute object of a known shape."""
    if found is None or "value" not in found:
        return None
    key, value = found.get("key"), found["value"]
    if not isinstance(key, str):
        return None
    if isinstance(value, dict):
        if len(found) != 2 or len(value) != 1 or value.keys().isdisjoint(_ANY_VALUES):
            return None
        return key, _plain(value)
    if isinstance(value, list) or (isinstance(value, str) and found.get("type", "string") != "string"):
        return None
    return key, value


def _plain(any_value: dict[str, Any]) -> AttributeValue:
    ((kind, value),) = any_value.items()
    if kind == "intValue" and isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    plain: AttributeValue = value
    return plain
