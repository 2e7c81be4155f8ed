"""Paths as people type them: read, completed, and looked at."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from itertools import islice, takewhile
from typing import NamedTuple

from tracetui import format as fmt
from tracetui.errors import InputError, UsageError
from tracetui.files import reason
from tracetui.loaders.remote import is_address, without_secrets
from tracetui.text import neutralise

MAX_ENTRIES = 20_000
"""Names of a folder that are looked at."""
MAX_NAMES = 200
"""Names that are offered."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Completed(NamedTuple):
    """What became of a path that was begun.

    Attributes:
        text: the path as far as it is certain.
        names: the names that it could go on to, when there are several.
    """

    text: str
    names: tuple[str, ...] = ()


class Seen(NamedTuple):
    """What stands at a path.

    Attributes:
        there: whether there is anything.
        words: its size, that it is a folder, or that it is missing.
    """

    there: bool
    words: str


def source_of(text: str) -> str:
    """The source that somebody means with what they typed or pasted.

    Raises:
        UsageError: It is none that can be opened from inside the viewer.
    """
    text = text.strip()
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and len(text) > 1 and not os.path.lexists(text):
        text = text[1:-1]
    if not text:
        raise UsageError("type the path of a file or a folder")
    if os.path.lexists(text):
        return text
    if text == "-":
        raise UsageError("standard input is read only from the start: curl … | tracetui -")
    if is_address(text):
        return text
    if _ADDRESS.match(text):
        raise UsageError("an address begins with http:// or https://")
    return os.path.expanduser(text)  # noqa: PTH111 - a Path would lose a trailing slash, and "./"


def complete(text: str) -> Completed:
    """Go on with a path as far as the files that are there leave no choice.

    Names that a terminal cannot be shown as they are, are passed over.

    Raises:
        InputError: Nothing begins like this, or the folder cannot be read.
    """
    if text == "~":
        return Completed("~/")
    folder, begun = os.path.split(os.path.expanduser(text))  # noqa: PTH111
    try:
        with os.scandir(folder or ".") as entries:
            names = _fitting(islice(entries, MAX_ENTRIES), begun)
    except (OSError, ValueError) as error:
        raise InputError(reason(error) if isinstance(error, OSError) else "is no path") from None
    if not names:
        raise InputError("nothing begins like this")
    certain = text[: len(text) - len(begun)] + _common(names[0], names[-1])
    return Completed(certain, tuple(names[:MAX_NAMES]) if len(names) > 1 else ())


def _fitting(entries: Iterable[os.DirEntry[str]], begun: str) -> list[str]:
    names = []
    for entry in entries:
        name = entry.name
        hidden = name.startswith(".") and not begun
        if name.startswith(begun) and not hidden and neutralise(name) == name:
            names.append(name + "/" if entry.is_dir() else name)
    return sorted(names)


def _common(first: str, last: str) -> str:
    """What the first and the last of some names in order begin with, and so all between them."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(one for one, _ in pairs)


def look(path: str) -> Seen:
    """Look what stands at a path. May take long, where a disk is far away."""
    if is_address(path):
        return Seen(True, "server")
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return Seen(False, "missing")
    return Seen(True, "folder" if stat.S_ISDIR(found.st_mode) else fmt.size(found.st_size))


def is_stream(name: str) -> bool:
    """Whether a source can be read only once."""
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116
    except (OSError, ValueError):
        return name == "-"
    return name == "-" or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def shown(name: str) -> str:
    """A source as it may be shown: an address without what may be secret in it."""
    if not is_address(name):
        return name
    return without_secrets(name)


def short(path: str) -> str:
    """A path with `~` for the user's own folder."""
    home = os.path.expanduser("~")  # noqa: PTH111
    return "~" + path[len(home) :] if path.startswith(home.rstrip("/") + "/") and len(home) > 1 else path
