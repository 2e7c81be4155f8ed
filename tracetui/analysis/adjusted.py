"""The same spans by adjusted clocks: all spans and events of a clock moved by one offset."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace

from tracetui.analysis.columns import Ints, Rows
from tracetui.analysis.skew import Skew, find_skew, suspects
from tracetui.model.issues import IssueLog
from tracetui.model.store import ROW_COLUMNS, SpanStore
from tracetui.model.trace import Collection
from tracetui.model.tree import grow_forest


def adjust(collection: Collection, skews: dict[int, Skew] | None = None) -> Collection:
    """A collection by adjusted clocks. Durations, parents and keys stay; siblings stand by their new starts.

    Args:
        collection: As recorded; it is not changed.
        skews: What is known of the clocks of traces by number; None to find it out.

    Returns:
        A collection with the same traces, `SpanStore.shift_ns` telling how far each row was moved; the
        very same collection if none is.
    """
    if collection.raw is not None:
        return collection
    if skews is None:
        numbers: Iterable[int] = suspects(collection.store).tolist()
        skews = {number: find_skew(collection.traces[number]) for number in numbers}
    skews = {number: skew for number, skew in skews.items() if skew.moves}
    if not skews:
        return collection
    store = collection.store
    shift = np.zeros(len(store), np.int64)
    order = np.arange(len(store))
    for number, skew in skews.items():
        first, last = store.trace_first[number : number + 2].tolist()
        shift[first:last] = skew.shift_ns
        order[first:last] = first + _order(store, first, last, skew.shift_ns)
    position = np.empty(len(store), np.int64)
    position[order] = np.arange(len(store))
    logs = list(collection.trace_logs)
    for number in skews:
        logs[number] = _moved(logs[number], position, int(store.trace_first[number]))
    adjusted = {number: [clock for clock in skew.clocks if clock.shift_ns] for number, skew in skews.items()}
    return Collection(
        _laid_out(store, shift, order, position),
        collection.sources,
        collection.log,
        logs,
        collection.failures,
        complete=collection.complete,
        notes=collection.notes,
        fates=collection.fates,
        raw=collection,
        adjusted=adjusted,
    )


def _order(store: SpanStore, first: int, last: int, shift: Ints) -> Rows:
    """The rows of one trace in waterfall order by their new starts, counted from its first."""
    parent = store.parent[first:last]
    parent = np.where(parent >= 0, parent - first, -1).astype(np.int32)
    start = store.start_ns[first:last] + shift
    forest = grow_forest(parent, np.zeros(last - first, np.int32), start)
    return forest.order.astype(np.intp)


def _laid_out(store: SpanStore, shift: Ints, order: Rows, position: Ints) -> SpanStore:
    columns = {name: getattr(store, name)[order] for name in ROW_COLUMNS}
    above = columns["parent"]
    columns["parent"] = np.where(above >= 0, position[np.maximum(above, 0)], -1).astype(np.int32)
    columns["start_ns"] = columns["start_ns"] + shift[order]
    more = {int(position[row]): records for row, records in store.more_records.items()}
    return replace(store, **columns, shift_ns=shift[order], more_records=more, _cache=OrderedDict())


def _moved(log: IssueLog | None, position: Ints, first: int) -> IssueLog | None:
    """A trace's issues with the rows of their samples where they are now."""
    if log is None:
        return None
    log = log.copy()
    log.move_samples(lambda row: int(position[first + row]) - first)
    return log
