"""Compressed sources: what is the same for all ways to compress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from tracetui.sources.base import ByteSource, Tick, no_tick
from tracetui.sources.scratch import Scratch
from tracetui.sources.spool import Refused, SpooledSource

BOMB_BYTES: Final = 256 * 1024 * 1024
BOMB_RATIO: Final = 200
DOUBTFUL_BYTES: Final = 2 * 1024 * 1024
PIECE: Final = 256 * 1024


class PackedSource(SpooledSource):
    """The decoded bytes of a compressed source.

    Past `DOUBTFUL_BYTES`, nothing of what expands to more than `BOMB_RATIO` times its size is given out
    before it has ended, or come back below that, or was refused: a bomb never fills the memory of a reader.

    Args:
        raw: The compressed bytes; closed with this source.
        max_bytes: Refuse to decode more than this.
        scratch: Where decoded bytes are kept.
        tick: Called before each piece that is decoded.

    Attributes:
        corrupt: What is wrong with the data, "" if nothing was met. What came before it can be read.
        cut: Whether the data ends in the middle.
        consumed: How many compressed bytes were taken.
        waiting: How many of them are not decoded yet.
    """

    kind: ClassVar[str] = "compressed"

    def __init__(
        self,
        raw: ByteSource,
        *,
        max_bytes: int | None = None,
        scratch: Scratch | None = None,
        tick: Tick = no_tick,
    ) -> None:
        super().__init__(raw.name, self._checked(), max_bytes=max_bytes, scratch=scratch, tick=tick)
        self.raw = raw
        self.corrupt = ""
        self.cut = False
        self.consumed = 0
        self.waiting = 0
        self._decoded = 0

    def _decode(self) -> Iterator[bytes]:
        """The decoded bytes in pieces of about `PIECE`; sets `corrupt` and `cut`."""
        raise NotImplementedError

    def take(self, length: int = PIECE) -> bytes:
        """The next compressed bytes."""
        data = self.raw.pread(self.consumed, length)
        self.consumed += len(data)
        return data

    def _checked(self) -> Iterator[bytes]:
        for piece in self._decode():
            self._decoded += len(piece)
            if self._decoded > BOMB_BYTES and self._is_out_of_proportion():
                raise Refused(
                    f"expands to more than {BOMB_RATIO} times its size and 256 MiB; not read",
                    source=self.name,
                    hint="decompress it first if you trust it",
                )
            yield piece

    def _is_out_of_proportion(self) -> bool:
        return self._decoded > BOMB_RATIO * (self.consumed - self.waiting)

    def _is_doubtful(self) -> bool:
        return self._decoded > DOUBTFUL_BYTES and self._is_out_of_proportion()

    def progress(self) -> tuple[int, int | None]:
        """Compressed bytes consumed, and all of them."""
        return self.consumed, self.raw.size

    def close(self) -> None:
        """See `ByteSource`."""
        super().close()
        self.raw.close()
