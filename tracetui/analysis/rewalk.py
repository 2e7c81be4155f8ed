"""The same walk span by span, below a span whose window was cut short.

A near-sequential sibling counts only up to its successor's start. Its children's parts then end earlier
than `find_blocking` saw them, so the order of the walk below it may change. That is rare; it is done here one
span after the other, by the rule as it is told, with an explicit stack.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import Blocking, row_eps
from tracetui.analysis.columns import Ints, Rows, SpanColumns

Part = tuple[int, int, int]
"""End, start and row (counted from the top of the subtree) of a child, inside its parent's window."""


class _Subtree(Struct, frozen=True):
    size: list[int]
    start: list[int]
    end: list[int]
    may: list[bool]
    eps: int
    key: Callable[[int], str]

    def parts(self, row: int, low: int, high: int) -> list[Part]:
        """The blocking children inside a window of their parent."""
        found = []
        child, last = row + 1, row + self.size[row]
        while child < last:
            if self.may[child]:
                start, end = max(self.start[child], low), min(self.end[child], high)
                if start < end:
                    found.append((end, start, child))
            child += self.size[child]
        return found

    def taken(self, row: int, low: int, high: int) -> list[Part]:
        """The children that the walk takes, latest first, near-sequential ones cut."""
        parts = self.parts(row, low, high)
        if not parts:
            return parts
        self.sort(parts)
        starts = sorted(start for _, start, _ in parts)
        ends = sorted(end for end, _, _ in parts)
        taken: list[Part] = []
        cursor = high
        latest: Part | None = None
        for part in parts:
            end, start, child = part
            if end > cursor:
                if latest is None or not self.is_near(part, latest, starts, ends, high - low):
                    continue
                end = cursor
            taken.append((end, start, child))
            cursor, latest = start, part
        return taken

    def sort(self, parts: list[Part]) -> None:
        """Latest end, earliest start, with a blocking child itself, smaller key."""
        parts.sort(key=lambda part: (-part[0], part[1]))
        at = 0
        while at < len(parts):
            until = at + 1
            while until < len(parts) and parts[until][:2] == parts[at][:2]:
                until += 1
            if until > at + 1:
                parts[at:until] = sorted(parts[at:until], key=self.claim)
            at = until

    def claim(self, part: Part) -> tuple[bool, str]:
        """What ranks children with equal times."""
        end, start, row = part
        return not self.parts(row, start, end), self.key(row)

    def is_near(self, part: Part, after: Part, starts: list[int], ends: list[int], window: int) -> bool:
        """Whether a child that ends a little after another one started still counts as finished before it."""
        (end, start, _), (after_end, after_start, _) = part, after
        if not (start < after_start and end < after_end):
            return False
        shorter = min(end - start, after_end - after_start)
        if end - after_start > max(self.eps, min(window // 100, shorter // 10)):
            return False
        return _none_between(starts, after_start, end) and _none_between(ends, after_start, end)


def _none_between(times: list[int], low: int, high: int) -> bool:
    at = bisect_right(times, low)
    return at == len(times) or times[at] >= high


def rewalk(store: SpanColumns, blocking: Blocking, top: int) -> tuple[Rows, Ints, Ints]:
    """Walk the subtree of one span inside its window, in the default mode.

    Args:
        store: The columns.
        blocking: The blocking children of the range that holds the subtree; only the window of `top` and
            what does not hang on windows is read.
        top: Local row of the span.

    Returns:
        Local rows of the spans on the path, `top` among them, in no order; and the start and the end of
        their windows.
    """
    first = blocking.first + top
    count = int(store.size[first])
    subtree = _Subtree(
        size=store.size[first : first + count].tolist(),
        start=store.start_ns[first : first + count].tolist(),
        end=blocking.until_ns[top : top + count].tolist(),
        may=blocking.may[top : top + count].tolist(),
        eps=int(row_eps(store, np.array([first]))[0]),
        key=lambda row: store.key(first + row),
    )
    rows, lows, highs = [], [], []
    todo: list[Part] = [(int(blocking.high_ns[top]), int(blocking.low_ns[top]), 0)]
    while todo:
        high, low, row = todo.pop()
        rows.append(top + row)
        lows.append(low)
        highs.append(high)
        todo.extend(subtree.taken(row, low, high))
    return np.array(rows, np.intp), np.array(lows, np.int64), np.array(highs, np.int64)
