"""Who links to a span: the links of a collection, turned round."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import overload

import numpy as np
from msgspec import Struct

from tracetui.model.distinct import distinct
from tracetui.model.store import Flag, Int64s, SpanStore

__all__ = ["Backlink", "Backlinks", "LinkedFrom"]

_STEP = 256
_ID = re.compile("[0-9a-f]{16}")


class Backlink(Struct, frozen=True):
    """A span that links to another one; texts are as found."""

    service: str
    name: str
    trace_id: str
    span_id: str
    is_error: bool = False


class LinkedFrom(Sequence[Backlink]):
    """The spans in some rows of a store, in the order given, made when they are looked at.

    Args:
        store: The store.
        rows: Its rows.
    """

    def __init__(self, store: SpanStore, rows: Sequence[int]) -> None:
        self._store, self._rows = store, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Backlink: ...
    @overload
    def __getitem__(self, index: slice) -> list[Backlink]: ...
    def __getitem__(self, index: int | slice) -> Backlink | list[Backlink]:
        if isinstance(index, slice):
            return [self._of(row) for row in self._rows[index]]
        return self._of(self._rows[index])

    def _of(self, row: int) -> Backlink:
        store = self._store
        return Backlink(
            store.strings[int(store.service[row])],
            store.strings[int(store.name[row])],
            store.trace_ids[store.trace_of(row)],
            store.id_text(row),
            bool(store.status[row] == 2),
        )


class Backlinks:
    """An index from a span to the spans that link to it, built step by step: call `step` until it is done.

    Only records of rows with `Flag.LINKS` are decoded. A link to a trace that is not in the store is passed
    over, as is the reference that became a span's parent. Links are kept as three numbers each, sorted at the
    end, so looking one up is a binary search.

    Args:
        store: The store; it is not changed while this is in use.
    """

    def __init__(self, store: SpanStore) -> None:
        self.store = store
        self._waiting: list[int] = np.flatnonzero(store.flags & Flag.LINKS)[::-1].tolist()
        self._traces = (
            {trace_id: number for number, trace_id in enumerate(store.trace_ids)} if self._waiting else {}
        )
        self._opaque: dict[str, int] = {}
        self._found = (array("q"), array("Q"), array("q"))
        self._sorted: tuple[Int64s, np.ndarray, Int64s] | None = None

    def step(self, count: int = _STEP) -> bool:
        """Read the links of `count` more spans; returns whether there are any left."""
        for _ in range(min(count, len(self._waiting))):
            self._read(self._waiting.pop())
        if self._waiting:
            return True
        if self._sorted is None:
            traces, ids, rows = (
                np.array(column, dtype) for column, dtype in zip(self._found, "qQq", strict=True)
            )
            order = np.lexsort((rows, ids, traces))
            self._sorted = traces[order], ids[order], rows[order]
            self._found = (array("q"), array("Q"), array("q"))
        return False

    def _read(self, row: int) -> None:
        store = self.store
        parent = store.parent_id_text(row)
        own = store.trace_of(row)
        for link in store.details(row).links:
            if not link.span_id or (link.reference and link.span_id == parent):
                continue
            trace = self._traces.get(link.trace_id, -1) if link.trace_id else own
            if trace >= 0:
                key = self._key(trace, link.span_id)
                for column, value in zip(self._found, (*key, row), strict=True):
                    column.append(value)

    def _key(self, trace: int, span_id: str) -> tuple[int, int]:
        """A span as two numbers; ids that are no numbers themselves are counted, below zero."""
        if _ID.fullmatch(span_id):
            return trace, int(span_id, 16)
        return -1 - trace, self._opaque.setdefault(span_id, len(self._opaque))

    def to(self, row: int) -> LinkedFrom:
        """The spans that link to the span in a row, in row order; none before the last step is done."""
        store = self.store
        span_id = store.id_text(row)
        opaque = bool(int(store.flags[row]) & Flag.OPAQUE_ID)
        if self._sorted is None or not span_id or (opaque and span_id not in self._opaque):
            return LinkedFrom(store, ())
        trace, number = self._key(store.trace_of(row), span_id)
        traces, ids, rows = self._sorted
        first, last = (int(np.searchsorted(traces, trace, side)) for side in ("left", "right"))
        start, end = (
            first + int(np.searchsorted(ids[first:last], np.uint64(number), side))
            for side in ("left", "right")
        )
        return LinkedFrom(store, distinct(rows[start:end]).tolist())
