"""One trace as OTLP JSON: what collectors and other viewers read, and what reads back as the same spans.

The model does not keep everything a source may say, so neither does the export: flags of spans, schema URLs
and what was dropped of single events are not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np

from tracetui.export.anyvalue import BIG_INTEGER, attribute_list
from tracetui.export.encode import dumps_plain, dumps_raw
from tracetui.model.attributes import Attributes, Event, Link, SpanDetails
from tracetui.model.span import Span, links_beside_parent
from tracetui.model.store import Flag
from tracetui.model.trace import Trace
from tracetui.text import escape_json

__all__ = ["OtlpExport", "otlp_json"]

REF_TYPE: Final = "opentracing.ref_type"
"""The attribute by which OpenTelemetry's conventions tell the references that it has no word for."""
_TRACE_STATE: Final = "w3c.tracestate"
_DROPPED: Final = {
    "attributes": "droppedAttributesCount",
    "events": "droppedEventsCount",
    "links": "droppedLinksCount",
}
_HEX: Final = frozenset("0123456789abcdef")
# As plain integers: a bit of an enum costs as much as reading a span's times.
_NO_ID, _CYCLE, _SHARED, _FOLLOWS, _PARENT, _NO_TIME, _UNFINISHED = map(
    int,
    (
        Flag.NO_ID,
        Flag.CYCLE,
        Flag.SHARED,
        Flag.FOLLOWS_FROM,
        Flag.HAS_PARENT,
        Flag.NO_TIME,
        Flag.UNFINISHED,
    ),
)
_ORDER_MATTERS: Final = _NO_ID | _CYCLE
_NESTED: Final = frozenset({list, dict})
_KEPT: Final = 50_000
"""Spans of a trace up to which none is decoded twice: once for its place, and once to be written."""

_SAID: Final = {
    "trace": (
        "trace id is",
        "trace ids are",
        "no hex digits: written as found, which other programs may refuse",
    ),
    "id": ("span id is", "span ids are", "no hex digits: written as found, which other programs may refuse"),
    "number": ("span without an id has", "spans without an id have", "another place among the records now"),
    "follows": (
        "span follows",
        "spans follow",
        f"from a parent that did not wait: told by the attribute {REF_TYPE} alone",
    ),
    "warning": ("span has", "spans have", "warnings of a backend, which are left out"),
    "time": ("time is", "times are", "before 1970, which other programs may refuse"),
    "start": ("start is", "starts are", "not recorded: the one that was assumed is written"),
    "service": (
        "resource names",
        "resources name",
        "another service than their spans: the spans' is written",
    ),
    "half": ("span hangs", "spans hang", "under another half of a shared span id once this is read again"),
    "same": ("span is", "spans are", "equal to another of the same id, and read again as one"),
    BIG_INTEGER: ("integer is", "integers are", "beyond 64 bits and written as text"),
}


class _Place(NamedTuple):
    """Where a span stands: a resource, and a scope in it."""

    resource: bytes
    scope: bytes


def otlp_json(trace: Trace) -> tuple[bytes, list[str]]:
    """A trace as one document.

    Returns:
        The JSON (an ExportTraceServiceRequest, with a line end), and what it could not express, a line each.
    """
    export = OtlpExport(trace)
    return b"".join(export.pieces()), export.notes


