"""The different values of a column of small numbers, without sorting it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracetui.analysis.columns import Ints, Rows

_ROOM = 4
_LEAST = 1_024


def coded(values: npt.NDArray[np.signedinteger]) -> tuple[Ints, Rows, Rows]:
    """The different values, where each stands first, and which of them each is.

    As `np.unique` with its index and inverse, by a table where the values are hardly larger than they are
    many, as codes of texts and of resources are.

    Args:
        values: Whole numbers from -1.

    Returns:
        int64[k] ascending, intp[k], and intp[n] with indexes of the first.
    """
    count = len(values)
    room = int(values.max(initial=-1)) + 2
    if room > _ROOM * count + _LEAST:
        found, first, which = np.unique(values, return_index=True, return_inverse=True)
        return found.astype(np.int64), first, which.reshape(-1)
    place = np.full(room, -1, np.intp)
    shifted = values.astype(np.intp) + 1
    place[shifted[::-1]] = np.arange(count - 1, -1, -1)  # of several the last written stays: the first
    found = np.flatnonzero(place >= 0)
    first = place[found]
    place[found] = np.arange(len(found))
    return found - 1, first, place[shifted]
