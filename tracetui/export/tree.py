"""`tree`: the waterfall as text.

frontend POST /checkout  2.75s (+260ms after the reply)            2026-11-22 07:21:03.120Z
service · operation          ╷0              ╷1s              ╷2s
frontend POST /checkout       █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█            2.75s
├ auth authorize              ▐                                                   88ms
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui import format
from tracetui.export.ansi import Line, Painter, TextOptions, background
from tracetui.export.bars import Bar, Ink, Style, Window, bar, ruler, ticks
from tracetui.export.heading import heading, overview
from tracetui.export.report import Report, Spans, TraceSummary
from tracetui.export.rows import MISSING, Row, arranged
from tracetui.model.store import Flag, Status
from tracetui.text import cell_len

_MIN_TREE: Final = 16
_MIN_BARS: Final = 12
_GAP: Final = 2
_BADGES: Final = (
    (Flag.NO_TIME, "no start"),
    (Flag.UNFINISHED, "no end"),
    (Flag.CYCLE, "cycle cut"),
    (Flag.WARNINGS, "warning"),
)
_BADGED: Final = int(Flag.NO_TIME | Flag.UNFINISHED | Flag.CYCLE | Flag.WARNINGS)


def write_tree(report: Report, options: TextOptions) -> Iterator[str]:
    """The lines of all traces, without line ends."""
    traces = list(report.summaries())
    if len(traces) > 1:
        yield from overview(report, traces, options)
    for trace in traces:
        if trace.index or len(traces) > 1:
            yield ""
        yield from heading(report, trace, options)
        if report.spans is not Spans.NONE:
            yield ""
            yield from _Waterfall(report, trace, options).lines()


class _Glyphs:
    """The characters of guides and marks."""

    def __init__(self, ascii: bool) -> None:
        self.branch, self.corner, self.through = ("|-", "`-", "| ") if ascii else ("├╴", "└╴", "│ ")
        self.error = "x " if ascii else "✗ "
        self.missing = "? " if ascii else "◌ "
        self.skipped = ".." if ascii else "‥"
        self.grid = "┊"
        self.dot = "-" if ascii else "·"


class _Waterfall:
    """The ruler and the rows of one trace."""

    def __init__(self, report: Report, trace: TraceSummary, options: TextOptions) -> None:
        self.report, self.trace, self.options = report, trace, options
        self.store = report.store
        self.painter: Painter = options.painter
        self.glyphs = _Glyphs(options.ascii)
        self.rows = arranged(self.store, trace, report.rows(trace))
        self.labels: dict[int, tuple[str, str]] = {}
        self._measure()
        self.sections = _Sections(report, trace)

    def _measure(self) -> None:
        """Divide the width: names what they need, up to two fifths; times as they are; bars the rest."""
        options = self.options
        self.time_width = 7
        natural = 0
        for row in self.rows:
            cells = 2 * min(row.depth, 12) + cell_len(self._title(row)) + 2
            natural = max(natural, cells)
        room = options.width - self.time_width - _GAP
        share = options.width * 45 // 100
        self.tree_width = max(min(natural, share), min(_MIN_TREE, room))
        bars = room - self.tree_width - _GAP
        if bars < _MIN_BARS:
            self.tree_width, bars = max(room, 1), 0
        self.window = Window(self.trace.start_ns, self.trace.end_ns, bars)
        self.levels = max(1, (self.tree_width - _MIN_TREE) // 2)

    def _title(self, row: Row) -> str:
        """A row's text, to be measured."""
        if row.row == MISSING:
            return self.glyphs.missing + self._missing(row)
        service, name = self._label(row.row)
        error = self.glyphs.error if self.store.status[row.row] == Status.ERROR else ""
        return f"{error}{service} {name}{self._badge(row.row)}"

    def _missing(self, row: Row) -> str:
        parent = self.options.shown(row.missing)
        if len(parent) > 8:
            parent = parent[:4] + self.options.ellipsis
        return f"missing span {parent} ({format.plural(row.children, 'child', 'children')})"

    def _label(self, row: int) -> tuple[str, str]:
        """Service and operation as they may be shown; each pair is neutralised once."""
        store = self.store
        service, name = int(store.service[row]), int(store.name[row])
        key = service * len(store.strings) + name
        label = self.labels.get(key)
        if label is None:
            shown = self.options.shown
            label = self.labels[key] = (shown(store.strings[service]), shown(store.strings[name]))
        return label

    def _badge(self, row: int) -> str:
        flags = int(self.store.flags[row])
        if not flags & _BADGED:
            return ""
        return "".join(f" !{word}" for flag, word in _BADGES if flags & flag)

    def lines(self) -> Iterator[str]:
        """The ruler, then a line for each row."""
        options, painter = self.options, self.painter
        muted = painter.role("muted")
        marks = ticks(self.window, self.trace.start_ns, ascii=options.ascii)
        title = options.fit(f"service {self.glyphs.dot} operation", self.tree_width)
        head = Line(options).add(title, muted)
        if self.window.width:
            head.add(" " * _GAP).add(ruler(marks, self.window.width, ascii=options.ascii), muted)
        yield str(head)
        grid = {mark.column for mark in marks} if options.style is Style.COLOUR else set()
        open_levels: list[bool] = []
        for row in self.rows:
            del open_levels[row.depth :]
            guides = self._guides(row, open_levels)
            open_levels.append(not row.last)
            yield self._line(row, guides, grid)

    def _guides(self, row: Row, open_levels: list[bool]) -> str:
        """The guides left of a row; where there is no room for all, its depth in figures and the last few."""
        if not row.depth:
            return ""
        glyphs = self.glyphs
        branch = glyphs.corner if row.last else glyphs.branch
        if row.depth <= self.levels:
            above = open_levels[1 : row.depth]
            return "".join(glyphs.through if is_open else "  " for is_open in above) + branch
        depth = f"{glyphs.skipped}{row.depth} "
        kept = max(0, (2 * self.levels - len(depth)) // 2 - 1)
        above = open_levels[row.depth - kept : row.depth] if kept else []
        return (depth + "".join(glyphs.through if o else "  " for o in above)).ljust(
            2 * self.levels - 2
        ) + branch

    def _line(self, row: Row, guides: str, grid: set[int]) -> str:
        painter, options, store = self.painter, self.options, self.store
        line = Line(options)
        faint = painter.role("faint")
        room = self.tree_width
        if row.row == MISSING:
            text = options.fit(self.glyphs.missing + self._missing(row), room)
            line.add(text, painter.role("muted"))
            self._add_bar(line, Bar(0, ()), "", grid)
            return str(line)
        line.add(guides, faint)
        room -= cell_len(guides)
        if store.status[row.row] == Status.ERROR:
            mark = options.fit(self.glyphs.error, room, pad=False)
            line.add(mark, painter.role("error"))
            room -= cell_len(mark)
        self._add_names(line, row.row, room)
        start, duration = int(store.start_ns[row.row]), int(store.duration_ns[row.row])
        sections = self.sections.of(row.row)
        drawn = bar(start, start + duration, sections, self.window, options.style)
        self._add_bar(line, drawn, store.strings[store.service[row.row]], grid)
        time = format.duration(duration, ascii=options.ascii).rjust(self.time_width)
        line.add(" " * min(_GAP, line.room)).add(time, "" if sections else painter.role("muted"))
        return str(line)

    def _add_names(self, line: Line, row: int, room: int) -> None:
        """Service, operation and badges; the operation gives way first, shortened in the middle."""
        options, painter = self.options, self.painter
        service, name = self._label(row)
        badge = self._badge(row)
        room -= cell_len(badge)
        needed = cell_len(service)
        if needed + 1 + cell_len(name) > room:
            needed = min(needed, max(room - 1 - max(6, room // 2), min(room, 6), room - 1 - cell_len(name)))
        shown = options.fit(service, min(needed, room), middle=True, pad=False)
        code = painter.service(self.report.store.strings[self.store.service[row]])
        line.add(shown, "1", code)
        rest = room - cell_len(shown)
        if rest > 1 and shown:
            line.add(" ")
            rest -= 1
        text = options.fit(name, rest, middle=True, pad=False)
        line.add(text)
        line.add(badge, painter.role("warning"))
        line.add(" " * max(0, rest - cell_len(text)))

    def _add_bar(self, line: Line, drawn: Bar, service: str, grid: set[int]) -> None:
        if not self.window.width:
            return
        line.add(" " * _GAP)
        self._add_ground(line, 0, drawn.column if drawn.runs else self.window.width, grid)
        column = drawn.column
        for run in drawn.runs:
            line.add(run.text, *self._inks(run.fg, run.bg, service))
            column += len(run.text)
        if drawn.runs:
            self._add_ground(line, column, self.window.width, grid)

    def _add_ground(self, line: Line, start: int, end: int, grid: set[int]) -> None:
        """Empty cells, with the ruler's lines through them."""
        faint = self.painter.role("faint")
        at = start
        for column in sorted(column for column in grid if start <= column < end):
            line.add(" " * (column - at)).add(self.glyphs.grid, faint)
            at = column + 1
        line.add(" " * (end - at))

    def _inks(self, fg: Ink, bg: Ink, service: str) -> tuple[str, ...]:
        painter = self.painter
        if fg is Ink.NONE:
            # The ground drawn over the ink: its colour is the terminal's own, so swap instead of naming it.
            return ("7", painter.service(service, dim=bg is Ink.OFF)) if bg else ()
        front = painter.service(service, dim=fg is Ink.OFF)
        return (front, background(painter.service(service, dim=bg is Ink.OFF))) if bg else (front,)


class _Sections:
    """The sections of a trace's critical paths, by span."""

    def __init__(self, report: Report, trace: TraceSummary) -> None:
        paths, block = report.paths, report.sections_of(trace)
        span: npt.NDArray[np.int32] = paths.span[block]
        order = np.argsort(span, kind="stable")
        self._span = span[order]
        self._starts: list[int] = paths.start_ns[block][order].tolist()
        self._ends: list[int] = paths.end_ns[block][order].tolist()

    def of(self, row: int) -> list[tuple[int, int]]:
        """Start and end of each section of a span."""
        low, high = np.searchsorted(self._span, (row, row + 1)).tolist()
        return list(zip(self._starts[low:high], self._ends[low:high], strict=True))
