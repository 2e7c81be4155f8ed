"""Concurrency limits: many like calls, only so many at once, each starting when another ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import MS, Context, Group
from tracetui.analysis.findings.finding import Draft, Kind, Rule

_SHORT: Final = 10
"""How near a start is to an end in short calls: this part of them, not a millisecond."""
_COINCIDE: Final = 80
"""Of 100 starts after the first ones, how many have to be another's end."""


def _detect(context: Context) -> Iterator[Draft]:
    least = context.thresholds.staircase_calls
    for rows in context.families:
        if len(rows) < least or not _limit(context, rows):
            continue
        for group in context.alike(rows, least):
            members = np.array(group.rows, np.intp)
            lanes = _limit(context, members)
            if lanes:
                yield _draft(context, members, group, lanes)


def _limit(context: Context, rows: Rows) -> int:
    """How many ran at once, if starts are others' ends; 0 if there is no limit to be seen."""
    running = context.running(rows)
    if running < 2 or running >= len(rows):
        return 0
    ends = np.sort(context.end[rows])
    starts = context.start[rows][running:]
    durations = context.duration[rows]
    # Of calls shorter than a millisecond any start is near some end.
    least = max(context.eps, min(MS, int(np.median(durations)) // _SHORT))
    slack = np.maximum(least, durations[running:] // 100)
    at = np.searchsorted(ends, starts + context.eps, "right") - 1
    near = (at >= 0) & (starts - ends[np.maximum(at, 0)] <= slack)
    return running if int(near.sum()) * 100 >= len(starts) * _COINCIDE else 0


def _draft(context: Context, rows: Rows, group: Group, lanes: int) -> Draft:
    durations = context.duration[rows]
    first, last = int(context.start[rows].min()), int(context.end[rows].max())
    longest = int(rows[np.argmax(durations)])
    ideal = int(durations.max())
    label = group.facts.signature.label
    members = rows.tolist()
    context.repeated.update(members)
    return Draft(
        title=f"{len(members)} × {label}, only {lanes} at a time: {fmt.duration(last - first)} in place of "
        f"{fmt.duration(ideal)}",
        detail=f"{context.caller_of(members[0])}: a pool, a semaphore or a thread pool of {lanes}?",
        rows=members,
        evidence={
            "signature": group.facts.signature.text,
            "calls": len(members),
            "at_once": lanes,
            "span_nano": last - first,
            "ideal_nano": ideal,
            "mean_nano": int(durations.sum()) // len(members),
        },
        lengths={row: 0 for row in members if row != longest},
        badge=f"{lanes} at a time",
    )


RULE: Final = Rule(
    kind=Kind.CONCURRENCY_LIMIT,
    headline="Many like calls are wanted at once, but only so many run at a time.",
    looks="A staircase in lanes: a few bars start together, and whenever one ends the next one starts.",
    rule="{staircase_calls} or more like calls below one parent, never more than k at once (k from 2, "
    "and fewer than there are calls), and 80 % of the starts after the first k are another's end "
    "(within 1 ms or 1 %). It saves all but the longest.",
    guards="One at a time is `n_plus_one`.",
    caveat="Assumes that all of them at once would take no longer each; what they call may not stand it.",
    disproof="The limit is wanted: what is called would be overrun.",
    fix="Raise the size of the pool or the limit of the semaphore, or ask for several in one call.",
    detect=_detect,
)
