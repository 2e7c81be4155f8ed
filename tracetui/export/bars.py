"""The geometry of waterfall bars and rulers, in whole numbers: no colours, no terminal, no trace model.

window  |0         |1s        |2s        |
bar        ▐█████▌                            both ends exact to an eighth of a cell
path         ███                              on-path eighths inside it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple

EIGHTHS: Final = 8
_LEFT: Final = " ▏▎▍▌▋▊▉█"  # the left n eighths of a cell
_SECOND: Final = 1_000_000_000


class Ink(IntEnum):
    """What a part of a cell shows."""

    NONE = 0
    OFF = 1
    """The span, while the trace was not waiting for it."""
    ON = 2
    """The span, on the critical path."""


class Style(IntEnum):
    """How path and rest are told apart."""

    COLOUR = 0
    """By the colours of the inks: exact eighths, one glyph with two inks where they meet."""
    MONO = 1
    """By shape: `█` on the path, `░` off it."""
    ASCII = 2
    """By shape, in ASCII: `#` on the path, `-` off it."""


class Run(NamedTuple):
    """Neighbouring cells of the same inks, their glyphs drawn in `fg` over `bg`.

    `fg` NONE over another `bg` means that the ground is drawn over the ink: so a left end is exact to an
    eighth (swap foreground and background).
    """

    text: str
    fg: Ink
    bg: Ink


class Bar(NamedTuple):
    """A bar: its first cell, and the runs from there. No runs: nothing of it lies in the window."""

    column: int
    runs: tuple[Run, ...]


class Window(NamedTuple):
    """The stretch of time that a number of cells shows.

    It is never empty: `end_ns` is taken as a nanosecond past `start_ns` at least.
    """

    start_ns: int
    end_ns: int
    width: int

    @property
    def span_ns(self) -> int:
        """Length in nanoseconds, at least 1."""
        return max(1, self.end_ns - self.start_ns)

    def eighth(self, time_ns: int) -> int:
        """The boundary between eighths nearest to a time; below 0 or past 8·width where that lies outside."""
        span = self.span_ns
        return (2 * (time_ns - self.start_ns) * self.width * EIGHTHS + span) // (2 * span)

    def time(self, cell: int) -> int:
        """The time at the left edge of a cell."""
        return self.start_ns + cell * self.span_ns // max(1, self.width)


def bar(
    start_ns: int,
    end_ns: int,
    sections: Iterable[tuple[int, int]],
    window: Window,
    style: Style = Style.COLOUR,
) -> Bar:
    """Draw one span.

    Args:
        start_ns: Start of the span.
        end_ns: Its end.
        sections: Start and end of its sections of the critical path, inside the span.
        window: What is drawn, and on how many cells.
        style: The glyphs to use.

    Returns:
        The bar, clipped to the window. A span in the window always has a visible mark, at least an eighth
        wide. So has its path, where it has one; but a section that rounds to nothing beside others does not.
    """
    limit = window.width * EIGHTHS
    if limit <= 0 or end_ns < window.start_ns or start_ns > window.start_ns + window.span_ns:
        return Bar(0, ())
    eighth = window.eighth
    left = min(max(eighth(start_ns), 0), limit - 1)
    right = max(min(eighth(end_ns), limit), left + 1)
    first = left // EIGHTHS
    last = -(-right // EIGHTHS)
    base = first * EIGHTHS
    states = bytearray(last * EIGHTHS - base)
    states[left - base : right - base] = bytes((Ink.OFF,)) * (right - left)
    _paint_path(states, sections, window, left, right, base)
    return Bar(first, _runs(bytes(states), style))


def _paint_path(
    states: bytearray,
    sections: Iterable[tuple[int, int]],
    window: Window,
    left: int,
    right: int,
    base: int,
) -> None:
    longest, at = -1, 0
    painted = False
    for start, end in sections:
        begin = min(max(window.eighth(start), left), right)
        stop = min(max(window.eighth(end), left), right)
        if stop > begin:
            states[begin - base : stop - base] = bytes((Ink.ON,)) * (stop - begin)
            painted = True
        elif end - start > longest and end >= window.start_ns and start <= window.end_ns:
            longest, at = end - start, min(begin, right - 1)
    if not painted and longest >= 0:
        states[at - base] = Ink.ON


def _runs(states: bytes, style: Style) -> tuple[Run, ...]:
    """Cells of eight eighths each, neighbours of the same inks merged."""
    runs: list[Run] = []
    total = len(states)
    at = 0
    while at < total:
        state = states[at]
        # Full cells of one ink are found by one search for the first eighth that differs.
        rest = states[at:].lstrip(bytes((state,)))
        cells = (total - at - len(rest)) // EIGHTHS
        if cells:
            glyph, fg, bg = _cell(bytes((state,)) * EIGHTHS, style)
            glyph *= cells
        else:
            cells = 1
            glyph, fg, bg = _cell(states[at : at + EIGHTHS], style)
        if runs and (runs[-1].fg, runs[-1].bg) == (fg, bg):
            runs[-1] = Run(runs[-1].text + glyph, fg, bg)
        else:
            runs.append(Run(glyph, fg, bg))
        at += cells * EIGHTHS
    return tuple(runs)


@cache  # at most 3 styles × 3^8 cells
def _cell(states: bytes, style: Style) -> Run:
    if style is Style.COLOUR:
        return _colour_cell(states)
    on, off = states.count(Ink.ON), states.count(Ink.OFF)
    ink = Ink.ON if on else Ink.OFF if off else Ink.NONE
    if style is Style.ASCII:
        return Run(" -#"[ink], ink, Ink.NONE)
    if not on:
        return Run(" ░"[ink], ink, Ink.NONE)
    # Path beside nothing: a left end to an eighth, a right end to a half (no glyph is exact without colours).
    if not off and on < EIGHTHS:
        if states[0] == Ink.ON:
            return Run(_LEFT[on], ink, Ink.NONE)
        return Run("▕" if on <= 2 else "▐" if on <= 5 else "█", ink, Ink.NONE)
    if on < 3:
        left = states.index(Ink.ON) < EIGHTHS // 2
        return Run("▌" if left else "▐", ink, Ink.NONE)
    return Run("█", ink, Ink.NONE)


def _colour_cell(states: bytes) -> Run:
    """The one glyph and two inks that come nearest to eight eighths, the path counting most."""
    inks = sorted(set(states))
    if len(inks) == 1:
        ink = Ink(inks[0])
        return Run(" " if ink is Ink.NONE else "█", ink, Ink.NONE)
    marked = states.strip(bytes((Ink.NONE,)))
    if len(marked) <= 2 and states[0] == states[-1] == Ink.NONE:
        left = states.index(marked) < EIGHTHS // 2
        return Run("▏" if left else "▕", Ink(max(marked)), Ink.NONE)
    weight = (1, 1, 3)
    best: tuple[int, int, int, int] | None = None
    for split in range(1, EIGHTHS):
        for left_ink in inks:
            for right_ink in inks:
                if left_ink == right_ink:
                    continue
                cost = sum(weight[s] for s in states[:split] if s != left_ink)
                cost += sum(weight[s] for s in states[split:] if s != right_ink)
                if best is None or cost < best[0]:
                    best = (cost, split, left_ink, right_ink)
    assert best is not None
    return Run(_LEFT[best[1]], Ink(best[2]), Ink(best[3]))


class Tick(NamedTuple):
    """A mark of the ruler: its cell and its label (`0`, `0.5s`)."""

    column: int
    label: str


_UNITS: Final = ((1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (_SECOND, "s"))
_LONG_UNITS: Final = ((60 * _SECOND, "m"), (3600 * _SECOND, "h"), (86_400 * _SECOND, "d"))


def _unit(extent_ns: int) -> tuple[int, str]:
    """The one unit of a ruler's labels: the largest that fits into the extent, minutes and up ten times."""
    chosen = _UNITS[0]
    for unit in _UNITS:
        if extent_ns >= unit[0]:
            chosen = unit
    for unit in _LONG_UNITS:
        if extent_ns >= 10 * unit[0]:
            chosen = unit
    return chosen


