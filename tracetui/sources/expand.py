"""Which files a name stands for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from msgspec import Struct, field

from tracetui.errors import InputError
from tracetui.files import reason
from tracetui.sources.base import Tick, no_tick

_KINDS = (
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Found(Struct):
    """What a name stands for.

    Attributes:
        paths: Sources that can be opened, in order.
        is_group: Whether they were met in a directory or a glob: those that are no traces are no errors then.
        skipped: What was met and is no file, and what it is.
        failures: Folders that cannot be looked into.
    """

    paths: list[str] = field(default_factory=list)
    is_group: bool = True
    skipped: list[str] = field(default_factory=list)
    failures: list[InputError] = field(default_factory=list)


def expand(name: str, tick: Tick = no_tick) -> Found:
    """The sources that a name stands for.

    An existing path is never a glob. A directory stands for all regular files below it, in order; files that
    begin with a dot are left out there, and links to directories are not followed.

    Args:
        name: As the user gave it.
        tick: Called while directories are read.

    Raises:
        InputError: There is no such file, or the name stands for nothing.
    """
    if name == "-" or (os.path.lexists(name) and not os.path.isdir(name)):
        return Found([name], is_group=False)
    found = Found()
    if os.path.isdir(name):
        _below(name, found, tick)
        if not found.paths and not found.skipped and not found.failures:
            raise InputError("the directory holds no files", source=name)
    elif any(mark in name for mark in "*?["):
        _matching(name, found, tick)
        if not found.paths and not found.skipped and not found.failures:
            raise InputError("matches no file", source=name, hint="check the pattern")
    else:
        raise InputError("no such file", source=name, hint="check the path")
    return found


def _matching(pattern: str, found: Found, tick: Tick) -> None:
    import glob  # not wanted for a plain file

    matches: list[str] = []
    for match in glob.iglob(pattern, recursive=True):
        tick()
        matches.append(match)
    for match in sorted(matches):
        if os.path.isdir(match) and not os.path.islink(match.rstrip("/")):
            _below(match, found, tick)
        else:
            _sort_in(match, found)
    found.paths = list(dict.fromkeys(os.path.normpath(path) for path in found.paths))
    found.skipped = list(dict.fromkeys(found.skipped))


def _below(top: str, found: Found, tick: Tick) -> None:
    """All files below a folder, those of a folder before those of its folders."""
    waiting = [top]
    while waiting:
        tick()
        folder = waiting.pop()
        folders = []
        try:
            names = sorted(_names(folder))
        except OSError as error:
            found.failures.append(InputError(f"cannot be looked into: {reason(error)}", source=folder))
            continue
        for name, is_folder in names:
            path = os.path.join(folder, name)
            if is_folder:
                folders.append(path)
            else:
                _sort_in(path, found)
        waiting += reversed(folders)


def _names(folder: str) -> Iterator[tuple[str, bool]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                yield entry.name, entry.is_dir(follow_symlinks=False)


def _sort_in(path: str, found: Found) -> None:
    """One more path that is no folder, to where it belongs."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        found.skipped.append(f"{path}: a link that leads nowhere ({reason(error)})")
        return
    if stat.S_ISREG(mode):
        found.paths.append(path)
    elif stat.S_ISDIR(mode):
        found.skipped.append(f"{path}: a link to a folder, which is not followed")
    else:
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "no file")
        found.skipped.append(f"{path}: {kind}")
