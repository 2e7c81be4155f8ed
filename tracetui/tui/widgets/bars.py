"""Drawing the bar of a row: colours and event marks on the geometry of `tracetui.export.bars`."""

from __future__ import annotations

from bisect import bisect_left

from rich.style import Style as RichStyle

from tracetui.colours import Palette, contrast
from tracetui.export.bars import Bar, Ink, Run, Style, Window, bar
from tracetui.model.store import Flag
from tracetui.tui.state.facts import Facts
from tracetui.tui.theme import Ground, Paint

from .line import Line, ink

MOST_EVENTS = 500
_FULL = "█░#-"
_EXCEPTIONS = ("#6b0018", "#ffd9de")
"""What an exception is marked with on bars that are light, and on dark ones."""
LARGEST_RECORD = 256 * 1024
"""Bytes of a record above which a row does not decode it just to mark its events."""


class BarPainter:
    """Draws bars over one window of time.

    Args:
        facts: the trace.
        paint: the styles.
        window: the time on view and its cells.
        grid: what stands where no bar is; `window.width` cells.
        ascii: use ASCII signs only.
    """

    def __init__(self, facts: Facts, paint: Paint, window: Window, grid: str, ascii: bool) -> None:
        self.facts = facts
        self.paint = paint
        self.window = window
        self.grid = grid
        self.ascii = ascii
        self.style = Style.ASCII if ascii else Style.MONO if paint.shapes else Style.COLOUR
        self._events: dict[int, list[tuple[int, bool]]] = {}

    def span(self, line: Line, node: int, row: int, folded: bool, on: Ground) -> None:
        """Add a span's bar: bright on the critical path, of a folded span also where its children are."""
        forest, window = self.facts.forest, self.window
        start = int(forest.start_ns[node])
        end = start + int(forest.duration_ns[node])
        sections = self.facts.sections
        if sections is None:
            path = [(start, end)]
        else:
            last = forest.last(node) if folded else node + 1
            path = sections.intervals(node, last, window.start_ns, window.end_ns, window.width)
        drawn = bar(start, end, path, window, self.style)
        if not drawn.runs:
            self._beyond(line, start, on)
            return
        service = self.facts.trace.store.strings[int(self.facts.trace.store.service[row])]
        self._grid(line, 0, drawn.column, on)
        begin = line.used
        column = drawn.column
        events: dict[int, bool] = {}
        if self.facts.row(node) == row and int(self.facts.trace.store.flags[row]) & Flag.EVENTS:
            events = self._marks(row, drawn)
        for run in drawn.runs:
            self._run(line, run, column, service, events, on)
            column += len(run.text)
        self._grid(line, drawn.column + line.used - begin, window.width, on)

    def missing(self, line: Line, node: int, on: Ground) -> None:
        """Add the outline of a missing span: from the first of its children to the last."""
        forest = self.facts.forest
        start = int(forest.start_ns[node])
        drawn = bar(start, start + int(forest.duration_ns[node]), (), self.window, Style.COLOUR)
        cells = sum(len(run.text) for run in drawn.runs)
        self._grid(line, 0, drawn.column, on)
        if cells:
            if self.ascii:
                text = "[" + "-" * (cells - 2) + "]" if cells > 1 else "|"
            else:
                text = "╶" + "─" * (cells - 2) + "╴" if cells > 1 else "╷"
            line.add(text, self.paint.style("warning", on=on), cells)
        self._grid(line, drawn.column + cells, self.window.width, on)

    def _beyond(self, line: Line, start: int, on: Ground) -> None:
        """A span outside the window: an arrow at the edge that it lies beyond."""
        style = self.paint.style("muted", on=on)
        left, right = ("<", ">") if self.ascii else ("‹", "›")
        if start < self.window.start_ns:
            line.add(left, style, 1)
            self._grid(line, 1, self.window.width, on)
        else:
            self._grid(line, 0, self.window.width - 1, on)
            line.add(right, style, 1)

    def _grid(self, line: Line, first: int, last: int, on: Ground) -> None:
        if last > first:
            line.add(self.grid[first:last], self.paint.style("faint", on=on), last - first)

    def _run(
        self, line: Line, run: Run, column: int, service: str, events: dict[int, bool], on: Ground
    ) -> None:
        style = self._ink(run, service, on)
        if not events:
            line.add(run.text, style, len(run.text))
            return
        for offset, glyph in enumerate(run.text):
            bad = events.get(column + offset)
            if bad is None:
                line.add(glyph, style, 1)
            else:
                self._event(line, run.fg, service, bad, on)

    def _event(self, line: Line, fg: Ink, service: str, bad: bool, on: Ground) -> None:
        """A mark on the bar, of another shape where the event is an exception."""
        if self.ascii:
            line.add("!" if bad else ":", self.paint.style("error" if bad else "text", on=on), 1)
            return
        sign = "✗" if bad else "┃"
        if self.paint.shapes:
            line.add(sign, self.paint.style("error" if bad else "text", on=on), 1)
        else:
            bar = self._colour(fg, service, on)
            line.add(sign, ink(_on_bar(self.paint.palette, bar, bad), bar, bad), 1)

    def _ink(self, run: Run, service: str, on: Ground) -> RichStyle:
        fg = self._colour(run.fg, service, on)
        if run.bg == Ink.NONE:
            if self.paint.ansi:
                return ink(fg) + self.paint.ground(on)
            return ink(fg, self.paint.ground_colour(on))
        return ink(fg, self._colour(run.bg, service, on))

    def _colour(self, part: Ink, service: str, on: Ground) -> str:
        if part == Ink.ON:
            return self.paint.colour(service)
        if part == Ink.OFF:
            return self.paint.dimmed(service, on)
        return self.paint.ground_colour(on)

    def _marks(self, row: int, drawn: Bar) -> dict[int, bool]:
        """Cells of a span's events, and whether an exception is among them.

        A mark moves to the nearest cell that the bar fills, so that the bar's ends stay exact.
        """
        full, column = [], drawn.column
        for run in drawn.runs:
            if run.bg == Ink.NONE:
                full += [column + at for at, glyph in enumerate(run.text) if glyph in _FULL]
            column += len(run.text)
        marks: dict[int, bool] = {}
        window = self.window
        for time_ns, bad in self._times(row) if full else ():
            if window.start_ns <= time_ns <= window.end_ns:
                cell = (time_ns - window.start_ns) * window.width // window.span_ns
                at = bisect_left(full, cell)
                near = min(full[max(at - 1, 0) : at + 1], key=lambda place: abs(place - cell))
                marks[near] = marks.get(near, False) or bad
        return marks

    def _times(self, row: int) -> list[tuple[int, bool]]:
        found = self._events.get(row)
        if found is None:
            store = self.facts.trace.store
            found = []
            if int(store.length[row]) <= LARGEST_RECORD:
                events = store.details(row).events[:MOST_EVENTS]
                found = [(event.time_ns, event.name == "exception") for event in events]
            self._events[row] = found
        return found


def _on_bar(palette: Palette, bar: str, bad: bool) -> str:
    """The colour of an event's mark on a bar, which may be bright or dimmed."""
    deep, light = _EXCEPTIONS if palette.dark else _EXCEPTIONS[::-1]
    colours = (deep, palette.error, light) if bad else (palette.background, palette.text)
    return next((one for one in colours if contrast(one, bar) >= 3), colours[-1])
