"""Colours for text on a terminal: SGR sequences and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tracetui.export.bars import Style
from tracetui.text import cell_len, fit, neutralise, to_ascii

if TYPE_CHECKING:
    from tracetui.colours import Palette

_RESET = "\x1b[0m"


class ColourDepth(IntEnum):
    """How many colours may be written."""

    NONE = 0
    ANSI = 16
    INDEXED = 256
    TRUE = 1 << 24


def depth_of(environ: Mapping[str, str] = os.environ) -> ColourDepth:
    """How many colours the terminal has, as far as its environment says."""
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return ColourDepth.TRUE
    return ColourDepth.INDEXED if "256" in environ.get("TERM", "") else ColourDepth.ANSI


def palette_of(environ: Mapping[str, str] = os.environ) -> Palette:
    """The colours for the terminal's background, where `COLORFGBG` tells it; else those for a dark one."""
    from tracetui.colours import DEFAULT_PALETTE, PALETTES

    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return PALETTES["light"] if background in {"7", "15"} else DEFAULT_PALETTE


@cache
def _indexed(colour: str) -> int:
    """The nearest of the 6×6×6 cube and the greys of the 256 colours to a `#rrggbb`."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    steps = (0, 95, 135, 175, 215, 255)
    nearest = [min(range(6), key=lambda i, c=c: abs(steps[i] - c)) for c in rgb]  # type: ignore[misc]
    grey = min(max((sum(rgb) // 3 - 3) // 10, 0), 23)

    def distance(values: list[int]) -> int:
        return sum((a - b) ** 2 for a, b in zip(values, rgb, strict=True))

    if distance([8 + 10 * grey] * 3) < distance([steps[i] for i in nearest]):
        return 232 + grey
    return 16 + 36 * nearest[0] + 6 * nearest[1] + nearest[2]


@cache
def _foreground(depth: ColourDepth, colour: str) -> str:
    """The code of a `#rrggbb` as the colour of text."""
    if depth is ColourDepth.TRUE:
        return "38;2;" + ";".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return f"38;5;{_indexed(colour)}"


# Without exact colours: what stands for the roles of a palette among the sixteen.
_ROLES = {"muted": "2", "faint": "2", "error": "31", "warning": "33", "strong": "1", "text": ""}


class Painter(NamedTuple):
    """Writes text with or without colours. Everything it is given is neutralised already.

    Attributes:
        depth: How many colours are used; none without a palette.
        palette: Which ones.
        dealt: The places of the services of one trace in the palette; without, each has its own.
    """

    depth: ColourDepth = ColourDepth.NONE
    palette: Palette | None = None
    dealt: Mapping[str, int] = {}

    def of_trace(self, services: Iterable[str]) -> Painter:
        """The painter for a trace of these services: no two of one colour, as far as there are colours."""
        if not self.depth or self.palette is None:
            return self
        from tracetui.colours import ANSI_SERVICES, deal

        palette = ANSI_SERVICES if self.depth is ColourDepth.ANSI else self.palette.services
        return self._replace(dealt=deal(services, len(palette)))

    def sgr(self, *codes: str) -> str:
        """The sequence for some codes; nothing without colours or codes."""
        used = ";".join(code for code in codes if code)
        return f"\x1b[{used}m" if used and self.depth else ""

    def role(self, name: str) -> str:
        """The code of a role of the palette: muted, faint, error, warning, strong, text."""
        if not self.depth or self.palette is None:
            return ""
        if self.depth is ColourDepth.ANSI:
            return _ROLES[name]
        return "1" if name == "strong" else _foreground(self.depth, getattr(self.palette, name))

    def service(self, service: str, *, dim: bool = False) -> str:
        """The code of a service's colour, bright or as it is off the critical path."""
        if not self.depth or self.palette is None:
            return ""
        from tracetui.colours import (
            ansi_code,
            blend,
            service_colour,
        )  # text without colours does without them

        if self.depth is ColourDepth.ANSI:
            code = ansi_code(service, self.dealt)
            return ("2;" if dim else "") + str(30 + code if code < 8 else 82 + code)
        colour = service_colour(service, self.palette, self.dealt)
        if dim:
            colour = blend(colour, self.palette.background, self.palette.dim)
        return _foreground(self.depth, colour)

    def paint(self, text: str, *codes: str) -> str:
        """The text between the sequence for some codes and a reset."""
        if not self.depth:
            return text
        start = self.sgr(*codes)
        return f"{start}{text}{_RESET}" if start and text else text


def background(code: str) -> str:
    """The code that colours the background as `code` colours the foreground."""
    if code.startswith("38;"):
        return "4" + code[1:]
    number = int(code.rpartition(";")[2])
    return str(number + 10)


class TextOptions(NamedTuple):
    """How text is laid out.

    Attributes:
        width: Cells in a line; no line is longer.
        painter: The colours.
        ascii: Draw and write ASCII alone.
    """

    width: int = 80
    painter: Painter = Painter()
    ascii: bool = False

    @property
    def style(self) -> Style:
        """The glyphs of bars."""
        if self.ascii:
            return Style.ASCII
        return Style.COLOUR if self.painter.depth else Style.MONO

    @property
    def ellipsis(self) -> str:
        """What stands for text left out."""
        return ".." if self.ascii else "…"

    def shown(self, text: str) -> str:
        """Foreign text as it may be written: neutralised, and in ASCII if that is asked for."""
        shown = neutralise(text)
        return to_ascii(shown) if self.ascii else shown

    def fit(self, text: str, width: int, *, middle: bool = False, pad: bool = True) -> str:
        """`text.fit` with the ellipsis in use."""
        return fit(text, width, middle=middle, pad=pad, ellipsis=self.ellipsis)


class Line:
    """A line under construction that never gets longer than its width."""

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._parts: list[str] = []
        self.room = options.width

    def add(self, text: str, *codes: str) -> Line:
        """Add text, shortened to the room that is left."""
        text = self._options.fit(text, self.room, pad=False)
        self.room -= cell_len(text)
        self._parts.append(self._options.painter.paint(text, *codes))
        return self

    def right(self, text: str, *codes: str) -> Line:
        """Add text at the right edge; left out where it would not stand apart."""
        cells = cell_len(text)
        if cells + 2 <= self.room:
            self._parts.append(" " * (self.room - cells) + self._options.painter.paint(text, *codes))
            self.room = 0
        return self

    def __str__(self) -> str:
        return "".join(self._parts).rstrip(" ")
