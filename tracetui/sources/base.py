"""What a source of bytes is, and the simplest one."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class ByteSource(Protocol):
    """Random access to the (decoded) bytes of one input. All methods may be called from several threads."""

    name: str
    """As the user gave it: a path, or "-"."""

    def pread(self, offset: int, length: int) -> bytes:
        """The bytes from `offset`; fewer than `length`, or none, only at the end of the data.

        Raises:
            InputError: The input cannot be read, is corrupt, or passes a limit.
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