def _label(offset_ns: int, unit: int, name: str) -> str:
    if offset_ns == 0:
        return "0"
    sign, offset_ns = ("-", -offset_ns) if offset_ns < 0 else ("", offset_ns)
    whole, rest = divmod(offset_ns, unit)
    digits = f"{rest * 10**15 // unit:015d}".rstrip("0")
    return f"{sign}{whole}.{digits}{name}" if digits else f"{sign}{whole}{name}"


def ticks(window: Window, origin_ns: int, *, gap: int = 8, spare: int = 0, ascii: bool = False) -> list[Tick]:
    """The ruler's marks: 1, 2 or 5 × 10ⁿ apart, in one unit, as close as their labels allow.

    Args:
        window: What the bars show.
        origin_ns: The time called 0: the start of the trace.
        gap: Fewest cells from one mark to the next.
        spare: Cells at the right of the bars that a label may run over.
        ascii: Write `us` for microseconds.

    Returns:
        Marks in the window from left to right. A label is empty where it would run over the right edge.
    """
    if window.width <= 0:
        return []
    start = window.start_ns - origin_ns
    end = start + window.span_ns
    unit, name = _unit(max(abs(start), abs(end)))
    shown = "us" if ascii and name == "µs" else name
    marks: list[int] = []
    for step in _steps(unit):
        if step * window.width < gap * window.span_ns:
            continue
        marks = list(range(-(-start // step) * step, end + 1, step))
        longest = max((len(_label(mark, unit, shown)) for mark in marks), default=0)
        if step * window.width >= (longest + 3) * window.span_ns:
            break
    out: list[Tick] = []
    for mark in marks:
        column = min(window.eighth(mark + origin_ns) // EIGHTHS, window.width - 1)
        label = _label(mark, unit, shown)
        out.append(Tick(column, label if column + 1 + len(label) <= window.width + spare else ""))
    return out


def _steps(unit: int) -> Iterable[int]:
    """1, 2 and 5 × 10ⁿ of a unit, as far down as they are whole nanoseconds, ascending without end."""
    base = unit
    while base % 10 == 0 and base > 1:
        base //= 10
    while True:
        yield from (base, 2 * base, 5 * base)
        base *= 10


def ruler(marks: Sequence[Tick], width: int, *, ascii: bool = False) -> str:
    """The ruler as one line of exactly `width` cells: `╷0        ╷0.5s`."""
    cells = [" "] * max(0, width)
    for mark in marks:
        text = ("|" if ascii else "╷") + mark.label
        cells[mark.column : mark.column + len(text)] = text
    return "".join(cells[:width])
