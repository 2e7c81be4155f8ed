"""The files opened lately."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from .kept_list import KeptList

MAX_RECENT = 20
_KEPT = KeptList("recent", str, MAX_RECENT, "recent files")


def recent_path() -> Path:
    """Where the list is: `recent.json` in the XDG place for state."""
    return _KEPT.path()


def read_recent(path: Path | None = None) -> list[str]:
    """Absolute paths of files and folders that were opened, the latest first, `MAX_RECENT` at most.

    A list that cannot be read is an empty one.
    """
    return _KEPT.read(path)


def remember(names: Iterable[str], path: Path | None = None) -> None:
    """Put sources at the head of the list.

    Args:
        names: Sources as the user gave them. Those that are no files or folders are passed over: a stream
            will not be there again, and an address may hold a secret.
        path: The list; None for the one in the XDG place.

    Raises:
        NotKept: It could not be written.
    """
    fresh = [name for name in map(_lasting, names) if name]
    if fresh:
        _KEPT.change(path, lambda known: list(dict.fromkeys([*fresh, *known])))


def _lasting(name: str) -> str:
    """The absolute path of a source that will still be there tomorrow, else nothing."""
    try:
        name.encode("utf-8")
        found = Path(os.path.abspath(name))  # noqa: PTH100 - links stay as the user knows them
        lasting = found.is_file() or found.is_dir()
    except (OSError, ValueError):
        return ""
    return str(found) if lasting and found.parts[1:2] not in (("dev",), ("proc",)) else ""
