"""Finding byte patterns in large pieces of text with numpy: all places in one pass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]

_LOOKED_AT = 8192
_WORD = 4
_AT_ONCE = 2 * _WORD - 1
"""A pattern as long as this holds a whole aligned word, wherever it begins."""


class Finder:
    """Finds a pattern, by one word of it for each of the four ways in which it may lie across aligned words.

    Args:
        pattern: At least one byte, and no zero byte at its end.
    """

    def __init__(self, pattern: bytes) -> None:
        self._pattern = pattern
        self._words: list[tuple[int, int]] = []

    def places(self, data: bytes | bytearray) -> Places:
        """The indices of the pattern in `data`, int64[n] ascending; overlapping ones too."""
        if len(data) < len(self._pattern):
            return np.zeros(0, np.int64)
        if len(self._pattern) < _AT_ONCE:
            text = np.frombuffer(data, np.uint8)[: len(data) - len(self._pattern) + 1]
            found = np.flatnonzero(text == self._pattern[0])
            return found[stands_at(data, found, self._pattern)]
        if not self._words:
            self._words = self._rarest(bytes(data[:_LOOKED_AT]))
        words = np.frombuffer(data, "<u4", len(data) // _WORD)
        hit = words == self._words[0][1]
        for _, word in self._words[1:]:
            hit |= words == word
        at = np.flatnonzero(hit)
        values = words[at]
        at *= _WORD
        found = np.concatenate([at[values == word] - offset for offset, word in self._words])
        found = found[stands_at(data, found, self._pattern)]
        found.sort()
        return found

    def _rarest(self, sample: bytes) -> list[tuple[int, int]]:
        """For each alignment the offset and value of the word that is rarest in a sample."""
        chosen = []
        for first in range(_WORD):
            offsets = range(first, len(self._pattern) - _WORD + 1, _WORD)
            offset = min(offsets, key=lambda at: sample.count(self._pattern[at : at + _WORD]))
            chosen.append((offset, int.from_bytes(self._pattern[offset : offset + _WORD], "little")))
        return chosen


@lru_cache(64)
def _finder(pattern: bytes) -> Finder:
    return Finder(pattern)


def find_all(data: bytes | bytearray, pattern: bytes) -> Places:
    """The indices of `pattern` in `data`, int64[n] ascending; overlapping ones too."""
    return _finder(pattern).places(data)


def stands_at(data: bytes | bytearray, places: Places, pattern: bytes) -> npt.NDArray[np.bool_]:
    """Whether `pattern` stands at each of some places, bool[k]; places may lie outside of `data`."""
    room = len(data) - len(pattern) + 1
    inside = (places >= 0) & (places < room)
    if not inside.any():
        return inside
    # Every place as a text of the pattern's length, without a copy.
    texts = np.ndarray((room,), f"S{len(pattern)}", data, strides=(1,))
    if inside.all():
        return np.asarray(texts[places] == pattern)
    inside[inside] = texts[places[inside]] == pattern
    return inside
