"""One span as a record of OTLP JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracetui.export.anyvalue import attribute_list
from tracetui.export.encode import dumps_plain, dumps_raw
from tracetui.model.attributes import Attributes, Event, Link, SpanDetails
from tracetui.model.many_details import many_details
from tracetui.model.span import links_beside_parent
from tracetui.model.store import Flag
from tracetui.model.trace import Trace
from tracetui.text import escape_json

__all__ = ["HEX", "REF_TYPE", "SpanWriter"]

REF_TYPE: Final = "opentracing.ref_type"
"""The attribute by which OpenTelemetry's conventions tell the references that it has no word for."""
HEX: Final = frozenset("0123456789abcdef")
_TRACE_STATE: Final = "w3c.tracestate"
_DROPPED: Final = {
    "attributes": "droppedAttributesCount",
    "events": "droppedEventsCount",
    "links": "droppedLinksCount",
}
# As plain integers: a bit of an enum costs as much as reading a span's times.
_CYCLE, _FOLLOWS, _PARENT, _NO_TIME, _UNFINISHED = map(
    int, (Flag.CYCLE, Flag.FOLLOWS_FROM, Flag.HAS_PARENT, Flag.NO_TIME, Flag.UNFINISHED)
)
_NO_ID, _OPAQUE_ID, _OPAQUE_PARENT = map(int, (Flag.NO_ID, Flag.OPAQUE_ID, Flag.OPAQUE_PARENT))
_NESTED: Final = frozenset({list, dict})
_CHUNK: Final = 2048


class SpanWriter:
    """Makes the records of a trace's spans.

    Args:
        trace: The trace.
        counts: Counts what could not be expressed.
    """

    def __init__(self, trace: Trace, counts: Counter[str]) -> None:
        self._trace = trace
        self._store = trace.store
        self._counts = counts
        self._is_deep = False  # whether attributes since the last record hold values in values

    def records(self, rows: npt.NDArray[np.signedinteger]) -> Iterator[tuple[int, SpanDetails, bytes]]:
        """Row, details and record of some spans, each decoded when it is its turn."""
        store = self._store
        for low in range(0, len(rows), _CHUNK):
            part = rows[low : low + _CHUNK]
            columns = (
                part,
                store.flags[part],
                store.span_id[part],
                store.parent_id[part],
                store.name[part],
                store.kind[part],
                store.status[part],
                store.start_ns[part],
                store.duration_ns[part],
            )
            numbers = zip(*(column.tolist() for column in columns), strict=True)
            for fields, details in zip(numbers, many_details(store, part), strict=True):
                yield fields[0], details, self._record(fields, details)

    def _record(self, fields: tuple[int, ...], details: SpanDetails) -> bytes:
        _, flags, number, parent_number, name, kind, status, start, duration = fields
        span_id = "" if flags & _NO_ID else self._id(number, flags & _OPAQUE_ID)
        recorded = self._id(parent_number, flags & _OPAQUE_PARENT) if flags & _PARENT else ""
        attributes = details.attributes
        found: dict[str, Any] = {"traceId": self._trace.trace_id, "spanId": self._told(span_id)}
        state = attributes.get(_TRACE_STATE)
        if isinstance(state, str) and state:
            found["traceState"] = state
            attributes = {key: value for key, value in attributes.items() if key != _TRACE_STATE}
        # What named itself as its parent is kept without one.
        parent = recorded if flags & _PARENT or not flags & _CYCLE else span_id
        if parent:
            found["parentSpanId"] = self._told(parent)
        found["name"] = self._store.strings[name]
        found["kind"] = kind
        if not flags & _NO_TIME or duration:
            self._counts["start"] += bool(flags & _NO_TIME)
            found["startTimeUnixNano"] = self._time(start)
            # An end that is left out reads again as unfinished.
            if not flags & _UNFINISHED or duration:
                found["endTimeUnixNano"] = self._time(start + duration)
        if flags & _FOLLOWS and flags & _PARENT:
            self._counts["follows"] += 1
            attributes = {**attributes, REF_TYPE: attributes.get(REF_TYPE, "follows_from")}
        if attributes:
            found["attributes"] = self._attributes(attributes)
        if details.events:
            found["events"] = [self._event(event) for event in details.events]
        if details.links:
            links = links_beside_parent(details.links, recorded)
            if links:
                found["links"] = [self._link(link) for link in links]
        if details.dropped:
            dropped = ((field, details.dropped.get(what)) for what, field in _DROPPED.items())
            found.update({field: count for field, count in dropped if count})
        said: dict[str, Any] = {"code": status} if status else {}
        if details.status_message:
            said["message"] = details.status_message
        found["status"] = said
        if details.warnings:
            self._counts["warning"] += 1
        return self.encoded(found)

    def _id(self, number: int, opaque: int) -> str:
        return self._store.strings[number] if opaque else f"{number:016x}"

    def _told(self, text: str) -> str:
        if text and not (len(text) == 16 and HEX.issuperset(text)):
            self._counts["id"] += 1
        return text

    def _time(self, ns: int) -> str:
        if ns < 0:
            self._counts["time"] += 1
        return str(ns)

    def _event(self, event: Event) -> dict[str, Any]:
        found: dict[str, Any] = {"timeUnixNano": self._time(event.time_ns), "name": event.name}
        if event.attributes:
            found["attributes"] = self._attributes(event.attributes)
        return found

    def _link(self, link: Link) -> dict[str, Any]:
        attributes = dict(link.attributes)
        if link.type != "link":
            attributes.setdefault(REF_TYPE, link.type)
        found: dict[str, Any] = {"traceId": link.trace_id, "spanId": self._told(link.span_id)}
        if attributes:
            found["attributes"] = self._attributes(attributes)
        return found

    def _attributes(self, attributes: Attributes) -> list[dict[str, Any]]:
        if not _NESTED.isdisjoint(map(type, attributes.values())):
            self._is_deep = True
        return attribute_list(attributes, self._counts)

    def with_attributes(self, found: dict[str, Any], attributes: Attributes) -> bytes:
        """A resource or a scope: what is in it, and its attributes, if it has any."""
        if attributes:
            found["attributes"] = self._attributes(attributes)
        return self.encoded(found)

    def encoded(self, value: object) -> bytes:
        """What is made here is shallow, and has words for NaN; only values of attributes may be deep."""
        deep, self._is_deep = self._is_deep, False
        return escape_json(dumps_raw(value) if deep else dumps_plain(value))