class OtlpExport:
    """Writes one trace.

    Spans stand in the order of their source, grouped by resource and scope. Where the order itself says
    something (spans without an id, repeated ids, children that start together) a group ends with its run, and
    a resource may come again.

    Args:
        trace: The trace.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._store = trace.store
        self._counts: Counter[str] = Counter()
        self._resources: dict[int, bytes] = {}
        self._scopes: dict[int, bytes] = {}
        self._keeps = trace.span_count <= _KEPT
        self._details: dict[int, SpanDetails] = {}
        self._interned: dict[bytes, bytes] = {}
        self._repeats: set[bytes] = set()
        self._is_deep = False  # whether attributes since the last piece hold values in values

    @property
    def notes(self) -> list[str]:
        """What could not be expressed, a line each; complete once `pieces` has ended."""
        lines = []
        for what, (one, many, rest) in _SAID.items():
            count = self._counts[what]
            if count:
                lines.append(f"{count:,} {one if count == 1 else many} {rest}")
        return lines

    def pieces(self) -> Iterator[bytes]:
        """The document in pieces, each span decoded when it is its turn."""
        if not set(self._trace.trace_id) <= _HEX or len(self._trace.trace_id) != 32:
            self._counts["trace"] += 1
        places = {row: self._place(row) for row in range(self._trace.first, self._trace.last)}
        rows = self._ordered(places)
        self._tell_moved(rows, places)
        yield b'{"resourceSpans":['
        for number, (resource, inside) in enumerate(groupby(rows, lambda row: places[row].resource)):
            yield b'%b{"resource":%b,"scopeSpans":[' % (b"," if number else b"", resource)
            for index, (scope, members) in enumerate(groupby(inside, lambda row: places[row].scope)):
                yield b'%b{"scope":%b,"spans":[' % (b"," if index else b"", scope)
                for at, row in enumerate(members):
                    yield (b"," if at else b"") + self._span(row)
                yield b"]}"
            yield b"]}"
        yield b"]}\n"

    # Order

    def _ordered(self, places: dict[int, _Place]) -> list[int]:
        """The rows as they are written."""
        store, first, last = self._store, self._trace.first, self._trace.last
        by_record = (np.argsort(store.record[first:last], kind="stable") + first).tolist()
        rank: dict[bytes, int] = {}
        scope_rank: dict[_Place, int] = {}
        for row in by_record:
            place = places[row]
            rank.setdefault(place.resource, len(rank))
            scope_rank.setdefault(place, len(scope_rank))
        grouped = sorted(by_record, key=lambda row: (rank[places[row].resource], scope_rank[places[row]]))
        return by_record if self._order_matters(grouped) else grouped

    def _order_matters(self, grouped: list[int]) -> bool:
        """Whether spans would get other keys, or siblings another order, if they were written like this."""
        store, first, last = self._store, self._trace.first, self._trace.last
        if (store.flags[first:last] & _ORDER_MATTERS).any() or store.repeat[first:last].any():
            return True
        rank = np.empty(last - first, np.int64)
        rank[np.array(grouped, np.int64) - first] = np.arange(last - first)
        keys = store.start_ns[first:last], store.parent[first:last]
        before = np.lexsort((store.record[first:last], *keys))
        return not np.array_equal(before, np.lexsort((rank, *keys)))

    def _tell_moved(self, rows: list[int], places: dict[int, _Place]) -> None:
        """Count the spans that other readers, or this one, will give another key or parent."""
        store = self._store
        for number, row in enumerate(rows):
            flags = int(store.flags[row])
            if flags & _NO_ID and number != int(store.record[row]):
                self._counts["number"] += 1
        shared = [row for row in rows if int(store.flags[row]) & _SHARED and int(store.parent[row]) >= 0]
        server_of = {int(store.parent[row]): row for row in shared}
        halves = {*server_of, *shared}
        for row in rows if shared else ():
            parent = int(store.parent[row])
            if parent in halves and not int(store.flags[row]) & _SHARED:
                # A child goes to the server half if that is of the same resource, else to the client half.
                server = server_of.get(parent, parent)
                self._counts["half"] += (places[row].resource == places[server].resource) != (
                    parent == server
                )

    # Parts

    def _place(self, row: int) -> _Place:
        store = self._store
        details = store.details(row)
        if self._keeps:
            self._details[row] = details
        code = int(store.resource[row])
        if details.resource or code < 0:
            resource = self._resource(row)
            resource = self._interned.setdefault(resource, resource)
        else:
            if code not in self._resources:
                self._resources[code] = self._resource(row)
            resource = self._resources[code]
        code = int(store.scope[row])
        if code < 0:
            scope = self._scope(row)
            return _Place(resource, self._interned.setdefault(scope, scope))
        if code not in self._scopes:
            self._scopes[code] = self._scope(row)
        return _Place(resource, self._scopes[code])

    def _resource(self, row: int) -> bytes:
        attributes = dict(self._store.resource_attributes(row))
        service = Span(self._store, row).service
        named = attributes.get("service.name", "")
        if service != (named if isinstance(named, str) else str(named)):
            self._counts["service"] += "service.name" in attributes
            attributes["service.name"] = service
        return self._encoded({"attributes": self._attributes(attributes)} if attributes else {})

    def _scope(self, row: int) -> bytes:
        scope = self._store.scope_of(row)
        found: dict[str, Any] = {}
        if scope.name:
            found["name"] = scope.name
        if scope.version:
            found["version"] = scope.version
        if scope.attributes:
            found["attributes"] = self._attributes(scope.attributes)
        return self._encoded(found)

    def _span(self, row: int) -> bytes:
        store = self._store
        span, details = Span(store, row), self._details.pop(row, None) or store.details(row)
        flags = int(store.flags[row])
        attributes = dict(details.attributes)
        found: dict[str, Any] = {"traceId": self._trace.trace_id, "spanId": self._id(span.span_id)}
        state = attributes.get(_TRACE_STATE)
        if isinstance(state, str) and state:
            found["traceState"] = state
            del attributes[_TRACE_STATE]
        # What named itself as its parent is kept without one.
        own_parent = flags & _CYCLE and not flags & _PARENT
        parent = span.span_id if own_parent else span.parent_span_id
        if parent:
            found["parentSpanId"] = self._id(parent)
        found["name"] = span.name
        found["kind"] = int(store.kind[row])
        self._times(found, span, flags)
        if flags & _FOLLOWS and flags & _PARENT:
            self._counts["follows"] += 1
            attributes.setdefault(REF_TYPE, "follows_from")
        found["attributes"] = self._attributes(attributes)
        found["events"] = [self._event(event) for event in details.events]
        found["links"] = [
            self._link(link) for link in links_beside_parent(details.links, span.parent_span_id)
        ]
        found = {key: value for key, value in found.items() if value != []}
        found.update(
            {field: details.dropped[what] for what, field in _DROPPED.items() if details.dropped.get(what)}
        )
        status: dict[str, Any] = {"code": int(store.status[row])} if store.status[row] else {}
        if details.status_message:
            status["message"] = details.status_message
        found["status"] = status
        self._counts["warning"] += bool(details.warnings)
        return self._unlike_others(row, self._encoded(found))

    def _unlike_others(self, row: int, record: bytes) -> bytes:
        """Notice a record that is read again as a copy of another one."""
        repeated = self._repeated_ids
        if repeated and (int(self._store.repeat[row]) or self._store.key(row) in repeated):
            self._counts["same"] += record in self._repeats
            self._repeats.add(record)
        return record

    @property
    def _repeated_ids(self) -> set[str]:
        if self._repeated is None:
            repeat = self._store.repeat[self._trace.first : self._trace.last]
            rows = (np.flatnonzero(repeat) + self._trace.first).tolist()
            self._repeated = {self._store.id_text(row) for row in rows}
        return self._repeated

    _repeated: set[str] | None = None

    def _times(self, found: dict[str, Any], span: Span, flags: int) -> None:
        """Times as far as they are recorded: an end that is left out reads again as unfinished."""
        start, duration = span.start_ns, span.duration_ns
        if flags & _NO_TIME and not duration:
            return
        self._counts["start"] += bool(flags & _NO_TIME)
        found["startTimeUnixNano"] = self._time(start)
        if not flags & _UNFINISHED or duration:
            found["endTimeUnixNano"] = self._time(start + duration)

    def _time(self, ns: int) -> str:
        if ns < 0:
            self._counts["time"] += 1
        return str(ns)

    def _id(self, text: str) -> str:
        if text and not (len(text) == 16 and _HEX.issuperset(text)):
            self._counts["id"] += 1
        return text

    def _event(self, event: Event) -> dict[str, Any]:
        found: dict[str, Any] = {"timeUnixNano": self._time(event.time_ns), "name": event.name}
        if event.attributes:
            found["attributes"] = self._attributes(event.attributes)
        return found

    def _link(self, link: Link) -> dict[str, Any]:
        attributes = dict(link.attributes)
        if link.type != "link":
            attributes.setdefault(REF_TYPE, link.type)
        found: dict[str, Any] = {"traceId": link.trace_id, "spanId": self._id(link.span_id)}
        if attributes:
            found["attributes"] = self._attributes(attributes)
        return found

    def _attributes(self, attributes: Attributes) -> list[dict[str, Any]]:
        self._is_deep = self._is_deep or any(type(value) in _NESTED for value in attributes.values())
        return attribute_list(attributes, self._counts)

    def _encoded(self, value: object) -> bytes:
        """What is made here is shallow, and has words for NaN; only values of attributes may be deep."""
        deep, self._is_deep = self._is_deep, False
        return escape_json(dumps_raw(value) if deep else dumps_plain(value))
