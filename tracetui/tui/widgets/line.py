"""A line of the screen being put together: pieces of neutralised text with styles, to an exact width."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tracetui.text import cell_len, fit


@lru_cache(maxsize=4096)
def ink(colour: str | None, ground: str | None = None, bold: bool = False) -> Style:
    """Return the one style of these colours."""
    return Style(color=colour, bgcolor=ground, bold=bold or None)


@lru_cache(maxsize=16_384)
def _same_ground(one: Style, other: Style) -> bool:
    """Whether a blank looks the same in both."""
    if one.reverse or other.reverse or one.underline or other.underline:
        return False
    return one.bgcolor == other.bgcolor


class Line:
    """Pieces of a line; neighbours of one style become one segment.

    Attributes:
        width: cells of the whole line.
        used: cells filled so far.
    """

    __slots__ = ("_pieces", "ground", "used", "width")

    def __init__(self, width: int, ground: Style) -> None:
        self.width = max(0, width)
        self.ground = ground
        self.used = 0
        self._pieces: list[tuple[str, Style]] = []

    @property
    def room(self) -> int:
        return self.width - self.used

    def add(self, text: str, style: Style | None = None, cells: int = -1) -> None:
        """Append text, cut at the end of the line; `cells` saves measuring it."""
        cells = cell_len(text) if cells < 0 else cells
        if cells > self.room:
            text, cells = fit(text, self.room), self.room
        if not cells:
            return
        style = self.ground if style is None else style
        self.used += cells
        pieces = self._pieces
        if pieces:
            before, worn = pieces[-1]
            if worn is not style and _same_ground(worn, style):
                # Blanks show nothing but the ground: they go with either neighbour.
                if text.isspace():
                    style = worn
                elif before.isspace():
                    worn = style
            if worn is style:
                pieces[-1] = (before + text, style)
                return
        pieces.append((text, style))

    def pad_to(self, column: int) -> None:
        """Fill up with the ground to a column."""
        missing = min(column, self.width) - self.used
        if missing > 0:
            self.add(" " * missing, self.ground, missing)

    def strip(self) -> Strip:
        """Return the line, filled up with the ground."""
        self.pad_to(self.width)
        return Strip([Segment(text, style) for text, style in self._pieces], self.width)
