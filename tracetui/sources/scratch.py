"""Room for bytes that come only once."""

from __future__ import annotations

import os
import threading
from typing import Final

MEMORY_LIMIT: Final = 1024 * 1024
_BIG_FILES: Final = "/var/tmp"


class Scratch:
    """Keeps pieces of bytes: the first `MEMORY_LIMIT` in memory, more in one temporary file without a name.

    The sources of a load share one, so thousands of them need little memory and a single descriptor. What is
    kept is given back when nothing holds the scratch any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._memory = bytearray()
        self._file = -1
        self._length = 0

    def append(self, data: bytes) -> int:
        """Keep a piece.

        Returns:
            Where it is kept.

        Raises:
            OSError: The temporary file cannot be made, or grow.
        """
        with self._lock:
            place = self._length
            if self._file < 0 and place + len(data) > MEMORY_LIMIT:
                self._spill()
            if self._file < 0:
                self._memory += data
            else:
                self._write(data, place)
            self._length += len(data)
            return place

    def read(self, place: int, length: int) -> bytes:
        """Bytes that were kept.

        Raises:
            OSError: They cannot be read any more.
        """
        with self._lock:
            if self._file < 0:
                return bytes(self._memory[place : place + length])
        return pread_all(self._file, length, place)

    def _spill(self) -> None:
        import tempfile  # not wanted for a plain file

        with tempfile.TemporaryFile(prefix="tracetui-", dir=folder(), buffering=0) as file:
            self._file = os.dup(file.fileno())
        try:
            self._write(self._memory, 0)
        except OSError:
            os.close(self._file)
            self._file = -1
            raise
        self._memory = bytearray()

    def _write(self, data: bytes | bytearray, place: int) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._file, view, place)
            view, place = view[written:], place + written

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)


def folder() -> str:
    """Where big temporary files go: as TMPDIR says, else the disk's, as /tmp may be memory."""
    import tempfile

    chosen = any(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    if not chosen and os.access(_BIG_FILES, os.W_OK | os.X_OK):
        return _BIG_FILES
    return tempfile.gettempdir()


def pread_all(descriptor: int, length: int, offset: int) -> bytes:
    """Read until there is as much as was asked for, or no more.

    Raises:
        OSError: It cannot be read.
    """
    data = os.pread(descriptor, length, offset)
    while data and len(data) < length:
        more = os.pread(descriptor, length - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data
