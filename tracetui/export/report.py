"""What every output format says about a load, computed once for all its traces."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracetui.analysis import CriticalPaths, Mode, critical_paths, on_path_ns, path_by_service, self_times
from tracetui.model.store import Flag, SpanStore, Status
from tracetui.model.trace import Collection

Int64s = npt.NDArray[np.int64]
_SAFE_SUM = 1 << 62
_DENSE_CELLS = 1 << 22
_ODD_ID = int(Flag.NO_ID | Flag.OPAQUE_ID)


class Spans(StrEnum):
    """Which spans an output lists."""

    ALL = "all"
    PATH = "path"
    NONE = "none"


class ServiceTotal(NamedTuple):
    """What one service has in one trace. Times are sums over its spans, in nanoseconds."""

    name: str
    span_count: int
    error_count: int
    critical_path_ns: int
    self_time_ns: int


class TraceSummary(NamedTuple):
    """The figures of one trace, as plain Python values. `first` and `last` bound its rows."""

    number: int
    first: int
    last: int
    trace_id: str
    service: str
    name: str
    start_ns: int
    end_ns: int
    root_row: int
    root_start_ns: int
    root_duration_ns: int
    span_count: int
    error_count: int
    service_count: int
    depth: int
    root_count: int
    orphan_count: int

    @property
    def duration_ns(self) -> int:
        """Length of the trace's window, first start to last end."""
        return self.end_ns - self.start_ns

    @property
    def after_reply_ns(self) -> int:
        """How far the trace goes on after its root has ended; 0 if it does not."""
        return max(0, self.end_ns - self.root_start_ns - self.root_duration_ns)


class Report:
    """A collection, and what the analysis says of it.

    Attributes:
        collection: What was loaded.
        mode: The variant of the critical path.
        spans: Which spans are listed.
        paths: The critical paths of all roots and fragment roots.
        on_path: int64[n], nanoseconds of each span on its critical path.
    """

    def __init__(
        self, collection: Collection, *, mode: Mode = Mode.DEFAULT, spans: Spans = Spans.ALL
    ) -> None:
        self.collection = collection
        self.mode = mode
        self.spans = spans
        self.paths: CriticalPaths = critical_paths(self.store, mode=mode)
        self.on_path: Int64s = on_path_ns(self.paths, self.store, 0, len(self.store))

    @property
    def store(self) -> SpanStore:
        """The columns behind the collection."""
        return self.collection.store

    @cached_property
    def self_ns(self) -> Int64s:
        """int64[n], self time of each span in nanoseconds."""
        return self_times(self.store)

    @cached_property
    def _path_bounds(self) -> Int64s:
        """For each trace, and at last once more, the first of its paths."""
        return np.searchsorted(self.paths.roots, self.store.trace_first)

    def summaries(self) -> Iterator[TraceSummary]:
        """The figures of each trace, in the collection's order."""
        store, table = self.store, self.collection.table
        roots = table.root_row
        columns = zip(
            store.trace_first[:-1].tolist(),
            store.trace_first[1:].tolist(),
            store.trace_ids,
            store.service[roots].tolist(),
            store.name[roots].tolist(),
            table.start_ns.tolist(),
            table.end_ns.tolist(),
            roots.tolist(),
            store.start_ns[roots].tolist(),
            table.root_duration_ns.tolist(),
            table.span_count.tolist(),
            table.error_count.tolist(),
            table.service_count.tolist(),
            table.depth.tolist(),
            table.root_count.tolist(),
            table.orphan_count.tolist(),
            strict=True,
        )
        strings = store.strings
        for index, (first, last, trace_id, service, name, *figures) in enumerate(columns):
            yield TraceSummary(index, first, last, trace_id, strings[service], strings[name], *figures)

    def paths_of(self, trace: TraceSummary) -> list[int]:
        """The numbers of a trace's paths, that of the primary root first, the others in row order."""
        low, high = int(self._path_bounds[trace.number]), int(self._path_bounds[trace.number + 1])
        numbers = list(range(low, high))
        if high - low > 1:
            primary = low + int(np.searchsorted(self.paths.roots[low:high], trace.root_row))
            numbers.remove(primary)
            numbers.insert(0, primary)
        return numbers

    def primary_path_by_service(self, trace: TraceSummary) -> list[tuple[str, int]]:
        """The services of the primary root's critical path and their nanoseconds on it, largest first."""
        return path_by_service(self.paths, self.store, trace.root_row)

    def rows(self, trace: TraceSummary) -> Int64s:
        """The rows of a trace that are listed, in waterfall order."""
        if self.spans is Spans.ALL:
            return np.arange(trace.first, trace.last)
        if self.spans is Spans.NONE:
            return np.arange(0)
        return trace.first + self._on_a_path(trace)

    def _on_a_path(self, trace: TraceSummary) -> Int64s:
        """Which rows of a trace, counted from its first, have a section on a path (if only of no length)."""
        on = np.zeros(trace.last - trace.first, np.bool_)
        on[self.paths.span[self.sections_of(trace)] - trace.first] = True
        return np.flatnonzero(on)

    def sections_of(self, trace: TraceSummary) -> slice:
        """Where the sections of all paths of a trace stand among those of `paths`."""
        low, high = int(self._path_bounds[trace.number]), int(self._path_bounds[trace.number + 1])
        return slice(int(self.paths.offsets[low]), int(self.paths.offsets[high]))

    def services(self) -> Iterator[list[ServiceTotal]]:
        """The services of each trace: those with most time on the critical path first, then by self time."""
        traces = len(self.collection.traces)
        group, code, totals = self._service_groups()
        strings = self.store.strings
        bounds = np.searchsorted(group, np.arange(traces + 1)).tolist()
        names = [strings[c] for c in code.tolist()]
        rows = [ServiceTotal(*row) for row in zip(names, *totals, strict=True)]
        for low, high in pairwise(bounds):
            yield sorted(rows[low:high], key=lambda s: (-s.critical_path_ns, -s.self_time_ns, s.name))

    def _service_groups(self) -> tuple[Int64s, Int64s, list[list[int]]]:
        """Sums per trace and service: the traces, the service codes and four lists of sums, side by side."""
        store = self.store
        used, code = _dense_codes(store.service)
        width = max(1, len(used))
        trace = np.repeat(np.arange(len(store.trace_first) - 1), np.diff(store.trace_first))
        key = trace * width + code
        if width * len(self.collection.traces) <= _DENSE_CELLS:
            counts = np.bincount(key, minlength=1)
            groups = np.flatnonzero(counts)
            place = np.zeros(len(counts), np.int64)
            place[groups] = np.arange(len(groups))
            member = place[key]
        else:
            groups, member = np.unique(key, return_inverse=True)
        size = len(groups)
        errors = np.bincount(member[store.status == Status.ERROR], minlength=size)
        totals = [
            np.bincount(member, minlength=size).tolist(),
            errors.tolist(),
            _sums(member, self.on_path, size),
            _sums(member, self.self_ns, size),
        ]
        return groups // width, used[groups % width], totals


