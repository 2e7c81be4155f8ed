"""gzip, recognised by content and decoded as a stream: any number of members, never more than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import ClassVar, Final

from tracetui.sources.packed import PIECE, PackedSource

MAGIC: Final = b"\x1f\x8b"
_CAREFUL: Final = 64


class GzipSource(PackedSource):
    """The decoded bytes of a gzip source."""

    kind: ClassVar[str] = "gzip"

    def _decode(self) -> Iterator[bytes]:
        decoder = zlib.decompressobj(wbits=31)
        waiting = b""
        while True:
            if not waiting:
                waiting = self.take()
            if not waiting:
                self.cut = True
                return
            before = decoder.copy()
            try:
                piece = decoder.decompress(waiting, PIECE)
            except zlib.error as error:
                self.corrupt = str(error)
                yield from until_error(before, waiting)
                return
            waiting = decoder.unconsumed_tail
            self.waiting = len(waiting)
            if piece:
                yield piece
            if decoder.eof:
                waiting = (decoder.unused_data or self.take()).lstrip(b"\0")
                if not waiting:
                    return
                if not waiting.startswith(MAGIC):
                    self.corrupt = "bytes behind the compressed data"
                    return
                decoder = zlib.decompressobj(wbits=31)


def until_error(decoder: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What stands before an error, which would be lost with the call that met it."""
    try:
        while data and (piece := decoder.decompress(data, _CAREFUL)):
            data = decoder.unconsumed_tail
            yield piece
    except zlib.error:
        return
