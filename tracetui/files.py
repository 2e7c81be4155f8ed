"""Writing files so that a crash, a full disk or somebody else's file costs nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OWN_MODE = 0o600
"""Nobody but the user may read it: traces and settings may hold secrets."""
_ENOUGH = 1 << 20


def write_new(path: Path, data: bytes | Iterable[bytes], mode: int = OWN_MODE) -> int:
    """Write a file that is not there yet; it appears whole or not at all, and never in another's place.

    Args:
        path: Where. A link that leads nowhere counts as a file.
        data: The content, or its pieces, which are made while they are written.
        mode: Who may read it.

    Returns:
        How many bytes it has.

    Raises:
        FileExistsError: Something of that name exists, or came into being meanwhile.
        OSError: It could not be written; nothing of it is left.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    with _temporary(path, data, mode) as (temporary, size):
        try:
            # Unlike a rename, a second name never goes over a file.
            os.link(temporary, path, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links: take the name, then fill its place
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode))
            try:
                temporary.replace(path)
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    sync_folder(path.parent)
    return size


def replace_file(path: Path, data: bytes | Iterable[bytes], mode: int = OWN_MODE) -> int:
    """Put a new content in the place of a file, whole or not at all.

    Args:
        path: The file; it need not be there.
        data: The content, or its pieces.
        mode: Who may read it.

    Returns:
        How many bytes it has.

    Raises:
        OSError: It could not be written; what was there is as it was.
    """
    with _temporary(path, data, mode) as (temporary, size):
        temporary.replace(path)
    sync_folder(path.parent)
    return size


@contextmanager
def _temporary(path: Path, data: bytes | Iterable[bytes], mode: int) -> Iterator[tuple[Path, int]]:
    """A file beside `path` with the content on the disk; gone afterwards, unless it was renamed."""
    # Not named after the file: its name may be as long as names can be.
    temporary = path.parent / f".tracetui-{os.urandom(8).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(temporary, flags, mode)
    try:
        try:
            size = _write(fd, data)
            os.fsync(fd)
        finally:
            os.close(fd)
        yield temporary, size
    finally:
        with suppress(OSError):
            temporary.unlink()


def _write(fd: int, data: bytes | Iterable[bytes]) -> int:
    size = 0
    for piece in _blocks(data):
        view = memoryview(piece)
        size += len(view)
        while view:
            view = view[os.write(fd, view) :]
    return size


def _blocks(data: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Pieces put together to blocks worth a call each."""
    if isinstance(data, bytes):
        yield data
        return
    waiting: list[bytes] = []
    size = 0
    for piece in data:
        waiting.append(piece)
        size += len(piece)
        if size >= _ENOUGH:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def sync_folder(folder: Path) -> None:
    """Have a new name survive a power cut, where the file system can do that."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def reason(error: OSError) -> str:
    """What went wrong, in the system's words."""
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]
