"""`table`: aligned columns, one line a span, or with `--spans none` one line a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracetui import format
from tracetui.export.ansi import Line, TextOptions
from tracetui.export.heading import heading, options_of, overview
from tracetui.export.report import Report, Spans, TraceSummary
from tracetui.model.store import Kind, Status
from tracetui.text import cell_len

_GAP: Final = 2
_MIN_TEXT: Final = 8
_WIDE: Final = 120  # from here on a list of traces has room for dates and whole ids


class Column(NamedTuple):
    """A column: its title, whether figures stand to the right, and whether it may be shortened."""

    title: str
    right: bool = False
    flexible: bool = False


class Cell(NamedTuple):
    """A value, and the codes that colour it."""

    text: str
    codes: tuple[str, ...] = ()


_SPAN_COLUMNS: Final = (
    Column("start", right=True),
    Column("duration", right=True),
    Column("self", right=True),
    Column("on path", right=True),
    Column("service", flexible=True),
    Column("operation", flexible=True),
    Column("kind"),
    Column("status"),
)
_TRACE_COLUMNS: Final = (
    Column("start"),
    Column("duration", right=True),
    Column("service", flexible=True),
    Column("operation", flexible=True),
    Column("spans", right=True),
    Column("services", right=True),
    Column("errors", right=True),
    Column("trace"),
)


def write_table(report: Report, options: TextOptions) -> Iterator[str]:
    """The lines, without line ends."""
    traces = list(report.summaries())
    if report.spans is Spans.NONE:
        yield from laid_out(_TRACE_COLUMNS, _trace_rows(traces, options), options)
        return
    if len(traces) > 1:
        yield from overview(report, traces, options)
    for trace in traces:
        if len(traces) > 1:
            yield ""
        coloured = options_of(report, trace, options)
        yield from heading(report, trace, coloured)
        yield ""
        rows = [_span_cells(report, trace, row, coloured) for row in report.rows(trace).tolist()]
        yield from laid_out(_SPAN_COLUMNS, rows, options)


def laid_out(columns: tuple[Column, ...], rows: list[list[Cell]], options: TextOptions) -> Iterator[str]:
    """Rows under their titles, in columns as wide as their values, the flexible ones shrunk to fit.

    Args:
        columns: What stands where.
        rows: A cell for each column.
        options: Width, colours and glyphs.
    """
    widths = [cell_len(column.title) for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], cell_len(cell.text))
    _shrink(widths, columns, options.width)
    muted = options.painter.role("muted")
    yield _line(columns, widths, [Cell(column.title, (muted,)) for column in columns], options)
    rule = ("-" if options.ascii else "─") * min(options.width, sum(widths) + _GAP * (len(widths) - 1))
    yield str(Line(options).add(rule, options.painter.role("faint")))
    for row in rows:
        yield _line(columns, widths, row, options)


def _shrink(widths: list[int], columns: tuple[Column, ...], width: int) -> None:
    """Take what does not fit from the widest flexible column, again and again."""
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    flexible = [index for index, column in enumerate(columns) if column.flexible]
    while excess > 0:
        widest = max(flexible, key=lambda index: widths[index])
        if widths[widest] <= _MIN_TEXT:
            return  # the right edge is cut off
        runner_up = max((widths[i] for i in flexible if i != widest), default=_MIN_TEXT)
        step = min(excess, max(1, widths[widest] - max(runner_up, _MIN_TEXT)))
        widths[widest] -= step
        excess -= step


def _line(columns: Iterable[Column], widths: list[int], cells: list[Cell], options: TextOptions) -> str:
    line = Line(options)
    for index, (column, width, cell) in enumerate(zip(columns, widths, cells, strict=True)):
        text = options.fit(cell.text, width, middle=column.flexible, pad=False)
        gap = " " * (width - cell_len(text))
        if index:
            line.add(" " * _GAP)
        if column.right:
            line.add(gap).add(text, *cell.codes)
        else:
            line.add(text, *cell.codes).add(gap)
    return str(line)


def _span_cells(report: Report, trace: TraceSummary, row: int, options: TextOptions) -> list[Cell]:
    store, painter, ascii = report.store, options.painter, options.ascii
    status = Status(int(store.status[row])).name.lower()
    service = store.strings[store.service[row]]
    on_path = int(report.on_path[row])
    return [
        Cell(format.offset(int(store.start_ns[row]) - trace.start_ns, ascii=ascii), (painter.role("muted"),)),
        Cell(format.duration(int(store.duration_ns[row]), ascii=ascii)),
        Cell(format.duration(int(report.self_ns[row]), ascii=ascii)),
        Cell(format.duration(on_path, ascii=ascii) if on_path else "-"),
        Cell(options.shown(service), ("1", painter.service(service))),
        Cell(options.shown(store.strings[store.name[row]])),
        Cell(Kind(int(store.kind[row])).name.lower(), (painter.role("muted"),)),
        Cell(status, (painter.role("error"),) if status == "error" else (painter.role("muted"),)),
    ]


def _trace_rows(traces: list[TraceSummary], options: TextOptions) -> list[list[Cell]]:
    """A row a trace. Where it is narrow, times of one day go without their date, and ids are cut."""
    painter, narrow = options.painter, options.width < _WIDE
    muted = (painter.role("muted"),)
    one_day = len({format.datetime_utc(trace.start_ns)[:10] for trace in traces}) == 1
    when = format.clock if narrow and one_day else format.datetime_utc
    id_width = 9 if narrow else 32
    return [
        [
            Cell(when(trace.start_ns), muted),
            Cell(format.duration(trace.duration_ns, ascii=options.ascii), (painter.role("strong"),)),
            Cell(options.shown(trace.service), ("1", painter.service(trace.service))),
            Cell(options.shown(trace.name)),
            Cell(format.count(trace.span_count)),
            Cell(format.count(trace.service_count)),
            Cell(format.count(trace.error_count), (painter.role("error"),) if trace.error_count else muted),
            Cell(options.fit(options.shown(trace.trace_id), id_width, pad=False), muted),
        ]
        for trace in traces
    ]
