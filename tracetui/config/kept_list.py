"""Lists of what was done lately, the latest first. They are state, not settings, and lie apart from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from .files import alone, read_small, reason, replace_small, state_path
from .save import NotKept

__all__ = ["KeptList"]

Item = TypeVar("Item")
_VERSION = 1


class _Version(msgspec.Struct):
    version: int = _VERSION


class KeptList(Generic[Item]):
    """A list in a JSON file, in the XDG place for state unless a path is given.

    Args:
        name: Of the list in the file, and of the file.
        kind: The type of its items.
        most: How many are kept.
        told: What they are called in messages.
    """

    def __init__(self, name: str, kind: type[Item], most: int, told: str) -> None:
        self._name = name
        self._type = dict[str, list[kind] | int]  # type: ignore[valid-type]
        self._most = most
        self._told = told

    def path(self) -> Path:
        """Where the list is if nothing else is said."""
        return state_path(self._name)

    def read(self, path: Path | None = None) -> list[Item]:
        """Its items. A list that cannot be read is an empty one."""
        try:
            data = msgspec.json.decode(read_small(path or self.path()) or b"{}", type=self._type)
        except (OSError, msgspec.MsgspecError):
            return []
        found = data.get(self._name, [])
        return found[: self._most] if isinstance(found, list) else []

    def change(self, path: Path | None, changed: Callable[[list[Item]], list[Item]]) -> None:
        """Have other items, while no other process changes them. A file of a later version stays as it is.

        Args:
            path: The list; None for the one in the XDG place.
            changed: Makes the new items of the old.

        Raises:
            NotKept: It could not be written.
        """
        path = path or self.path()
        with alone(path):
            before = self.read(path)
            items = changed(before)[: self._most]
            if items == before or self._version(path) > _VERSION:
                return
            data = msgspec.json.encode({"version": _VERSION, self._name: items})
            try:
                replace_small(path, msgspec.json.format(data) + b"\n")
            except OSError as error:
                told = f"the {self._told} cannot be kept: {reason(error)}"
                raise NotKept(told, source=str(path)) from error

    def _version(self, path: Path) -> int:
        try:
            return msgspec.json.decode(read_small(path) or b"{}", type=_Version).version
        except (OSError, msgspec.MsgspecError):
            return _VERSION
