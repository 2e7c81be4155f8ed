"""Bytes that come once, kept so that they can be read again."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from tracetui.errors import InputError
from tracetui.format import size as size_text
from tracetui.sources.base import Tick, no_tick
from tracetui.sources.scratch import Scratch, folder

DEFAULT_MAX_BYTES: Final = 8 * 1024**3


class Refused(InputError):
    """A source is not what it claims to be, or too much: nothing more of it is given out."""


class SpooledSource:
    """A source whose bytes come one after another: a pipe, or what a decompressor gives.

    Bytes are pulled as far as a `pread` needs them, and kept. Where they break off, what came before can be
    read as if it ended there; reading on from there raises.

    Args:
        name: As the user gave it.
        producer: Gives the bytes piece by piece; may raise `InputError`.
        max_bytes: Refuse more than this.
        scratch: Where they are kept; one of its own if none is given.
        tick: Called before each piece that is pulled.

    Attributes:
        fault: Why the bytes broke off, None if they did not.
    """

    def __init__(
        self,
        name: str,
        producer: Iterator[bytes],
        *,
        max_bytes: int | None = None,
        scratch: Scratch | None = None,
        tick: Tick = no_tick,
    ) -> None:
        self.name = name
        self.tick = tick
        self._producer = producer
        self._max_bytes = DEFAULT_MAX_BYTES if max_bytes is None else max_bytes
        self._scratch = scratch or Scratch()
        self._lock = threading.Lock()
        self._starts: list[int] = []
        self._places: list[int] = []
        self._length = 0
        self._given = 0
        self._ended = False
        self.fault: InputError | None = None

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        end = offset + length
        with self._lock:
            while (self._length < end or self._is_doubtful()) and not self._ended:
                self._pull()
            at_fault = offset >= self._length or isinstance(self.fault, Refused)
            if self.fault is not None and end > self._length and at_fault:
                raise self.fault
            self._given = max(self._given, min(end, self._length))
            return self._kept(offset, min(end, self._length))

    def _is_doubtful(self) -> bool:
        """Whether nothing must be given out before more is known."""
        return False

    def _pull(self) -> None:
        self.tick()
        try:
            piece = next(self._producer, None)
            room = self._max_bytes - self._length
            if piece:
                self._keep(piece[:room])
            if piece and len(piece) > room:
                told = f"holds more than {size_text(self._max_bytes)}; the rest was not read"
                raise InputError(told, source=self.name, hint="--max-bytes sets the limit")
        except Refused as fault:
            self._length = self._given
            self._end(fault)
        except InputError as fault:
            self._end(fault)
        except BaseException:
            self._end(InputError("was not read to its end", source=self.name))
            raise
        else:
            self._ended = piece is None

    def _end(self, fault: InputError) -> None:
        self.fault, self._ended = fault, True

    def _keep(self, piece: bytes) -> None:
        try:
            place = self._scratch.append(piece)
        except OSError as error:
            told = f"cannot be kept in a temporary file in {folder()}: {error.strerror or error}"
            raise InputError(told, source=self.name, hint="set TMPDIR to a folder with more room") from None
        last = len(self._starts) - 1
        if last < 0 or place - self._places[last] != self._length - self._starts[last]:
            self._starts.append(self._length)
            self._places.append(place)
        self._length += len(piece)

    def _kept(self, start: int, end: int) -> bytes:
        pieces = []
        at = max(0, bisect_right(self._starts, start) - 1)
        while start < end:
            stop = self._starts[at + 1] if at + 1 < len(self._starts) else end
            length = min(end, stop) - start
            try:
                pieces.append(self._scratch.read(self._places[at] + start - self._starts[at], length))
            except OSError as error:
                raise InputError(f"cannot be read again: {error.strerror}", source=self.name) from None
            start, at = start + length, at + 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @property
    def size(self) -> int | None:
        """Number of bytes, once the end was reached."""
        return self._length if self._ended else None

    def progress(self) -> tuple[int, int | None]:
        """See `ByteSource`."""
        return self._length, self.size

    def close(self) -> None:
        """See `ByteSource`."""
        with self._lock:
            self._ended = True
            end = getattr(self._producer, "close", None)
            if end is not None:
                end()
            self._scratch = Scratch()
