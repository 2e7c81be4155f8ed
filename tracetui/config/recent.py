"""The files opened lately. They are state, not settings, and lie apart from them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from platformdirs.unix import Unix

from .files import alone, read_small, reason, replace_small
from .save import NotKept

MAX_RECENT = 20
_VERSION = 1


class _Recent(msgspec.Struct):
    version: int = _VERSION
    recent: list[str] = []


def recent_path() -> Path:
    """Where the list is: `recent.json` in the XDG place for state."""
    return Unix("tracetui").user_state_path / "recent.json"


def read_recent(path: Path | None = None) -> list[str]:
    """Absolute paths of files and folders that were opened, the latest first, `MAX_RECENT` at most.

    A list that cannot be read is an empty one.
    """
    return _read(path or recent_path()).recent[:MAX_RECENT]


def remember(names: Iterable[str], path: Path | None = None) -> None:
    """Put sources at the head of the list.

    Args:
        names: Sources as the user gave them. Those that are no files or folders are passed over: a stream
            will not be there again, and an address may hold a secret.
        path: The list; None for the one in the XDG place.

    Raises:
        NotKept: It could not be written.
    """
    path = path or recent_path()
    fresh = [name for name in map(_lasting, names) if name]
    if not fresh:
        return
    with alone(path):
        known = _read(path)
        recent = list(dict.fromkeys([*fresh, *known.recent]))[:MAX_RECENT]
        if known.version > _VERSION or recent == known.recent:
            return
        try:
            replace_small(path, msgspec.json.format(msgspec.json.encode(_Recent(recent=recent))) + b"\n")
        except OSError as error:
            raise NotKept(f"the recent files cannot be kept: {reason(error)}", source=str(path)) from error


def _read(path: Path) -> _Recent:
    try:
        return msgspec.json.decode(read_small(path) or b"{}", type=_Recent)
    except (OSError, msgspec.MsgspecError):
        return _Recent()


def _lasting(name: str) -> str:
    """The absolute path of a source that will still be there tomorrow, else nothing."""
    try:
        name.encode("utf-8")
        found = Path(os.path.abspath(name))  # noqa: PTH100 - links stay as the user knows them
        lasting = found.is_file() or found.is_dir()
    except (OSError, ValueError):
        return ""
    return str(found) if lasting and found.parts[1:2] not in (("dev",), ("proc",)) else ""
