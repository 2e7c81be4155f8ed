"""One trace as OTLP JSON: what collectors and other viewers read, and what reads back as the same spans.

The model does not keep everything a source may say, so neither does the export: flags of spans, schema URLs
and what was dropped of single events are not in it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracetui.export.anyvalue import BIG_INTEGER
from tracetui.export.kept import KeptPieces
from tracetui.export.otlp_span import HEX, REF_TYPE, SpanWriter
from tracetui.model.attributes import Attributes, Scope, SpanDetails
from tracetui.model.store import Flag
from tracetui.model.trace import Trace

__all__ = ["REF_TYPE", "OtlpExport", "otlp_json"]

# As plain integers: a bit of an enum costs as much as reading a span's times.
_NO_ID, _CYCLE, _SHARED = map(int, (Flag.NO_ID, Flag.CYCLE, Flag.SHARED))
_ORDER_MATTERS: Final = _NO_ID | _CYCLE
_A_WHILE: Final = 256
"""Spans between two chances to give up."""
_MOST_KNOWN: Final = 10_000
"""Resources of records, and scopes, that are not made again when they are the same."""

Ints = npt.NDArray[np.signedinteger]

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
    "lost": (
        "record was",
        "records were",
        "not to be read any more: attributes, events and links are missing",
    ),
    BIG_INTEGER: ("integer is", "integers are", "beyond 64 bits and written as text"),
}


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

    Each record is read and made once, in the order of the source, and kept until it is its turn.

    Args:
        trace: The trace.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._store = trace.store
        self._counts: Counter[str] = Counter()
        self._writer = SpanWriter(trace, self._counts)
        self._repeats: set[bytes] = set()
        # A resource and a pair of a resource and a scope each have a number, in order of appearance.
        self._resources: dict[bytes, int] = {}
        self._pairs: dict[tuple[int, bytes], int] = {}
        self._resource_of: dict[object, tuple[int, bool]] = {}
        self._scope_of: dict[object, bytes] = {}
        self._pair_of: dict[object, int] = {}

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
        """The document in pieces; empty ones come while its spans are read.

        Raises:
            OSError: There is no room for the temporary file of a large trace.
        """
        if not set(self._trace.trace_id) <= HEX or len(self._trace.trace_id) != 32:
            self._counts["trace"] += 1
        store, first, last = self._store, self._trace.first, self._trace.last
        rows = np.argsort(store.record[first:last], kind="stable") + first
        kept = KeptPieces()
        pairs = array("i")
        firsts = _first_rows(store.resource[first:last], first)
        for at, (row, details, record) in enumerate(self._writer.records(rows)):
            pairs.append(self._pair(row, details, firsts))
            self._tell_repeated(row, record)
            kept.add(b"," + record)
            self._counts["lost"] += details.lost
            if at % _A_WHILE == 0:
                yield b""
        resource_of_pair = np.array([resource for resource, _ in self._pairs], np.int64)
        pair = np.array(pairs, np.int64)
        order = self._ordered(rows, pair, resource_of_pair[pair])
        self._tell_moved(rows[order], resource_of_pair[pair[order]])
        yield from self._document(kept, order.tolist(), pair[order].tolist())

    def _document(self, kept: KeptPieces, order: list[int], pair: list[int]) -> Iterator[bytes]:
        """The records in their places.

        Args:
            kept: All records, with a comma before each, by number.
            order: Their numbers as they are written.
            pair: The resource and scope of each of these.
        """
        resources, pairs = list(self._resources), list(self._pairs)
        yield b'{"resourceSpans":['
        at = 0
        runs = ((number, len(list(run))) for number, run in groupby(pair))
        for index, (resource, inside) in enumerate(groupby(runs, lambda run: pairs[run[0]][0])):
            yield b'%b{"resource":%b,"scopeSpans":[' % (b"," if index else b"", resources[resource])
            for number, (one, count) in enumerate(inside):
                yield b'%b{"scope":%b,"spans":[' % (b"," if number else b"", pairs[one][1])
                skip = 1
                for piece in kept.joined(order[at : at + count]):
                    yield piece[skip:]
                    skip = 0
                yield b"]}"
                at += count
            yield b"]}"
        yield b"]}\n"

    # Order

    def _ordered(self, rows: Ints, pair: Ints, resource: Ints) -> npt.NDArray[np.int64]:
        """The order in which rows, given in that of the source, are written."""
        grouped = np.lexsort((pair, resource))
        return np.arange(len(rows)) if self._order_matters(rows[grouped]) else grouped

    def _order_matters(self, grouped: Ints) -> bool:
        """Whether spans would get other keys, or siblings another order, if they were written like this."""
        store, first, last = self._store, self._trace.first, self._trace.last
        if (store.flags[first:last] & _ORDER_MATTERS).any() or store.repeat[first:last].any():
            return True
        rank = np.empty(last - first, np.int64)
        rank[grouped - first] = np.arange(last - first)
        keys = store.start_ns[first:last], store.parent[first:last]
        before = np.lexsort((store.record[first:last], *keys))
        return not np.array_equal(before, np.lexsort((rank, *keys)))

    def _tell_moved(self, rows: Ints, resource: Ints) -> None:
        """Count the spans that other readers, or this one, will give another key or parent.

        Args:
            rows: int[n], the rows as they are written.
            resource: int[n], the resource of each.
        """
        store = self._store
        nameless = (store.flags[rows] & _NO_ID) != 0
        self._counts["number"] += int((nameless & (store.record[rows] != np.arange(len(rows)))).sum())
        is_shared = (store.flags[rows] & _SHARED) != 0
        shared = rows[is_shared & (store.parent[rows] >= 0)]
        if not len(shared):
            return
        server_of = dict(zip(store.parent[shared].tolist(), shared.tolist(), strict=True))
        halves = {*server_of, *shared.tolist()}
        place = dict(zip(rows.tolist(), resource.tolist(), strict=True))
        own = rows[~is_shared]
        for row, parent in zip(own.tolist(), store.parent[own].tolist(), strict=True):
            if parent in halves:
                # A child goes to the server half if that is of the same resource, else to the client half.
                server = server_of.get(parent, parent)
                self._counts["half"] += (place[row] == place[server]) != (parent == server)

    # Parts

    def _pair(self, row: int, details: SpanDetails, firsts: dict[int, int]) -> int:
        """The number of a span's resource and scope."""
        store = self._store
        code, scope_code = int(store.resource[row]), int(store.scope[row])
        resource = self._resource(row, code, details, firsts)
        scope = None if scope_code >= 0 else details.scope
        if scope is not None and scope.attributes:
            return self._pairs.setdefault((resource, self._scope(scope)), len(self._pairs))
        key = (resource, scope_code, scope.name, scope.version) if scope else (resource, scope_code)
        known = self._pair_of.get(key)
        if known is None:
            written = self._scope(store.scopes[scope_code]() if scope_code >= 0 else scope or Scope())
            known = self._pairs.setdefault((resource, written), len(self._pairs))
            if len(self._pair_of) < _MOST_KNOWN:
                self._pair_of[key] = known
        return known

    def _resource(self, row: int, code: int, details: SpanDetails, firsts: dict[int, int]) -> int:
        """The number of a span's resource."""
        key: object = code
        recorded = details.resource
        service = int(self._store.service[row])
        if recorded:
            is_text = all(type(value) is str for value in recorded.values())
            key = (code, service, *recorded.items()) if is_text else None
        elif code < 0:
            key = (code, service)
        known = self._resource_of.get(key) if key is not None else None
        if known is None:
            if not recorded and code >= 0:
                service = int(self._store.service[firsts[code]])
            known = self._made_resource(code, service, recorded)
            if key == code or (key is not None and len(self._resource_of) < _MOST_KNOWN):
                self._resource_of[key] = known
            if key == code:
                self._counts["service"] += known[1]
        if key != code:
            self._counts["service"] += known[1]
        return known[0]

    def _made_resource(self, code: int, service_code: int, recorded: Attributes | None) -> tuple[int, bool]:
        """The number of a resource, and whether it names another service than its spans."""
        stored = self._store.resources.decode[code]() if code >= 0 else {}
        attributes = {**stored, **(recorded or {})}
        service = self._store.strings[service_code]
        named = attributes.get("service.name", "")
        differs = False
        if service != (named if isinstance(named, str) else str(named)):
            differs = "service.name" in attributes
            attributes["service.name"] = service
        written = self._writer.with_attributes({}, attributes)
        return self._resources.setdefault(written, len(self._resources)), differs

    def _scope(self, scope: Scope) -> bytes:
        found: dict[str, Any] = {}
        if scope.name:
            found["name"] = scope.name
        if scope.version:
            found["version"] = scope.version
        return self._writer.with_attributes(found, scope.attributes)

    def _tell_repeated(self, row: int, record: bytes) -> None:
        """Notice a record that is read again as a copy of another one."""
        repeated = self._repeated_ids
        if repeated and (int(self._store.repeat[row]) or self._store.key(row) in repeated):
            self._counts["same"] += record in self._repeats
            self._repeats.add(record)

    @property
    def _repeated_ids(self) -> set[str]:
        if self._repeated is None:
            repeat = self._store.repeat[self._trace.first : self._trace.last]
            rows = (np.flatnonzero(repeat) + self._trace.first).tolist()
            self._repeated = {self._store.id_text(row) for row in rows}
        return self._repeated

    _repeated: set[str] | None = None


def _first_rows(codes: Ints, first: int) -> dict[int, int]:
    """Each code's first row, the first code being that of row `first`."""
    found, rows = np.unique(codes, return_index=True)
    return dict(zip(found.tolist(), (rows + first).tolist(), strict=True))
