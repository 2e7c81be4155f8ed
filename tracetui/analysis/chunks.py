"""Cutting a row range into pieces of whole traces, so that work on it stays in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tracetui.analysis.columns import SpanColumns

CHUNK = 1 << 17


def chunks(store: SpanColumns, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut rows `first` to `last` at trace boundaries, into pieces of about `CHUNK` rows.

    Args:
        store: The columns.
        first: First row, a trace's or a subtree's.
        last: Row after the last.

    Yields:
        First row and the row after the last of each piece; a bigger trace is one piece.
    """
    bounds = store.trace_first
    at = first
    while at < last:
        until = int(bounds[min(int(np.searchsorted(bounds, at + CHUNK)), len(bounds) - 1)])
        until = last if until <= at else min(until, last)
        yield at, until
        at = until
