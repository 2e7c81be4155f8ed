"""Time on the critical path, summed; sums are exact because sections cover their root exactly."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tracetui.analysis.columns import Ints, SpanColumns
from tracetui.analysis.critical_path import CriticalPaths


def on_path_ns(paths: CriticalPaths, store: SpanColumns, first: int = 0, last: int | None = None) -> Ints:
    """Time that each span has on its root's critical path.

    Args:
        paths: The paths; sections of rows outside the range are left out.
        store: The columns.
        first: First row.
        last: Row after the last, None for the end of the store.

    Returns:
        int64[last - first], nanoseconds; 0 off the path. Over a whole trace it adds up to the
        durations of its roots.
    """
    last = len(store.start_ns) if last is None else last
    time = np.zeros(last - first, np.int64)
    inside = (paths.span >= first) & (paths.span < last)
    np.add.at(time, paths.span[inside] - first, (paths.end_ns - paths.start_ns)[inside])
    return time


def path_by_service(paths: CriticalPaths, store: SpanColumns, root_row: int) -> list[tuple[str, int]]:
    """Time on the path of one root by service.

    Args:
        paths: The paths.
        store: The columns.
        root_row: Row of the root.

    Returns:
        Service and nanoseconds, the largest first (equal ones by name); they add up to the path exactly.
    """
    at = paths.of_root(root_row)
    services = store.service[paths.span[at.start : at.stop]]
    lengths = paths.end_ns[at.start : at.stop] - paths.start_ns[at.start : at.stop]
    codes, which = np.unique(services, return_inverse=True)
    sums = np.zeros(len(codes), np.int64)
    np.add.at(sums, which, lengths)
    total: Counter[str] = Counter()
    for code, time in zip(codes.tolist(), sums.tolist(), strict=True):
        total[store.strings[code]] += time
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))
