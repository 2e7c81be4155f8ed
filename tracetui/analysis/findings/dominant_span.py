"""Dominant spans: one operation owns most of the path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Ints
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity
from tracetui.analysis.findings.words import shortened

_MOST_TIES: Final = 1_000
_LOW: Final = (1 << 32) - 1


def _detect(context: Context) -> Iterator[Draft]:
    if context.n < 2 or not context.root_ns:
        return
    operation = (context.service.astype(np.int64) << 32) | context.name
    codes, which = np.unique(operation, return_inverse=True)
    shares = np.zeros(len(codes), np.int64)
    np.add.at(shares, which, context.own_path)
    top = _largest(context, shares, codes)
    owned = int(shares[top])
    if owned * 100 < context.root_ns * context.thresholds.dominant_percent:
        return
    rows = np.flatnonzero((which == top) & (context.own_path > 0))
    rows = rows[np.lexsort((context.rank[rows], -context.own_path[rows]))]
    shares[top] = 0
    second = _largest(context, shares, codes)
    if context.root in rows and not shares[second]:
        return  # there is nothing on the path beside the root
    yield _draft(context, rows.tolist(), owned, int(shares[second]), np.flatnonzero(which == second))


def _largest(context: Context, shares: Ints, operations: Ints) -> int:
    """The operation with most; of several that by name, as the order of the input tells nothing."""
    strings = context.store.strings
    most = np.flatnonzero(shares == shares.max()).tolist()[:_MOST_TIES]
    return int(
        min(most, key=lambda at: (strings[int(operations[at]) >> 32], strings[int(operations[at]) & _LOW]))
    )


def _draft(
    context: Context,
    rows: list[int],
    owned: int,
    next_ns: int,
    others: np.ndarray[tuple[int], np.dtype[np.intp]],
) -> Draft:
    row = rows[0]
    runner = context.who(int(others[np.argmax(context.own_path[others])])) if next_ns else ""
    count = f" in {len(rows)} spans" if len(rows) > 1 else ""
    lengths = {at: 0 for at in rows if context.size[at] == 1 and at != context.root}
    others_own = set(rows) - set(lengths)
    path_row, start, end = context.sections
    gaps = [
        (int(at), int(low), int(high))
        for at, low, high in zip(path_row.tolist(), start.tolist(), end.tolist(), strict=True)
        if at in others_own
    ]
    return Draft(
        title=f"{context.who(row)} owns {fmt.percent(owned, context.root_ns)} of the critical path: "
        f"{fmt.duration(owned)}{count}",
        detail=f"next is {shortened(runner)} with {fmt.duration(next_ns)}"
        if runner
        else "there is nothing beside it",
        rows=rows,
        evidence={
            "owned_nano": owned,
            "share_percent": 100 * owned // context.root_ns,
            "spans": len(rows),
            "runner_up": runner,
            "runner_up_nano": next_ns,
        },
        lengths=lengths,
        gaps=gaps,
        ceiling=Severity.LOW,
        badge="most of it",
    )


RULE: Final = Rule(
    kind=Kind.DOMINANT_SPAN,
    headline="One operation owns most of the critical path.",
    looks="One colour fills the bar of the path in the header.",
    rule="The spans of one service and name have {dominant_percent} % of the critical path or more as "
    "their own time. What a sharper finding explains is credited to that.",
    guards="Not where the root alone is on the path. Never more than low: most requests have one part "
    "that is the work.",
    caveat="It may be the work that the request is for.",
    disproof="",
    fix="Look into it: its attributes, its events, its own time before, between and after its children.",
    detect=_detect,
)
