"""Small column stores made by hand or from Jaeger JSON, without the loaders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tracetui.analysis import CriticalPaths, Mode, critical_paths

US = 1_000
MS = 1_000_000
FOLLOWS_FROM = 8
Section = tuple[str, int, int, bool]
"""Span key, start, end, and whether it is a wait."""
KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}


@dataclass
class S:
    """One span: times in nanoseconds; `parent` is the key of its parent."""

    key: str
    start: int
    duration: int
    parent: str | None = None
    kind: str = ""
    clock: str = "a"
    follows: bool = False
    service: str = ""
    address: str | None = None


@dataclass
class Resources:
    clock: np.ndarray
    address: np.ndarray


@dataclass
class Columns:
    """What analysis asks of a store, see `tracetui.analysis.columns.SpanColumns`."""

    start_ns: np.ndarray
    duration_ns: np.ndarray
    parent: np.ndarray
    depth: np.ndarray
    size: np.ndarray
    kind: np.ndarray
    flags: np.ndarray
    resource: np.ndarray
    service: np.ndarray
    resources: Resources
    trace_first: np.ndarray
    strings: list[str]
    keys: list[str] = field(repr=False)

    @property
    def name(self) -> np.ndarray:
        return self.service

    def key(self, row: int) -> str:
        return self.keys[row]

    def row(self, key: str) -> int:
        return self.keys.index(key)


def store(*traces: Sequence[S]) -> Columns:
    """Columns of the traces, each in depth-first order (children by start, then as given)."""
    rows: list[S] = []
    parent: list[int] = []
    depth: list[int] = []
    first = [0]
    for spans in traces:
        children: dict[str | None, list[S]] = defaultdict(list)
        for span in spans:
            children[span.parent].append(span)
        stack = [(span, -1, 0) for span in sorted(children[None], key=lambda s: s.start)[::-1]]
        while stack:
            span, above, level = stack.pop()
            row = len(rows)
            rows.append(span)
            parent.append(above)
            depth.append(level)
            below = sorted(children.get(span.key, ()), key=lambda s: s.start)
            stack.extend((child, row, level + 1) for child in reversed(below))
        first.append(len(rows))
        assert first[-1] - first[-2] == len(spans), "unreachable spans"
    size = [1] * len(rows)
    for row in range(len(rows) - 1, -1, -1):
        if parent[row] >= 0:
            size[parent[row]] += size[row]
    codes: dict[tuple[str, str | None], int] = {}
    resource = [codes.setdefault((s.clock, s.address), len(codes)) for s in rows]
    clocks: dict[str, int] = {}
    addresses: dict[str, int] = {}
    strings: dict[str, int] = {}
    return Columns(
        np.array([s.start for s in rows], np.int64),
        np.array([s.duration for s in rows], np.int64),
        np.array(parent, np.int32),
        np.array(depth, np.int32),
        np.array(size, np.int32),
        np.array([KINDS.get(s.kind, 0) for s in rows], np.uint8),
        np.array([FOLLOWS_FROM * s.follows for s in rows], np.uint16),
        np.array(resource, np.int32),
        np.array([strings.setdefault(s.service or s.clock, len(strings)) for s in rows], np.int32),
        Resources(
            np.array([clocks.setdefault(c, len(clocks)) for c, _ in codes], np.int32),
            np.array(
                [-1 if a is None else addresses.setdefault(a, len(addresses)) for _, a in codes], np.int32
            ),
        ),
        np.array(first, np.int64),
        list(strings),
        [s.key for s in rows],
    )


def from_jaeger(trace: dict[str, Any]) -> list[S]:
    """The spans of a Jaeger trace under the rules for repeated ids, references and cycles."""
    records = list({repr(r): r for r in trace["spans"]}.values())
    by_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        by_id[record["spanID"]].append(record)
    keys: dict[int, str] = {}
    halves: dict[str, tuple[dict[str, Any], str]] = {}
    for span_id, same in by_id.items():
        kinds = [_kind(r) for r in same]
        if sorted(kinds) == ["client", "server"]:
            same = sorted(same, key=lambda r: _kind(r) == "server")
            halves[span_id] = (same[1], f"{span_id}_1")
        for number, record in enumerate(same):
            keys[id(record)] = span_id + (f"_{number}" if number else "")
    spans = []
    for record in records:
        parent, follows = _parent(record, trace["traceID"], by_id)
        span_id = record["spanID"]
        if span_id in halves and record is halves[span_id][0]:
            parent, follows = span_id, False
        elif parent in halves and halves[parent][0]["processID"] == record["processID"]:
            parent = halves[parent][1]
        spans.append(
            S(
                keys[id(record)],
                record["startTime"] * US,
                max(0, record["duration"]) * US,
                parent,
                _kind(record),
                record["processID"],
                follows,
                trace["processes"][record["processID"]]["serviceName"],
            )
        )
    _cut_cycles(spans)
    return spans


def _kind(record: dict[str, Any]) -> str:
    return next((t["value"] for t in record["tags"] if t["key"] == "span.kind"), "")


def _parent(record: dict[str, Any], trace_id: str, known: Iterable[str]) -> tuple[str | None, bool]:
    for wanted in ("CHILD_OF", "FOLLOWS_FROM"):
        for ref in record["references"]:
            other = ref["spanID"]
            here = ref["traceID"] == trace_id and other in known and other != record["spanID"]
            if ref["refType"] == wanted and here:
                return other, wanted == "FOLLOWS_FROM"
    return None, False


def _cut_cycles(spans: list[S]) -> None:
    by_key = {span.key: span for span in spans}
    done: set[str] = set()
    for span in spans:
        trail: dict[str, None] = {}
        at: str | None = span.key
        while at is not None and at not in done and at not in trail:
            trail[at] = None
            at = by_key[at].parent
        if at in trail:
            loop = list(trail)[list(trail).index(at) :]
            earliest = min((s for s in spans if s.key in loop), key=lambda s: s.start)
            earliest.parent = None
        done.update(trail)


def sections_of(columns: Columns, paths: CriticalPaths, row: int) -> list[Section]:
    """The sections of one root as (key, start, end, wait)."""
    return [
        (columns.key(paths.span[at]), int(paths.start_ns[at]), int(paths.end_ns[at]), bool(paths.wait[at]))
        for at in paths.of_root(row)
    ]


def paths_of(columns: Columns, mode: Mode = Mode.DEFAULT) -> list[dict[str, list[Section]]]:
    """For each trace the sections of each of its roots, by the root's key."""
    paths = critical_paths(columns, mode=mode)
    found: list[dict[str, list[Section]]] = [{} for _ in columns.trace_first[1:]]
    for row in paths.roots.tolist():
        trace = int(np.searchsorted(columns.trace_first, row, "right")) - 1
        found[trace][columns.key(row)] = sections_of(columns, paths, row)
    return found
