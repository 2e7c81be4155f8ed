"""Pieces of a document that are made in one order and written in another."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.sources.scratch import Scratch

__all__ = ["KeptPieces"]

_BLOCK: Final = 1 << 18


class KeptPieces:
    """Keeps numbered pieces: few bytes in memory, many in a temporary file.

    Raises:
        OSError: Any method: the temporary file cannot be made, or grow, or be read.
    """

    def __init__(self) -> None:
        self._scratch = Scratch()
        self._ends = array("q", [0])
        self._block: list[bytes] = []
        self._waiting = 0

    def add(self, piece: bytes) -> None:
        """Keep the next piece."""
        self._block.append(piece)
        self._waiting += len(piece)
        self._ends.append(self._ends[-1] + len(piece))
        if self._waiting >= _BLOCK:
            self._put_away()

    def _put_away(self) -> None:
        if self._block:
            self._scratch.append(b"".join(self._block))
            self._block, self._waiting = [], 0

    def joined(self, numbers: Sequence[int]) -> Iterator[bytes]:
        """The bytes of some pieces, by their numbers, one behind the other."""
        self._put_away()
        ends, read, count = self._ends, self._scratch.read, len(numbers)
        at = 0
        while at < count:
            first = last = numbers[at]
            at += 1
            while at < count and numbers[at] == last + 1 and ends[last + 2] - ends[first] <= _BLOCK:
                last += 1
                at += 1
            yield read(ends[first], ends[last + 1] - ends[first])
