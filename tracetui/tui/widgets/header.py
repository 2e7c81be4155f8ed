"""The two lines at the top: what this trace is, and what its critical path is made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tracetui.export.bars import EIGHTHS
from tracetui.format import duration, offset, percent, plural
from tracetui.model.clock_offset import ClockOffset
from tracetui.model.fates import LOST, fate_of
from tracetui.model.issues import Severity
from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.report import tally
from tracetui.tui.theme import Paint, paint

from .line import Line, ink
from .times import Clock, clock_text

if TYPE_CHECKING:
    from tracetui.tui.state.find import Matches

Piece = tuple[str, Style]
Place = tuple[int, int, str]
"""The first cell and the one after the last of what stands for a service."""
NAMED_SHARES = 3


class TraceHeader(Widget):
    """Two lines about the trace on view."""

    DEFAULT_CSS = "TraceHeader { height: 2; }"

    class Picked(Message):
        """A service of the critical path was clicked."""

        def __init__(self, service: str) -> None:
            super().__init__()
            self.service = service

    class IssuesPicked(Message):
        """The count of issues was clicked."""

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._issues = (0, 0)  # the cells of the count
        self.ascii = ascii
        self._facts: Facts | None = None
        self._source = ""
        self._clock = Clock.RELATIVE
        self._filter: Matches | None = None
        self._places: list[Place] = []

    def show(self, facts: Facts, source: str, clock: Clock) -> None:
        """Show the figures of a trace; `source` is the file's name as it was given."""
        self._facts, self._clock = facts, clock
        self._source = neutralise(source)
        self.refresh()

    def set_filter(self, matches: Matches | None) -> None:
        """Tell what a filter leaves; None without one."""
        if matches is not self._filter:
            self._filter = matches
            self.refresh()

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app, self._facts.services if self._facts is not None else ())
        if y == 1 and self._filter is not None:
            told = filter_line(self._filter, self.size.width * 3 // 5, styles, self.ascii)
            return Strip.join([self._line(y, self.size.width - told.cell_length, styles), told])
        return self._line(y, self.size.width, styles)

    def _line(self, y: int, width: int, styles: Paint) -> Strip:
        line = Line(width, styles.ground("background"))
        if self._facts is not None and len(self._facts.forest):
            line.add(" ", None, 1)
            if y == 0:
                self._issues = summary(line, self._facts, self._source, self._clock, styles, self.ascii)
            elif y == 1:
                self._places = path_line(line, self._facts, styles, self.ascii)
        return line.strip()

    def on_click(self, event: events.Click) -> None:
        if event.y == 0 and self._issues[0] <= event.x < self._issues[1]:
            self.post_message(self.IssuesPicked())
        for begin, end, service in self._places if event.y == 1 else ():
            if begin <= event.x < end:
                self.post_message(self.Picked(service))
                return


def summary(
    line: Line, facts: Facts, source: str, clock: Clock, paint: Paint, ascii: bool
) -> tuple[int, int]:
    """Put the first line together; what does not fit is left out, least important first.

    Returns:
        First and one after the last of the cells in which issues are counted; equal if there are none.
    """
    trace = facts.trace
    strong = paint.style("strong", on="background", bold=True)
    muted = paint.style("muted", on="background")
    by_importance = _pieces(line, facts, paint, ascii)
    service, name = neutralise(trace.service[:500]), neutralise(trace.name[:500])
    if ascii:
        service, name, source = to_ascii(service), to_ascii(name), to_ascii(source)
    big = duration(int(trace.root_duration_ns), ascii=ascii)
    right = [clock_text(int(trace.start_ns), clock), source]
    room = line.room - 1 - cell_len(big) - 3
    title = cell_len(service) + 1 + cell_len(name)
    title_room = min(title, max(16, room * 2 // 5))
    room -= title_room
    kept: set[int] = set()
    for index in (7, 6, *range(6)):
        pieces = by_importance[index]
        cells = sum(cell_len(piece[0]) for piece in pieces)
        if pieces and cells <= room:
            kept.add(index)
            room -= cells
    title_room = min(title, title_room + max(0, room))
    service = fit(service, max(title_room - cell_len(name) - 1, title_room // 2), middle=True, pad=False)
    line.add(service, paint.service(trace.service, on="background"))
    line.add(" " + fit(name, max(0, title_room - cell_len(service) - 1), middle=True, pad=False), strong)
    line.add("   " + big, strong)
    place = (0, 0)
    for index in (2, 7, 6, 0, 4, 1, 3, 5):
        if index in kept:
            if index == 3:
                place = line.used + 3, line.used + sum(cell_len(text) for text, _ in by_importance[index])
            for piece in by_importance[index]:
                line.add(*piece)
    _right_end(line, right, muted, "-" if ascii else "·")
    return place


def _pieces(line: Line, facts: Facts, paint: Paint, ascii: bool) -> list[list[Piece]]:
    """What there is to say behind name and duration, the most important first; clocks and file last."""
    trace = facts.trace
    text, muted = paint.style("text", on="background"), paint.style("muted", on="background")
    late = int(trace.end_ns) - int(trace.root.end_ns)
    reply = "after the reply" if line.width >= 110 else "after"
    after: list[Piece] = [(f" ({offset(late, ascii=ascii)} {reply})", muted)] if late > 0 else []
    errors = int(trace.error_count)
    issues, worst = tally(trace.collection, trace.index)
    grave = paint.style("error" if worst is Severity.ERROR else "warning", on="background")
    moved = trace.collection.adjusted.get(trace.index, [])
    clocks = (
        [("   " + clocks_in_words(moved, ascii), paint.style("warning", on="background"))] if moved else []
    )
    fate = fate_of(trace)
    lost = paint.style("error" if fate in LOST else "warning", on="background")
    return [
        [("   " + plural(int(trace.span_count), "span"), text)],
        [("   " + plural(errors, "error"), paint.style("error", on="background"))] if errors else [],
        after,
        [("   " + plural(issues, "issue"), grave)] if issues else [],
        [("   " + plural(int(trace.service_count), "service"), text)],
        [(f"   depth {int(trace.depth):,}", text)],
        clocks,
        [(f"   file {fate}", lost)] if fate else [],
    ]


def clocks_in_words(moved: Sequence[ClockOffset], ascii: bool) -> str:
    """Which clocks were adjusted: the one with most calls, and how many more."""
    first = max(moved, key=lambda clock: clock.edges)
    told = neutralise(first.in_words(ascii=ascii)[:200])
    more = f" and {plural(len(moved) - 1, 'more clock')}" if len(moved) > 1 else ""
    return f"{to_ascii(told) if ascii else told}{more}"


def _right_end(line: Line, texts: list[str], style: Style, dot: str) -> None:
    """Clock and file at the right edge, if there is room; else the file alone, or nothing."""
    for some in (texts, texts[1:]):
        text = f" {dot} ".join(part for part in some if part)
        if text and cell_len(text) + 4 <= line.room:
            line.pad_to(line.width - 1 - cell_len(text))
            line.add(text, style)
            return


def path_line(line: Line, facts: Facts, paint: Paint, ascii: bool) -> list[Place]:
    """Put the second line together: the path's services as one bar, and the largest by name."""
    places: list[Place] = []
    muted = paint.style("muted", on="background")
    label = "critical path by service" if line.width >= 100 else "critical path"
    line.add(label + "  ", muted)
    total = sum(part for _, part in facts.shares)
    if facts.sections is None:
        line.add("…" if not ascii else "...", muted)
        return places
    if total <= 0:
        line.add("nothing in this trace takes time", muted)
        return places
    cells = min(40, max(0, line.width * 3 // 10))
    if not paint.mono and not ascii:  # without colours it would be one bar
        places += share_bar(line, facts.shares, total, cells, paint)
        line.add("  ", None, 2)
    else:
        line.add(" ", None, 1)
    named = 0
    shown = 0
    for service, part in facts.shares[:NAMED_SHARES]:
        name = neutralise(service[:200]) or "(no service)"
        text = fit(to_ascii(name) if ascii else name, 24, middle=True, pad=False)
        text += f" {percent(part, total)} "
        if cell_len(text) > line.room - (0 if len(facts.shares) == named + 1 else 12):
            break
        places.append((line.used, line.used + cell_len(text) - 1, service))
        line.add(text, paint.service(service, on="background", bold=False))
        named += 1
        shown += part
    if 0 < named < len(facts.shares):
        line.add(f"others {percent(total - shown, total)}", muted)
    return places


def filter_line(matches: Matches, most: int, paint: Paint, ascii: bool) -> Strip:
    """Put together what is told of a filter, in at most `most` cells."""
    count = f"  {matches.count:,} of {matches.total:,} "
    text = neutralise(" ".join(matches.text.split())[:500])
    text = fit(to_ascii(text) if ascii else text, max(0, most - len(count) - 9), middle=True, pad=False)
    line = Line(9 + cell_len(text) + len(count), paint.ground("background"))
    line.add(" filter: ", paint.style("muted", on="background"))
    line.add(text, paint.style("accent", on="background", bold=True))
    line.add(count, paint.style("strong", on="background"))
    return line.strip()


def share_bar(
    line: Line, shares: tuple[tuple[str, int], ...], total: int, cells: int, paint: Paint
) -> list[Place]:
    """One bar of `cells` cells divided in proportion, its borders exact to an eighth of a cell.

    Returns:
        The service that has most of each cell.
    """
    edges, done = [], 0
    for _, part in shares:
        done += part
        edges.append((2 * done * cells * EIGHTHS + total) // (2 * total))
    colours = [paint.colour(service) for service, _ in shares]
    index = 0
    places: list[Place] = []
    for cell in range(cells):
        low = cell * EIGHTHS
        while edges[index] <= low and index < len(edges) - 1:
            index += 1
        border = edges[index] - low
        most = min(bisect_right(edges, low + EIGHTHS // 2 - 1), len(shares) - 1)
        places.append((line.used, line.used + 1, shares[most][0]))
        if border >= EIGHTHS or index == len(edges) - 1:
            line.add("█", ink(colours[index], colours[index]), 1)
        else:
            # At most one border a cell is drawn: the next service that reaches the cell's end.
            after = index + 1
            while edges[after] < low + EIGHTHS and after < len(edges) - 1:
                after += 1
            line.add(" ▏▎▍▌▋▊▉"[border], ink(colours[index], colours[after]), 1)
    return places
