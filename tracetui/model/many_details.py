"""The details of many spans: records that stand near each other are read together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.errors import InputError
from tracetui.model.attributes import SpanDetails
from tracetui.model.store import SpanStore

__all__ = ["many_details"]

_WINDOW: Final = 1 << 20
_GAP: Final = 8 << 10
"""Reading over this much that was not asked for is as quick as another read."""


def many_details(store: SpanStore, rows: npt.NDArray[np.signedinteger]) -> Iterator[SpanDetails]:
    """The details of some rows, as `store.details` gives them, past its cache.

    Args:
        store: The columns.
        rows: int[n], rows of the store; quickest in the order in which their records stand in the sources.

    Yields:
        One for each row, in the order of `rows`.
    """
    wanted = rows.tolist()
    sources = store.source[rows].tolist()
    offsets = store.offset[rows].tolist()
    ends = (store.offset[rows] + store.length[rows].astype(np.int64)).tolist()
    first, count = 0, len(wanted)
    while first < count:
        source, start, reach = sources[first], offsets[first], ends[first]
        last = first + 1
        while (
            last < count
            and sources[last] == source
            and offsets[last - 1] <= offsets[last] <= reach + _GAP
            and ends[last] <= start + _WINDOW
        ):
            reach = max(reach, ends[last])
            last += 1
        try:
            data = store.sources[source].pread(start, reach - start)
        except InputError:
            data = b""  # each row then says so for itself
        if len(data) == reach - start:
            for at in range(first, last):
                yield store.fresh_details(wanted[at], data[offsets[at] - start : ends[at] - start])
        else:
            for row in wanted[first:last]:
                yield store.fresh_details(row)
        first = last
