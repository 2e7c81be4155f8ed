"""`json` and `jsonl`: the whole of a load for programs, in nanoseconds and exact text."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import orjson

from tracetui.export.report import Report, Spans, TraceSummary, ids_of, keys_of, parent_ids_of
from tracetui.model.attributes import Attributes, Event, Link, Scope
from tracetui.model.issues import Issue
from tracetui.model.store import Kind, Status
from tracetui.model.trace import Span
from tracetui.text import escape_json

SCHEMA: Final = "tracetui.report/1"
_BLOCK: Final = 4096  # spans or sections encoded in one call
_MAX_DEPTH: Final = 64  # deeper values go through the encoder that needs no stack
_INT64: Final = range(-(1 << 63), 1 << 64)


class _Encoded:
    """JSON that is ready."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


def _default(value: object) -> object:
    if type(value) is _Encoded:
        return orjson.Fragment(value.data)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError


def json_dumps(value: object) -> bytes:
    """Compact JSON: bytes as base64, NaN and infinities as strings, integers beyond 64 bits as strings.

    Any depth is written, and any text: what a terminal would act on stands as an escape (`text.escape_json`).
    """
    return escape_json(_dumps(value))


def _dumps(value: object) -> bytes:
    if _is_plain(value):
        try:
            return orjson.dumps(value, default=_default)
        except TypeError:  # half a surrogate pair, an integer beyond 64 bits: legal here, not for orjson
            pass
    return _dumps_slowly(value)


def _is_plain(value: object) -> bool:
    """Whether orjson writes `value` as agreed: it would make NaN null, and stops at some depth."""
    level: list[object] = [value]
    for _ in range(_MAX_DEPTH):
        deeper: list[object] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                deeper.extend(item.values())  # type: ignore[attr-defined]
            elif kind is list:
                deeper.extend(item)  # type: ignore[arg-type]
            elif kind is float and not math.isfinite(item):  # type: ignore[arg-type]
                return False
        if not deeper:
            return True
        level = deeper
    return False


def _dumps_slowly(value: object) -> bytes:
    """The same document without recursion; text stays as it is, halves of surrogate pairs included."""
    out: list[bytes] = []
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if type(item) is _Encoded:
            out.append(item.data)
        elif isinstance(item, dict):
            parts: list[object] = [_Encoded(b"{")]
            for index, (key, member) in enumerate(item.items()):
                parts.append(_Encoded((b"," if index else b"") + _scalar(str(key)) + b":"))
                parts.append(member)
            parts.append(_Encoded(b"}"))
            stack.extend(reversed(parts))
        elif isinstance(item, list | tuple):
            parts = [_Encoded(b"[")]
            for index, member in enumerate(item):
                if index:
                    parts.append(_Encoded(b","))
                parts.append(member)
            parts.append(_Encoded(b"]"))
            stack.extend(reversed(parts))
        else:
            out.append(_scalar(item))
    return b"".join(out)


def _scalar(value: object) -> bytes:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return b'"' + base64.b64encode(value) + b'"'
    if isinstance(value, bool) or value is None:
        return json.dumps(value).encode()
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float) and not math.isfinite(value):
        return b'"NaN"' if math.isnan(value) else b'"Infinity"' if value > 0 else b'"-Infinity"'
    return json.dumps(value).encode()


def _integer(value: int) -> bytes:
    if value in _INT64:
        return b"%d" % value
    # Beyond 64 bits a string; beyond what Python writes in decimal (4300 digits) in hexadecimal.
    return f'"{value}"'.encode() if value.bit_length() < 14_000 else f'"{value:#x}"'.encode()


class _Section(msgspec.Struct, gc=False):
    span: str
    start_time_unix_nano: int
    end_time_unix_nano: int
    kind: str


def issue_value(issue: Issue) -> dict[str, Any]:
    """An issue as it stands in a report."""
    return {
        "code": str(issue.code),
        "severity": str(issue.severity),
        "count": issue.count,
        "message": issue.message,
        "samples": issue.samples,
    }


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
    traces = report.collection.traces
    for trace, services in zip(report.summaries(), report.services(), strict=True):
        yield writer.trace(trace, services, traces[trace.number].issues)


class _Writer:
    """Writes traces; keeps the JSON of resources and scopes, which many spans share."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.store = report.store
        self._resources: dict[int, _Encoded] = {}
        self._scopes: dict[int, _Encoded] = {}
        self._sections = msgspec.json.Encoder()

    def trace(self, trace: TraceSummary, services: list[Any], issues: list[Issue]) -> Iterator[bytes]:
        """One element of `traces`, in pieces."""
        value = {
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
            "issues": [issue_value(issue) for issue in issues],
        }
        yield json_dumps(value)[:-1] + b',"critical_paths":['
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
        paths = self.report.paths
        first, last = int(paths.offsets[number]), int(paths.offsets[number + 1])
        (root,) = keys_of(self.store, paths.roots[number : number + 1])
        yield json_dumps({"root": root})[:-1] + b',"sections":['
        for at in range(first, last, _BLOCK):
            block = slice(at, min(at + _BLOCK, last))
            kinds = ["wait" if wait else "own" for wait in paths.wait[block].tolist()]
            sections = list(
                map(
                    _Section,
                    keys_of(self.store, paths.span[block]),
                    paths.start_ns[block].tolist(),
                    paths.end_ns[block].tolist(),
                    kinds,
                )
            )
            yield (b"," if at > first else b"") + self._encode(sections)
        yield b"]}"

    def _encode(self, sections: list[_Section]) -> bytes:
        """The elements of an array of sections."""
        try:
            return escape_json(self._sections.encode(sections)[1:-1])
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
                pieces.append(_dumps(value))
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
                "events": [_event(event) for event in details.events],
                "links": [_link(link) for link in Span(store, row).links] if details.links else [],
                "resource": self._resource(row, details.resource),
                "scope": self._scope(row, details.scope),
                "warnings": details.warnings,
            }

    def _resource(self, row: int, own: Attributes | None) -> object:
        if own:
            return self.store.resource_attributes(row)
        code = int(self.store.resource[row])
        if code not in self._resources:
            self._resources[code] = _Encoded(_dumps(self.store.resource_attributes(row)))
        return self._resources[code]

    def _scope(self, row: int, own: Scope | None) -> object:
        code = int(self.store.scope[row])
        if code < 0:
            return _scope_value(own or Scope())
        if code not in self._scopes:
            self._scopes[code] = _Encoded(_dumps(_scope_value(self.store.scope_of(row))))
        return self._scopes[code]


_KINDS: Final = [kind.name.lower() for kind in Kind]
_STATUSES: Final = [status.name.lower() for status in Status]


def _event(event: Event) -> dict[str, Any]:
    return {"time_unix_nano": event.time_ns, "name": event.name, "attributes": event.attributes}


def _link(link: Link) -> dict[str, Any]:
    return {
        "trace_id": link.trace_id,
        "span_id": link.span_id,
        "type": link.type,
        "attributes": link.attributes,
    }


def _scope_value(scope: Scope) -> dict[str, Any]:
    return {"name": scope.name, "version": scope.version, "attributes": scope.attributes}
