"""Big traces as columns, made without a span object each."""

from __future__ import annotations

import numpy as np

from tests.analysis.columns import Columns, Resources

BASE = 1_700_000_000_000_000_000


def _columns(start: np.ndarray, duration: np.ndarray, chain: bool) -> Columns:
    count = len(start)
    row = np.arange(count)
    zeros = np.zeros(count, np.int32)
    return Columns(
        (BASE + start).astype(np.int64),
        duration.astype(np.int64),
        (row - 1 if chain else np.where(row, 0, -1)).astype(np.int32),
        (row if chain else np.minimum(row, 1)).astype(np.int32),
        (count - row if chain else np.where(row, 1, count)).astype(np.int32),
        zeros.astype(np.uint8),
        zeros.astype(np.uint16),
        (row % 2).astype(np.int32),
        zeros,
        Resources(np.array([0, 1], np.int32), np.array([-1, -1], np.int32)),
        np.array([0, count], np.int64),
        ["service"],
        [f"{number:016x}" for number in row.tolist()],
    )


def chain(count: int, step: int = 1_000) -> Columns:
    """Each span inside the one before it."""
    row = np.arange(count)
    return _columns(row * step, 2 * (count - row) * step, chain=True)


def staircase(count: int, step: int = 1_000) -> Columns:
    """Each span below the one before it and ending after it, on the other clock."""
    return _columns(np.arange(count) * step, np.full(count, count * step), chain=True)


def one_after_the_other(count: int, step: int = 1_000) -> Columns:
    """Siblings back to back."""
    row = np.arange(count - 1)
    start, duration = np.append(0, row * step), np.append((count - 1) * step, np.full(count - 1, step))
    return _columns(start, duration, chain=False)


def all_at_once(count: int) -> Columns:
    """Siblings with the same start and the same end as their parent."""
    return _columns(np.zeros(count), np.full(count, 1_000_000), chain=False)


def fan(count: int, step: int = 1_000) -> Columns:
    """Siblings that start one after the other and end together, the parent a little later."""
    row = np.arange(count - 1)
    start = np.append(0, row * step)
    duration = np.append(count * step, (count - 1 - row) * step)
    return _columns(start, duration, chain=False)


def nested_cuts(depth: int) -> Columns:
    """At every level two near-sequential children, the first of them with the next level in it."""
    count = 2 * depth + 1
    columns = chain(count)
    row = np.arange(depth + 1)
    end = depth * 20_000 + 1_000_000 - 18_000 * row
    start, duration = np.empty(count, np.int64), np.empty(count, np.int64)
    start[: depth + 1], duration[: depth + 1] = row, end - row
    # Depth first, the second children come last, the innermost first.
    start[depth + 1 :], duration[depth + 1 :] = (end[:-1] - 20_000)[::-1], 20_000
    columns.start_ns, columns.duration_ns = BASE + start, duration
    columns.parent[depth + 1 :] = row[:-1][::-1]
    columns.depth[depth + 1 :] = row[1:][::-1]
    columns.size[: depth + 1], columns.size[depth + 1 :] = 1 + 2 * (depth - row), 1
    columns.resource[:] = 0
    return columns
