"""The span store: one numpy column per field, for all spans of a load, in waterfall order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from enum import IntEnum, IntFlag

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field
from msgspec.structs import replace

from tracetui.errors import InputError
from tracetui.model.attributes import Attributes, Scope, SpanDetails
from tracetui.sources.base import ByteSource

Decode = Callable[[bytes], SpanDetails]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
RecordPlace = tuple[int, int, int]
"""Source, byte offset and length of one record."""

_CACHED_DETAILS = 256

ROW_COLUMNS = (
    "start_ns",
    "duration_ns",
    "parent",
    "depth",
    "size",
    "name",
    "service",
    "resource",
    "scope",
    "kind",
    "status",
    "flags",
    "span_id",
    "parent_id",
    "source",
    "offset",
    "length",
    "record",
    "repeat",
)
"""The columns of a store that have one value a span."""


class Kind(IntEnum):
    """A span's role in a call, as OpenTelemetry numbers it."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Status(IntEnum):
    """A span's status, as OpenTelemetry numbers it."""

    UNSET = 0
    OK = 1
    ERROR = 2


class Flag(IntFlag):
    """What else is known of a span, one bit each."""

    OPAQUE_ID = 1
    """The id is no number; the column holds a code into the store's strings."""
    OPAQUE_PARENT = 2
    """Likewise for the parent's id."""
    HAS_PARENT = 4
    """The record names a parent."""
    FOLLOWS_FROM = 8
    """It hangs under its parent only by FOLLOWS_FROM: the parent did not wait for it."""
    NO_ID = 16
    ORPHAN = 32
    """It names a parent that is not in the trace."""
    CYCLE = 64
    """The cycle of parents that it stood on was cut here."""
    SHARED = 128
    """The server half of a span id that client and server share (Zipkin)."""
    EVENTS = 256
    LINKS = 512
    UNFINISHED = 1024
    """No end or duration is recorded."""
    NO_TIME = 2048
    """No start is recorded."""
    WARNINGS = 4096
    MERGED = 8192
    """Several reports of it were joined."""


# As plain integers: a bit of an enum costs as much as reading a number of a column.
_NO_ID, _OPAQUE_ID = int(Flag.NO_ID), int(Flag.OPAQUE_ID)
_HAS_PARENT, _OPAQUE_PARENT = int(Flag.HAS_PARENT), int(Flag.OPAQUE_PARENT)


class ResourceTable(Struct):
    """The resources of a load, each once.

    Attributes:
        service: int32[k], service name as a code into the store's strings.
        clock: int32[k], equal numbers may be one clock.
        address: int32[k], where both give one (not -1) it must be equal too for the clocks to be one.
        decode: For each resource, what makes its attributes.
    """

    service: Int32s
    clock: Int32s
    address: Int32s
    decode: Sequence[Callable[[], Attributes]] = ()


