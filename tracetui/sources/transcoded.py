"""JSON in UTF-16 or UTF-32, as Windows PowerShell writes what it redirects: read as UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from tracetui.sources.base import ByteSource, Tick, no_tick
from tracetui.sources.packed import PIECE
from tracetui.sources.scratch import Scratch
from tracetui.sources.spool import SpooledSource

_HEAD: Final = 64
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDTHS: Final = (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1))
"""Encodings with the bytes of a character, and which of them is not 0 in ASCII."""


class TranscodedSource(SpooledSource):
    """The text of a source in UTF-8. What is no character becomes U+FFFD.

    Args:
        raw: The bytes as they are; closed with this source.
        encoding: What they are in, a name that `codecs` knows.
        start: Bytes to leave out at the beginning: a byte order mark.
        max_bytes: Refuse more than this.
        scratch: Where the text is kept.
        tick: Called before each piece that is decoded.
    """

    def __init__(
        self,
        raw: ByteSource,
        encoding: str,
        start: int,
        *,
        max_bytes: int | None = None,
        scratch: Scratch | None = None,
        tick: Tick = no_tick,
    ) -> None:
        super().__init__(raw.name, self._decode(start), max_bytes=max_bytes, scratch=scratch, tick=tick)
        self.raw = raw
        self.encoding = encoding

    def _decode(self, at: int) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        while data := self.raw.pread(at, PIECE):
            at += len(data)
            yield decoder.decode(data).encode("utf-8", "replace")
        yield decoder.decode(b"", True).encode("utf-8", "replace")

    def progress(self) -> tuple[int, int | None]:
        """See `ByteSource`."""
        return self.raw.progress()

    def close(self) -> None:
        """See `ByteSource`."""
        super().close()
        self.raw.close()


def as_utf8(
    source: ByteSource,
    *,
    max_bytes: int | None = None,
    scratch: Scratch | None = None,
    tick: Tick = no_tick,
) -> ByteSource:
    """A source in UTF-8: the source itself unless its first bytes are JSON in UTF-16 or UTF-32.

    Args:
        source: Decompressed bytes.
        max_bytes: Limit for what is decoded.
        scratch: Where decoded text is kept.
        tick: Called while something is decoded.
    """
    found = encoding_of(source.pread(0, _HEAD))
    if found is None:
        return source
    encoding, start = found
    return TranscodedSource(source, encoding, start, max_bytes=max_bytes, scratch=scratch, tick=tick)


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """What JSON that begins like this is encoded in, and the bytes of its mark; None for UTF-8 or no JSON."""
    if b"\0" not in head:
        return None
    marked = next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), None)
    name, start = marked or (_unmarked(head), 0)
    text = head[start:].decode(name, "replace").lstrip() if name else ""
    return (name, start) if text[:1] in ("{", "[") and text[:1] else None


def _unmarked(head: bytes) -> str:
    """The encoding of ASCII characters without a mark in front, "" if it is none of these."""
    for name, width, place in _WIDTHS:
        first = head[: 2 * width]
        if len(first) == 2 * width and all(
            (byte != 0) == (at % width == place) for at, byte in enumerate(first)
        ):
            return name
    return ""
