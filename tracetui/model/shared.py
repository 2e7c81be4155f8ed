"""Traces that came in several sources, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracetui.model.issues import IssueCode, IssueLog
from tracetui.model.times import TraceLogs, rows_by_trace

_NAMED: Final = 3


def tell_shared(
    trace: npt.NDArray[np.int32],
    source: npt.NDArray[Any],
    dropped: Sequence[int],
    names: Sequence[str],
    logs: TraceLogs,
) -> None:
    """Tell of traces that stand in several sources: joined or, where others repeat what one has, shown once.

    Args:
        trace: int32[n], trace of each record.
        source: int16[n], source of each record.
        dropped: Rows that repeat another record.
        names: Of the sources.
        logs: Where it is told.
    """
    if not len(trace):
        return
    traces = int(trace.max()) + 1
    pairs, _ = np.unique(source.astype(np.int64) * traces + trace, return_counts=True)
    found, often = np.unique(pairs % traces, return_counts=True)
    shared = found[often > 1]
    if not len(shared):
        return
    kept = np.ones(len(trace), np.bool_)
    kept[list(dropped)] = False
    for number, rows in rows_by_trace(trace, np.flatnonzero(np.isin(trace, shared))):
        sources = source[rows]
        told = [names[place] for place in sorted(set(sources.tolist()))[:_NAMED]]
        once = len(set(sources[kept[rows]].tolist())) == 1
        code = IssueCode.DUPLICATE_TRACE if once else IssueCode.MERGED_TRACE
        logs.logs.setdefault(number, IssueLog()).add(code, "in " + ", ".join(told))