class SpanStore(Struct):
    """All spans of a load as parallel columns; never changed once made.

    The rows of a trace stand back to back, in depth-first order: children by start, then by order in the
    source. So the subtree of row `r` is the rows `r` to `r + size[r]`, `r` first.

    Attributes:
        start_ns: int64[n], nanoseconds since the Unix epoch.
        duration_ns: int64[n], nanoseconds, never negative.
        parent: int32[n], row of the parent, -1 for roots and fragment roots.
        depth: int32[n], 0 for roots.
        size: int32[n], rows in the subtree, itself included.
        name: int32[n], operation name, a code into `strings`.
        service: int32[n], service name, a code into `strings`.
        resource: int32[n], a row of `resources`, -1 for none.
        scope: int32[n], a row of `scopes`, -1 for none.
        kind: uint8[n], a `Kind`.
        status: uint8[n], a `Status`.
        flags: uint16[n], `Flag` bits.
        span_id: uint64[n], the id, or a code into `strings` with `Flag.OPAQUE_ID`.
        parent_id: uint64[n], the parent's id as recorded, likewise.
        source: int32[n], which source the record stands in.
        offset: int64[n], where in it, in bytes.
        length: uint32[n], how long the record is, in bytes.
        record: int32[n], the record's place among its trace's records.
        repeat: int32[n], the n of keys that end in `_n`, 0 for the others.
        trace_first: int64[t+1], the first row of each trace, and at last n.
        trace_ids: The traces' ids, 32 hex digits where they decode.
        strings: Texts by code.
        resources: The resources.
        scopes: What makes each scope.
        decoders: How the records of each source are decoded.
        sources: The sources by number.
        more_records: Row to further records that were joined into it.
        shift_ns: int64[n], how far each row was moved from its recorded times to agree with the clock of
            its root, events included; None where times are as recorded.
    """

    start_ns: Int64s
    duration_ns: Int64s
    parent: Int32s
    depth: Int32s
    size: Int32s
    name: Int32s
    service: Int32s
    resource: Int32s
    scope: Int32s
    kind: npt.NDArray[np.uint8]
    status: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint16]
    span_id: npt.NDArray[np.uint64]
    parent_id: npt.NDArray[np.uint64]
    source: npt.NDArray[np.int32]
    offset: Int64s
    length: npt.NDArray[np.uint32]
    record: Int32s
    repeat: Int32s
    trace_first: Int64s
    trace_ids: list[str]
    strings: list[str]
    resources: ResourceTable
    scopes: Sequence[Callable[[], Scope]]
    decoders: Sequence[Decode]
    sources: Sequence[ByteSource]
    more_records: dict[int, list[RecordPlace]] = field(default_factory=dict)
    shift_ns: Int64s | None = None
    _cache: OrderedDict[int, SpanDetails] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self.start_ns)

    def select(self, traces: Int64s) -> SpanStore:
        """A store of some traces' rows, in their order here.

        Args:
            traces: int64[k], numbers of traces, ascending.
        """
        firsts, lasts = self.trace_first[traces], self.trace_first[traces + 1]
        counts = lasts - firsts
        new_first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        shift = np.repeat(firsts - new_first[:-1], counts)
        rows = np.arange(int(new_first[-1])) + shift
        columns = {name: getattr(self, name)[rows] for name in ROW_COLUMNS}
        columns["parent"] = np.where(columns["parent"] >= 0, columns["parent"] - shift, -1).astype(np.int32)
        places = {int(row): place for place, row in enumerate(rows.tolist()) if row in self.more_records}
        return replace(
            self,
            **columns,
            trace_first=new_first,
            trace_ids=[self.trace_ids[trace] for trace in traces.tolist()],
            more_records={place: self.more_records[row] for row, place in places.items()},
            shift_ns=None if self.shift_ns is None else self.shift_ns[rows],
            _cache=OrderedDict(),
        )

    def id_text(self, row: int) -> str:
        """The span's id: 16 hex digits, or the text as found; "" if it has none."""
        flags = int(self.flags[row])
        if flags & _NO_ID:
            return ""
        return self._id(int(self.span_id[row]), bool(flags & _OPAQUE_ID))

    def parent_id_text(self, row: int) -> str:
        """The parent's id as recorded; "" if none is."""
        flags = int(self.flags[row])
        if not flags & _HAS_PARENT:
            return ""
        return self._id(int(self.parent_id[row]), bool(flags & _OPAQUE_PARENT))

    def _id(self, number: int, opaque: bool) -> str:
        return self.strings[number] if opaque else f"{number:016x}"

    def key(self, row: int) -> str:
        """The span's name within its trace: its id, `_1`, `_2`… for repeats, `@n` without an id."""
        if int(self.flags[row]) & _NO_ID:
            return f"@{int(self.record[row])}"
        number = int(self.repeat[row])
        return f"{self.id_text(row)}_{number}" if number else self.id_text(row)

    def trace_of(self, row: int) -> int:
        """The number of the trace that holds a row."""
        return int(np.searchsorted(self.trace_first, row, side="right")) - 1

    def raw(self, row: int) -> bytes:
        """The span's own record, byte for byte as in its source."""
        return self.sources[int(self.source[row])].pread(int(self.offset[row]), int(self.length[row]))

    def details(self, row: int) -> SpanDetails:
        """Decode what the columns do not hold; the last few are kept.

        A record that cannot be decoded gives empty details with a warning that says so.
        """
        cached = self._cache.get(row)
        if cached is not None:
            return cached
        details = self.fresh_details(row)
        self._cache[row] = details
        while len(self._cache) > _CACHED_DETAILS:
            self._cache.popitem(last=False)
        return details

    def fresh_details(self, row: int, record: bytes | None = None) -> SpanDetails:
        """The same, past the cache.

        Args:
            row: The row.
            record: The bytes of its record, if they have just been read.
        """
        source = int(self.source[row])
        if record is None:
            details = self._decode((source, int(self.offset[row]), int(self.length[row])))
        else:
            details = self._decoded(source, record)
        for place in self.more_records.get(row, ()):
            details.merge(self._decode(place))
        if self.shift_ns is not None:
            for event in details.events:
                event.time_ns += int(self.shift_ns[row])
        return details

    def _decode(self, place: RecordPlace) -> SpanDetails:
        source, offset, length = place
        try:
            record = self.sources[source].pread(offset, length)
        except InputError as error:
            return SpanDetails(warnings=[f"this record cannot be read any more: {error}"], lost=True)
        if len(record) < length:
            return SpanDetails(warnings=["the source has become shorter: this record is gone"], lost=True)
        return self._decoded(source, record)

    def _decoded(self, source: int, record: bytes) -> SpanDetails:
        try:
            return self.decoders[source](record)
        except (ValueError, TypeError, KeyError) as error:
            return SpanDetails(warnings=[f"this record cannot be decoded: {error}"])

    def resource_attributes(self, row: int) -> Attributes:
        """The attributes of the span's resource."""
        details = self.details(row)
        code = int(self.resource[row])
        stored = self.resources.decode[code]() if code >= 0 else {}
        return {**stored, **details.resource} if details.resource else stored

    def scope_of(self, row: int) -> Scope:
        """The instrumentation scope of the span; an empty one if none is recorded."""
        code = int(self.scope[row])
        return self.scopes[code]() if code >= 0 else self.details(row).scope or Scope()
