"""Facts of each trace, as columns: what a list of many traces needs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.model.store import Flag, SpanStore, Status

Int64s = npt.NDArray[np.int64]


class TraceTable(Struct, frozen=True):
    """One row a trace.

    Attributes:
        start_ns: int64[t], the first start, nanoseconds since the Unix epoch.
        end_ns: int64[t], the last end.
        root_row: int64[t], the store row of the primary root.
        root_duration_ns: int64[t], that span's duration.
        span_count: int64[t].
        error_count: int64[t], spans with status error.
        service_count: int64[t], different service names, the empty one not counted.
        depth: int64[t], the largest depth + 1.
        root_count: int64[t], spans with no parent recorded.
        orphan_count: int64[t], spans whose recorded parent is missing.
    """

    start_ns: Int64s
    end_ns: Int64s
    root_row: Int64s
    root_duration_ns: Int64s
    span_count: Int64s
    error_count: Int64s
    service_count: Int64s
    depth: Int64s
    root_count: Int64s
    orphan_count: Int64s

    @property
    def duration_ns(self) -> Int64s:
        """int64[t], from first start to last end."""
        return self.end_ns - self.start_ns


def tabulate(store: SpanStore) -> TraceTable:
    """Compute the table with a few passes over the columns, however many traces there are."""
    first = store.trace_first[:-1]
    if not len(first):
        return TraceTable(*(np.empty(0, np.int64) for _ in range(10)))
    lost = (store.flags & Flag.ORPHAN) != 0
    parentless = (store.parent < 0) & ((store.flags & Flag.HAS_PARENT) == 0)
    root_row = _primary_roots(store)
    return TraceTable(
        start_ns=np.minimum.reduceat(store.start_ns, first),
        end_ns=np.maximum.reduceat(store.start_ns + store.duration_ns, first),
        root_row=root_row,
        root_duration_ns=store.duration_ns[root_row],
        span_count=np.diff(store.trace_first),
        error_count=_count(store.status == Status.ERROR, first),
        service_count=_service_counts(store),
        depth=np.maximum.reduceat(store.depth, first).astype(np.int64) + 1,
        root_count=_count(parentless, first),
        orphan_count=_count(lost, first),
    )


def _count(mask: npt.NDArray[np.bool_], first: Int64s) -> Int64s:
    return np.add.reduceat(mask, first, dtype=np.int64)


def _primary_roots(store: SpanStore) -> Int64s:
    """The parentless span that starts first (ties: the longest), else the root of the largest fragment."""
    rows = np.flatnonzero(store.parent < 0)
    trace = np.searchsorted(store.trace_first, rows, side="right") - 1
    fragment = (store.flags[rows] & Flag.HAS_PARENT) != 0
    start, duration = store.start_ns[rows], store.duration_ns[rows]
    rank = np.where(fragment, -store.size[rows].astype(np.int64), start)
    tie = np.where(fragment, start, -duration)
    order = np.lexsort((tie, rank, fragment, trace))
    best = np.ones(len(order), np.bool_)
    best[1:] = trace[order][1:] != trace[order][:-1]
    return rows[order[best]]


def _service_counts(store: SpanStore) -> Int64s:
    traces, services = len(store.trace_ids), len(store.strings)
    trace = np.repeat(np.arange(traces), np.diff(store.trace_first))
    named = store.service > 0
    # With counts `np.unique` sorts: it is several times faster, and does not import `numpy.ma`.
    pairs, _ = np.unique(trace[named] * np.int64(services) + store.service[named], return_counts=True)
    return np.bincount(pairs // services, minlength=traces)
