"""Why a section of a critical path is there, and what else might have been waited for.

Timing alone cannot prove that one span waited for another. What is said here is what the walk saw, and where
it might as well have gone.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from tracetui import format as fmt
from tracetui.analysis.blocking import Mode, latest_ends, may_block, row_eps
from tracetui.analysis.columns import Ints, Rows, SpanColumns, end_times, local_parents
from tracetui.analysis.critical_path import CriticalPaths
from tracetui.model.store import Flag

MOST_ALTERNATIVES = 20
"""No more spans than that are told as what might have been waited for instead."""


class _Choice(Struct, frozen=True):
    """What the walk chose from when it took a span.

    Attributes:
        rows: The children that could block the parent, the first to end first.
        ends: When they ended (or the latest end in their subtrees, mode to-end).
        end: When the span ended, likewise.
        next_start: When the sibling that comes after it on the path starts, None if it is the last.
    """

    rows: Rows
    ends: Ints
    end: int
    next_start: int | None


class Reasons:
    """The reasons of the sections of one root's path; the work that they share is done once.

    Args:
        paths: The paths.
        store: The columns.
        root: Row of the root.
    """

    def __init__(self, paths: CriticalPaths, store: SpanColumns, root: int) -> None:
        self._paths, self._store, self._root = paths, store, root
        self._at = paths.of_root(root)
        eps = int(row_eps(store, np.array([root]))[0])
        self._slack = max(eps, int(store.duration_ns[root]) // 100)

    def prepare(self) -> None:
        """Do the shared work now."""
        _ = self._families, self._until

    def reason(self, section: int) -> str:
        """Say in a few words why a section is on the path.

        Args:
            section: Index of the section in the paths.

        Returns:
            Such as "last of 12 children to finish, the runner-up 40ms earlier; own time after its last
            child". Holds no text of the trace.
        """
        row = int(self._paths.span[section])
        if self._paths.wait[section]:
            return "over already; nothing below it was running"
        own = self._own_time(section)
        return own if row == self._root else f"{_choice_in_words(self._choice(section))}; {own}"

    def alternatives(self, section: int) -> list[int]:
        """Siblings that might have been waited for instead of a section's span: "or: …".

        Those that ended within `max(EPS, 1 % of the root's duration)` before the next sibling on the path
        started, or, for the last child on the path, within that time before it ended. Not those that were
        over when the section's span started: they come before it, not instead of it.

        Args:
            section: Index of the section in the paths.

        Returns:
            Rows, the last to end first, at most `MOST_ALTERNATIVES`; empty where the choice was clear.
        """
        row = int(self._paths.span[section])
        if row == self._root:
            return []
        choice = self._choice(section)
        until = choice.end if choice.next_start is None else choice.next_start
        since = max(until - self._slack, int(self._store.start_ns[row]) + 1)
        first, last = np.searchsorted(choice.ends, (since, until + 1)).tolist()
        last = max(last, first)
        within = range(max(first, last - MOST_ALTERNATIVES - 1), last)
        found = [(-int(choice.ends[at]), int(choice.rows[at])) for at in within if choice.rows[at] != row]
        return [other for _, other in sorted(found)[:MOST_ALTERNATIVES]]

    @cached_property
    def _families(self) -> tuple[Rows, Ints, Rows]:
        """Children that could block their parents, by family and end; their ends; where families begin."""
        store, first = self._store, self._root
        last = first + int(store.size[first])
        parent = local_parents(store, first, last)
        start, end = store.start_ns[first:last], end_times(store, slice(first, last))
        if self._paths.mode is Mode.TO_END:
            end = latest_ends(parent, end)
        rows = np.flatnonzero(parent >= 0)
        rows = rows[may_block(store, rows + first, parent[rows] + first, self._paths.mode)]
        above = parent[rows]
        ends = np.minimum(end[rows], end[above])
        counts = (ends > np.maximum(start[rows], start[above])) & (start[rows] < end[above])
        rows, above, ends = rows[counts], above[counts], ends[counts]
        order = np.lexsort((ends, above))
        bounds = np.searchsorted(above[order], np.arange(last - first + 1))
        return rows[order] + first, ends[order], bounds

    @cached_property
    def _until(self) -> dict[int, int]:
        """For each span of the path the first section after those of its subtree."""
        span, size = self._paths.span, self._store.size
        until: dict[int, int] = {}
        open_rows: list[tuple[int, int]] = []
        rows = span[self._at.start : self._at.stop].tolist()
        lasts = (span + size[span])[self._at.start : self._at.stop].tolist()
        for at, row, last in zip(self._at, rows, lasts, strict=True):
            while open_rows and not open_rows[-1][0] <= row < open_rows[-1][1]:
                until[open_rows.pop()[0]] = at
            if not open_rows or open_rows[-1][0] != row:
                open_rows.append((row, last))
        until.update((row, self._at.stop) for row, _ in open_rows)
        return until

    def _own_time(self, section: int) -> str:
        span, row = self._paths.span, int(self._paths.span[section])
        last = row + int(self._store.size[row])
        if last == row + 1:
            return "own time, it has no children"
        after = section > self._at.start and row < span[section - 1] < last
        before = section + 1 < self._at.stop and row < span[section + 1] < last
        if after and before:
            return "own time between its children"
        if after:
            return "own time after its last child"
        return "own time before its first child" if before else "own time, it waited for no child"

    def _choice(self, section: int) -> _Choice:
        row = int(self._paths.span[section])
        parent = int(self._store.parent[row])
        rows, ends, bounds = self._families
        first, last = bounds[parent - self._root :][:2].tolist()
        rows, ends = rows[first:last], ends[first:last]
        own = np.flatnonzero(rows == row)
        end = int(ends[own[0]]) if len(own) else int(self._paths.end_ns[section])
        return _Choice(rows, ends, end, self._next_start(row, parent))

    def _next_start(self, row: int, parent: int) -> int | None:
        """When the sibling that comes after a span on the path starts."""
        span, at = self._paths.span, self._until[row]
        while at < self._at.stop and span[at] == parent:
            at += 1
        if at < self._at.stop and parent < span[at] < parent + int(self._store.size[parent]):
            return int(self._paths.start_ns[at])
        return None


def reason(paths: CriticalPaths, store: SpanColumns, section: int) -> str:
    """Say in a few words why a section is on the path; for many of one path `Reasons` is quicker."""
    return Reasons(paths, store, _root(paths, section)).reason(section)


def alternatives(paths: CriticalPaths, store: SpanColumns, section: int) -> list[int]:
    """Rows that might have been waited for instead; for many sections of one path `Reasons` is quicker."""
    return Reasons(paths, store, _root(paths, section)).alternatives(section)


def why_empty(store: SpanColumns, row: int, mode: Mode = Mode.DEFAULT) -> str:
    """Say why a root has no critical path.

    Args:
        store: The columns.
        row: Row of the root.
        mode: The mode of the path.

    Returns:
        A few words, or "" where it has one.
    """
    last = row + int(store.size[row]) if mode is Mode.TO_END else row + 1
    if end_times(store, slice(row, last)).max() > store.start_ns[row]:
        return ""
    if store.flags[row] & np.uint16(Flag.UNFINISHED):
        return "no end of the root is recorded, so there is no time to explain"
    return "the root has no duration, so there is no time to explain"


def _root(paths: CriticalPaths, section: int) -> int:
    return int(paths.roots[np.searchsorted(paths.offsets, section, "right") - 1])


def _choice_in_words(choice: _Choice) -> str:
    count = len(choice.rows)
    if choice.next_start is None:
        if count < 2:
            return "only child"
        return f"last of {count} children to finish{_margin(choice, count, choice.end)}"
    if choice.end > choice.next_start:
        return "finished as the next one started"
    ended = int(np.searchsorted(choice.ends, choice.next_start, "right"))
    if ended < 2:
        return "had finished when the next one started"
    return f"last of {ended} to finish before the next one started{_margin(choice, ended, choice.end)}"


def _margin(choice: _Choice, ended: int, end: int) -> str:
    """How much later than the runner-up it ended: what is gained at most before that takes over."""
    earlier = end - int(choice.ends[ended - 2])
    return f", the runner-up {fmt.duration(earlier)} earlier" if earlier > 0 else ", together with another"
