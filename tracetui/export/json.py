"""`json` and `jsonl`: the whole of a load for programs, in nanoseconds and exact text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from tracetui.export.encode import Encoded, dumps_plain, dumps_raw, json_dumps
from tracetui.export.report import Report, Spans, TraceSummary, ids_of, keys_of, parent_ids_of
from tracetui.model.attributes import Attributes, Event, Link, Scope
from tracetui.model.clock_offset import ClockOffset
from tracetui.model.issues import Issue
from tracetui.model.span import Span
from tracetui.model.store import Kind, SpanStore, Status
from tracetui.text import escape_json

__all__ = ["SCHEMA", "issue_value", "json_dumps", "write_json", "write_jsonl"]

SCHEMA: Final = "tracetui.report/1"
_BLOCK: Final = 4096  # spans or sections encoded in one call
_PATH: Final = b'{"root":%b,"sections":['


class _Section(msgspec.Struct, gc=False):
    span: str
    start_time_unix_nano: int
    end_time_unix_nano: int
    kind: str


def issue_value(issue: Issue, key_of: Callable[[int], str] | None = None) -> dict[str, Any]:
    """An issue as it stands in a report.

    Args:
        issue: The issue.
        key_of: The key of a row of the trace it belongs to; None where it belongs to none.
    """
    value: dict[str, Any] = {
        "code": str(issue.code),
        "severity": str(issue.severity),
        "count": issue.count,
        "message": issue.message,
        "samples": issue.samples,
    }
    if key_of is not None:
        value["spans"] = [key_of(place.row) if place.row >= 0 else None for place in issue.places]
    return value


def write_json(report: Report) -> Iterator[bytes]:
    """One document over all traces, in pieces."""
    collection = report.collection
    sources = [
        {
            "name": source.name,
            "format": source.format,
            "bytes": source.bytes,
            "traces": source.traces,
            "spans": source.spans,
        }
        for source in collection.sources
    ]
    head = {"schema": SCHEMA, "sources": sources, "issues": [issue_value(i) for i in collection.issues]}
    yield json_dumps(head)[:-1] + b',"traces":['
    for index, pieces in enumerate(_traces(report)):
        if index:
            yield b","
        yield from pieces
    yield b"]}\n"


def write_jsonl(report: Report) -> Iterator[bytes]:
    """One line for each trace."""
    for pieces in _traces(report):
        yield from pieces
        yield b"\n"


def _traces(report: Report) -> Iterator[Iterable[bytes]]:
    writer = _Writer(report)
    logs = report.collection.trace_logs
    for trace, services, log in zip(report.summaries(), report.services(), logs, strict=True):
        yield writer.trace(trace, services, log.issues if log else [])


class _Keys:
    """The keys of many rows, made a block at a time, however many or few are asked for at once."""

    def __init__(self, store: SpanStore, rows: Any) -> None:
        self._store, self._rows = store, rows
        self._first = self._last = 0
        self._block: list[str] = []

    def keys(self, first: int, last: int) -> list[str]:
        """The keys of `rows[first:last]`."""
        if first < self._first or last > self._last:
            self._first, self._last = first, max(last, first + _BLOCK)
            self._block = keys_of(self._store, self._rows[first : self._last])
        return self._block[first - self._first : last - self._first]


class _Sections:
    """The sections of critical paths, made a block at a time: most paths of most traces are short."""

    def __init__(self, report: Report) -> None:
        self._store, self._paths = report.store, report.paths
        self._first = self._last = 0
        self._block: list[_Section] = []

    def take(self, first: int, last: int) -> list[_Section]:
        """The sections from `first` to `last`."""
        if first < self._first or last > self._last:
            self._first, self._last = first, max(last, first + _BLOCK)
            self._block = self._read(slice(first, self._last))
        return self._block[first - self._first : last - self._first]

    def _read(self, block: slice) -> list[_Section]:
        paths = self._paths
        kinds = ["wait" if wait else "own" for wait in paths.wait[block].tolist()]
        keys = keys_of(self._store, paths.span[block])
        return list(map(_Section, keys, paths.start_ns[block].tolist(), paths.end_ns[block].tolist(), kinds))


class _Writer:
    """Writes traces; keeps the JSON of resources and scopes, which many spans share."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.store = report.store
        self._resources: dict[int, Encoded] = {}
        self._scopes: dict[int, Encoded] = {}
        self._encoder = msgspec.json.Encoder()
        self._roots = _Keys(report.store, report.paths.roots)
        self._sections = _Sections(report)

    def trace(self, trace: TraceSummary, services: list[Any], issues: list[Issue]) -> Iterator[bytes]:
        """One element of `traces`, in pieces."""
        value: dict[str, Any] = {
            "trace_id": trace.trace_id,
            "service": trace.service,
            "name": trace.name,
            "start_time_unix_nano": trace.start_ns,
            "end_time_unix_nano": trace.end_ns,
            "duration_nano": trace.duration_ns,
            "root_duration_nano": trace.root_duration_ns,
            "span_count": trace.span_count,
            "error_count": trace.error_count,
            "service_count": trace.service_count,
            "depth": trace.depth,
            "root_count": trace.root_count,
            "orphan_count": trace.orphan_count,
            "services": [
                {
                    "name": service.name,
                    "span_count": service.span_count,
                    "error_count": service.error_count,
                    "critical_path_nano": service.critical_path_ns,
                    "self_time_nano": service.self_time_ns,
                }
                for service in services
            ],
            "issues": [issue_value(issue, lambda row: self.store.key(trace.first + row)) for issue in issues],
        }
        moved = self.report.collection.adjusted.get(trace.number)
        if moved:
            value["adjusted_clocks"] = [_clock_value(clock) for clock in moved]
        yield escape_json(dumps_plain(value))[:-1] + b',"critical_paths":['
        for index, number in enumerate(self.report.paths_of(trace)):
            if index:
                yield b","
            yield from self._path(number)
        yield b"]"
        if self.report.spans is not Spans.NONE:
            yield b',"spans":['
            yield from self._spans(trace)
            yield b"]"
        yield b"}"

    def _path(self, number: int) -> Iterator[bytes]:
        offsets = self.report.paths.offsets
        first, last = int(offsets[number]), int(offsets[number + 1])
        (root,) = self._roots.keys(number, number + 1)
        yield _PATH % escape_json(dumps_plain(root))
        for at in range(first, last, _BLOCK):
            sections = self._sections.take(at, min(at + _BLOCK, last))
            yield (b"," if at > first else b"") + self._encode(sections)
        yield b"]}"

    def _encode(self, sections: list[_Section]) -> bytes:
        """The elements of an array of sections."""
        try:
            return escape_json(self._encoder.encode(sections)[1:-1])
        except UnicodeEncodeError:  # an id kept as text that holds half a surrogate pair
            return json_dumps([msgspec.structs.asdict(section) for section in sections])[1:-1]

    def _spans(self, trace: TraceSummary) -> Iterator[bytes]:
        rows = self.report.rows(trace)
        for at in range(0, len(rows), _BLOCK):
            block = rows[at : at + _BLOCK]
            pieces = [b"," if at else b""]
            for index, value in enumerate(self._span_values(block)):
                if index:
                    pieces.append(b",")
                pieces.append(dumps_raw(value))
            yield escape_json(b"".join(pieces))

    def _span_values(self, rows: Any) -> Iterator[dict[str, Any]]:
        store, report = self.store, self.report
        parents = store.parent[rows]
        parent_keys = keys_of(store, parents.clip(0))
        columns = zip(
            rows.tolist(),
            keys_of(store, rows),
            parents.tolist(),
            parent_keys,
            ids_of(store, rows),
            parent_ids_of(store, rows),
            store.depth[rows].tolist(),
            store.service[rows].tolist(),
            store.name[rows].tolist(),
            store.kind[rows].tolist(),
            store.status[rows].tolist(),
            store.start_ns[rows].tolist(),
            store.duration_ns[rows].tolist(),
            report.self_ns[rows].tolist(),
            report.on_path[rows].tolist(),
            strict=True,
        )
        strings = store.strings
        for (
            row,
            key,
            parent,
            parent_key,
            span_id,
            parent_id,
            depth,
            service,
            name,
            kind,
            status,
            *times,
        ) in columns:
            details = store.details(row)
            yield {
                "key": key,
                "span_id": span_id,
                "parent": parent_key if parent >= 0 else None,
                "parent_span_id": parent_id,
                "depth": depth,
                "service": strings[service],
                "name": strings[name],
                "kind": _KINDS[kind],
                "status": _STATUSES[status],
                "status_message": details.status_message,
                "start_time_unix_nano": times[0],
                "duration_nano": times[1],
                "self_time_nano": times[2],
                "critical_path_nano": times[3],
                "attributes": details.attributes,
                "events": [event_value(event) for event in details.events],
                "links": [link_value(link) for link in Span(store, row).links] if details.links else [],
                "resource": self._resource(row, details.resource),
                "scope": self._scope(row, details.scope),
                "warnings": details.warnings,
            }

    def _resource(self, row: int, own: Attributes | None) -> object:
        if own:
            return self.store.resource_attributes(row)
        code = int(self.store.resource[row])
        if code not in self._resources:
            self._resources[code] = Encoded(dumps_raw(self.store.resource_attributes(row)))
        return self._resources[code]

    def _scope(self, row: int, own: Scope | None) -> object:
        code = int(self.store.scope[row])
        if code < 0:
            return scope_value(own or Scope())
        if code not in self._scopes:
            self._scopes[code] = Encoded(dumps_raw(scope_value(self.store.scope_of(row))))
        return self._scopes[code]


_KINDS: Final = [kind.name.lower() for kind in Kind]
_STATUSES: Final = [status.name.lower() for status in Status]


def event_value(event: Event) -> dict[str, Any]:
    """An event as it stands in a report."""
    return {"time_unix_nano": event.time_ns, "name": event.name, "attributes": event.attributes}


def link_value(link: Link) -> dict[str, Any]:
    """A link as it stands in a report."""
    return {
        "trace_id": link.trace_id,
        "span_id": link.span_id,
        "type": link.type,
        "attributes": link.attributes,
    }


def scope_value(scope: Scope) -> dict[str, Any]:
    """A scope as it stands in a report."""
    return {"name": scope.name, "version": scope.version, "attributes": scope.attributes}


def _clock_value(clock: ClockOffset) -> dict[str, Any]:
    return {
        "name": clock.name,
        "offset_nano": clock.shift_ns,
        "plus_minus_nano": clock.plus_minus_ns,
        "edge_count": clock.edges,
        "span_count": len(clock.rows),
    }
