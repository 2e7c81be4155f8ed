"""Callers that gave up: a timeout ended the call, and what was called worked on for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.model.store import Kind as SpanKind

_SECOND: Final = 1_000_000_000
_MOST_SILENT: Final = 60
_MOST_BELOW: Final = 8
_SILENT: Final = (
    "The call itself records no failure: that it was given up is read off what was called, which was "
    "cancelled and ended later."
)
_ROUND: Final = tuple(
    milliseconds * 1_000_000
    for decade in (100, 1_000, 10_000)
    for milliseconds in (decade * tenths // 10 for tenths in (10, 15, 20, 25, 30, 40, 50, 60, 75, 80))
)


def _detect(context: Context) -> Iterator[Draft]:
    told: set[int] = set()
    client, server = context.calls
    over = context.end[server] - context.end[client] > context.eps
    longer = context.duration[server] - context.duration[client] > context.eps
    outlasted = (over | longer) & (client != context.root)
    if not (outlasted.any() or context.failed.any()) or context.facts(context.root).abandoned:
        return
    failed = outlasted & context.failed[client]
    silent = np.flatnonzero(outlasted & ~failed)
    silent = silent[np.lexsort((context.rank[client[silent]], -context.path[client[silent]]))][:_MOST_SILENT]
    context.reader.read([*client[silent].tolist(), *server[silent].tolist()])
    pairs = list(zip(client[failed].tolist(), server[failed].tolist(), strict=True))
    pairs += [
        (one, other)
        for one, other in zip(client[silent].tolist(), server[silent].tolist(), strict=True)
        if _was_left(context, one, other)
    ]
    for one, other in pairs:
        if one not in told:
            told.add(one)
            yield _outlasted(context, one, other)
    yield from _at_a_limit(context, told)


def _was_left(context: Context, client: int, server: int) -> bool:
    """Whether a call that records no failure was given up all the same: its callee noticed."""
    if context.facts(client).cancelled or context.facts(server).abandoned:
        return True
    below = context.children(server)
    below = below[context.failed[below] & (context.end[below] > context.end[client] - context.eps)]
    return any(facts.abandoned for facts in context.reader.read(below[:_MOST_BELOW].tolist()).values())


def _outlasted(context: Context, client: int, server: int) -> Draft:
    limit = int(context.duration[client])
    over = max(int(context.end[server] - context.end[client]), int(context.duration[server]) - limit)
    facts = context.facts(client)
    answer = facts.answer or context.facts(server).answer
    return Draft(
        title=f"{context.who(client)} gave up after {fmt.duration(limit)}; "
        f"{context.service_of(server)} worked on for {fmt.duration(over)}",
        detail=f"{context.who(server)} took {fmt.duration(int(context.duration[server]))}, for nobody"
        + (f" ({answer})" if answer else ""),
        rows=[client, server],
        evidence={
            "limit_nano": limit,
            "server_nano": int(context.duration[server]),
            "wasted_nano": over,
            "answer": answer,
            "round_limit": _limit_of(limit) > 0,
            "call_failed": bool(context.failed[client]),
        },
        lengths={client: 0},
        caveat="" if context.failed[client] else _SILENT,
        badge="gave up",
    )


def _at_a_limit(context: Context, told: set[int]) -> Iterator[Draft]:
    """Two or more calls that failed after the same round time."""
    kinds = (SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.UNSPECIFIED)
    rows = np.flatnonzero(context.failed & context.of_kind(*kinds) & (context.duration >= _SECOND // 10))
    by_limit: dict[int, list[int]] = {}
    for row in rows.tolist():
        limit = _limit_of(int(context.duration[row]))
        if limit and row not in told and row != context.root and not _fails_below(context, row):
            by_limit.setdefault(limit, []).append(row)
    for limit, members in sorted(by_limit.items()):
        if len(members) >= 2:
            callers = list(dict.fromkeys(context.who(row) for row in members))
            yield Draft(
                title=f"{len(members)} calls failed after {fmt.duration(limit)} each: a timeout",
                detail=", ".join(callers[:3]),
                rows=members,
                evidence={
                    "limit_nano": limit,
                    "durations_nano": context.duration[members].tolist()[:50],
                    "calls": callers[:20],
                },
                lengths=dict.fromkeys(members, 0),
                badge="timeout",
            )


def _limit_of(duration: int) -> int:
    """The round time that a duration is within 1 % of, 0 for none."""
    for limit in _ROUND:
        if abs(duration - limit) * 100 <= limit:
            return limit
    return 0


def _fails_below(context: Context, row: int) -> bool:
    """Whether a call below it ran into a limit of its own: then that is the one to tell."""
    return any(
        context.failed[child] and _limit_of(int(context.duration[child]))
        for child in context.children(row).tolist()
    )


RULE: Final = Rule(
    kind=Kind.CALLER_GAVE_UP,
    headline="A caller gave up waiting; what it had asked for went on for nobody.",
    looks="A client's bar marked ✗ that ends while the server's bar below it goes on.",
    rule="A call whose callee ends later or takes longer than the call, and that failed, or whose callee or "
    "what that called was cancelled (HTTP 499, gRPC CANCELLED, `context canceled`, client disconnected…); or "
    "two or more calls that failed within 1 % of the same round time (1 s, 5 s, 30 s…).",
    guards="Where the root itself was cancelled, the user gave up. A callee that was not cancelled may go on "
    "by itself.",
    caveat="That the limit is a timeout is read off the times; a callee's clock may be off.",
    disproof="The call failed for another reason at that moment.",
    fix="Find why the callee is slow. Then let timeouts shrink from the edge inwards, pass the deadline "
    "on, and let the callee stop when its caller has gone.",
    detect=_detect,
)
