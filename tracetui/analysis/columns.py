"""The columns that analysis reads: what a span store must have, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class ResourceColumns(Protocol):
    """Which clock each resource's spans were timed by."""

    @property
    def clock(self) -> npt.NDArray[np.int32]:
        """int32[k], equal numbers for resources of one process."""

    @property
    def address(self) -> npt.NDArray[np.int32]:
        """int32[k], number of the network address, -1 where none is known."""


class SpanColumns(Protocol):
    """Spans of any number of traces: a trace's rows back to back, depth first, siblings by start.

    The subtree of row `r` is therefore rows `r` to `r + size[r]`.
    """

    @property
    def start_ns(self) -> Ints:
        """int64[n]."""

    @property
    def duration_ns(self) -> Ints:
        """int64[n], never negative."""

    @property
    def parent(self) -> npt.NDArray[np.int32]:
        """int32[n], row of the parent, -1 for roots and fragment roots."""

    @property
    def depth(self) -> npt.NDArray[np.int32]:
        """int32[n], 0 for roots."""

    @property
    def size(self) -> npt.NDArray[np.int32]:
        """int32[n], spans in the subtree, itself included."""

    @property
    def kind(self) -> npt.NDArray[np.uint8]:
        """uint8[n], values of `tracetui.model.store.Kind`."""

    @property
    def flags(self) -> npt.NDArray[np.uint16]:
        """uint16[n], values of `tracetui.model.store.Flag`."""

    @property
    def resource(self) -> npt.NDArray[np.int32]:
        """int32[n], index into `resources`, -1 for none."""

    @property
    def service(self) -> npt.NDArray[np.int32]:
        """int32[n], index into `strings`."""

    @property
    def resources(self) -> ResourceColumns:
        """The resource table."""

    @property
    def strings(self) -> Sequence[str]:
        """Interned texts."""

    @property
    def trace_first(self) -> Ints:
        """int64[traces + 1], first row of each trace, and the number of rows."""

    def key(self, row: int) -> str:
        """The text that names this span within its trace."""


def end_times(store: SpanColumns, rows: slice | Rows) -> Ints:
    """When each of some rows ends: int64, held at the largest int64 if beyond it."""
    start = store.start_ns[rows]
    end: Ints = start + store.duration_ns[rows]
    wrapped = end < start
    if wrapped.any():
        end[wrapped] = np.iinfo(np.int64).max
    return end


def local_parents(store: SpanColumns, first: int, last: int) -> Rows:
    """Parents of a row range as rows that count from `first`: intp[last - first], -1 outside the range."""
    parent = store.parent[first:last].astype(np.intp)
    parent -= first
    np.maximum(parent, -1, out=parent)
    return parent
