"""Times that cannot be: missing, negative, or years from the rest of their trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tracetui.model.distinct import distinct
from tracetui.model.issues import MAX_SAMPLES, IssueCode, IssueLog
from tracetui.model.store import Flag

Columns = dict[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int64]

LATEST_NS, EARLIEST_NS, LONGEST_NS = 1 << 62, -(1 << 61), 1 << 60
"""Within these (the years 1896 to 2116, 36 years) every sum and difference of two times fits an int64."""
YEAR_NS = 366 * 24 * 3600 * 10**9


class TraceLogs:
    """Issue logs by trace, made when first needed.

    Args:
        logs: The logs that there are already, by trace.
        trace: int32[n], the trace of each row.
    """

    def __init__(self, logs: dict[int, IssueLog], trace: npt.NDArray[np.int32]) -> None:
        self.logs = logs
        self._trace = trace

    def add_rows(self, code: IssueCode, rows: Rows, describe: Callable[[int], object] | None = None) -> None:
        """Count an issue once for each of some rows, with each row's trace.

        Args:
            code: What it is.
            rows: Rows in source order.
            describe: What a sample says of a row; asked for the first few of each trace.
        """
        for trace, members in rows_by_trace(self._trace, rows):
            log = self.logs.setdefault(trace, IssueLog())
            log.add(code, count=len(members))
            if describe is not None:
                for row in members[:MAX_SAMPLES].tolist():
                    log.add(code, str(describe(row)), count=0, row=row)


def rows_by_trace(trace: npt.NDArray[np.int32], rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Some rows, trace by trace; each trace's in their order."""
    traces = trace[rows]
    order = np.argsort(traces, kind="stable")
    ends = np.flatnonzero(np.diff(traces[order], append=-1)) + 1
    for first, last in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        members = rows[order[first:last]]
        yield int(trace[members[0]]), members


def mend_times(columns: Columns, parent: npt.NDArray[np.int32], logs: TraceLogs) -> None:
    """Make every start and duration one that can be computed with, in place; tell what was changed.

    Negative durations become 0 (`negative-duration`), times that no sum can hold are cut (`bad-time`), a
    missing start is the parent's, or else that of the earliest child, or else the trace's (`bad-time`).
    Starts far from the rest of their trace are told and left as they are.

    Args:
        columns: n rows in source order.
        parent: int32[n], row of each row's parent, -1 for none.
        logs: Where it is told.
    """
    start, duration = columns["start_ns"], columns["duration_ns"]
    wild = np.flatnonzero((start > LATEST_NS) | (start < EARLIEST_NS) | (duration > LONGEST_NS))
    if len(wild):
        times = start.copy(), duration.copy()
        logs.add_rows(IssueCode.BAD_TIME, wild, lambda row: _wild(int(times[0][row]), int(times[1][row])))
        np.clip(start, EARLIEST_NS, LATEST_NS, out=start)
        np.minimum(duration, LONGEST_NS, out=duration)
    negative = np.flatnonzero(duration < 0)
    if len(negative):
        lengths = duration.copy()
        logs.add_rows(IssueCode.NEGATIVE_DURATION, negative, lambda row: f"{int(lengths[row])} ns")
        duration[negative] = 0
    timeless = np.flatnonzero((columns["flags"] & Flag.NO_TIME) != 0)
    if len(timeless):
        logs.add_rows(IssueCode.BAD_TIME, timeless, lambda row: "no start")
        _borrow_starts(columns, parent, timeless)
    _tell_far_starts(columns, logs)


def _wild(start: int, duration: int) -> str:
    """What is told of times that no sum can hold."""
    return f"duration {duration} ns" if EARLIEST_NS <= start <= LATEST_NS else f"start {start} ns"


def _borrow_starts(columns: Columns, parent: npt.NDArray[np.int32], timeless: Rows) -> None:
    start = columns["start_ns"]
    lacking = set(timeless.tolist())
    above = dict(zip(lacking, parent[list(lacking)].tolist(), strict=True))
    child_start = _earliest_child(start, parent, lacking)
    trace_start = _trace_starts(columns, lacking)
    settled: dict[int, int] = {}
    for row in timeless.tolist():
        path: list[int] = []
        at = row
        while at in above and at not in settled and at not in path[-1:] and len(path) <= len(above):
            path.append(at)
            at = above[at]
        if at in settled:
            known = settled[at]
        elif at >= 0 and at not in above:
            known = int(start[at])
        else:
            top = path[-1] if path else row
            known = child_start.get(top, trace_start[int(columns["trace"][top])])
        for member in path:
            settled[member] = known
    start[list(settled)] = list(settled.values())


def _earliest_child(
    start: npt.NDArray[np.int64], parent: npt.NDArray[np.int32], lacking: set[int]
) -> dict[int, int]:
    wanted = np.fromiter(lacking, np.int64, len(lacking))
    earliest: dict[int, int] = {}
    for child in np.flatnonzero(np.isin(parent, wanted)).tolist():
        if child not in lacking:
            above = int(parent[child])
            earliest[above] = min(earliest.get(above, LATEST_NS), int(start[child]))
    return earliest


def _trace_starts(columns: Columns, lacking: set[int]) -> dict[int, int]:
    rows = np.fromiter(lacking, np.int64, len(lacking))
    known = np.ones(len(columns["trace"]), np.bool_)
    known[rows] = False
    starts: dict[int, int] = {}
    for trace in distinct(columns["trace"][rows]).tolist():
        there = columns["start_ns"][known & (columns["trace"] == trace)]
        starts[trace] = int(there.min()) if len(there) else 0
    return starts


def _tell_far_starts(columns: Columns, logs: TraceLogs) -> None:
    """Starts more than a year from their trace's median; all starts of a trace at 0."""
    trace, start = columns["trace"], columns["start_ns"]
    if not len(trace):
        return
    traces = int(trace.max()) + 1
    if traces == 1:
        low, high = start.min(keepdims=True), start.max(keepdims=True)
    else:
        low, high = np.full(traces, LATEST_NS), np.full(traces, EARLIEST_NS)
        np.minimum.at(low, trace, start)
        np.maximum.at(high, trace, start)
    zero = (low == 0) & (high == 0)
    suspect = zero | (high - low > YEAR_NS)
    if not suspect.any():
        return
    suspects = np.flatnonzero(suspect[trace] if traces > 1 else np.ones(len(trace), np.bool_))
    for _, rows in rows_by_trace(trace, suspects):
        starts = start[rows]
        median = np.sort(starts)[len(rows) // 2]
        far = rows if not starts.any() else rows[np.abs(starts - median) > YEAR_NS]
        if len(far):
            logs.add_rows(IssueCode.BAD_TIME, far, lambda row: f"start {int(start[row])} ns")
