"""The searches made lately, and so the servers. They are state, not settings, and lie apart from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from platformdirs.unix import Unix

from .files import alone, read_small, reason, replace_small
from .save import NotKept

MAX_SEARCHES = 60
_VERSION = 1
_LONGEST = 2000


class RecentSearch(msgspec.Struct, frozen=True):
    """A search.

    Attributes:
        server: Address of the server, without userinfo and query; or the name that the settings give it.
        fields: What was typed, by the name of the field; empty where the server was only opened.
    """

    server: str
    fields: dict[str, str] = {}


class _Searches(msgspec.Struct):
    version: int = _VERSION
    searches: list[RecentSearch] = []


def searches_path() -> Path:
    """Where the list is: `searches.json` in the XDG place for state."""
    return Unix("tracetui").user_state_path / "searches.json"


def read_searches(path: Path | None = None) -> list[RecentSearch]:
    """The searches made lately, the latest first, `MAX_SEARCHES` at most.

    A list that cannot be read is an empty one.
    """
    return _read(path or searches_path()).searches[:MAX_SEARCHES]


def remember_search(server: str, fields: Mapping[str, str], path: Path | None = None) -> None:
    """Put a search at the head of the list.

    Args:
        server: Whose; an address must hold no secrets.
        fields: What was typed, by the name of the field.
        path: The list; None for the one in the XDG place.

    Raises:
        NotKept: It could not be written.
    """
    path = path or searches_path()
    fresh = RecentSearch(server[:_LONGEST], {name: text[:_LONGEST] for name, text in fields.items() if text})
    with alone(path):
        known = _read(path)
        # That a server was opened says nothing more once it was searched.
        rest = [one for one in known.searches if one != fresh and (one.fields or one.server != fresh.server)]
        if not fresh.fields and any(one.server == fresh.server for one in rest):
            return
        searches = [fresh, *rest][:MAX_SEARCHES]
        if known.version > _VERSION or searches == known.searches:
            return
        try:
            data = msgspec.json.encode(_Searches(searches=searches))
            replace_small(path, msgspec.json.format(data) + b"\n")
        except OSError as error:
            raise NotKept(f"the recent searches cannot be kept: {reason(error)}", source=str(path)) from error


def _read(path: Path) -> _Searches:
    try:
        return msgspec.json.decode(read_small(path) or b"{}", type=_Searches)
    except (OSError, msgspec.MsgspecError):
        return _Searches()
