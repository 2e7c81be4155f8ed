"""Bytes that come once, kept so that they can be read again."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from typing import Final

from tracetui.errors import InputError

MEMORY_LIMIT: Final = 16 * 1024 * 1024
DEFAULT_MAX_BYTES: Final = 8 * 1024**3


class SpooledSource:
    """A source whose bytes come one after another: a pipe, or what a decompressor gives.

    Bytes are pulled as far as a `pread` needs them. Up to `MEMORY_LIMIT` they stay in memory, then in an
    unlinked temporary file.

    Args:
        name: As the user gave it.
        producer: Gives the bytes piece by piece; may raise `InputError`.
        max_bytes: Refuse more than this.
    """

    def __init__(self, name: str, producer: Iterator[bytes], *, max_bytes: int | None = None) -> None:
        self.name = name
        self._producer = producer
        self._max_bytes = DEFAULT_MAX_BYTES if max_bytes is None else max_bytes
        self._lock = threading.Lock()
        self._memory = bytearray()
        self._file = -1
        self._length = 0
        self._ended = False
        self._fault: InputError | None = None

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        with self._lock:
            while self._length < offset + length and not self._ended:
                self._pull()
            if self._fault is not None and offset + length > self._length:
                raise self._fault
            if self._file >= 0:
                return _pread_all(self._file, offset, length)
            return bytes(self._memory[offset : offset + length])

    def _pull(self) -> None:
        try:
            piece = next(self._producer, b"")
        except InputError as fault:
            self._fault, self._ended = fault, True
            return
        if not piece:
            self._ended = True
            return
        if self._length + len(piece) > self._max_bytes:
            self._ended = True
            self._fault = InputError(
                f"holds more than {self._max_bytes} bytes", source=self.name, hint="see --max-bytes"
            )
            return
        if self._file < 0 and self._length + len(piece) > MEMORY_LIMIT:
            self._spill()
        if self._file >= 0:
            self._write(piece)
        else:
            self._memory += piece
        self._length += len(piece)

    def _spill(self) -> None:
        descriptor, path = tempfile.mkstemp(prefix="tracetui-")
        os.unlink(path)
        self._file = descriptor
        self._write(bytes(self._memory))
        self._memory = bytearray()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            raise InputError(
                f"cannot be kept in a temporary file: {error.strerror}", source=self.name, hint="see TMPDIR"
            ) from None

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
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)


def _pread_all(descriptor: int, offset: int, length: int) -> bytes:
    data = os.pread(descriptor, length, offset)
    while len(data) < length and (more := os.pread(descriptor, length - len(data), offset + len(data))):
        data += more
    return data
