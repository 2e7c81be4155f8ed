"""Regular files, read in place."""

from __future__ import annotations

import os

from tracetui.errors import InputError


class FileSource:
    """A regular file.

    It is read with `pread` and never mapped: a mapped file that somebody cuts short kills the process.

    Args:
        name: Path as the user gave it.
        descriptor: An open file descriptor; the source closes it.
    """

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._read = 0

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        try:
            data = os.pread(self._descriptor, length, offset)
            while len(data) < length and (more := self._more(offset + len(data), length - len(data))):
                data += more
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", source=self.name) from None
        if data:
            self._read = max(self._read, offset + len(data))
        return data

    def _more(self, offset: int, length: int) -> bytes:
        """The rest of a short read; nothing at the end of the file."""
        return os.pread(self._descriptor, length, offset) if offset < self._size else b""

    @property
    def size(self) -> int:
        """Size of the file when it was opened."""
        return self._size

    def progress(self) -> tuple[int, int]:
        """See `ByteSource`."""
        return self._read, self._size

    def close(self) -> None:
        """See `ByteSource`."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        # Spans may be read again as long as anything knows them, and nobody can tell when that ends.
        self.close()
