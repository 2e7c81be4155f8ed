"""Traces that were fetched, kept for coming back to them: as many as fit."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from tracetui.model.trace import Collection

from .results import plain_id

__all__ = ["TraceCache"]

MAX_BYTES: Final = 256 << 20
"""Bytes of traces that are kept."""
_PER_SPAN: Final = 200
"""Bytes of a span's columns, more or less."""


class TraceCache:
    """Collections by the ids of their traces; the one that was not asked for the longest goes first.

    Args:
        max_bytes: How much is kept. The last collection that came is kept however large it is.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max = max_bytes
        self._collections: OrderedDict[int, Collection] = OrderedDict()
        self._places: dict[str, tuple[int, int]] = {}
        self._next = 0

    @property
    def bytes(self) -> int:
        """How much is kept."""
        return sum(map(bytes_of, self._collections.values()))

    def __contains__(self, trace_id: str) -> bool:
        return plain_id(trace_id) in self._places

    def add(self, collection: Collection) -> None:
        """Keep the traces of a collection, in the place of those of the same ids."""
        number, self._next = self._next, self._next + 1
        self._collections[number] = collection
        for at, id in enumerate(collection.store.trace_ids):
            self._places[plain_id(id)] = number, at
        used = {number for number, _ in self._places.values()}
        for old in [old for old in self._collections if old not in used]:
            del self._collections[old]
        while self.bytes > self._max and len(self._collections) > 1:
            oldest, _ = self._collections.popitem(last=False)
            self._places = {id: place for id, place in self._places.items() if place[0] != oldest}

    def find(self, trace_id: str) -> tuple[Collection, int] | None:
        """The collection that holds a trace, and its number there; None where it is not kept."""
        place = self._places.get(plain_id(trace_id))
        if place is None:
            return None
        number, at = place
        self._collections.move_to_end(number)
        return self._collections[number], at

    def forget(self, trace_id: str) -> None:
        """Keep a trace no longer."""
        self._places.pop(plain_id(trace_id), None)


def bytes_of(collection: Collection) -> int:
    """About how much memory a collection takes."""
    return sum(source.bytes for source in collection.sources) + _PER_SPAN * len(collection.store)
