"""From the name of one source to its bytes, unpacked."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from tracetui.errors import InputError, NotATrace
from tracetui.files import reason
from tracetui.sources.base import ByteSource, Tick, no_tick
from tracetui.sources.file import FileSource
from tracetui.sources.packed import PackedSource
from tracetui.sources.scratch import Scratch
from tracetui.sources.spool import SpooledSource

# Most sources are plain files: what is for others is imported where there is one.
if TYPE_CHECKING:
    from tracetui.sources.zipped import ZipArchive


def open_source(
    name: str,
    *,
    max_bytes: int | None = None,
    scratch: Scratch | None = None,
    tick: Tick = no_tick,
) -> ByteSource | ZipArchive:
    """Open one source: a path, or "-" for standard input. What is compressed is decoded, whatever its name.

    Args:
        name: As the user gave it.
        max_bytes: Limit for what is decoded or streamed; plain regular files have none.
        scratch: Where bytes that come only once are kept.
        tick: Called while something is waited for or decoded.

    Raises:
        InputError: It does not exist, must not be read, is a directory, or is empty.
    """
    source = _open_raw(name, max_bytes, scratch or Scratch(), tick)
    try:
        return unpack(source, max_bytes=max_bytes, scratch=scratch, tick=tick)
    except BaseException:
        source.close()
        raise


def unpack(
    source: ByteSource,
    *,
    max_bytes: int | None = None,
    scratch: Scratch | None = None,
    tick: Tick = no_tick,
    archives: bool = True,
) -> ByteSource | ZipArchive:
    """The decoded bytes of a source, or its members; the source itself if it is not compressed.

    Only one layer is taken off.

    Args:
        source: Raw bytes.
        max_bytes: Limit for what is decoded.
        scratch: Where decoded bytes are kept.
        tick: Called while something is decoded.
        archives: Whether it may be an archive.

    Raises:
        InputError: It is empty, or no whole archive.
    """
    head = source.pread(0, 8)
    packed: type[PackedSource] | None = None
    if not head:
        raise NotATrace("is empty", source=source.name, hint="nothing to show")
    if head[:1] in (b"{", b"["):
        return source
    from tracetui.sources import gzipped, zipped, zstd

    if head[:2] == gzipped.MAGIC:
        packed = gzipped.GzipSource
    elif zstd.is_zstd(head):
        packed = zstd.ZstdSource
    elif zstd.is_messages(head):
        packed = zstd.MessagesSource
    elif archives and head[:4] in zipped.MAGICS:
        return zipped.ZipArchive(source, max_bytes=max_bytes, scratch=scratch, tick=tick)
    return source if packed is None else packed(source, max_bytes=max_bytes, scratch=scratch, tick=tick)


def open_member(archive: ZipArchive, number: int) -> ByteSource:
    """One member of an archive; where it is compressed itself, that is taken off, too.

    Raises:
        InputError: It cannot be read.
    """
    source = unpack(archive.member(number), archives=False, **archive.limits)
    from tracetui.sources.zipped import ZipArchive

    assert not isinstance(source, ZipArchive)
    return source


def _open_raw(name: str, max_bytes: int | None, scratch: Scratch, tick: Tick) -> ByteSource:
    own = 0 if name == "-" else _own_descriptor(name)
    descriptor = _open_path(name) if name != "-" else os.dup(_stdin())
    found = os.fstat(descriptor)
    if stat.S_ISDIR(found.st_mode):
        os.close(descriptor)
        raise InputError("is a directory", source=name)
    if stat.S_ISREG(found.st_mode) and (found.st_size or os.pread(descriptor, 1, 0) == b""):
        at_start = name != "-" or os.lseek(descriptor, 0, os.SEEK_CUR) == 0
        if at_start:
            return FileSource(name, descriptor, again=own is None)
    from tracetui.sources import streams

    # What lies in /proc or /sys has no size before it is read.
    first_byte_s = None if own is not None or stat.S_ISREG(found.st_mode) else streams.FIRST_BYTE_S
    stream = streams.pieces(name, descriptor, tick, first_byte_s=first_byte_s)
    return SpooledSource(name, stream, max_bytes=max_bytes, scratch=scratch)


def _own_descriptor(name: str) -> int | None:
    """The descriptor of this process that a path stands for; None if there is none."""
    if not name.startswith(("/dev/", "/proc/")):
        return None
    from tracetui.sources import streams

    return streams.own_descriptor(name)


def _stdin() -> int:
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError):
        raise InputError("standard input is closed", source="-") from None


def _open_path(name: str) -> int:
    try:
        if stat.S_ISSOCK(os.stat(name).st_mode):
            from tracetui.sources import streams

            own = _own_descriptor(name)
            return streams.connect(name) if own is None else os.dup(own)
        # Opening a FIFO that nobody writes to must not hang.
        return os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(_why(error), source=name) from None
    except ValueError:
        raise InputError("is no path", source=name) from None


def _why(error: OSError) -> str:
    reasons = {
        FileNotFoundError: "no such file",
        PermissionError: "no permission to read it",
        IsADirectoryError: "is a directory",
    }
    return reasons.get(type(error), f"cannot be read: {reason(error)}")
