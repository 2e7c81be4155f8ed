"""What a load gives: a collection of traces, and flyweights that read the store for one trace or one span."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from msgspec import Struct, field

from tracetui.errors import TracetuiError
from tracetui.model.clock_offset import ClockOffset
from tracetui.model.issues import Issue, IssueLog
from tracetui.model.span import Span, Spans
from tracetui.model.store import SpanStore
from tracetui.model.table import TraceTable, tabulate
from tracetui.sources import Fate


class SourceInfo(Struct, frozen=True):
    """What was read from where.

    Attributes:
        name: As the user gave it.
        format: The format's name.
        bytes: Its decoded size.
        traces: How many traces it has spans of.
        spans: How many span records it holds.
    """

    name: str
    format: str
    bytes: int
    traces: int
    spans: int


class Trace:
    """One trace: a view of its rows.

    Attributes:
        index: Its number in the collection.
        first: Its first row in the store.
        last: The row after its last.
    """

    __slots__ = ("collection", "first", "index", "last", "store")

    def __init__(self, collection: Collection, index: int) -> None:
        self.collection = collection
        self.store = collection.store
        self.index = index
        self.first = int(self.store.trace_first[index])
        self.last = int(self.store.trace_first[index + 1])

    def __repr__(self) -> str:
        return f"<Trace {self.trace_id} {self.span_count} spans>"

    @property
    def trace_id(self) -> str:
        """32 hex digits, or the text as found."""
        return self.store.trace_ids[self.index]

    @property
    def spans(self) -> Spans:
        """All spans in waterfall order."""
        return Spans(self.store, self.first, self.last)

    @property
    def span_count(self) -> int:
        """How many spans it has."""
        return self.last - self.first

    @property
    def start_ns(self) -> int:
        """The first start, nanoseconds since the Unix epoch."""
        return int(self.collection.table.start_ns[self.index])

    @property
    def end_ns(self) -> int:
        """The last end."""
        return int(self.collection.table.end_ns[self.index])

    @property
    def duration_ns(self) -> int:
        """From first start to last end."""
        return self.end_ns - self.start_ns

    @property
    def root(self) -> Span:
        """The primary root: the parentless span that starts first, else the root of the largest fragment."""
        return Span(self.store, int(self.collection.table.root_row[self.index]))

    @property
    def root_duration_ns(self) -> int:
        """The primary root's duration."""
        return int(self.collection.table.root_duration_ns[self.index])

    @property
    def roots(self) -> list[int]:
        """Rows of roots and fragment roots, the primary one first, then in row order."""
        rows = np.flatnonzero(self.store.parent[self.first : self.last] < 0) + self.first
        primary = self.root.row
        return [primary, *(row for row in rows.tolist() if row != primary)]

    @property
    def service(self) -> str:
        """The primary root's service."""
        return self.root.service

    @property
    def name(self) -> str:
        """The primary root's name."""
        return self.root.name

    @property
    def error_count(self) -> int:
        """Spans with status error."""
        return int(self.collection.table.error_count[self.index])

    @property
    def service_count(self) -> int:
        """Different service names."""
        return int(self.collection.table.service_count[self.index])

    @property
    def depth(self) -> int:
        """The largest depth of a span, plus 1."""
        return int(self.collection.table.depth[self.index])

    @property
    def root_count(self) -> int:
        """Spans with no parent recorded."""
        return int(self.collection.table.root_count[self.index])

    @property
    def orphan_count(self) -> int:
        """Spans whose recorded parent is missing."""
        return int(self.collection.table.orphan_count[self.index])

    @property
    def issues(self) -> list[Issue]:
        """What was repaired or left out in this trace, the worst first."""
        log = self.collection.trace_logs[self.index]
        return log.issues if log else []

    def span(self, key: str) -> Span:
        """The span with a key.

        Raises:
            KeyError: There is none.
        """
        return Span(self.store, self.collection.row_of_key(self.index, key))


class Traces(Sequence[Trace]):
    """The traces of a collection in order of first appearance."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def __len__(self) -> int:
        return len(self._collection.store.trace_ids)

    @overload
    def __getitem__(self, index: int) -> Trace: ...
    @overload
    def __getitem__(self, index: slice) -> list[Trace]: ...
    def __getitem__(self, index: int | slice) -> Trace | list[Trace]:
        numbers = range(len(self))[index]
        if isinstance(numbers, range):
            return [Trace(self._collection, number) for number in numbers]
        return Trace(self._collection, numbers)


class Collection(Struct, dict=True, eq=False):
    """All that was read, from one source or several.

    Attributes:
        store: The columns.
        sources: What was read from where.
        log: Issues that belong to no trace.
        trace_logs: For each trace its issues, or None.
        failures: Sources that could not be read.
        complete: Whether every source was read to its end.
        notes: What is to be told of how the sources were come by, a line each.
        fates: What became of the files of sources since they were read, by number of source; see `fates`.
        raw: Where this one is by adjusted clocks: the same as recorded.
        adjusted: For each trace by number the clocks that were moved in it.
    """

    store: SpanStore
    sources: list[SourceInfo] = field(default_factory=list)
    log: IssueLog = field(default_factory=IssueLog)
    trace_logs: Sequence[IssueLog | None] = ()
    failures: list[TracetuiError] = field(default_factory=list)
    complete: bool = True
    notes: list[str] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    raw: Collection | None = None
    adjusted: dict[int, list[ClockOffset]] = field(default_factory=dict)

    @cached_property
    def table(self) -> TraceTable:
        """Facts of each trace, as columns."""
        return tabulate(self.store)

    @property
    def traces(self) -> Traces:
        """The traces in order of first appearance."""
        return Traces(self)

    @property
    def issues(self) -> list[Issue]:
        """Issues that belong to no trace, the worst first."""
        return self.log.issues

    @property
    def span_count(self) -> int:
        """All spans of all traces."""
        return len(self.store)

    def trace_logs_to_write(self) -> Callable[[int], IssueLog]:
        """What gives the log of a trace by its number, made if it has none."""
        logs = self.trace_logs = list(self.trace_logs) or [None] * len(self.traces)

        def log_of(number: int) -> IssueLog:
            log = logs[number]
            if log is None:
                log = logs[number] = IssueLog()
            return log

        return log_of

    def row_of_key(self, trace: int, key: str) -> int:
        """The store row of a span.

        Raises:
            KeyError: The trace has no span with that key.
        """
        rows = self._rows_by_key(trace)
        return rows[key]

    def _rows_by_key(self, trace: int) -> dict[str, int]:
        if self._keys is None or self._keys[0] != trace:
            first, last = (int(self.store.trace_first[at]) for at in (trace, trace + 1))
            self._keys = (trace, {self.store.key(row): row for row in range(first, last)})
        return self._keys[1]

    kept: dict[object, Any] = field(default_factory=dict)
    """What was computed once for all traces, by whoever did."""

    _keys: tuple[int, dict[str, int]] | None = None

    def select(self, traces: Sequence[int]) -> Collection:
        """A collection of some of the traces, in their order here.

        Args:
            traces: Numbers of traces of this collection, ascending.
        """
        numbers = np.asarray(traces, np.int64)
        logs = [self.trace_logs[number] for number in numbers.tolist()]
        adjusted = {
            at: self.adjusted[number] for at, number in enumerate(numbers.tolist()) if number in self.adjusted
        }
        return Collection(
            self.store.select(numbers),
            self.sources,
            self.log,
            logs,
            self.failures,
            complete=self.complete,
            notes=self.notes,
            fates=self.fates,
            raw=None if self.raw is None else self.raw.select(traces),
            adjusted=adjusted,
        )
