"""The searches made lately, and so the servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from .kept_list import KeptList

MAX_SEARCHES = 60
_LONGEST = 2000


class RecentSearch(msgspec.Struct, frozen=True):
    """A search.

    Attributes:
        server: Address of the server, without userinfo and query; or the name that the settings give it.
        fields: What was typed, by the name of the field; empty where the server was only opened.
    """

    server: str
    fields: dict[str, str] = {}


_KEPT = KeptList("searches", RecentSearch, MAX_SEARCHES, "recent searches")


def searches_path() -> Path:
    """Where the list is: `searches.json` in the XDG place for state."""
    return _KEPT.path()


def read_searches(path: Path | None = None) -> list[RecentSearch]:
    """The searches made lately, the latest first, `MAX_SEARCHES` at most.

    A list that cannot be read is an empty one.
    """
    return _KEPT.read(path)


def remember_search(server: str, fields: Mapping[str, str], path: Path | None = None) -> None:
    """Put a search at the head of the list.

    Args:
        server: Whose; an address must hold no secrets.
        fields: What was typed, by the name of the field.
        path: The list; None for the one in the XDG place.

    Raises:
        NotKept: It could not be written.
    """
    fresh = RecentSearch(server[:_LONGEST], {name: text[:_LONGEST] for name, text in fields.items() if text})

    def changed(known: list[RecentSearch]) -> list[RecentSearch]:
        # That a server was opened says nothing more once it was searched.
        rest = [one for one in known if one != fresh and (one.fields or one.server != fresh.server)]
        if not fresh.fields and any(one.server == fresh.server for one in rest):
            return known
        return [fresh, *rest]

    _KEPT.change(path, changed)
