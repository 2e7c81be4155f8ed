"""Regular files, read in place."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Final
from zlib import crc32

from msgspec import Struct

from tracetui.errors import InputError
from tracetui.sources.handles import Handles
from tracetui.sources.scratch import pread_all

_HANDLES: Final = Handles()
_SEAL: Final = 4096
_AGAIN: Final = "read it again"


class Fate(StrEnum):
    """What became of a file since it was opened."""

    SAME = ""
    GROWN = "grown"
    """There is more of it."""
    CHANGED = "changed"
    """Its bytes are others: what stood there cannot be read any more."""
    CUT = "cut"
    """Likewise: it has become shorter."""
    REPLACED = "replaced"
    """Another file has its name; the old one can be read as long as it is open."""
    REMOVED = "removed"
    """No file has its name; likewise."""


class Place(Struct, frozen=True):
    """Where a file is that another process is to read as well.

    Attributes:
        path: Absolute.
        file: Device and inode: another file may have the name by now.
    """

    path: str
    file: tuple[int, int]

    def open(self) -> int:
        """A descriptor of it.

        Raises:
            OSError: It cannot be opened.
            FileNotFoundError: Another file has its name.
        """
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        found = os.fstat(descriptor)
        if (found.st_dev, found.st_ino) != self.file:
            os.close(descriptor)
            raise FileNotFoundError(self.path)
        return descriptor


class FileSource:
    """A regular file, as it was when it was opened.

    It is read with `pread` and never mapped: a mapped file that somebody cuts short kills the process. After
    each read its size and time are compared with what they were, so no byte of a file that was changed in its
    place is taken for one of the file that was read. What it grows by is not read, and does no harm; what was
    replaced by another file of its name can be read as long as it is open.

    Args:
        name: Path as the user gave it.
        descriptor: An open file descriptor; the source closes it.
        again: Whether the name can be opened again, so that the descriptor need not be kept.
    """

    def __init__(self, name: str, descriptor: int, *, again: bool = True) -> None:
        self.name = name
        found = os.fstat(descriptor)
        self._path = os.path.abspath(name) if again else ""
        self._file = found.st_dev, found.st_ino
        self._size = found.st_size
        self._seen = found.st_size, found.st_mtime_ns
        self._seal = self._sealed(descriptor)
        self._read = 0
        self._pinned = -1 if again else descriptor
        self._key = _HANDLES.add(descriptor) if again else 0

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        wanted = max(0, min(length, self._size - offset))
        try:
            with self._opened() as descriptor:
                data = self._checked(descriptor, offset, wanted)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", source=self.name) from None
        self._read = max(self._read, offset + len(data)) if data else self._read
        return data

    def _opened(self) -> AbstractContextManager[int]:
        if self._pinned >= 0:
            return nullcontext(self._pinned)
        return _HANDLES.reading(self._key, self._reopen)

    def _checked(self, descriptor: int, offset: int, length: int) -> bytes:
        data = pread_all(descriptor, length, offset) if length else b""
        now = os.fstat(descriptor)
        match self._change(descriptor, now):
            case Fate.CUT:
                told = f"was cut to {now.st_size:,} bytes while it was open"
                raise InputError(told, source=self.name, hint=_AGAIN)
            case Fate.CHANGED:
                raise InputError("was changed while it was open", source=self.name, hint=_AGAIN)
        return data

    def _change(self, descriptor: int, now: os.stat_result) -> Fate:
        """What was done to the bytes of the file: more of the same is all right, anything else is not."""
        if (now.st_size, now.st_mtime_ns) != self._seen:
            if now.st_size < self._size:
                return Fate.CUT
            if now.st_size == self._size or self._sealed(descriptor) != self._seal:
                return Fate.CHANGED
            self._seen = now.st_size, now.st_mtime_ns
        return Fate.GROWN if now.st_size > self._size else Fate.SAME

    def _sealed(self, descriptor: int) -> tuple[int, int]:
        """What tells the bytes that were there at first from others: checksums of their beginning and end."""
        ends = (0, max(0, self._size - _SEAL))
        first, last = (crc32(os.pread(descriptor, min(_SEAL, self._size), end)) for end in ends)
        return first, last

    @property
    def place(self) -> Place | None:
        """Where it is; None if it cannot be opened again."""
        return Place(self._path, self._file) if self._path else None

    def _reopen(self) -> int:
        try:
            return Place(self._path, self._file).open()
        except FileNotFoundError as error:
            if error.errno is not None:
                raise
            raise InputError("was replaced by another file", source=self.name, hint=_AGAIN) from None

    def fate(self) -> Fate:
        """What became of the file since it was opened. Nothing is read for that while it is the same."""
        try:
            if self._path:
                named = os.stat(self._path)
                if (named.st_dev, named.st_ino) != self._file:
                    return Fate.REPLACED
                if (named.st_size, named.st_mtime_ns) == self._seen:
                    return Fate.GROWN if named.st_size > self._size else Fate.SAME
            with self._opened() as descriptor:
                return self._change(descriptor, os.fstat(descriptor))
        except FileNotFoundError:
            return Fate.REMOVED
        except (OSError, InputError):
            return Fate.REPLACED

    @property
    def size(self) -> int:
        """Size of the file when it was opened."""
        return self._size

    def progress(self) -> tuple[int, int]:
        """See `ByteSource`."""
        return self._read, self._size

    def close(self) -> None:
        """See `ByteSource`."""
        _HANDLES.drop(self._key)
        if self._pinned >= 0:
            os.close(self._pinned)
            self._pinned = -1

    def __del__(self) -> None:
        # Spans may be read again as long as anything knows them, and nobody can tell when that ends.
        if hasattr(self, "_key"):
            self.close()


def file_under(source: object) -> FileSource | None:
    """The regular file that a source is, or is decoded from; None if it is none.

    Args:
        source: A `ByteSource` of any kind.
    """
    while source is not None and not isinstance(source, FileSource):
        source = getattr(source, "raw", None)
    return source