def _dense_codes(codes: npt.NDArray[np.int32]) -> tuple[Int64s, Int64s]:
    """The distinct codes, and for each element the place of its code among them."""
    present = np.zeros(int(codes.max(initial=-1)) + 1, np.bool_)
    present[codes] = True
    used = np.flatnonzero(present)
    place = np.zeros(len(present), np.int64)
    place[used] = np.arange(len(used))
    return used, place[codes]


def _sums(member: Int64s, values: Int64s, size: int) -> list[int]:
    """Exact sums of `values` by group (`np.bincount` with weights would add floats)."""
    if int(values.max(initial=0)) * len(values) < _SAFE_SUM:
        out = np.zeros(size, np.int64)
        np.add.at(out, member, values)
        return out.tolist()
    totals = [0] * size
    for group, value in zip(member.tolist(), values.tolist(), strict=True):
        totals[group] += value
    return totals


def keys_of(store: SpanStore, rows: npt.NDArray[Any]) -> list[str]:
    """The keys of some rows."""
    keys = _hex_digits(store.span_id[rows])
    odd = ((store.flags[rows] & _ODD_ID) != 0) | (store.repeat[rows] != 0)
    for index in np.flatnonzero(odd).tolist():
        keys[index] = store.key(int(rows[index]))
    return keys


def ids_of(store: SpanStore, rows: npt.NDArray[Any]) -> list[str]:
    """The span ids of some rows, as `SpanStore.id_text`."""
    ids = _hex_digits(store.span_id[rows])
    for index in np.flatnonzero(store.flags[rows] & _ODD_ID).tolist():
        ids[index] = store.id_text(int(rows[index]))
    return ids


def parent_ids_of(store: SpanStore, rows: npt.NDArray[Any]) -> list[str]:
    """The parents' ids of some rows as recorded, as `SpanStore.parent_id_text`."""
    ids = _hex_digits(store.parent_id[rows])
    known = (store.flags[rows] & int(Flag.HAS_PARENT | Flag.OPAQUE_PARENT)) == int(Flag.HAS_PARENT)
    for index in np.flatnonzero(~known).tolist():
        ids[index] = store.parent_id_text(int(rows[index]))
    return ids


def _hex_digits(ids: npt.NDArray[np.uint64]) -> list[str]:
    """16 digits for each id, all written in one call."""
    return ids.astype(">u8").tobytes().hex(" ", 8).split()
