"""gzip, recognised by content and decoded as a stream: any number of members, never more than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from tracetui.errors import InputError
from tracetui.sources.base import ByteSource
from tracetui.sources.spool import SpooledSource

MAGIC: Final = b"\x1f\x8b"
BOMB_BYTES: Final = 256 * 1024 * 1024
BOMB_RATIO: Final = 200
_PIECE: Final = 256 * 1024
_CAREFUL: Final = 64


class GzipSource(SpooledSource):
    """The decoded bytes of a gzip source.

    Args:
        raw: The compressed bytes; closed with this source.
        max_bytes: Refuse to decode more than this.

    Attributes:
        corrupt: What is wrong with the stream, "" if nothing was met. What came before it can be read.
        cut: Whether the stream ends in the middle of a member.
    """

    def __init__(self, raw: ByteSource, *, max_bytes: int | None = None) -> None:
        super().__init__(raw.name, self._decode(raw), max_bytes=max_bytes)
        self._raw = raw
        self._consumed = 0
        self.corrupt = ""
        self.cut = False

    def _decode(self, raw: ByteSource) -> Iterator[bytes]:
        decoder = zlib.decompressobj(wbits=31)
        waiting, decoded = b"", 0
        while True:
            if not waiting:
                waiting = raw.pread(self._consumed, _PIECE)
                self._consumed += len(waiting)
            if not waiting:
                self.cut = True
                return
            before = decoder.copy()
            try:
                piece = decoder.decompress(waiting, _PIECE)
            except zlib.error as error:
                self.corrupt = str(error)
                yield from _until_error(before, waiting)
                return
            waiting = decoder.unconsumed_tail
            decoded += len(piece)
            self._refuse_bomb(decoded)
            if piece:
                yield piece
            if decoder.eof:
                waiting = (decoder.unused_data or raw.pread(self._consumed, _PIECE)).lstrip(b"\0")
                if not decoder.unused_data:
                    self._consumed += len(waiting)
                if not waiting:
                    return
                if not waiting.startswith(MAGIC):
                    self.corrupt = "bytes behind the compressed data"
                    return
                decoder = zlib.decompressobj(wbits=31)

    def _refuse_bomb(self, decoded: int) -> None:
        if decoded > BOMB_BYTES and decoded > BOMB_RATIO * self._consumed:
            raise InputError(
                f"expands to more than {BOMB_RATIO} times its size and 256 MiB; not read",
                source=self.name,
                hint="decompress it first if you trust it",
            )

    def progress(self) -> tuple[int, int | None]:
        """Compressed bytes consumed, and all of them."""
        return self._consumed, self._raw.size

    def close(self) -> None:
        """See `ByteSource`."""
        super().close()
        self._raw.close()


def _until_error(decoder: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What stands before an error, which would be lost with the call that met it."""
    try:
        while data and (piece := decoder.decompress(data, _CAREFUL)):
            data = decoder.unconsumed_tail
            yield piece
    except zlib.error:
        return
