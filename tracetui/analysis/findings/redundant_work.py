"""Redundant work: the same thing is read twice or more in one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.findings.words import listed, shortened, times
from tracetui.model.store import Kind as SpanKind

_MOST_OF_A_FAMILY: Final = 60
_MOST_FAMILIES: Final = 20
_MOST_READ: Final = 300
_NO_CALLS: Final = (SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER)


def _detect(context: Context) -> Iterator[Draft]:
    least = context.thresholds.redundant_ms * MS
    same: dict[object, list[int]] = {}
    read = 0
    for rows in context.everywhere[:_MOST_FAMILIES]:
        if context.kind_is(int(rows[0]), *_NO_CALLS):
            continue
        durations = context.duration[rows]
        if int(durations.sum() - durations.max()) < least:
            continue
        if read >= _MOST_READ:
            break
        longest = rows[np.lexsort((context.rank[rows], -durations, -context.path[rows]))][:_MOST_OF_A_FAMILY]
        read += len(longest)
        for row, facts in context.reader.read(longest.tolist()).items():
            signature = facts.signature
            if signature.reads and signature.parameters is not None and facts.is_call and not facts.failed:
                key = (
                    int(context.tree[row]),
                    int(context.service[row]),
                    signature.like,
                    signature.parameters,
                    signature.target,
                )
                same.setdefault(key, []).append(row)
    for members in same.values():
        members = [row for row in members if row not in context.retried]
        durations = context.duration[members]
        if len(members) >= 2 and int(durations.sum() - durations.max()) >= least:
            yield _draft(context, members)


def _draft(context: Context, members: list[int]) -> Draft:
    members = context.ranked(members)
    durations = context.duration[members].tolist()
    longest = members[max(range(len(members)), key=lambda at: (durations[at], -at))]
    signature = context.facts(members[0]).signature
    callers = list(dict.fromkeys(context.caller_of(row) for row in members))
    context.repeated.update(members)
    return Draft(
        title=f"{signature.label} asked {times(len(members))} for the same, "
        f"{fmt.duration(sum(durations))} together",
        detail=f"from {listed(callers)}: {shortened(signature.parameters or signature.text, 60)}",
        rows=members,
        evidence={
            "signature": signature.text,
            "parameters": signature.parameters or "",
            "calls": len(members),
            "total_nano": sum(durations),
            "longest_nano": max(durations),
            "callers": callers[:20],
        },
        lengths={row: 0 for row in members if row != longest},
        badge=f"same ×{len(members):,}",
    )


RULE: Final = Rule(
    kind=Kind.REDUNDANT_WORK,
    headline="The same thing is read more than once in one request.",
    looks="Bars of one name in several places; opened, they show the same statement or URL.",
    rule="Two or more calls of one service with the same signature and the same parameters that only "
    "read (SELECT, GET, a cache's reads), anywhere in the trace; without the longest together "
    "{redundant_ms} ms. It saves all but the longest.",
    guards="Where the parameters are masked (`?`) it cannot be known, and nothing is said. Not what "
    "depends on the time, takes locks, or failed and was tried again.",
    caveat="Assumes that the answer did not change between the calls.",
    disproof="Something in between changed what is read.",
    fix="Read once and pass it on, or keep it for the length of the request.",
    detect=_detect,
)
