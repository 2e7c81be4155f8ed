"""Where the columns of the waterfall stand; the ruler and every row use the same.

|▌| tree: guides, mark, service, operation | |pinned| bars             | |duration| |
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

DURATION = 7
PINNED = 16
"""Cells of the column of a pinned attribute at the most, the gap behind it included."""
_PINNED_NARROW = 12
"""The same in a line that is not wide."""
_WIDE = 100
_ROOMY = 72
"""Cells of a line from which names may have more than a third of it."""


SAVES = "tracetui.saves"
"""What stands among the pinned attributes for the column of what spans would save."""


class Columns(Struct, frozen=True):
    """Cells of the waterfall.

    Attributes:
        width: the whole line.
        tree: cells of the names.
        bars_at: first cell of the bars.
        bars: cells of the bars; 0 where there is no room.
        duration: cells of the duration, right-aligned; 0 where there is no room.
        pinned: cells of each column of an attribute that there is room for, the gap behind it included.
    """

    width: int
    tree: int
    bars_at: int
    bars: int
    duration: int
    pinned: tuple[int, ...] = ()

    @property
    def pinned_at(self) -> int:
        """The first cell of the pinned attributes."""
        return self.bars_at - sum(self.pinned)

    @classmethod
    def fitting(cls, width: int, shift: int = 0, pinned: Sequence[int] = (), needed: int = 0) -> Columns:
        """Divide a width: a third or less for the names, moved by `shift` cells.

        Never more than leaves a bar. Pinned attributes take half of the bars at most. Where there is width
        for it, names that need more get up to two fifths.

        Args:
            width: cells of a line.
            shift: how much wider than by itself the user wants the tree.
            pinned: cells that the columns of attributes would have, the most wanted one first.
            needed: cells with which no name need be shortened.
        """
        width = max(0, width)
        duration = DURATION if width >= 36 else 0
        right = duration + 2 if duration else 0
        free = width - 1 - right  # after the cursor's mark
        least = min(12, max(0, free // 3))
        own = min(12 + width * 22 // 100, 72)
        if width >= _ROOMY:
            own = max(own, min(needed, width * 2 // 5))
        tree = own + shift
        tree = max(least, min(tree, free - 1 - least, max(least, free * 4 // 5)))
        tree = max(0, min(tree, free))
        bars = max(0, free - tree - 1)
        shown: list[int] = []
        most = PINNED if width >= _WIDE else _PINNED_NARROW
        for cells in pinned:
            if sum(shown) + min(cells, most) > bars // 2:
                break
            shown.append(min(cells, most))
        bars -= sum(shown)
        return cls(width, tree, min(width, 2 + tree + sum(shown)), bars, duration, tuple(shown))
