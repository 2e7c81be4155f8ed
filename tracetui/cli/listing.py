"""What a search found, printed: a table, JSON, or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

from tracetui import format as fmt
from tracetui.cli import output
from tracetui.cli.messages import tell, tell_warnings
from tracetui.export.encode import json_dumps
from tracetui.export.table import Cell, Column, laid_out

if TYPE_CHECKING:
    from tracetui.backends.base import Backend, Found, SearchQuery
    from tracetui.backends.call import Call
    from tracetui.cli.options import Options
    from tracetui.export.ansi import TextOptions

SCHEMA: Final = "tracetui.search/1"
_COLUMNS: Final = (
    Column("trace"),
    Column("start"),
    Column("duration", right=True),
    Column("spans", right=True),
    Column("err", right=True),
)
_NAMES: Final = (Column("service", flexible=True), Column("operation", flexible=True))
_NARROW: Final = (Column("operation", flexible=True),)
_WIDE: Final = 120
_UNKNOWN: Final = "-"


def print_found(
    backend: Backend,
    query: SearchQuery,
    call: Call,
    options: Options,
    format: Literal["table", "json", "jsonl"] = "table",
    width: int | None = None,
) -> int:
    """Search, and print what is found.

    Returns:
        The exit code: 0, also where nothing is found.

    Raises:
        BackendError: The search failed.
    """
    outcome = backend.search(query, call)
    notes = [*outcome.notes, *([backend.warning] if backend.warning else [])]
    if format == "json":
        document = {
            "schema": SCHEMA,
            "source": backend.address,
            "traces": [_value(row) for row in outcome.found],
            "notes": notes,
        }
        output.write_bytes([json_dumps(document), b"\n"])
        return 0
    tell_warnings(notes)
    if not outcome.found:
        tell("no trace found")
        return 0
    if format == "jsonl":
        output.write_bytes(json_dumps(_value(row)) + b"\n" for row in outcome.found)
    else:
        output.write_lines(_table(outcome.found, options.text_options(width)))
    return 0


def _value(row: Found) -> dict[str, Any]:
    return {
        "trace_id": row.trace_id,
        "service": row.service,
        "name": row.name,
        "start_time_unix_nano": row.start_ns,
        "duration_nano": row.duration_ns,
        "span_count": row.span_count,
        "error_count": row.error_count,
    }


def _table(rows: list[Found], options: TextOptions) -> Iterator[str]:
    """A line a trace. Its id is what the next command needs, and is never cut."""
    painter, narrow = options.painter, options.width < _WIDE
    muted = (painter.role("muted"),)
    cells = []
    for row in rows:
        service = row.service or ""
        names = [
            Cell(options.shown(service) or _UNKNOWN, ("1", painter.service(service))),
            Cell(options.shown(row.name or "") or _UNKNOWN),
        ]
        if narrow:
            names = [Cell(f"{names[0].text} {names[1].text}")]
        errors = (painter.role("error"),) if row.error_count else muted
        cells.append(
            [
                Cell(options.shown(row.trace_id), muted),
                Cell(_when(row.start_ns, narrow=narrow), muted),
                Cell(_duration(row.duration_ns, options.ascii), (painter.role("strong"),)),
                Cell(_UNKNOWN if row.span_count is None else fmt.count(row.span_count)),
                Cell(_UNKNOWN if row.error_count is None else fmt.count(row.error_count), errors),
                *names,
            ]
        )
    yield from laid_out((*_COLUMNS, *(_NARROW if narrow else _NAMES)), cells, options)


def _when(ns: int | None, *, narrow: bool) -> str:
    if ns is None:
        return _UNKNOWN
    return fmt.datetime_utc(ns)[5:16] + "Z" if narrow else fmt.datetime_utc(ns)


def _duration(ns: int | None, ascii: bool) -> str:
    return _UNKNOWN if ns is None else fmt.duration(ns, ascii=ascii)
