"""What a source of bytes is, and the simplest one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable


class Stopped(Exception):
    """The user wants no more. Raised by a `Tick`, through whatever is at work."""


Tick = Callable[[], None]
"""Called now and then by what may take long, in the thread that waits for it; may raise `Stopped`."""


def no_tick() -> None:
    """Nobody wants to stop anything."""


@runtime_checkable
class ByteSource(Protocol):
    """Random access to the (decoded) bytes of one input. All methods may be called from several threads."""

    name: str
    """As the user gave it: a path, or "-"."""

    def pread(self, offset: int, length: int) -> bytes:
        """The bytes from `offset`; fewer than `length`, or none, only at the end of the data.

        Raises:
            InputError: The input cannot be read, is corrupt, passes a limit, or is no longer what it was.
        """

    @property
    def size(self) -> int | None:
        """Number of decoded bytes, None as long as that is not known."""

    def progress(self) -> tuple[int, int | None]:
        """Raw bytes consumed so far, and how many there are in all, None if that cannot be known."""

    def close(self) -> None:
        """Give back what is held open. Reading afterwards is an error."""


class MemorySource:
    """Bytes that are already there."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._data = data
        self._read = 0

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        self._read = max(self._read, min(offset + length, len(self._data)))
        return self._data[offset : offset + length]

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self._data)

    def progress(self) -> tuple[int, int]:
        """Bytes looked at, and all of them."""
        return self._read, len(self._data)

    def close(self) -> None:
        """Nothing is held open."""


class Slice:
    """Some bytes of another source, as a source of their own.

    Args:
        whole: Where they stand; closed by whoever owns it.
        name: Of the part, for messages.
        start: The first byte.
        length: How many there are.
    """

    def __init__(self, whole: ByteSource, name: str, start: int, length: int) -> None:
        self.name = name
        self.raw = whole
        self._start = start
        self._length = length
        self._read = 0

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        length = max(0, min(length, self._length - offset))
        self._read = max(self._read, offset + length)
        return self.raw.pread(self._start + offset, length) if length else b""

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._length

    def progress(self) -> tuple[int, int]:
        """Bytes looked at, and all of them."""
        return self._read, self._length

    def close(self) -> None:
        """The whole is closed by its owner."""
