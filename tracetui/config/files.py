"""Reading and replacing small files of one's own, so that a crash, a full disk or a trap costs nothing."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES
from pathlib import Path

from platformdirs.unix import Unix

from tracetui.files import reason, replace_file, sync_folder

__all__ = ["MAX_BYTES", "alone", "read_small", "reason", "replace_small", "set_aside", "state_path"]

MAX_BYTES = 1 << 20
_TRIES = 100
_PATIENCE_S = 2.0
_STALE_S = 600.0
_TEMPORARY = re.compile(r"\.tracetui-[0-9a-f]{16}\.tmp")


def state_path(name: str) -> Path:
    """Where a list of what was done lately is: in the XDG place for state."""
    return Unix("tracetui").user_state_path / f"{name}.json"


def read_small(path: Path) -> bytes | None:
    """Read a regular file.

    Returns:
        Its content; None where there is no file.

    Raises:
        OSError: It cannot be read, is no regular file, or is larger than `MAX_BYTES`.
    """
    try:
        # Not to hang on a FIFO that nobody writes to.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(EACCES, "not a regular file")
        with open(fd, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1)
    finally:
        os.close(fd)
    if len(data) > MAX_BYTES:
        raise OSError(EACCES, "larger than 1 MiB")
    return data


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Have no other viewer write a file while it is read, changed and written.

    The folder is what is locked, so nothing is left behind. Who holds it for too long is not waited for, and
    where locks are unknown there is none: then the last one to write wins, as without.
    """
    fd = -1
    try:
        with suppress(OSError):
            _make_folder(path.parent)
            fd = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            limit = time.monotonic() + _PATIENCE_S
            while not _locked(fd) and time.monotonic() < limit:
                time.sleep(0.01)
        yield
    finally:
        if fd >= 0:
            os.close(fd)


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Remove what a process left that was killed while it wrote, some time ago."""
    with suppress(OSError), os.scandir(folder) as entries:
        before = time.time() - _STALE_S
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_mtime < before:
                with suppress(OSError):
                    Path(entry.path).unlink()


def replace_small(path: Path, data: bytes) -> None:
    """Put a new content in the place of a file, whole or not at all; nobody else may read it.

    A link is followed, so that settings may live elsewhere. Folders that are missing are made, for the user
    alone.

    Raises:
        OSError: It could not be written; what was there is as it was.
    """
    try:
        path = path.resolve()
    except RuntimeError as error:  # links in a circle, in Python 3.11 and 3.12
        raise OSError(EACCES, "links lead in a circle") from error
    _make_folder(path.parent)
    if path.exists() and not os.access(path, os.W_OK):
        raise OSError(EACCES, "it may not be written")
    replace_file(path, data)
    _sweep(path.parent)


def set_aside(path: Path) -> Path:
    """Rename a file to `<name>.bad`, or `<name>.bad.1`, `.2`… where such names are taken.

    Returns:
        The new path.

    Raises:
        OSError: It could not be renamed; it stands where it stood.
    """
    for number in range(_TRIES):
        aside = path.with_name(f"{path.name}.bad{f'.{number}' if number else ''}")
        try:
            # The name is taken first: a rename would put the file over one of that name.
            os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        except FileExistsError:
            continue
        try:
            path.rename(aside)
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise
        sync_folder(path.parent)
        return aside
    raise OSError(EACCES, f"there are {_TRIES} set aside already")


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
