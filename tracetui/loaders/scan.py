"""Finding byte patterns in large pieces of text with numpy: all places in one pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]

_LOOKED_AT = 8192
_WORD = 8


def find_all(data: bytes | bytearray, pattern: bytes) -> Places:
    """The indices of `pattern` in `data`, int64[n] ascending; overlapping ones too.

    The byte of it that is rarest in the first few KiB is looked for everywhere. Around its places eight bytes
    are compared at once, and what is left of them is compared whole.
    """
    room = len(data) - len(pattern) + 1
    if room <= 0:
        return np.zeros(0, np.int64)
    text = np.frombuffer(data, np.uint8)
    often = np.bincount(text[:_LOOKED_AT], minlength=256)[np.frombuffer(pattern, np.uint8)]
    probe = int(often.argmin())
    found = np.flatnonzero(text[probe : probe + room] == pattern[probe])
    if len(pattern) >= _WORD:
        last = len(pattern) - _WORD
        at = last if often[last:].sum() < often[:_WORD].sum() else 0
        words = np.ndarray((len(data) - _WORD + 1,), "<u8", data, strides=(1,))
        found = found[words[found + at] == int.from_bytes(pattern[at : at + _WORD], "little")]
        if len(pattern) == _WORD:
            return np.asarray(found)
    return found[stands_at(data, found, pattern)]


class Pairs:
    """A text to be searched for several patterns: two bytes of each are looked for at once.

    Args:
        text: What is searched.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._even = np.frombuffer(text, "<u2", len(text) // 2)
        self._odd = np.frombuffer(text[1:], "<u2", max(0, len(text) - 1) // 2)

    def rarest(self, pattern: bytes) -> int:
        """Where in `pattern` the two bytes stand that are rarest in the first few KiB; worth remembering."""
        sample = self._even[:_LOOKED_AT], self._odd[:_LOOKED_AT]
        often = [
            sum(int((half == _pair(pattern, at)).sum()) for half in sample) for at in range(len(pattern) - 1)
        ]
        return often.index(min(often))

    def find_all(self, pattern: bytes, rarest: int) -> Places:
        """As `find_all`, by the two bytes of `pattern` at `rarest`."""
        pair = _pair(pattern, rarest)
        found = np.concatenate(
            (np.flatnonzero(self._even == pair) * 2, np.flatnonzero(self._odd == pair) * 2 + 1)
        )
        found.sort()
        found -= rarest
        return found[stands_at(self.text, found, pattern)]


def _pair(pattern: bytes, at: int) -> int:
    return pattern[at] | pattern[at + 1] << 8


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
