"""Replay written as the rule is told: slow, plain, the whole tree each time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from tests.analysis.columns import Columns
from tracetui.analysis import Mode
from tracetui.analysis.critical_path import waited_for


class Retiming:
    """The windows below one root, and how long the root is after a change."""

    def __init__(self, columns: Columns, root: int, mode: Mode) -> None:
        _, blocking = waited_for(columns, root, root + int(columns.size[root]), mode)
        self.low, self.high = blocking.low_ns.tolist(), blocking.high_ns.tolist()
        self.end = np.clip(blocking.end_ns, blocking.low_ns, blocking.high_ns).tolist()
        self.children: list[list[int]] = [[] for _ in self.low]
        for row in np.flatnonzero(blocking.blocks).tolist():
            self.children[int(blocking.parent[row])].append(row)

    def length(
        self,
        fixed: Mapping[int, int] | None = None,
        gaps: list[tuple[int, int, int]] | None = None,
        together: list[list[int]] | None = None,
        row: int = 0,
    ) -> int:
        """How long the window of `row` is, all rows counted from the root."""
        if fixed and row in fixed:
            return fixed[row]
        gone = [(a, b) for at, a, b in gaps or () if at == row]
        low, kids = self.low[row], self.children[row]
        start, end = {}, {}
        for kid in sorted(kids, key=lambda k: self.low[k]):
            ended = [other for other in kids if self.high[other] <= self.low[kid]]
            anchor = max([low, *(self.high[other] for other in ended)])
            lag = without(gone, anchor, self.low[kid])
            start[kid] = max([low, *(end[other] for other in ended)]) + lag
            for group in together or ():
                if kid in group:
                    leader = min(member for member in group if member in kids)
                    start[kid] = start[leader]
            end[kid] = start[kid] + self.length(fixed, gaps, together, kid)
        ended = [kid for kid in kids if self.high[kid] <= self.end[row]]
        anchor = max([low, *(self.high[kid] for kid in ended)])
        lag = without(gone, anchor, self.end[row])
        own = max([low, *(end[kid] for kid in ended)]) + lag
        latest = max([self.end[row], *(self.high[kid] for kid in kids)])
        return max([own, *end.values()]) + self.high[row] - latest - low


def without(gaps: list[tuple[int, int]], low: int, high: int) -> int:
    """How much time from `low` to `high` is in none of the gaps, which may overlap."""
    edges = sorted({low, high, *(t for gap in gaps for t in gap if low < t < high)})
    return sum(b - a for a, b in pairwise(edges) if not any(x <= a and b <= y for x, y in gaps))
