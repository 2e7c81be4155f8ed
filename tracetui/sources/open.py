"""From the names a user gives to sources of bytes."""

from __future__ import annotations

import glob
import os
import select
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.errors import InputError
from tracetui.sources.base import ByteSource
from tracetui.sources.file import FileSource
from tracetui.sources.gzipped import MAGIC, GzipSource
from tracetui.sources.spool import SpooledSource

FIFO_WAIT_S: Final = 5.0
_PIECE: Final = 256 * 1024


def expand(names: Sequence[str]) -> list[str]:
    """The sources that names stand for.

    An existing path is never a glob. A directory stands for all regular files below it, in order; files that
    begin with a dot are left out there.

    Raises:
        InputError: A directory or a glob stands for nothing, or there is no such file.
    """
    found: list[str] = []
    for name in names:
        if name == "-" or os.path.lexists(name):
            found += _below(name) if os.path.isdir(name) else [name]
        elif glob.has_magic(name):
            matches = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path))
            if not matches:
                raise InputError("matches no file", source=name)
            found += matches
        else:
            raise InputError("no such file", source=name, hint="check the path")
    return found


def _below(directory: str) -> list[str]:
    found: list[str] = []
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not name.startswith(".") and stat.S_ISREG(os.stat(path, follow_symlinks=True).st_mode):
                found.append(path)
    if not found:
        raise InputError("the directory holds no files", source=directory)
    return found


def open_source(name: str, *, max_bytes: int | None = None) -> ByteSource:
    """Open one source: a path, or "-" for standard input. gzip is recognised by content and decoded.

    Args:
        name: As the user gave it.
        max_bytes: Limit for what is decoded or streamed; plain regular files have none.

    Raises:
        InputError: It does not exist, must not be read, is a directory, or is empty.
    """
    source = _open_raw(name, max_bytes)
    try:
        head = source.pread(0, 2)
        if head == MAGIC:
            source = GzipSource(source, max_bytes=max_bytes)
        elif not head:
            raise InputError("is empty", source=name, hint="nothing to show")
    except BaseException:
        source.close()
        raise
    return source


def _open_raw(name: str, max_bytes: int | None) -> ByteSource:
    if name == "-":
        descriptor = os.dup(sys.stdin.fileno())
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and os.lseek(descriptor, 0, os.SEEK_CUR) == 0:
            return FileSource(name, descriptor)
        return SpooledSource(name, _pieces(name, descriptor, wait=None), max_bytes=max_bytes)
    try:
        # Opening a FIFO that nobody writes to must not hang.
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        mode = os.fstat(descriptor).st_mode
    except OSError as error:
        raise InputError(_reason(error), source=name) from None
    except ValueError:
        raise InputError("is no path", source=name) from None
    if stat.S_ISREG(mode):
        return FileSource(name, descriptor)
    if stat.S_ISDIR(mode):
        os.close(descriptor)
        raise InputError("is a directory", source=name)
    wait = FIFO_WAIT_S if stat.S_ISFIFO(mode) else None
    return SpooledSource(name, _pieces(name, descriptor, wait=wait), max_bytes=max_bytes)


def _pieces(name: str, descriptor: int, *, wait: float | None) -> Iterator[bytes]:
    """What a descriptor gives until its end; closes it.

    Args:
        name: For messages.
        descriptor: Open for reading.
        wait: Seconds to wait for the first byte, None to wait for ever.
    """
    try:
        if wait is not None and not select.select([descriptor], [], [], wait)[0]:
            # Linux reports a FIFO as readable only once somebody has opened it for writing.
            raise InputError(f"nobody wrote to it within {wait:.0f} s", source=name)
        os.set_blocking(descriptor, True)
        while data := os.read(descriptor, _PIECE):
            yield data
    except OSError as error:
        raise InputError(_reason(error), source=name) from None
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    reasons = {
        FileNotFoundError: "no such file",
        PermissionError: "no permission to read it",
        IsADirectoryError: "is a directory",
    }
    return reasons.get(type(error), f"cannot be read: {error.strerror or error}")
