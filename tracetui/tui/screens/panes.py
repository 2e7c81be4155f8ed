"""Where the detail pane stands beside the waterfall, and how much of the screen it takes."""

from __future__ import annotations

from typing import Literal, NamedTuple

WIDE = 140
"""Columns from which detail stands beside the waterfall without being asked for."""
ROOMY = 160
"""Columns from which it may stand at the right even of a high screen: bars and values both have room."""
TALL = 30
"""Lines from which it stands below; with fewer and not wide, over the waterfall."""

_AROUND = 3  # header and keys
_LEAST, _MOST = 45, 62  # hundredths of the height
_SHARE = 38  # hundredths of the width
_NARROWEST, _WIDEST = 50, 96  # values hardly need more


class Place(NamedTuple):
    """A place for the pane.

    Attributes:
        side: Its place; `over` takes that of the waterfall.
        cells: Its height below, its width at the right, its border included; 0 for `over`.
    """

    side: Literal["below", "right", "over"]
    cells: int


def place(width: int, height: int, rows: int) -> Place:
    """Find the place for a screen of `width` by `height` cells and a trace of `rows` rows.

    Below, a short trace gives the pane the lines that it does not need itself. A trace that is too long to
    be seen whole above the pane has it at the right, where there is width enough for both.
    """
    if height < TALL:
        return Place("right", _beside(width)) if width >= WIDE else Place("over", 0)
    lines = height - _AROUND
    least = lines * _LEAST // 100
    unused = lines - rows - 2  # under the ruler and the last row, a blank one between
    if unused < least and width >= ROOMY:
        return Place("right", _beside(width))
    return Place("below", max(least, min(unused, lines * _MOST // 100)))


def _beside(width: int) -> int:
    return min(max(width * _SHARE // 100, _NARROWEST), _WIDEST)
