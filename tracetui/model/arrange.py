"""From a loader's columns to the store: repeats settled, times mended, spans in waterfall order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tracetui.errors import InputError
from tracetui.model.identity import Clocks, Digests, Identity, identify
from tracetui.model.issues import IssueCode
from tracetui.model.shared import tell_shared
from tracetui.model.side_by_side import side_by_side
from tracetui.model.store import Flag, Kind, RecordPlace, ResourceTable, SpanStore
from tracetui.model.times import TraceLogs, mend_times
from tracetui.model.trace import Collection, SourceInfo
from tracetui.model.tree import Forest, cycle_starts, grow_forest

if TYPE_CHECKING:
    from tracetui.model.builder import StoreBuilder

Columns = dict[str, npt.NDArray[Any]]
Int32s = npt.NDArray[np.int32]

_AT_ONCE = 1 << 17
_LEAST_WINDOW, _WINDOW = 1 << 12, 1 << 17
"""Bytes read again at once: more where records that are wanted stand near each other."""
OUTSIDE_NS = 1_000_000
"""Clocks of one machine disagree by less than this."""


def arrange(builder: StoreBuilder, columns: Columns, *, complete: bool) -> Collection:
    """Make a collection.

    Args:
        builder: Tables, issues and sources.
        columns: The loader's columns, n rows in source order; they are consumed.
        complete: Whether the sources were read to their ends.
    """
    known = builder.resources
    resources = ResourceTable(
        np.array(known.service, np.int32),
        np.array(known.clock, np.int32),
        np.array(known.address, np.int32),
        list(known.decode),
    )
    columns["record"] = _record_numbers(columns["trace"])
    logs = TraceLogs({trace: log.copy() for trace, log in builder.trace_issues.items()}, columns["trace"])
    counts = np.bincount(columns["source"], minlength=len(builder.sources)).tolist()
    spread = _traces_of_sources(columns, len(builder.sources))
    clocks = Clocks(columns["resource"], resources.clock, resources.address)
    partial = np.array([entry.partial for entry in builder.sources], np.bool_)[columns["source"]]
    identity = identify(columns, builder.references, clocks, _digests(builder, columns), partial)
    _tell_repeats(columns, identity, builder, logs)
    if len(builder.sources) > 1:
        names = [entry.source.name for entry in builder.sources]
        tell_shared(columns["trace"], columns["source"], [*identity.dropped], names, logs)
    more_records = _joined_records(columns, identity)
    parent, columns, place = _leave_out_gone(columns, identity)
    _follow_gone(logs, identity, place)
    logs = TraceLogs(logs.logs, columns["trace"])
    mend_times(columns, parent, logs)
    forest = _grow(builder, columns, parent, logs)
    _tell_orphans(builder, columns, parent, logs)
    _tell_roots(builder, columns, parent, logs)
    _tell_outside(builder, columns, parent, logs)
    log_of = logs.logs
    # They hold columns, of which each is to go as soon as it has been laid out.
    del identity, clocks, partial, logs
    store, trace_codes = _lay_out(builder, columns, parent, forest, resources)
    position = forest.position
    if more_records:
        store.more_records = {int(position[place[host]]): more for host, more in more_records.items()}
    sources = [
        SourceInfo(entry.source.name, entry.format, entry.source.size or 0, spread[number], counts[number])
        for number, entry in enumerate(builder.sources)
    ]
    trace_logs = [log_of.get(code) for code in trace_codes]
    for log, first in zip(trace_logs, store.trace_first.tolist(), strict=False):
        if log is not None:
            log.move_samples(lambda row, first=first: int(position[row]) - first)  # type: ignore[misc]
    issues = builder.issues.copy()
    if len(sources) > 1:
        issues.name_sources([source.name for source in sources])
    return Collection(store, sources, issues, trace_logs, complete=complete)


def _record_numbers(trace: Int32s) -> Int32s:
    """Each record's place among its trace's records."""
    rows = len(trace)
    if not rows:
        return np.empty(0, np.int32)
    counts = np.bincount(trace)
    first = (np.cumsum(counts) - counts).astype(np.int32)
    place = np.arange(rows, dtype=np.int32)
    if not (trace[1:] >= trace[:-1]).all():
        place[np.argsort(trace, kind="stable")] = np.arange(rows, dtype=np.int32)
    place -= first.take(trace)
    return place


def _traces_of_sources(columns: Columns, sources: int) -> list[int]:
    """How many traces each source has spans of."""
    trace, source = columns["trace"], columns["source"]
    if not len(trace):
        return [0] * sources
    traces = int(trace.max()) + 1
    # With counts `np.unique` sorts: it is several times faster, and does not import `numpy.ma`.
    pairs, _ = np.unique(
        source.astype(np.int64) * traces + trace if sources > 1 else trace, return_counts=True
    )
    counts: list[int] = np.bincount(pairs // traces, minlength=sources).tolist()
    return counts


def _digests(builder: StoreBuilder, columns: Columns) -> Digests:
    """Hashes of records, read again many at a time; a record that cannot be read again equals no other."""

    def digests(rows: npt.NDArray[np.int64]) -> list[int]:
        places = (columns[name][rows].tolist() for name in ("source", "offset", "length"))
        found: list[int] = []
        data, first, current, window = b"", 0, -1, _LEAST_WINDOW
        for source, offset, length in zip(*places, strict=True):
            if source != current or not first <= offset <= offset + length <= first + len(data):
                near = source == current and first <= offset <= first + len(data) + window
                window = min(2 * window, _WINDOW) if near else _LEAST_WINDOW
                first, current = offset, source
                try:
                    data = builder.sources[source].source.pread(offset, max(length, window))
                except InputError:
                    data = b""
            record = data[offset - first : offset - first + length]
            found.append(hash(record) if len(record) == length else -1 - len(found) - (1 << 64))
        return found

    return digests


def _tell_repeats(columns: Columns, identity: Identity, builder: StoreBuilder, logs: TraceLogs) -> None:
    shared = np.fromiter(identity.server_of.values(), np.int64, len(identity.server_of))
    mistaken = identity.repeat > 0
    mistaken[shared] = False
    for code, rows in (
        (IssueCode.DUPLICATE_SPAN, np.array(list(identity.dropped), np.int64)),
        (IssueCode.MERGED_SPAN, np.array(list(identity.merged), np.int64)),
        (IssueCode.DUPLICATE_ID, np.flatnonzero(mistaken)),
        (IssueCode.MULTIPLE_PARENTS, np.array(list(builder.references), np.int64)),
        (IssueCode.CYCLE, np.flatnonzero((columns["flags"] & Flag.CYCLE) != 0)),
    ):
        if len(rows):
            logs.add_rows(code, rows, lambda row: _id_text(builder, columns, row))


def _id_text(builder: StoreBuilder, columns: Columns, row: int, of: str = "span") -> str:
    """The id of a span, or of its parent, as text."""
    number = int(columns[f"{of}_id"][row])
    opaque = int(columns["flags"][row]) & (Flag.OPAQUE_ID if of == "span" else Flag.OPAQUE_PARENT)
    return builder.strings.texts[number] if opaque else f"{number:016x}"


def _joined_records(columns: Columns, identity: Identity) -> dict[int, list[RecordPlace]]:
    """For rows that took others in: where the others' records stand."""
    more: dict[int, list[RecordPlace]] = {}
    for row, host in identity.merged.items():
        place = int(columns["source"][row]), int(columns["offset"][row]), int(columns["length"][row])
        more.setdefault(host, []).append(place)
    return more


