"""Decimal texts of one width as numbers, all of a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WIDTH = 24
_MOST_DIGITS = 19
"""What always fits 64 bits."""

_BARE: NDArray[np.uint64] = np.frombuffer(b"/" + b"0" * (_WIDTH - 1), "<u8").astype(np.uint64)
_TENS, _HUNDREDS, _MYRIADS = (
    np.uint64(1 + (power << bits)) for power, bits in ((10, 8), (100, 16), (10_000, 32))
)
_PAIRS, _FOURS = np.uint64(0x00FF_00FF_00FF_00FF), np.uint64(0x0000_FFFF_0000_FFFF)
_OF_WORDS: NDArray[np.uint64] = np.array([10**16, 10**8, 1], np.uint64)


def numbers(texts: Sequence[str]) -> NDArray[np.uint64] | None:
    """Decimal texts as numbers, uint64[n]; None where they are not all of one width and of digits only.

    Each is put behind a stroke and zeros, so that all of them make rows of three 64-bit words. What is not
    a digit shows as more than 9, but for the stroke where a row begins; as there is a stroke for each text,
    all of them begin there. Then neighbours are taken together, in all words at once::

        /00001795300000001000   1|7|9|5..   17|95|30|00   1795|3000   17953000

    Args:
        texts: At least one.

    Raises:
        TypeError: One is no text.
    """
    width = len(texts[0])
    if not 0 < width <= _MOST_DIGITS:
        return None
    lead = "/" + "0" * (_WIDTH - width - 1)
    joined = (lead + lead.join(texts)).encode("utf-8", "replace")
    if len(joined) != _WIDTH * len(texts):
        return None
    words = np.frombuffer(joined, "<u8").reshape(len(texts), 3) - _BARE
    if words.view(np.uint8).max() > 9:
        return None
    words *= _TENS
    words >>= np.uint64(8)
    words &= _PAIRS
    words *= _HUNDREDS
    words >>= np.uint64(16)
    words &= _FOURS
    words *= _MYRIADS
    words >>= np.uint64(32)
    found: NDArray[np.uint64] = words @ _OF_WORDS
    return found
