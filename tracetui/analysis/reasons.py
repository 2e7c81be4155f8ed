"""Why a section of a critical path is there, and what else might have been waited for.

Timing alone cannot prove that one span waited for another. What is said here is what the walk saw, and where
it might as well have gone.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import Mode, latest_ends, may_block, row_eps
from tracetui.analysis.columns import Rows, SpanColumns, end_times, local_parents
from tracetui.analysis.critical_path import CriticalPaths
from tracetui.model.store import Flag


class _Choice(Struct, frozen=True):
    """What the walk chose from when it took a span.

    Attributes:
        siblings: The other children that could block the parent.
        ends: When they ended (or the latest end in their subtrees, mode to-end).
        end: When the span ended, likewise.
        next_start: When the sibling that comes after it on the path starts, None if it is the last.
    """

    siblings: Rows
    ends: list[int]
    end: int
    next_start: int | None


def reason(paths: CriticalPaths, store: SpanColumns, section: int) -> str:
    """Say in a few words why a section is on the path.

    Args:
        paths: The paths.
        store: The columns.
        section: Index of the section.

    Returns:
        Such as "last of 12 children to finish; own time after its last child". Holds no text of the trace.
    """
    row = int(paths.span[section])
    if paths.wait[section]:
        return "over already; nothing below it was running"
    own = _own_time(paths, store, section)
    if row == _root(paths, section):
        return own
    choice = _choice(paths, store, section)
    count = len(choice.siblings) + 1
    if choice.next_start is None:
        return f"last of {count} children to finish; {own}" if count > 1 else f"only child; {own}"
    if choice.end > choice.next_start:
        return f"finished as the next one started; {own}"
    ended = 1 + sum(end <= choice.next_start for end in choice.ends)
    if ended == 1:
        return f"the one that had finished when the next one started; {own}"
    return f"last of {ended} to finish before the next one started; {own}"


def alternatives(paths: CriticalPaths, store: SpanColumns, section: int) -> list[int]:
    """Siblings that might have been waited for instead of a section's span: "or: …".

    Those that ended within `max(EPS, 1 % of the root's duration)` before the next sibling on the path
    started, or, for the last child on the path, within that time before it ended.

    Args:
        paths: The paths.
        store: The columns.
        section: Index of the section.

    Returns:
        Rows, the last to end first; empty where the choice was clear.
    """
    root = _root(paths, section)
    if int(paths.span[section]) == root:
        return []
    choice = _choice(paths, store, section)
    until = choice.end if choice.next_start is None else choice.next_start
    eps = int(row_eps(store, np.array([root]))[0])
    slack = max(eps, int(store.duration_ns[root]) // 100)
    found = [
        (-end, row)
        for end, row in zip(choice.ends, choice.siblings.tolist(), strict=True)
        if until - slack <= end <= until
    ]
    return [row for _, row in sorted(found)]


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


def _own_time(paths: CriticalPaths, store: SpanColumns, section: int) -> str:
    row = int(paths.span[section])
    last = row + int(store.size[row])
    if last == row + 1:
        return "own time, it has no children"
    after = section > 0 and row < paths.span[section - 1] < last
    before = section + 1 < len(paths.span) and row < paths.span[section + 1] < last
    if after and before:
        return "own time between its children"
    if after:
        return "own time after its last child"
    return "own time before its first child" if before else "own time, it waited for no child"


def _choice(paths: CriticalPaths, store: SpanColumns, section: int) -> _Choice:
    row = int(paths.span[section])
    parent = int(store.parent[row])
    low, high = parent + 1, parent + int(store.size[parent])
    siblings = low + np.flatnonzero(store.parent[low:high] == parent)
    rows = siblings[may_block(store, siblings, np.full(len(siblings), parent), paths.mode)]
    start = store.start_ns[rows]
    ends = end_times(store, slice(parent, high))
    if paths.mode is Mode.TO_END:
        ends = latest_ends(local_parents(store, parent, high), ends)
    window = int(store.start_ns[parent]), int(ends[0])
    ends = np.minimum(ends[rows - parent], window[1])
    counts = (ends > np.maximum(start, window[0])) & (start < window[1])
    rows, ends = rows[counts], ends[counts]
    other = rows != row
    end = int(ends[~other][0]) if not other.all() else int(paths.end_ns[section])
    return _Choice(rows[other], ends[other].tolist(), end, _next_start(paths, store, section, parent))


def _next_start(paths: CriticalPaths, store: SpanColumns, section: int, parent: int) -> int | None:
    """When the sibling that comes after the section's span on the path starts."""
    row = int(paths.span[section])
    until = int(paths.offsets[np.searchsorted(paths.offsets, section, "right")])
    spans = paths.span[section:until]
    outside = np.flatnonzero((spans < row) | (spans >= row + store.size[row]))
    at = section + int(outside[0]) if len(outside) else until
    while at < until and paths.span[at] == parent:
        at += 1
    if at < until and parent < paths.span[at] < parent + int(store.size[parent]):
        return int(paths.start_ns[at])
    return None
