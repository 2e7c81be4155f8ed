"""The first bytes of a source, and an outline of the JSON in them, for loaders to recognise their format by.

A loader's `sniff(head)` asks for keys at paths. `[]` stands for any element of an array:

    head.keys("data", "[]")              the keys of the objects in the list `data`
    head.kinds("data")                   {"array"}, {"object"}, {"null"} ...
    head.keys("[]") >= {"traceId", "id"}

All documents in the head (lines of NDJSON, objects back to back) are laid over each other; a bad line is
passed over. The head ends somewhere, so an object near its end may show only some of its keys.
"""

from __future__ import annotations

import re
from typing import Final

from tracetui.sources.base import ByteSource

HEAD_SIZES: Final = (8 * 1024, 64 * 1024, 1024 * 1024)
"""How much is looked at, more only if less was not enough."""
_DEPTH: Final = 8

_TOKEN = re.compile(
    rb'[\s,\x1e]*(?:([{}\[\]])|"([^"\\]*(?:\\.[^"\\]*)*)"([ \t\r\n]*:)?|([^\s,:{}\[\]"]+)|(:))', re.DOTALL
)
_BOM = b"\xef\xbb\xbf"
_KINDS = {ord("{"): "object", ord("["): "array"}
_LITERALS = {b"null": "null", b"true": "boolean", b"false": "boolean"}

Path = tuple[str, ...]


class Head:
    """The first bytes of a source.

    Attributes:
        data: The bytes, without a byte order mark.
        start: Offset of `data` in the source: 3 behind a byte order mark, else 0.
        complete: Whether `data` is all there is.
        name: The source's name, for messages. No format is recognised by it.
    """

    def __init__(self, source: ByteSource, size: int = HEAD_SIZES[0]) -> None:
        data = source.pread(0, size)
        self.name = source.name
        self.complete = len(data) < size
        self.start = len(_BOM) if data.startswith(_BOM) else 0
        self.data = data[self.start :]
        self._keys: dict[Path, set[str]] = {}
        self._kinds: dict[Path, set[str]] = {}
        if self.data.lstrip()[:1] in (b"{", b"["):
            _outline(self.data, self._keys, self._kinds)

    def keys(self, *path: str) -> set[str]:
        """The keys of all objects at `path`."""
        return self._keys.get(path, set())

    def kinds(self, *path: str) -> set[str]:
        """What stands at `path`: some of object, array, string, number, boolean, null."""
        return self._kinds.get(path, set())

    def has(self, *path: str) -> bool:
        """Whether anything stands at `path`."""
        return path in self._kinds


def _outline(data: bytes, keys: dict[Path, set[str]], kinds: dict[Path, set[str]]) -> None:
    """Note the keys and kinds at all paths of up to `_DEPTH` steps."""
    stack: list[tuple[Path, bool]] = []
    too_deep = 0
    key = ""
    for match in _TOKEN.finditer(data):
        mark, text, colon, literal, _ = match.groups()
        if mark in (b"}", b"]"):
            if too_deep:
                too_deep -= 1
            elif stack:
                stack.pop()
            continue
        if too_deep:
            too_deep += mark is not None
            continue
        if colon is not None and text is not None and stack and not stack[-1][1]:
            key = text.decode("utf-8", "replace")
            keys.setdefault(stack[-1][0], set()).add(key)
            continue
        path: Path = ()
        if stack:
            path, is_array = stack[-1]
            path = (*path, "[]" if is_array else key)
        if mark is not None:
            kinds.setdefault(path, set()).add(_KINDS[mark[0]])
            if len(path) < _DEPTH:
                stack.append((path, mark == b"["))
            else:
                too_deep = 1
        elif text is not None:
            kinds.setdefault(path, set()).add("string")
        elif literal is not None:
            kinds.setdefault(path, set()).add(_LITERALS.get(literal, "number"))
