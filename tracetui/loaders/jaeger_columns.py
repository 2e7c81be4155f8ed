"""Batches of Jaeger skeletons to columns, over as many traces as there are spans enough for a batch."""

from __future__ import annotations

from functools import partial
from types import NoneType
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET, Struct, UnsetType, field

from tracetui.loaders.jaeger_details import process_attributes
from tracetui.loaders.jaeger_parents import Owners, ParentReader
from tracetui.loaders.jaeger_records import Note, Process, Skeleton, loads, mend_process
from tracetui.loaders.jaeger_tags import TagReader
from tracetui.loaders.parts import Part
from tracetui.loaders.records import Chunk, locate
from tracetui.loaders.values import Oddities, TraceCodes, codes_of, shown, span_ids, times, trace_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag

FIRST_BATCH: Final = 128
"""Spans of the first batch: enough for something to be seen at once."""
BATCH: Final = 2048
_MICROSECOND: Final = 1000
_MOST_KNOWN: Final = 1024
_LONGEST_KNOWN: Final = 16 * 1024


class Slots(dict[str, int]):
    """Process ids of one trace object, numbered as they come."""

    def __missing__(self, process_id: str) -> int:
        slot = self[process_id] = len(self)
        return slot


class TraceObject(Struct):
    """A trace object that is being read.

    Attributes:
        text: Its trace id as found, "" while it is not known.
        code: The builder's code for it, once some of its spans were appended.
        slots: The process ids that its spans name.
        inline: Processes that stand in the spans themselves, by process id.
        resources: Resource codes by slot, once its processes are known.
        unknown: Slots of processes that are not described, or have no name, with their ids; known as well.
        waiting: First row and slots of rows that were appended before that.
        lost: What is told of records that were left out.
        warnings: What the backend says of the whole trace.
        empty: Its list of spans was read to the end and has none.
    """

    text: str = ""
    code: int = -1
    slots: Slots = field(default_factory=Slots)
    inline: dict[str, Process] = field(default_factory=dict)
    resources: list[int] = field(default_factory=list)
    unknown: dict[int, str] = field(default_factory=dict)
    waiting: list[tuple[int, npt.NDArray[np.int32]]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    empty: bool = False


class Pending(Struct):
    """Spans of one trace object that wait to be appended."""

    trace: TraceObject
    chunk: Chunk[Skeleton]
    slots: list[int]


class ProcessTables:
    """The processes of trace objects as resources. Within a trace each process id is a clock of its own."""

    def __init__(self, builder: StoreBuilder) -> None:
        self._builder = builder
        self._known: dict[bytes, dict[str, int]] = {}

    def read(self, raw: bytes, notes: list[Note]) -> dict[str, int]:
        """Resource codes by process id.

        Args:
            raw: A `processes` object as found. Many traces of one system have the same.
            notes: Gets what is wrong with it.
        """
        known = self._known.get(raw)
        if known is not None:
            return known
        processes, found = read_processes(raw)
        notes += found
        repeats: dict[tuple[str, bytes], int] = {}
        table: dict[str, int] = {}
        for process_id, process in processes.items():
            content = (process.serviceName or "", bytes(process.tags))
            repeats[content] = repeats.get(content, -1) + 1
            table[process_id] = self._resource(process, repeats[content])
        if not found and len(raw) <= _LONGEST_KNOWN:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[raw] = table
        return table

    def describe(self, trace: TraceObject, table: dict[str, int]) -> None:
        """The processes of a trace object are known now."""
        services = self._builder.resources.service
        for process_id, slot in trace.slots.items():
            code = table.get(process_id, -1)
            if code < 0 and process_id in trace.inline:
                code = self._resource(trace.inline[process_id], process_id)
            trace.resources.append(code)
            if code < 0 or not services[code]:
                trace.unknown[slot] = process_id

    def _resource(self, process: Process, clock: int | str) -> int:
        service, tags = process.serviceName or "", bytes(process.tags)
        decode = partial(process_attributes, service, tags)
        return self._builder.resource(service, ("jaeger", service, tags, clock), decode)


class SpanColumns:
    """Collects skeletons, and appends them to the builder in batches."""

    def __init__(self, builder: StoreBuilder, source: int) -> None:
        self.builder = builder
        self.processes = ProcessTables(builder)
        self.notes: list[tuple[int, Note]] = []
        """Faults of single records, by the records' offsets."""
        self._source = source
        self._tags = TagReader()
        self._parents = ParentReader(builder)
        self._traces = TraceCodes(builder.trace, builder)
        self._parts: list[Pending] = []
        self._pending = 0
        self._total = 0
        self._closed: set[str] = set()
        self._to_tell: list[tuple[TraceObject, list[Note]]] = []

    def add(self, trace: TraceObject, chunk: Chunk[Skeleton]) -> bool:
        """Take a chunk; True when there are enough spans for `flush`."""
        self._parts.append(Pending(trace, chunk, _process_slots(trace, chunk.items)))
        self._pending += len(chunk.items)
        return self._pending >= (BATCH if self.builder.span_count else FIRST_BATCH)

    def close(self, trace: TraceObject, processes: bytes | None) -> None:
        """A trace object has been read to its end.

        Args:
            trace: The trace object.
            processes: Its `processes` as found, None if it has none.
        """
        if trace.lost or trace.warnings:
            self._tell_of_trace(trace)
        if not trace.slots:
            if trace.empty:
                self.builder.issues.add(IssueCode.NO_SPANS, f"trace {shown(trace.text)}")
            return
        if trace.text in self._closed:
            self.builder.issues.add(IssueCode.MERGED_TRACE, f"trace {trace.text} stands there once more")
        elif trace.text:
            self._closed.add(trace.text)
        notes: list[Note] = []
        table = {} if processes is None else self.processes.read(processes, notes)
        self.processes.describe(trace, table)
        if trace.unknown or notes:
            # The rows have to be there to be counted.
            self._to_tell.append((trace, notes))
            if not self._parts:
                self._tell_closed()
        if trace.waiting:
            codes = np.array(trace.resources, np.int32)
            for first, slots in trace.waiting:
                self.builder.set_resource(first, codes[slots])

    def _tell_of_trace(self, trace: TraceObject) -> None:
        self.flush()
        for code, samples in ((IssueCode.BAD_SPAN, trace.lost), (IssueCode.BACKEND_ERROR, trace.warnings)):
            for sample in samples:
                if trace.slots:
                    self.builder.trace_issue(trace.code, code, sample)
                else:
                    self.builder.issues.add(code, sample)

    def _tell_closed(self) -> None:
        for trace, notes in self._to_tell:
            for code, sample in notes:
                self.builder.trace_issue(trace.code, code, sample)
            self._tell_unknown(trace)
        self._to_tell.clear()

    def _tell_unknown(self, trace: TraceObject) -> None:
        for slot, process_id in trace.unknown.items():
            rows = [first + np.flatnonzero(slots == slot) for first, slots in trace.waiting]
            found = np.concatenate(rows) if rows else np.empty(0, np.int64)
            row = int(found[0]) if len(found) else -1
            told = f"process {shown(process_id)}" if process_id else "no process id"
            self.builder.trace_issue(trace.code, IssueCode.MISSING_PROCESS, told, len(found), row)

    def some(self) -> bool:
        """Whether there were spans."""
        return bool(self._pending or self._total)

    def flush(self) -> None:
        """Append what was collected."""
        parts, self._parts, self._pending = self._parts, [], 0
        if not parts:
            return
        items = [item for part in parts for item in part.chunk.items]
        self._total += len(items)
        offsets, lengths = locate([part.chunk for part in parts])
        odd = Oddities()
        traces, owners = self._trace_codes(parts, odd)
        ids, opaque = span_ids([item.spanID for item in items], self.builder, odd)
        parents = self._parents.read(items, owners, odd)
        flags = parents.flags
        flags[opaque] |= np.uint16(Flag.OPAQUE_ID)
        flags[(ids == 0) & ~opaque] |= np.uint16(Flag.NO_ID)
        _flag_details(items, flags)
        kinds, statuses, bad_tags = self._tags.read([item.tags for item in items])
        for row in bad_tags:
            odd.add(row, IssueCode.BAD_TYPE, f"tags of the span at byte {offsets[row]} are no list")
        first = self.builder.append(
            trace=traces,
            span_id=ids,
            parent_id=parents.ids,
            flags=flags,
            start_ns=_times([item.startTime for item in items], "startTime", flags, odd),
            duration_ns=_durations([item.duration for item in items], flags, odd),
            name=self._names(items, odd),
            resource=_resources(parts),
            scope=-1,
            kind=kinds,
            status=statuses,
            source=self._source,
            offset=offsets,
            length=lengths,
        )
        for row, references in parents.alternatives.items():
            self.builder.alternatives(first + row, references)
        self._report_notes(offsets, odd)
        odd.report(self.builder, traces, first)
        _remember_waiting(parts, first, traces)
        self._tell_closed()

    def take(self, trace: TraceObject, part: Part) -> None:
        """Append what a second process has read of a trace object."""
        self.flush()
        slots = part.with_codes("resource", [trace.slots[process_id] for process_id in part.owners])
        batch = part.columns | {
            "trace": part.with_codes("trace", [self._traces[text] for text in part.traces]),
            "name": part.with_codes("name", [self.builder.strings[text] for text in part.names]),
            "resource": -1,
            "source": self._source,
        }
        first = self.builder.append(**batch)
        self._total += len(part)
        trace.code = self._traces[trace.text]
        trace.waiting.append((first, slots))

    def _trace_codes(self, parts: list[Pending], odd: Oddities) -> tuple[npt.NDArray[np.int32], Owners]:
        codes: list[int] = []
        owners: Owners = []
        for part in parts:
            trace, items = part.trace, part.chunk.items
            if {item.traceID for item in items} == {trace.text}:
                codes += [self._traces[trace.text]] * len(items)
                owners.append((trace.text, len(items)))
            else:
                codes += self._mixed_codes(trace, items, len(codes), odd)
                owners.append((None, len(items)))
        return np.array(codes, np.int32), owners

    def _mixed_codes(self, trace: TraceObject, items: list[Skeleton], row: int, odd: Oddities) -> list[int]:
        """Trace codes where not every span repeats the id of its trace object letter for letter."""
        found = []
        wanted = trace_id(trace.text) if trace.text else ""
        for at, item in enumerate(items):
            own = item.traceID
            if isinstance(own, int):
                odd.add(row + at, IssueCode.BAD_ID, f"trace id {shown(own)} is a number")
                own = str(own)
            if not own:
                odd.add(row + at, IssueCode.MISSING_FIELD, "no traceID")
            elif wanted and trace_id(own) != wanted:
                told = f"{shown(own)} in trace {shown(trace.text)}"
                odd.add(row + at, IssueCode.TRACE_ID_MISMATCH, told)
            found.append(self._traces[trace.text or own or ""])
        return found

    def _names(self, items: list[Skeleton], odd: Oddities) -> npt.NDArray[np.int32]:
        names: list[Any] = [item.operationName for item in items]
        if NoneType in set(map(type, names)):
            for row, name in enumerate(names):
                if name is None:
                    odd.add(row, IssueCode.MISSING_FIELD, "no operationName")
                    names[row] = ""
        return codes_of(self.builder.strings, names)

    def _report_notes(self, offsets: npt.NDArray[np.int64], odd: Oddities) -> None:
        for offset, (code, sample) in self.notes:
            row = int(np.searchsorted(offsets, offset))
            odd.add(min(row, len(offsets) - 1), code, f"{sample} (span at byte {offset})")
        self.notes.clear()


def _process_slots(trace: TraceObject, items: list[Skeleton]) -> list[int]:
    """The slots of the spans' processes."""
    names: list[Any] = [item.processID for item in items]
    if NoneType in set(map(type, names)) or [item.process for item in items].count(None) < len(items):
        for row, item in enumerate(items):
            process = item.process
            if names[row] is None:
                # An inline process without an id is known by what it says.
                names[row] = "" if process is None else f"\0{process.serviceName}\0{bytes(process.tags)!r}"
            if process is not None:
                trace.inline.setdefault(names[row], process)
    return list(map(trace.slots.__getitem__, names))


def _resources(parts: list[Pending]) -> list[int]:
    """Resource codes, -1 where the processes are not known yet."""
    codes: list[int] = []
    for part in parts:
        if part.trace.resources:
            codes += map(part.trace.resources.__getitem__, part.slots)
        else:
            codes += [-1] * len(part.slots)
    return codes


def _remember_waiting(parts: list[Pending], first: int, traces: npt.NDArray[np.int32]) -> None:
    row = 0
    for part in parts:
        part.trace.code = int(traces[row])
        if not part.trace.resources or part.trace.unknown:
            part.trace.waiting.append((first + row, np.array(part.slots, np.int32)))
        row += len(part.slots)


def _flag_details(items: list[Skeleton], flags: npt.NDArray[np.uint16]) -> None:
    for flag, values in (
        (Flag.EVENTS, [item.logs for item in items]),
        (Flag.WARNINGS, [item.warnings for item in items]),
    ):
        if any(values):
            flags[np.fromiter(map(bool, values), np.bool_, len(values))] |= np.uint16(flag)


def _times(
    values: list[Any], name: str, flags: npt.NDArray[np.uint16], odd: Oddities, flag: Flag = Flag.NO_TIME
) -> npt.NDArray[np.int64]:
    """One of the two times of a batch; what is missing is 0 and flagged."""
    types = set(map(type, values))
    if UnsetType in types:
        missing = np.array([value is UNSET for value in values])
        flags[missing] |= np.uint16(flag)
        for row in np.flatnonzero(missing).tolist():
            odd.add(row, IssueCode.MISSING_FIELD, f"no {name}")
            values[row] = 0
        types = set()
    found, absent = times(values, odd, unit=_MICROSECOND, what=name, types=types)
    if len(absent):
        flags[absent] |= np.uint16(flag)
    return found


def _durations(values: list[Any], flags: npt.NDArray[np.uint16], odd: Oddities) -> npt.NDArray[np.int64]:
    found = _times(values, "duration", flags, odd, Flag.UNFINISHED)
    negative = found < 0
    if negative.any():
        for row in np.flatnonzero(negative).tolist():
            odd.add(row, IssueCode.NEGATIVE_DURATION, f"duration {shown(values[row])}")
        found = np.maximum(found, 0)
    return found


def read_processes(raw: bytes) -> tuple[dict[str, Process], list[Note]]:
    """The process table of a trace object, and what is wrong with it."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Process] | None) or {}, []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    value, notes = loads(raw)
    if not isinstance(value, dict):
        return {}, [*notes, (IssueCode.BAD_TYPE, "processes is no object")]
    found: dict[str, Process] = {}
    for key, item in value.items():
        process = mend_process(item)
        if process is None:
            notes.append((IssueCode.BAD_TYPE, f"process {shown(key)} is no object"))
        else:
            found[key] = process
    return found, notes