def _leave_out_gone(columns: Columns, identity: Identity) -> tuple[Int32s, Columns, npt.NDArray[np.int64]]:
    """Parents and columns without the rows that were dropped or joined, and each old row's new place."""
    rows = len(identity.parent)
    columns["repeat"] = identity.repeat
    gone = [*identity.dropped, *identity.merged]
    if not gone:
        return identity.parent, columns, np.empty(0, np.int64)
    keep = np.ones(rows, np.bool_)
    keep[gone] = False
    place = np.cumsum(keep) - 1
    parent = identity.parent[keep]
    parent = np.where(parent >= 0, place[parent], -1).astype(np.int32)
    return parent, {name: column[keep] for name, column in columns.items()}, place


def _follow_gone(logs: TraceLogs, identity: Identity, place: npt.NDArray[np.int64]) -> None:
    """Have samples follow their spans to their new places, or those that stand for spans that are gone."""
    if not len(place):
        return
    hosts = identity.merged | identity.dropped

    def kept(row: int) -> int:
        while row in hosts:
            row = hosts[row]
        return int(place[row])

    for log in logs.logs.values():
        log.move_samples(kept)


def _grow(builder: StoreBuilder, columns: Columns, parent: Int32s, logs: TraceLogs) -> Forest:
    forest = grow_forest(parent, columns["trace"], columns["start_ns"])
    if len(forest.unreached):
        cuts = np.array(cycle_starts(parent, forest.unreached, columns["start_ns"]), np.int64)
        logs.add_rows(IssueCode.CYCLE, cuts, lambda row: _id_text(builder, columns, row))
        parent[cuts] = -1
        columns["flags"][cuts] |= np.uint16(Flag.CYCLE)
        forest = grow_forest(parent, columns["trace"], columns["start_ns"])
    return forest


