"""Values as JSON: exact, of any depth, and with nothing in it that a terminal would act on."""

from __future__ import annotations

import base64
import json
import math
from typing import Final

import orjson

from tracetui.text import escape_json

_MAX_DEPTH: Final = 64  # deeper values go through the encoder that needs no stack
_INT64: Final = range(-(1 << 63), 1 << 64)


class Encoded:
    """JSON that is ready."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


def _default(value: object) -> object:
    if type(value) is Encoded:
        return orjson.Fragment(value.data)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError


def json_dumps(value: object) -> bytes:
    """Compact JSON: bytes as base64, NaN and infinities as strings, integers beyond 64 bits as strings.

    Any depth is written, and any text: what a terminal would act on stands as an escape (`text.escape_json`).
    """
    return escape_json(dumps_raw(value))


def dumps_raw(value: object) -> bytes:
    """The same before anything is escaped; halves of surrogate pairs in the form of `surrogatepass`."""
    return dumps_plain(value) if _is_plain(value) else _dumps_slowly(value)


def dumps_plain(value: object) -> bytes:
    """JSON of what is known to be shallow, and to hold no NaN or infinity."""
    try:
        return orjson.dumps(value, default=_default)
    except TypeError:  # half a surrogate pair, an integer beyond 64 bits: legal here, not for orjson
        return _dumps_slowly(value)


def _is_plain(value: object) -> bool:
    """Whether orjson writes `value` as agreed: it would make NaN null, and stops at some depth."""
    level: list[object] = [value]
    for _ in range(_MAX_DEPTH):
        deeper: list[object] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                deeper.extend(item.values())  # type: ignore[attr-defined]
            elif kind is list:
                deeper.extend(item)  # type: ignore[arg-type]
            elif kind is float and not math.isfinite(item):  # type: ignore[arg-type]
                return False
        if not deeper:
            return True
        level = deeper
    return False


def _dumps_slowly(value: object) -> bytes:
    """The same document without recursion; text stays as it is, halves of surrogate pairs included."""
    out: list[bytes] = []
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if type(item) is Encoded:
            out.append(item.data)
        elif isinstance(item, dict):
            parts: list[object] = [Encoded(b"{")]
            for index, (key, member) in enumerate(item.items()):
                parts.append(Encoded((b"," if index else b"") + _scalar(str(key)) + b":"))
                parts.append(member)
            parts.append(Encoded(b"}"))
            stack.extend(reversed(parts))
        elif isinstance(item, list | tuple):
            parts = [Encoded(b"[")]
            for index, member in enumerate(item):
                if index:
                    parts.append(Encoded(b","))
                parts.append(member)
            parts.append(Encoded(b"]"))
            stack.extend(reversed(parts))
        else:
            out.append(_scalar(item))
    return b"".join(out)


def _scalar(value: object) -> bytes:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return b'"' + base64.b64encode(value) + b'"'
    if isinstance(value, bool) or value is None:
        return json.dumps(value).encode()
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float) and not math.isfinite(value):
        return b'"NaN"' if math.isnan(value) else b'"Infinity"' if value > 0 else b'"-Infinity"'
    return json.dumps(value).encode()


def _integer(value: int) -> bytes:
    if value in _INT64:
        return b"%d" % value
    # Beyond 64 bits a string; beyond what Python writes in decimal (4300 digits) in hexadecimal.
    return f'"{value}"'.encode() if value.bit_length() < 14_000 else f'"{value:#x}"'.encode()
