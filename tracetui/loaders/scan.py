"""Finding byte patterns in large pieces of text with numpy: all places in one pass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]

_LOOKED_AT = 8192
_WORD = 4


class Finder:
    """Finds a pattern, by one word of it for each of the four ways in which it may lie across aligned words.

    Args:
        pattern: At least one byte, and no zero byte at its end.
    """

    def __init__(self, pattern: bytes) -> None:
        self._pattern = pattern
        self._values: npt.NDArray[np.uint32] | None = None
        self._offsets: Places = np.zeros(0, np.int64)
        """Where in the pattern each of the values stands."""

    def places(self, data: bytes | bytearray) -> Places:
        """The indices of the pattern in `data`, int64[n] ascending; overlapping ones too."""
        if len(data) < len(self._pattern):
            return np.zeros(0, np.int64)
        if self._values is None:
            self._values, self._offsets = self._rarest(bytes(data[:_LOOKED_AT]))
        if not len(self._values):
            text = np.frombuffer(data, np.uint8)[: len(data) - len(self._pattern) + 1]
            found = np.flatnonzero(text == self._pattern[0])
            return found[stands_at(data, found, self._pattern)]
        words = np.frombuffer(data, "<u4", len(data) // _WORD)
        hit = words == self._values[0]
        also = np.empty_like(hit)
        for value in self._values[1:]:
            hit |= np.equal(words, value, out=also)
        at = np.flatnonzero(hit)
        values = words[at]
        at *= _WORD
        at -= self._offsets[np.searchsorted(self._values, values)]
        at.sort()
        return at[stands_at(data, at, self._pattern)]

    def _rarest(self, sample: bytes) -> tuple[npt.NDArray[np.uint32], Places]:
        """For each alignment the word that is rarest in a sample, ascending; and where they stand.

        There are none for a pattern that is short, or repeats itself.
        """
        offset_of: dict[int, int] = {}
        for first in range(_WORD):
            offsets = range(first, len(self._pattern) - _WORD + 1, _WORD)
            if offsets:
                offset = min(offsets, key=lambda at: sample.count(self._pattern[at : at + _WORD]))
                offset_of[int.from_bytes(self._pattern[offset : offset + _WORD], "little")] = offset
        words = sorted(offset_of) if len(offset_of) == _WORD else []
        return np.array(words, np.uint32), np.array([offset_of[word] for word in words], np.int64)


@lru_cache(64)
def _finder(pattern: bytes) -> Finder:
    return Finder(pattern)


def find_all(data: bytes | bytearray, pattern: bytes) -> Places:
    """The indices of `pattern` in `data`, int64[n] ascending; overlapping ones too."""
    return _finder(pattern).places(data)


def stands_at(data: bytes | bytearray, places: Places, pattern: bytes) -> npt.NDArray[np.bool_]:
    """Whether `pattern` stands at each of some places, bool[k]; places may lie outside of `data`."""
    room = len(data) - len(pattern) + 1
    if not len(places) or room <= 0:
        return np.zeros(len(places), np.bool_)
    # Every place as a text of the pattern's length, without a copy.
    texts = np.ndarray((room,), _text(len(pattern)), data, strides=(1,))
    if places.min() >= 0 and places.max() < room:
        return np.asarray(texts[places] == pattern)
    inside = (places >= 0) & (places < room)
    inside[inside] = texts[places[inside]] == pattern
    return inside


@lru_cache(64)
def _text(length: int) -> np.dtype[np.bytes_]:
    return np.dtype(f"S{length}")
