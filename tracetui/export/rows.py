"""The rows of a text waterfall: which span stands where, under what, and where a branch ends."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tracetui.export.report import TraceSummary
from tracetui.model.store import Flag, SpanStore

MISSING: Final = -1


class Row(NamedTuple):
    """One line of the waterfall.

    `row` is the span's row in the store, or `MISSING` for a line that stands for a parent which is not in the
    trace: then `missing` is that parent's id and `children` how many fragments hang under it. `last` is true
    where no sibling follows.
    """

    row: int
    depth: int
    last: bool
    missing: str = ""
    children: int = 0


def arranged(store: SpanStore, trace: TraceSummary, rows: npt.NDArray[np.int64]) -> list[Row]:
    """Arrange some spans of a trace for showing.

    Fragments are brought together under a line for the parent they miss, where the first of them stands.
    Of a choice of spans, each hangs under the nearest ancestor that is among them.

    Args:
        store: The columns.
        trace: The trace.
        rows: The rows to show, ascending.
    """
    found: list[tuple[int, int, str, int]] = []
    groups = _fragments(store, trace) if trace.orphan_count else {}
    bounds = _root_bounds(store, trace)
    shown = rows.tolist()
    cuts = np.searchsorted(rows, bounds).tolist()
    pieces = {bounds[i]: shown[cuts[i] : cuts[i + 1]] for i in range(len(bounds) - 1)}
    done: set[int] = set()
    for root in bounds[:-1]:
        if root in done:
            continue
        parent, members = groups.get(root, ("", [root]))
        deeper = int(root in groups)
        kept = [member for member in members if pieces[member]]
        done.update(members)
        if deeper and kept:
            found.append((MISSING, 0, parent, len(members)))
        for member in kept:
            found.extend((row, depth + deeper, "", 0) for row, depth in _depths(store, pieces[member]))
    return _with_ends(found)


def _root_bounds(store: SpanStore, trace: TraceSummary) -> list[int]:
    """The rows of roots and fragment roots, and at last the end of the trace."""
    roots = np.flatnonzero(store.parent[trace.first : trace.last] < 0) + trace.first
    return [*roots.tolist(), trace.last]


def _fragments(store: SpanStore, trace: TraceSummary) -> dict[int, tuple[str, list[int]]]:
    """Fragment roots by row: the id of the parent they miss, and all that miss the same one."""
    orphans = np.flatnonzero(store.flags[trace.first : trace.last] & Flag.ORPHAN) + trace.first
    by_parent: dict[str, list[int]] = {}
    out: dict[int, tuple[str, list[int]]] = {}
    for row in orphans.tolist():
        parent = store.parent_id_text(row)
        members = by_parent.setdefault(parent, [])
        members.append(row)
        out[row] = (parent, members)
    return out


def _depths(store: SpanStore, rows: list[int]) -> list[tuple[int, int]]:
    """Each row with the number of its ancestors that are among the rows too."""
    ends: list[int] = []
    out: list[tuple[int, int]] = []
    sizes = store.size[rows].tolist()
    for row, size in zip(rows, sizes, strict=True):
        while ends and ends[-1] <= row:
            ends.pop()
        out.append((row, len(ends)))
        ends.append(row + size)
    return out


def _with_ends(found: list[tuple[int, int, str, int]]) -> list[Row]:
    """From the bottom up: a row ends its siblings where none of its depth came since a higher one."""
    out: list[Row] = []
    seen: list[bool] = []
    for row, depth, missing, children in reversed(found):
        del seen[depth + 1 :]
        seen.extend([False] * (depth + 1 - len(seen)))
        out.append(Row(row, depth, not seen[depth], missing, children))
        seen[depth] = True
    out.reverse()
    return out
