"""Zstandard, recognised by content: frames in a row, skippable ones among them, of known size or not.

The OpenTelemetry Collector's file exporter compresses each message for itself and puts its length in front,
in four bytes, the highest first: that is a way to write Zstandard, too.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, ClassVar, Final, Protocol

from tracetui.sources.packed import PIECE, PackedSource

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = b"\x2a\x4d\x18"
_WINDOW_LOG: Final = 27
"""A decoder keeps so much at most, 128 MiB: what `zstd --ultra -22` writes, and `zstd -d` takes."""
_FEED: Final = 16 * 1024
_CAREFUL: Final = 64
_LONGEST_MESSAGE: Final = 1 << 28


def is_zstd(head: bytes) -> bool:
    """Whether a source that begins so is Zstandard.

    Args:
        head: Its first four bytes.
    """
    return head[:4] == MAGIC or _is_skippable(head)


def is_messages(head: bytes) -> bool:
    """Whether a source that begins so holds Zstandard messages, each behind its length.

    Args:
        head: Its first eight bytes.
    """
    return head[4:8] == MAGIC and 8 < int.from_bytes(head[:4], "big") < _LONGEST_MESSAGE


class ZstdSource(PackedSource):
    """The decoded bytes of a Zstandard source."""

    kind: ClassVar[str] = "zstd"

    def _decode(self) -> Iterator[bytes]:
        return frames(self)


class MessagesSource(PackedSource):
    """The decoded messages of a Collector's file, a line end behind each."""

    kind: ClassVar[str] = "zstd"

    def _decode(self) -> Iterator[bytes]:
        while prefix := self.take(4):
            left = int.from_bytes(prefix, "big")
            first = self.take(min(left, _FEED))
            if len(prefix) < 4 or not first:
                self.cut = True
                return
            if not is_zstd(first):
                self.corrupt = "a message is not compressed as the first one is"
                return
            frame = _Frame(self, first, left - len(first))
            yield from frame.pieces()
            if self.corrupt or self.cut:
                return
            yield b"\n"


def frames(source: PackedSource) -> Iterator[bytes]:
    """Decode frames until the data of a source ends.

    Args:
        source: Where the bytes come from, and what is told of faults.
    """
    waiting = source.take(_FEED)
    while waiting:
        if len(waiting) < len(MAGIC):
            waiting += source.take(_FEED)
        if not is_zstd(waiting):
            source.corrupt = "bytes behind the compressed data" if waiting.strip(b"\0") else ""
            return
        frame = _Frame(source, waiting)
        yield from frame.pieces()
        if source.corrupt or source.cut:
            return
        waiting = frame.behind or source.take(_FEED)


class _Frame:
    """One frame on its way through a decoder.

    Args:
        source: Where the bytes come from, and what is told of faults.
        begun: The first bytes of the frame.
        left: How many more there may be, None for all.

    Attributes:
        behind: What was taken and stands behind the frame.
    """

    def __init__(self, source: PackedSource, begun: bytes, left: int | None = None) -> None:
        self._source = source
        self._begun = begun
        self._left = left
        self._start = source.consumed - len(begun)
        self.behind = b""

    def pieces(self) -> Iterator[bytes]:
        fault = library().ZstdError
        decoder = new_decoder()
        waiting, given = self._begun, 0
        while not decoder.eof:
            if decoder.needs_input and not waiting:
                waiting = self._more()
                if not waiting:
                    self._source.cut = True
                    return
            fed, waiting = waiting, b""
            try:
                piece = decoder.decompress(fed, PIECE)
            except fault as error:
                self._source.corrupt = _told(error)
                del decoder  # it may hold 128 MiB, and so does the one that comes
                yield from self._until_error(self._source.consumed - len(fed), given)
                return
            given += len(piece)
            if piece:
                yield piece
        self.behind = decoder.unused_data
        if self._left is not None and (self.behind or self._left):
            self._source.consumed += self._left
            self.behind = b""

    def _more(self) -> bytes:
        length = _FEED if self._left is None else min(_FEED, self._left)
        data = self._source.take(length) if length else b""
        if self._left is not None:
            self._left -= len(data)
        return data

    def _until_error(self, failed_at: int, given: int) -> Iterator[bytes]:
        """What stands before an error, which was lost with the call that met it: decoded again, with care."""
        decoder = new_decoder()
        at, known = self._start, given
        while fed := self._source.raw.pread(at, _FEED if at + _FEED <= failed_at else _CAREFUL):
            at += len(fed)
            try:
                while piece := decoder.decompress(fed, PIECE):
                    fed = b""
                    fresh, known = piece[known:], max(0, known - len(piece))
                    if fresh:
                        yield fresh
            except (library().ZstdError, EOFError):
                return


class Decoder(Protocol):
    """Decodes one frame."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether all that was given has been decoded."""

    @property
    def unused_data(self) -> bytes:
        """What was given and stands behind the frame."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Decode more, up to a length."""


def new_decoder() -> Decoder:
    """A decoder for one frame."""
    options = {library().DecompressionParameter.window_log_max: _WINDOW_LOG}
    decoder: Decoder = library().ZstdDecompressor(options=options)
    return decoder


def library() -> Any:
    """The standard library's module, or what brings it to older versions."""
    try:
        return importlib.import_module("compression.zstd")
    except ModuleNotFoundError:
        return importlib.import_module("backports.zstd")


def _told(error: Exception) -> str:
    return str(error).removeprefix("Unable to decompress Zstandard data: ").lower()


def _is_skippable(head: bytes) -> bool:
    return head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50
