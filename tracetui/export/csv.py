"""`csv`: one row a span, or with `--spans none` one row a trace. Times are whole nanoseconds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from tracetui.export.report import Report, Spans, TraceSummary, keys_of
from tracetui.model.store import Kind, Status
from tracetui.text import neutralise

_BLOCK: Final = 4096
SPAN_COLUMNS: Final = (
    "trace_id",
    "key",
    "parent",
    "depth",
    "service",
    "name",
    "kind",
    "status",
    "start_time_unix_nano",
    "duration_nano",
    "self_time_nano",
    "critical_path_nano",
)
TRACE_COLUMNS: Final = (
    "trace_id",
    "service",
    "name",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "duration_nano",
    "root_duration_nano",
    "span_count",
    "error_count",
    "service_count",
    "depth",
    "root_count",
    "orphan_count",
)

_KINDS: Final = [kind.name.lower() for kind in Kind]
_FORMULA: Final = frozenset("=+-@")
_STATUSES: Final = [status.name.lower() for status in Status]


def write_csv(report: Report) -> Iterator[str]:
    """The header and the rows, as text with line ends, many rows in a piece."""
    if report.spans is Spans.NONE:
        yield from _written(TRACE_COLUMNS, _trace_rows(report))
    else:
        yield from _written(SPAN_COLUMNS, _span_rows(report))


def _cell(text: str) -> str:
    """Foreign text as a cell: harmless to a terminal, and no formula to a spreadsheet."""
    shown = neutralise(text)
    return f"'{shown}" if shown[:1] in _FORMULA and len(shown) > 1 else shown


def _written(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % _BLOCK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _trace_rows(report: Report) -> Iterator[tuple[object, ...]]:
    for t in report.summaries():
        yield (
            _cell(t.trace_id),
            _cell(t.service),
            _cell(t.name),
            t.start_ns,
            t.end_ns,
            t.duration_ns,
            t.root_duration_ns,
            t.span_count,
            t.error_count,
            t.service_count,
            t.depth,
            t.root_count,
            t.orphan_count,
        )


def _span_rows(report: Report) -> Iterator[tuple[object, ...]]:
    for trace in report.summaries():
        yield from _rows_of(report, trace)


def _rows_of(report: Report, trace: TraceSummary) -> Iterator[tuple[object, ...]]:
    store = report.store
    trace_id = _cell(trace.trace_id)
    texts: dict[int, str] = {}
    rows = report.rows(trace)
    for at in range(0, len(rows), _BLOCK):
        block = rows[at : at + _BLOCK]
        parents = store.parent[block]
        columns = zip(
            keys_of(store, block),
            keys_of(store, parents.clip(0)),
            parents.tolist(),
            store.depth[block].tolist(),
            store.service[block].tolist(),
            store.name[block].tolist(),
            store.kind[block].tolist(),
            store.status[block].tolist(),
            store.start_ns[block].tolist(),
            store.duration_ns[block].tolist(),
            report.self_ns[block].tolist(),
            report.on_path[block].tolist(),
            strict=True,
        )
        for key, parent_key, parent, depth, service, name, kind, status, *times in columns:
            for code in (service, name):
                if code not in texts:
                    texts[code] = _cell(store.strings[code])
            yield (
                trace_id,
                _cell(key),
                _cell(parent_key) if parent >= 0 else "",
                depth,
                texts[service],
                texts[name],
                _KINDS[kind],
                _STATUSES[status],
                *times,
            )
