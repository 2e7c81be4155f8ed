"""Retries: a call that failed and was made again, with the time that the failed tries and the pauses took."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.credit import union
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.findings.words import listed, times

_GROWS: Final = 1.6
_MOST_IN_A_PAUSE: Final = 8
_MOST_COUNTED: Final = 8
_MOST_LOOKED_AT: Final = 100
"""Members of families without a failure that are asked for counts of tries, and of one such family."""


def _detect(context: Context) -> Iterator[Draft]:
    looked = 0
    for rows in context.families:
        # Without a failure among them there is no retry, unless the client counts its tries.
        hinted = bool(context.failed[rows].any())
        if not hinted:
            if len(rows) > _MOST_COUNTED or looked > _MOST_LOOKED_AT:
                continue
            looked += len(rows)
        facts = context.reader.read(rows.tolist())
        if not hinted and not any(known.resends for known in facts.values()):
            continue
        for tries in _runs(context, facts):
            context.retried.update(tries)
            yield _draft(context, tries, [facts[row] for row in tries])


def _runs(context: Context, facts: dict[int, Facts]) -> Iterator[list[int]]:
    """Tries of one call, one after another: all but perhaps the last failed."""
    calls: dict[object, list[int]] = {}
    for row, known in facts.items():
        signature = known.signature
        calls.setdefault((signature.like, signature.parameters), []).append(row)
    for rows in calls.values():
        rows = context.ranked(rows)
        run: list[int] = []
        for row in rows:
            if run and not _follows(context, run[-1], row, facts):
                if len(run) > 1:
                    yield run
                run = []
            run.append(row)
        if len(run) > 1:
            yield run


def _follows(context: Context, before: int, row: int, facts: dict[int, Facts]) -> bool:
    """Whether a try follows the one before it."""
    over = int(context.end[before] - context.start[row])
    if over > max(context.eps, min(int(context.duration[before]), int(context.duration[row])) // 10):
        return False
    return facts[before].to_retry or facts[row].resends > facts[before].resends


def _draft(context: Context, tries: list[int], facts: list[Facts]) -> Draft:
    lost, last = tries[:-1], tries[-1]
    parent = int(context.parent[last])
    pauses = [(int(context.end[a]), int(context.start[b])) for a, b in pairwise(tries)]
    pauses = [(start, max(start, end)) for start, end in pauses]
    inside = [_inside(context, context.children(parent), pause) for pause in pauses]
    waits = [wait for _, wait in inside]
    lengths = dict.fromkeys([*lost, *(row for rows, _ in inside for row in rows)], 0)
    lost_ns = int(context.duration[lost].sum())
    backoff_ns = sum(waits)
    answers = [known.answer or "error" for known in facts[:-1]]
    same = len(set(answers)) == 1
    which = (
        "the first" if len(lost) == 1 else "all" if facts[-1].to_retry and same else f"the first {len(lost)}"
    )
    ended = answers[0] if same else listed(answers)
    signature = facts[-1].signature
    last_failed = facts[-1].to_retry
    growth = _growth(waits)
    target = signature.target or (
        context.service_of(last) if context.service_of(last) != context.service_of(parent) else ""
    )
    pause = f" + {fmt.duration(backoff_ns)} between tries" if backoff_ns > context.eps else ""
    return Draft(
        title=f"{signature.label} tried {times(len(tries))}, {which} ended {ended}",
        detail=f"{context.who(parent)}{' → ' + target if target else ''}: {fmt.duration(lost_ns)} lost"
        f"{pause}{growth and ' (' + growth + ')'}{', and the last failed too' if last_failed else ''}",
        rows=tries,
        evidence={
            "signature": signature.text,
            "tries": len(tries),
            "answers": [known.answer or "ok" for known in facts],
            "durations_nano": context.duration[tries].tolist(),
            "pauses_nano": waits,
            "backoff": growth or "none seen",
            "lost_nano": lost_ns + backoff_ns,
            "last_failed": last_failed,
            "target": target,
        },
        lengths=lengths,
        gaps=[(parent, start, end) for start, end in pauses if end > start],
        badge=f"retry {len(tries)}×",
    )


def _inside(context: Context, rows: Rows, pause: tuple[int, int]) -> tuple[list[int], int]:
    """What of a pause was the waiting itself: siblings that record it, and how long it was.

    Siblings that call others or have children are work of their own, that may have to be done before the
    next try.
    """
    start, end = pause
    inside = (context.start[rows] >= start - context.eps) & (context.end[rows] <= end + context.eps)
    rows = rows[inside & (context.duration[rows] > 0)]
    facts = context.reader.read(rows[context.size[rows] == 1][:_MOST_IN_A_PAUSE].tolist())
    waiting = [row for row, known in facts.items() if not known.is_call]
    work = rows[~np.isin(rows, waiting)]
    low, high = union(np.maximum(context.start[work], start), np.minimum(context.end[work], end))
    return waiting, max(0, end - start - int((high - low).sum()))


def _growth(waits: list[int]) -> str:
    """What the pauses tell of how they were chosen."""
    long = [wait for wait in waits if wait > 0]
    if len(long) < 2 or len(long) < len(waits):
        return ""
    ratios = np.array(long[1:]) / np.array(long[:-1])
    if (ratios >= _GROWS).all():
        return "growing pauses"
    return "even pauses" if (abs(ratios - 1) < 0.25).all() else ""


RULE: Final = Rule(
    kind=Kind.RETRY,
    headline="A call failed and was made again; the failed tries and the pauses between them were waited "
    "for.",
    looks="Bars of one name in a row, all but perhaps the last marked ✗, with gaps between them that "
    "often grow.",
    rule="Two or more calls that are alike and have the same parameters, with one parent, one after "
    "another, of which all but perhaps the last failed (status error, HTTP 5xx, 429 or 408, gRPC "
    "DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED or UNAVAILABLE), or whose client counts them "
    "(`http.request.resend_count`). It saves all tries but the last, and the pauses; less where "
    "something else ran beside them, for that would then be waited for.",
    guards="A success that is followed by the same call is a repeat (`redundant_work`), not a retry.",
    caveat="Assumes that the last try would have gone the same way had it been the first.",
    disproof="The calls ask for different things that the attributes do not show.",
    fix="Find why the first try failed: its error is a key away. Then look at the client's timeout, the "
    "pause between tries, and whether a limit to retries or a circuit breaker would answer sooner.",
    detect=_detect,
)
