"""Content encodings, decoded as the bytes come and never further than is allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from tracetui import format as fmt
from tracetui.errors import BackendError

_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 256 * 1024
_RATIO: Final = 200
_RATIO_FROM: Final = 256 * 1024 * 1024
_PLAIN: Final = ("", "identity", "binary", "none")
_KNOWN: Final = ("gzip", "x-gzip", "deflate")
_WORDS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-,. ")


class Decoder:
    """Decodes one answer. gzip is known by its first bytes, whatever the header says.

    Args:
        encoding: The header Content-Encoding; "" if there is none.
        max_bytes: Refuse to give more than this.
        name: What stands for the answer in messages.

    Raises:
        BackendError: The encoding is none that was asked for.
    """

    def __init__(self, encoding: str, max_bytes: int, name: str) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in (*_PLAIN, *_KNOWN):
            told = self._encoding[:40] if set(self._encoding) <= _WORDS else "unknown"
            raise BackendError(f"comes in an encoding that was not asked for ({told})", source=name)
        self._max_bytes = max_bytes
        self._name = name
        self._zlib: zlib._Decompress | None = None
        self._first = b""
        self._begun = False
        self.read = 0
        self.given = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode more bytes, in pieces of bounded size.

        Raises:
            BackendError: They are corrupt, or too many.
        """
        self.read += len(data)
        if not self._begun:
            data = self._first + data
            if len(data) < 2:
                self._first = data
                return
            self._begin(data)
        if self._zlib is None:
            yield self._counted(data)
            return
        while data:
            yield from self._inflated(data)
            data = self._zlib.unused_data if self._zlib.eof else b""
            if data:
                if not data.startswith(_GZIP):
                    raise self._corrupt("bytes behind its compressed data")
                self._zlib = zlib.decompressobj(31)

    def _begin(self, data: bytes) -> None:
        self._begun = True
        if data.startswith(_GZIP):
            self._zlib = zlib.decompressobj(31)
        elif self._encoding == "deflate":
            # RFC 9110 means zlib's format; what some servers send is the bare one.
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._zlib = zlib.decompressobj(15 if wrapped else -15)

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        assert self._zlib is not None
        while True:
            try:
                piece = self._zlib.decompress(data, _PIECE)
            except zlib.error:
                raise self._corrupt("corrupt compressed data") from None
            data = self._zlib.unconsumed_tail
            if piece:
                yield self._counted(piece)
            # A full piece may have left more behind, even where all input is taken.
            if self._zlib.eof or (not data and len(piece) < _PIECE):
                return

    def _counted(self, piece: bytes) -> bytes:
        self.given += len(piece)
        if self.given > self._max_bytes:
            told = f"the answer holds more than {fmt.size(self._max_bytes)}"
            raise BackendError(told, source=self._name, hint="see --max-bytes")
        if self.given > _RATIO_FROM and self.given > _RATIO * self.read:
            raise BackendError(
                f"the answer expands to more than {_RATIO} times its size and 256 MiB; not read",
                source=self._name,
            )
        return piece

    def end(self) -> bytes:
        """What is left at the end of the answer.

        Raises:
            BackendError: The compressed data is cut.
        """
        if self._zlib is not None and not self._zlib.eof:
            raise self._corrupt("compressed data that is cut")
        return b"" if self._begun else self._counted(self._first)

    def _corrupt(self, what: str) -> BackendError:
        return BackendError(f"the answer holds {what}", source=self._name)


def announced(text: str) -> int | None:
    """How many bytes an answer says that it has, as they come over the wire.

    Args:
        text: Its header Content-Length; "" if there is none.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
