"""`tree`: the waterfall as text.

frontend POST /checkout  2.75s (+260ms after the reply)            2026-11-22 07:21:03.120Z
service · operation          ╷0              ╷1s              ╷2s
frontend POST /checkout       █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█            2.75s
├ auth authorize              ▐                                                   88ms
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tracetui import format
from tracetui.export.ansi import Line, TextOptions
from tracetui.export.bars import Bar, Window, bar, ruler, ticks
from tracetui.export.heading import heading, options_of, overview
from tracetui.export.ink import Inks
from tracetui.export.report import Report, Spans, TraceSummary
from tracetui.export.rows import MISSING, Row, arranged
from tracetui.model.store import Flag, Status
from tracetui.text import cell_len

_MIN_TREE: Final = 16
_MIN_BARS: Final = 12
_TIME: Final = 7
_GAP: Final = "  "
_BADGES: Final = (
    (int(Flag.NO_TIME), " !no start"),
    (int(Flag.UNFINISHED), " !no end"),
    (int(Flag.CYCLE), " !cycle cut"),
    (int(Flag.WARNINGS), " !warning"),
)
_BADGED: Final = int(Flag.NO_TIME | Flag.UNFINISHED | Flag.CYCLE | Flag.WARNINGS)
_ERROR: Final = int(Status.ERROR)
_KEPT_LABELS: Final = 10_000


def write_tree(report: Report, options: TextOptions) -> Iterator[str]:
    """The lines of all traces, without line ends."""
    traces = list(report.summaries())
    if len(traces) > 1:
        yield from overview(report, traces, options)
    for trace in traces:
        if trace.number or len(traces) > 1:
            yield ""
        coloured = options_of(report, trace, options)
        yield from heading(report, trace, coloured)
        if report.spans is not Spans.NONE:
            yield ""
            yield from _Waterfall(report, trace, coloured).lines()


class _Glyphs:
    """The characters of guides and marks."""

    def __init__(self, ascii: bool) -> None:
        self.branch, self.corner, self.through = ("|-", "`-", "| ") if ascii else ("├╴", "└╴", "│ ")
        self.error = "x " if ascii else "✗ "
        self.missing = "? " if ascii else "◌ "
        self.skipped = ".." if ascii else "‥"
        self.dot = "-" if ascii else "·"


class _Fields(NamedTuple):
    """What one row shows of its span."""

    service: int
    name: int
    error: bool
    flags: int
    start_ns: int
    duration_ns: int
    first_section: int
    last_section: int


class _Waterfall:
    """The ruler and the rows of one trace."""

    def __init__(self, report: Report, trace: TraceSummary, options: TextOptions) -> None:
        self.trace, self.options = trace, options
        self.store = report.store
        self.painter = options.painter
        self.glyphs = _Glyphs(options.ascii)
        rows = report.rows(trace)
        self.rows = arranged(self.store, trace, rows)
        self._read(report, rows)
        self._shown: dict[int, str] = {}
        self._labels: dict[tuple[int, int, bool, int, int], str] = {}
        self._measure()
        self._inks = Inks(options, self.window, ticks(self.window, trace.start_ns, ascii=options.ascii))

    def _read(self, report: Report, rows: npt.NDArray[np.int64]) -> None:
        """Take the columns of the listed rows over into Python, all at once."""
        store, paths = self.store, report.paths
        block = report.sections_of(self.trace)
        order = np.argsort(paths.span[block], kind="stable")
        span = paths.span[block][order]
        starts, ends = paths.start_ns[block][order].tolist(), paths.end_ns[block][order].tolist()
        self.sections: list[tuple[int, int]] = list(zip(starts, ends, strict=True))
        columns = zip(
            store.service[rows].tolist(),
            store.name[rows].tolist(),
            (store.status[rows] == _ERROR).tolist(),
            (store.flags[rows] & _BADGED).tolist(),
            store.start_ns[rows].tolist(),
            store.duration_ns[rows].tolist(),
            np.searchsorted(span, rows).tolist(),
            np.searchsorted(span, rows, side="right").tolist(),
            strict=True,
        )
        self.fields = dict(zip(rows.tolist(), map(_Fields._make, columns), strict=True))
        self.longest_ns = int(store.duration_ns[rows].max(initial=0))

    def _measure(self) -> None:
        """Divide the width: names what they need, up to two fifths; times as they are; bars the rest."""
        width = self.options.width
        natural = max((2 * min(row.depth, 12) + self._cells(row) for row in self.rows), default=0) + 2
        longest = len(format.duration(self.longest_ns, ascii=self.options.ascii))
        self.time_width = max(_TIME, longest) if width >= 20 else 0
        room = width - self.time_width - (len(_GAP) if self.time_width else 0)
        self.tree_width = max(min(natural, width * 45 // 100), min(_MIN_TREE, room))
        bars = room - self.tree_width - len(_GAP)
        if bars < _MIN_BARS:
            self.tree_width, bars = room, 0
        self.window = Window(self.trace.start_ns, self.trace.end_ns, bars)
        self.levels = max(1, (self.tree_width - _MIN_TREE) // 2)

    def _cells(self, row: Row) -> int:
        """How wide a row's text would like to be, guides not counted."""
        if row.row == MISSING:
            return cell_len(self._missing(row))
        fields = self.fields[row.row]
        cells = cell_len(self._text(fields.service)) + 1 + cell_len(self._text(fields.name))
        return cells + (2 if fields.error else 0) + len(_badge(fields.flags))

    def _missing(self, row: Row) -> str:
        parent = self.options.shown(row.missing)
        if len(parent) > 8:
            parent = parent[:4] + self.options.ellipsis
        return (
            f"{self.glyphs.missing}missing span {parent} ({format.plural(row.children, 'child', 'children')})"
        )

    def _text(self, code: int) -> str:
        """A service or an operation as it may be shown; each is neutralised once."""
        shown = self._shown.get(code)
        if shown is None:
            shown = self._shown[code] = self.options.shown(self.store.strings[code])
        return shown

    def lines(self) -> Iterator[str]:
        """The ruler, then a line for each row."""
        options, painter = self.options, self.painter
        muted = painter.role("muted")
        head = Line(options).add(options.fit(f"service {self.glyphs.dot} operation", self.tree_width), muted)
        if self.window.width:
            head.add(_GAP).add(ruler(self._inks.marks, self.window.width, ascii=options.ascii), muted)
        yield str(head)
        faint = painter.sgr(painter.role("faint"))
        end = "\x1b[0m" if faint else ""
        open_levels: list[bool] = []
        for row in self.rows:
            del open_levels[row.depth :]
            guides = self._guides(row, open_levels)[: self.tree_width]
            open_levels.append(not row.last)
            line = self._line(row, self.tree_width - len(guides))
            yield f"{faint}{guides}{end}{line}" if guides else line

    def _guides(self, row: Row, open_levels: list[bool]) -> str:
        """The guides left of a row; where there is no room for all, its depth in figures and the last few."""
        if not row.depth:
            return ""
        glyphs = self.glyphs
        branch = glyphs.corner if row.last else glyphs.branch
        if row.depth <= self.levels:
            above = open_levels[1 : row.depth]
            return "".join([glyphs.through if is_open else "  " for is_open in above]) + branch
        depth = f"{glyphs.skipped}{row.depth} "
        kept = max(0, (2 * self.levels - len(depth)) // 2 - 1)
        above = open_levels[row.depth - kept : row.depth]
        lead = depth + "".join([glyphs.through if is_open else "  " for is_open in above])
        return lead[: max(0, self.tree_width - 2)].ljust(2 * self.levels - 2) + branch

    def _line(self, row: Row, room: int) -> str:
        """A row without its guides."""
        if row.row == MISSING:
            text = self.painter.paint(self.options.fit(self._missing(row), room), self.painter.role("muted"))
            bar_text = _GAP + self._inks.drawn(Bar(0, ()), "") if self.window.width else ""
            return (text + bar_text).rstrip(" ")
        fields = self.fields[row.row]
        text = self._label(fields, room)
        sections = self.sections[fields.first_section : fields.last_section]
        start = fields.start_ns
        if self.window.width:
            drawn = bar(start, start + fields.duration_ns, sections, self.window, self.options.style)
            text += _GAP + self._inks.drawn(drawn, self.store.strings[fields.service])
        if self.time_width:
            time = format.duration(fields.duration_ns, ascii=self.options.ascii).rjust(self.time_width)
            text += _GAP + (time if sections else self.painter.paint(time, self.painter.role("muted")))
        return text

    def _label(self, fields: _Fields, room: int) -> str:
        """Error mark, service, operation and badges in exactly `room` cells."""
        key = (fields.service, fields.name, fields.error, fields.flags, room)
        label = self._labels.get(key)
        if label is None:
            if len(self._labels) >= _KEPT_LABELS:
                self._labels.clear()
            label = self._labels[key] = self._made_label(fields, room)
        return label

    def _made_label(self, fields: _Fields, room: int) -> str:
        options, painter = self.options, self.painter
        mark = options.fit(self.glyphs.error if fields.error else "", room, pad=False)
        badge = options.fit(_badge(fields.flags), max(0, room - cell_len(mark) - 8), pad=False)
        rest = room - cell_len(mark) - cell_len(badge)
        service, name = self._text(fields.service), self._text(fields.name)
        cells = cell_len(service)
        if cells + 1 + cell_len(name) > rest:
            # The operation gives way first, down to half of the room; then the service.
            cells = min(cells, max(rest - 1 - max(6, rest // 2), rest - 1 - cell_len(name), min(rest, 6)))
        service = options.fit(service, cells, middle=True, pad=False)
        between = " " if service and rest > cell_len(service) + 1 else ""
        rest -= cell_len(service) + len(between)
        name = options.fit(name, rest, middle=True, pad=False)
        code = painter.service(self.store.strings[fields.service])
        return "".join(
            (
                painter.paint(mark, painter.role("error")),
                painter.paint(service, "1", code),
                between + name,
                painter.paint(badge, painter.role("warning")),
                " " * (rest - cell_len(name)),
            )
        )


def _badge(flags: int) -> str:
    """What is not whole about a span, in a word or two."""
    return "".join([word for flag, word in _BADGES if flags & flag]) if flags else ""
