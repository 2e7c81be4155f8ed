"""Drawing the trace list: which columns fit, its header, its rows and the strip of durations over it."""

from __future__ import annotations

import itertools
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from rich.style import Style

from tracetui import format as fmt
from tracetui.export import bars
from tracetui.model.distinct import distinct
from tracetui.text import cell_len, fit, neutralise, steady, to_ascii
from tracetui.tui.listing import UNKNOWN, Listing
from tracetui.tui.theme import Ground, Paint
from tracetui.tui.traces_state import Column, ListState, Strip, slow_ns
from tracetui.tui.widgets.line import Line, ink
from tracetui.tui.widgets.times import Clock, local_offset_ns

__all__ = ["Layout", "RowDrawer", "strip_line"]

_DAY_NS: Final = 86_400_000_000_000
_SMALLEST_NAME: Final = 20
_SMALLEST_BAR: Final = 8
_NAMES_LOOKED_AT: Final = 1000
_TITLES: Final = {Column.SERVICES: "svcs"}
_SHORT: Final = {Column.SERVICES: "svcs", Column.ERRORS: "err", Column.ISSUES: "iss"}


_PARTS: Final = {
    Column.SPANS: "spans",
    Column.SERVICES: "services",
    Column.ERRORS: "errors",
    Column.ISSUES: "issues",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells of each part of a row, 0 where it is left out.

    Attributes:
        when, name, number, bar, spans, services, errors, issues: The parts, from left to right.
        gap: Blanks between two parts.
        dated: Times need their date, as the traces are of several days.
    """

    when: int
    name: int
    number: int
    bar: int
    spans: int
    services: int
    errors: int
    issues: int
    gap: int
    dated: bool

    @classmethod
    def fitting(
        cls,
        width: int,
        *,
        dated: bool,
        most_spans: int = 0,
        longest_name: int = 0,
        unsaid: Container[Column] = (),
    ) -> Layout:
        """Divide `width` cells: names and bars share what is left; what matters least goes first.

        Args:
            width: Cells of a row.
            dated: Whether times need their date.
            most_spans: The largest number of spans of a trace.
            longest_name: Cells of the longest name, where they are known: bars get those not needed.
            unsaid: Columns that have nothing to say.
        """
        roomy = width >= 100
        gap = 2 if roomy else 1
        number = 8 if width >= 20 else 0
        kept = {
            "when": (19 if dated else 12) if roomy else (14 if dated else 8),
            "spans": max(5, len(fmt.count(most_spans))),
            "services": 4,
            "errors": 6 if roomy else 4,
            "issues": 6 if roomy else 4,
        }
        for column, part in _PARTS.items():
            if column in unsaid:
                kept[part] = 0
        rest = 0
        for gone in (None, "issues", "services", "when", "spans", "errors"):
            if gone is not None:
                kept[gone] = 0
            fixed = sum(cells + gap for cells in kept.values() if cells)
            rest = width - 2 - fixed - (number + gap if number else 0)
            if rest >= 2 * _SMALLEST_BAR + _SMALLEST_NAME:
                break
        bar = max(_SMALLEST_BAR, rest // 3) if rest >= _SMALLEST_NAME + _SMALLEST_BAR else 0
        name = max(0, rest - (bar + gap if bar else 0))
        if bar and longest_name:
            unused = max(0, name - max(longest_name, _SMALLEST_NAME))
            name, bar = name - unused, bar + unused
        return cls(name=name, number=number, bar=bar, gap=gap, dated=dated, **kept)

    def starts(self) -> list[tuple[Column, int, int]]:
        """Each column that is there, with its first cell and the one after its last."""
        found = []
        at = 1
        parts = (
            (Column.WHEN, self.when),
            (Column.NAME, self.name),
            (Column.DURATION, self.number + (self.bar + self.gap if self.bar else 0)),
            (Column.SPANS, self.spans),
            (Column.SERVICES, self.services),
            (Column.ERRORS, self.errors),
            (Column.ISSUES, self.issues),
        )
        for column, cells in parts:
            if cells:
                found.append((column, at, at + cells))
                at += cells + self.gap
        return found


def longest_name(listing: Listing) -> int:
    """Cells of the longest of the first thousand different services and operations of a list's traces."""
    strings = listing.strings
    pairs = distinct(listing.service * len(strings) + listing.name)[:_NAMES_LOOKED_AT]
    longest = 0
    for service, name in (divmod(pair, len(strings)) for pair in pairs.tolist()):
        longest = max(longest, _cells(strings[service][:300], strings[name][:300]))
    return longest


@lru_cache(maxsize=2 * _NAMES_LOOKED_AT)
def _cells(service: str, name: str) -> int:
    """Cells of a name as it is shown; asked again for each batch of a list that grows."""
    return cell_len(steady(neutralise(f"{service} {name}")))


class RowDrawer:
    """Draws header and rows of one list for one width and theme."""

    def __init__(self, state: ListState, layout: Layout, paint: Paint, clock: Clock, *, ascii: bool) -> None:
        self.state = state
        self.layout = layout
        self.paint = paint
        self.clock = clock
        self.ascii = ascii
        durations = state.duration_ns
        self._slow_ns = slow_ns(durations)
        self._longest = max(1, int(durations.max())) if len(durations) else 1
        self._style = bars.Style.ASCII if ascii else bars.Style.MONO if paint.shapes else bars.Style.COLOUR

    def header(self, width: int) -> Line:
        """The names of the columns, the one that orders the list marked."""
        state, paint = self.state, self.paint
        line = Line(width, paint.ground("background"))
        line.add(" ", None, 1)
        arrow = ("v" if state.descending else "^") if self.ascii else "▾" if state.descending else "▴"
        for column, start, end in self.layout.starts():
            is_sort = column == state.sort
            title = _TITLES.get(column, str(column)) if end - start > 4 else _SHORT.get(column, str(column))
            if self.ascii:
                title = to_ascii(title)
            style = paint.style("strong" if is_sort else "muted", on="background", bold=is_sort)
            if column in (Column.WHEN, Column.NAME):
                line.pad_to(start)
                line.add(fit(title + (arrow if is_sort else ""), end - start, pad=False), style)
                continue
            # Figures stand flush right, and the mark of the order in the gap before them.
            right = start + self.layout.number if column is Column.DURATION else end
            line.pad_to(right - len(title) - is_sort)
            line.add((arrow if is_sort else "") + title, style)
        return line

    def row(self, position: int, width: int, *, cursor: bool) -> Line:
        """The row at a position of the list."""
        state, layout, paint = self.state, self.layout, self.paint
        number = int(state.order[position])
        listing = state.listing
        on: Ground = "cursor" if cursor else "background"
        line = Line(width, paint.ground(on))
        text, muted = paint.style("text", on=on), paint.style("muted", on=on)
        line.add((">" if self.ascii else "▌") if cursor else " ", paint.style("accent", on=on), 1)
        gap = " " * layout.gap
        if layout.when:
            line.add(self._when(int(listing.start_ns[number])), muted)
            line.add(gap)
        service, name = listing.names(number)
        found = state.hits is not None and bool(state.hits.parts[number])
        self._name(line, service, name, on, strong=cursor, found=found)
        ns = int(listing.duration_ns[number])
        if layout.number:
            line.add(gap)
            known = fmt.duration(ns, ascii=self.ascii) if ns >= 0 else "?"
            line.add(known.rjust(layout.number), text)
        if layout.bar:
            line.add(gap)
            self._bar(line, ns, service, on)
        cross = "x" if self.ascii else "✗"
        for cells, figure, style in (
            (layout.spans, _figure(int(listing.span_count[number])), text),
            (layout.services, _figure(int(listing.service_count[number])), muted),
            (layout.errors, self._mark(int(listing.error_count[number]), cross), paint.style("error", on=on)),
            (layout.issues, self._mark(int(listing.issues[number]), "!"), paint.style("warning", on=on)),
        ):
            if cells:
                line.pad_to(line.used + layout.gap + cells - len(figure))
                line.add(figure, style)
        return line

    def _when(self, start_ns: int) -> str:
        if self.clock is Clock.LOCAL:
            start_ns += local_offset_ns(start_ns)
        elif self.clock is Clock.RELATIVE:
            first = int(self.state.listing.start_ns.min())
            return fmt.offset(start_ns - first, ascii=self.ascii).ljust(self.layout.when)
        text = fmt.datetime_utc(start_ns)
        date, _, time_of_day = text.rpartition(" ")
        if self.layout.when < 19:  # without the year and the fractions
            date = date[-5:]
        text = f"{date} {time_of_day[:8]}" if self.layout.dated else time_of_day[:12]
        return text[: self.layout.when].ljust(self.layout.when)

    def _name(self, line: Line, service: str, name: str, on: Ground, *, strong: bool, found: bool) -> None:
        paint, end = self.paint, line.used + self.layout.name
        shown, operation = steady(neutralise(service[:300])), steady(neutralise(name[:300])) or "(no name)"
        if self.ascii:
            shown, operation = to_ascii(shown), to_ascii(operation)
        ellipsis = ".." if self.ascii else "…"
        room = self.layout.name - 2 * found  # for a sign where it is not the name that was found
        pieces = []
        if shown:
            # The operation tells traces of one service apart, so a long service gives way to it.
            share = max(6, room * 2 // 5, room - 1 - cell_len(operation))
            shown = fit(shown, share, middle=True, pad=False, ellipsis=ellipsis)
            shown = fit(shown, room, pad=False, ellipsis=ellipsis) + " "
            pieces.append((shown, paint.service(service, on=on)))
            room = max(0, room - cell_len(shown))
        role = paint.style("strong" if strong else "text", on=on)
        pieces.append((fit(operation, room, middle=True, pad=False, ellipsis=ellipsis), role))
        if not found:
            for text, style in pieces:
                line.add(fit(text, min(cell_len(text), end - line.used), pad=False), style)
        elif not self._marked(line, pieces):
            line.add(" @" if self.ascii else " •", paint.style("warning", on=on, bold=True))
        line.pad_to(end)

    def _marked(self, line: Line, pieces: list[tuple[str, Style]]) -> bool:
        """Add a name with what was searched marked in it; returns whether there was anything to mark."""
        from tracetui.tui.state.find import split

        assert self.state.hits is not None
        seen = False
        for text, style in pieces:
            for part, is_match in split(self.state.hits.pattern, text):
                line.add(part, self.paint.match(style) if is_match else style)
                seen |= is_match
        return seen

    def _bar(self, line: Line, ns: int, service: str, on: Ground) -> None:
        if ns < 0:
            line.add(" " * self.layout.bar)
            return
        begin = line.used
        window = bars.Window(0, self._longest, self.layout.bar)
        drawn = bars.bar(0, ns, ((0, ns),) if ns >= self._slow_ns else (), window, self._style)
        paint = self.paint
        ground = paint.ground_colour(on)
        colour = paint.colour(service) if ns >= self._slow_ns else paint.dimmed(service, on)
        for run in drawn.runs:
            if paint.ansi:
                style = ink(colour)  # reverse video would turn the bar inside out
            elif run.fg == bars.Ink.NONE:
                style = ink(ground, colour)
            else:
                style = ink(colour, ground)
            line.add(run.text, style)
        line.pad_to(begin + self.layout.bar)

    def _mark(self, count: int, mark: str) -> str:
        if count <= 0:
            return ""
        if self.layout.gap > 1:
            return f"{mark} {fmt.count(count)}"
        return f"{mark}{count}" if count < 1000 else f"{mark}1k+"


def _figure(count: int) -> str:
    return fmt.count(count) if count != UNKNOWN else ""


_UP: Final = " ▁▂▃▄▅▆▇█"
_ASCII_UP: Final = " " + 8 * "#"
_PLAIN, _SLOW, _FAILED, _CURRENT = range(4)


def strip_line(strip: Strip, y: int, height: int, current: int, paint: Paint, *, ascii: bool) -> Line:
    """One line of the strip of durations over time.

    Args:
        strip: The columns.
        y: The line, from the top.
        height: Lines of the whole strip.
        current: The column of the trace at the cursor, -1 for none.
        paint: The styles.
        ascii: Use `#` for blocks.
    """
    line = Line(len(strip.eighths), paint.ground("background"))
    filled = np.clip(strip.eighths - (height - 1 - y) * 8, 0, 8)
    failed = strip.error & (filled > 0) & ~strip.slow
    looks = np.where(failed, _FAILED, np.where(strip.slow, _SLOW, _PLAIN))
    if 0 <= current < len(looks):
        looks[current] = _CURRENT
    # Blanks look like what is before them, the first like what comes after: so there are few runs.
    drawn = np.flatnonzero(filled)
    if len(drawn):
        before = np.searchsorted(drawn, np.arange(len(filled)), side="right") - 1
        looks = looks[drawn[np.maximum(before, 0)]]
    styles = {
        _PLAIN: paint.style("muted" if not paint.ansi else "accent", on="background"),
        _SLOW: paint.style("warning", on="background"),
        _FAILED: paint.style("error", on="background"),
        _CURRENT: paint.style("strong", on="background", bold=True),
    }
    glyphs = _ASCII_UP if ascii else _UP
    text = "".join([glyphs[height] for height in filled.tolist()])
    edges = [0, *(np.flatnonzero(np.diff(looks)) + 1).tolist(), len(looks)]
    for begin, end in itertools.pairwise(edges):
        if begin < end:
            line.add(text[begin:end], styles[int(looks[begin])], end - begin)
    return line
