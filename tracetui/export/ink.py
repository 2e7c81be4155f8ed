"""Bars as text: their inks as colours, and the ruler's lines on the ground between them."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.export.ansi import TextOptions, background
from tracetui.export.bars import Bar, Ink, Style, Tick, Window

_RESET = "\x1b[0m"


class Inks:
    """Writes the bars of one waterfall.

    Args:
        options: Colours and glyphs.
        window: What the bars show.
        marks: The ruler's marks; with colours a faint line goes down from each.
    """

    def __init__(self, options: TextOptions, window: Window, marks: Sequence[Tick]) -> None:
        self.marks = marks
        self._painter = options.painter
        self._width = window.width
        self._plain = options.style is not Style.COLOUR
        self._ground = [" "] * window.width
        if not self._plain:
            line = self._painter.paint("┊", self._painter.role("faint"))
            for mark in marks:
                self._ground[mark.column] = line
        self._starts: dict[tuple[Ink, Ink, str], str] = {}

    def drawn(self, bar: Bar, service: str) -> str:
        """A bar and the ground around it, as wide as the window."""
        column, runs = bar
        if self._plain:
            text = " " * column + "".join([run.text for run in runs])
            return text + " " * (self._width - len(text))
        parts = self._ground[:column]
        for run in runs:
            start = self._start(run.fg, run.bg, service)
            if start:
                parts.append(f"{start}{run.text}{_RESET}")
            else:
                parts.extend(self._ground[column : column + len(run.text)])
            column += len(run.text)
        parts += self._ground[column:]
        return "".join(parts)

    def _start(self, fg: Ink, bg: Ink, service: str) -> str:
        """The sequence that sets the colours of a run; nothing for the ground."""
        key = (fg, bg, service)
        start = self._starts.get(key)
        if start is None:
            start = self._starts[key] = self._painter.sgr(*self._codes(fg, bg, service))
        return start

    def _codes(self, fg: Ink, bg: Ink, service: str) -> tuple[str, ...]:
        if fg is Ink.NONE and bg is Ink.NONE:
            return ()
        service_code = self._painter.service
        if fg is Ink.NONE:
            # The ground over the ink. Its colour is the terminal's own: swap instead of naming it.
            return ("7", service_code(service, dim=bg is Ink.OFF))
        front = service_code(service, dim=fg is Ink.OFF)
        return (
            (front, background(service_code(service, dim=bg is Ink.OFF))) if bg is not Ink.NONE else (front,)
        )