def _tell_orphans(builder: StoreBuilder, columns: Columns, parent: Int32s, logs: TraceLogs) -> None:
    flags = columns["flags"]
    lost = (parent < 0) & ((flags & (Flag.HAS_PARENT | Flag.CYCLE)) == Flag.HAS_PARENT)
    rows = np.flatnonzero(lost)
    if len(rows):
        flags[rows] |= np.uint16(Flag.ORPHAN)
        logs.add_rows(
            IssueCode.ORPHAN,
            rows,
            lambda row: (
                f"{_id_text(builder, columns, row)}: parent {_id_text(builder, columns, row, 'parent')}"
            ),
        )


def _tell_roots(builder: StoreBuilder, columns: Columns, parent: Int32s, logs: TraceLogs) -> None:
    """Traces with more than one span that names no parent."""
    roots = np.flatnonzero((parent < 0) & ((columns["flags"] & Flag.HAS_PARENT) == 0))
    trace = columns["trace"][roots]
    several = np.bincount(trace, minlength=1)[trace] > 1
    if several.any():
        logs.add_rows(IssueCode.MULTIPLE_ROOTS, roots[several], lambda row: _id_text(builder, columns, row))


def _tell_outside(builder: StoreBuilder, columns: Columns, parent: Int32s, logs: TraceLogs) -> None:
    """Children that start before their parent or after its end, though nothing says that they may.

    |--- parent ---|
                        |--- child ---|
    """
    kinds, start, duration = (columns[name] for name in ("kind", "start_ns", "duration_ns"))
    found = []
    for first in range(0, len(parent), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        child = (
            np.flatnonzero((parent[part] >= 0) & ((columns["flags"][part] & Flag.FOLLOWS_FROM) == 0)) + first
        )
        above = parent[child]
        lead = start[child] - start[above]
        outside = (lead < -OUTSIDE_NS) | (lead > duration[above] + OUTSIDE_NS)
        outside &= (kinds[above] != Kind.PRODUCER) | (kinds[child] != Kind.CONSUMER)
        found.append(child[outside])
    child = np.concatenate(found) if found else np.empty(0, np.int64)
    if len(child):
        logs.add_rows(IssueCode.OUTSIDE_PARENT, child, lambda row: _id_text(builder, columns, row))


def _lay_out(
    builder: StoreBuilder, columns: Columns, parent: Int32s, forest: Forest, resources: ResourceTable
) -> tuple[SpanStore, list[int]]:
    """Bring every column into waterfall order, one at a time; also which traces have spans."""
    order = forest.order
    above = parent[order]
    above = np.where(above >= 0, forest.position[above], np.int32(-1))
    counts = np.bincount(columns.pop("trace"), minlength=1)
    codes = np.flatnonzero(counts).tolist()
    resource = columns["resource"][order]
    if len(resources.service):
        service = np.where(resource >= 0, resources.service[resource], np.int32(0))
    else:
        service = np.zeros(len(order), np.int32)
    taken: dict[str, Any] = {name: _in_order(columns.pop(name), order) for name in list(columns)}
    store = SpanStore(
        **taken,
        parent=above,
        depth=forest.depth[order],
        size=forest.size[order],
        service=service,
        trace_first=np.concatenate(([0], np.cumsum(counts[codes]))).astype(np.int64),
        trace_ids=[builder.traces.texts[code] for code in codes],
        strings=builder.strings.texts,
        resources=resources,
        scopes=list(builder.scopes),
        decoders=[entry.decode for entry in builder.sources],
        sources=[entry.source for entry in builder.sources],
    )
    return store, codes


def _in_order(column: npt.NDArray[Any], order: Int32s) -> npt.NDArray[Any]:
    """Rows brought into an order, which copies them."""
    laid: npt.NDArray[Any] = np.empty(len(order), column.dtype)

    def lay(first: int) -> None:
        part = slice(first, first + _AT_ONCE)
        # No row is out of bounds; told so, numpy needs no copy of its own to fall back to.
        np.take(column, order[part], out=laid[part], mode="clip")

    side_by_side(lay, range(0, len(order), _AT_ONCE), len(order))
    return laid
