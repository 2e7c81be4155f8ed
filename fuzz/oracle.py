"""What must hold for whatever could be read, however odd the bytes were."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tracetui.analysis import Mode, critical_paths
from tracetui.export.ansi import TextOptions
from tracetui.export.csv import write_csv
from tracetui.export.json import write_json
from tracetui.export.markdown import write_markdown
from tracetui.export.report import Report
from tracetui.export.table import write_table
from tracetui.export.tree import write_tree
from tracetui.model.issues import IssueCode
from tracetui.model.store import SpanStore
from tracetui.model.trace import Collection
from tracetui.text import cell_len, escape_json, neutralise

_ALL_CODES = frozenset(IssueCode)
_CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")
_WIDTH = 60
_FEW_SPANS = 200
"""Spans of which all outputs are looked at; what is larger costs more than it finds."""


def check(collection: Collection, data: bytes | None = None) -> None:
    """Assert what holds for every collection: its tree, its paths, its counts and its outputs.

    Args:
        collection: What was read.
        data: What it was read from. Its checksum draws one variant of the path, and which outputs are looked
            at: all of them cost more than the reading. Without it all are.
    """
    store = collection.store
    check_tree(store)
    check_keys(collection)
    check_counts(collection)
    drawn = None if data is None else zlib.crc32(data)
    modes = list(Mode)
    for mode in modes if drawn is None else modes[drawn % len(modes) :][:1]:
        check_paths(store, mode)
    if len(store) > _FEW_SPANS:
        return
    report = Report(collection)
    if drawn is None or drawn >> 4 & 3 == 0:
        check_json(report)
    for number, write in enumerate(_WRITERS):
        if drawn is None or drawn >> 8 & 31 == number:
            check_text(write(report))


def check_tree(store: SpanStore) -> None:
    """Depth first, siblings by start, sizes and depths that agree, each trace's rows back to back."""
    rows = len(store)
    assert store.trace_first[0] == 0 and store.trace_first[-1] == rows, "traces do not cover the rows"
    assert (np.diff(store.trace_first) > 0).all(), "a trace without spans"
    parent, size, depth = store.parent.tolist(), store.size.tolist(), store.depth.tolist()
    start, record = store.start_ns.tolist(), store.record.tolist()
    assert not rows or min(store.duration_ns.tolist()) >= 0, "a negative duration"
    bounds = store.trace_first.tolist()
    trace = np.repeat(np.arange(len(bounds) - 1), np.diff(store.trace_first)).tolist()
    last_child: dict[tuple[int, int], int] = {}
    reached = [1] * rows
    for row in range(rows - 1, -1, -1):
        if parent[row] >= 0:
            reached[parent[row]] += reached[row]
    for row in range(rows):
        above = parent[row]
        assert above < row, "a parent after its child"
        assert above < 0 or trace[above] == trace[row], "a parent in another trace"
        assert depth[row] == (depth[above] + 1 if above >= 0 else 0), "a wrong depth"
        assert size[row] == reached[row], "a wrong size"
        assert above < 0 or row < above + size[above], "outside of its parent's slice"
        before = last_child.get((trace[row], above))
        if before is not None:
            assert (start[before], record[before]) < (start[row], record[row]), "siblings out of order"
            assert row == before + size[before], "a gap between siblings"
        last_child[trace[row], above] = row


def check_keys(collection: Collection) -> None:
    """A key names one span of its trace."""
    store = collection.store
    for first, last in zip(store.trace_first.tolist(), store.trace_first.tolist()[1:], strict=False):
        keys = {store.key(row) for row in range(first, last)}
        assert len(keys) == last - first, "two spans with one key"


def check_counts(collection: Collection) -> None:
    """Spans are the records read less those of which it is told that they are not among them."""
    told: dict[IssueCode, int] = {}
    for trace in collection.traces:
        for issue in trace.issues:
            told[issue.code] = told.get(issue.code, 0) + issue.count
    for issue in collection.issues:
        told[issue.code] = told.get(issue.code, 0) + issue.count
    assert told.keys() <= _ALL_CODES
    records = sum(source.spans for source in collection.sources)
    gone = told.get(IssueCode.DUPLICATE_SPAN, 0) + told.get(IssueCode.MERGED_SPAN, 0)
    assert collection.span_count == records - gone, "records are missing, and nothing tells of it"
    for log in [collection.log, *filter(None, collection.trace_logs)]:
        for issue in log.issues:
            assert issue.count > 0 and issue.message, "an issue of nothing"


def check_paths(store: SpanStore, mode: Mode) -> None:
    """The sections of each root's path touch and cover it exactly."""
    paths = critical_paths(store, mode=mode)
    roots = np.flatnonzero(store.parent < 0)
    assert paths.roots.tolist() == roots.tolist(), "a root without a path"
    for at, root in enumerate(roots.tolist()):
        sections = paths.sections(at)
        begin, length = int(store.start_ns[root]), int(store.duration_ns[root])
        reached = begin
        for section in sections:
            span = int(paths.span[section])
            assert root <= span < root + int(store.size[root]), "a section of another root"
            assert int(paths.start_ns[section]) == reached, "sections do not touch"
            reached = int(paths.end_ns[section])
            assert reached > int(paths.start_ns[section]), "a section of no length"
        if mode is not Mode.TO_END:
            assert reached == begin + length, "sections do not cover the root"


def check_json(report: Report) -> None:
    """JSON parses, has every span, and carries no character that a terminal would act on."""
    document = b"".join(write_json(report))
    read: dict[str, Any] = json.loads(document)
    assert sum(len(trace["spans"]) for trace in read["traces"]) == report.collection.span_count
    assert escape_json(document) == document, "a character in JSON that is to be escaped"
    assert not _CONTROLS.search(document), "a raw control character in JSON"


_WRITERS: tuple[Callable[[Report], tuple[Iterable[str], int | None]], ...] = (
    lambda report: (write_tree(report, TextOptions(_WIDTH)), _WIDTH),
    lambda report: (write_table(report, TextOptions(_WIDTH)), _WIDTH),
    lambda report: (write_csv(report), None),
    lambda report: (write_markdown(report), None),
)


def check_text(written: tuple[Iterable[str], int | None]) -> None:
    """Text holds nothing that is to be neutralised, and no line is wider than it may be."""
    pieces, width = written
    for piece in pieces:
        for line in piece.split("\n"):
            check_line(line.removesuffix("\r"))
            assert width is None or cell_len(line) <= width, "a line that is too wide"


def check_line(line: str) -> None:
    """A line of text is what the neutraliser would make of it."""
    for char in set(line):
        assert _is_harmless(char), f"raw {char!r} in text"


def _is_harmless(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or neutralise("x" + char) == "x" + char
