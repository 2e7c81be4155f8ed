"""Chatty services: one service calls another so often that the way between them adds up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity
from tracetui.analysis.findings.words import listed
from tracetui.model.store import Kind as SpanKind

_MOST_PAIRS: Final = 24
_MOST_TOLD: Final = 2
_NO_WORK: Final = re.compile(
    r"\b(?:health|ping|heartbeat|ready|alive)|stream|subscribe|\bwatch|websocket", re.I
)


def _detect(context: Context) -> Iterator[Draft]:
    limits = context.thresholds
    client, server = context.calls
    if len(client) < limits.chatty_calls:
        return
    caller, callee, tree = context.service[client], context.service[server], context.tree[client]
    order = np.lexsort((context.rank[client], tree, callee, caller))
    new = np.ones(len(order), np.bool_)
    new[1:] = False
    for key in (caller, callee, tree):
        new[1:] |= key[order][1:] != key[order][:-1]
    heads = np.flatnonzero(new)
    counts = np.diff(np.append(heads, len(order)))
    on_path = np.add.reduceat(context.own_path[client[order]], heads)
    many = np.flatnonzero(counts >= limits.chatty_calls)
    told = 0
    for at in many[np.lexsort((context.rank[client[order][heads[many]]], -on_path[many]))][
        :_MOST_PAIRS
    ].tolist():
        members = order[heads[at] : heads[at] + counts[at]]
        draft = _draft(context, client[members], server[members])
        if draft is not None:
            yield draft
            told += 1
        if told == _MOST_TOLD:
            break


def _draft(context: Context, client: Rows, server: Rows) -> Draft | None:
    if all(_NO_WORK.search(context.name_of(row)[:200]) for row in client[:20].tolist()):
        return None
    if context.of_kind(SpanKind.PRODUCER, SpanKind.CONSUMER)[client].all():
        return None
    limits = context.thresholds
    between = np.maximum(context.duration[client] - context.children_ns[client], 0)
    total = int(between[np.unique(client, return_index=True)[1]].sum())
    many = len(client) >= limits.chatty_many_calls
    if not many and not context.own_path[client].any():
        return None  # nobody waited for them, and they are not so many
    if not many and total * 100 < context.root_ns * limits.chatty_percent:
        return None
    caller, callee = context.service_of(int(client[0])), context.service_of(int(server[0]))
    operations = Counter(context.name_of(row) for row in client.tolist())
    told = [
        f"{name} ×{count:,}" for name, count in sorted(operations.items(), key=lambda one: (-one[1], one[0]))
    ]
    order = client[np.lexsort((context.rank[client], -between))].tolist()
    return Draft(
        title=f"{caller} calls {callee} {len(client):,} times; "
        f"{fmt.duration(total)} goes on the way there and back",
        detail=listed(told),
        rows=order,
        evidence={
            "caller": caller,
            "callee": callee,
            "calls": len(client),
            "between_nano": total,
            "between_mean_nano": total // len(client),
            "operations": told[:20],
        },
        gaps=[(row, int(context.start[row]), int(context.end[row])) for row in order],
        ceiling=Severity.HIGH if total * 100 >= context.root_ns * limits.chatty_percent else Severity.LOW,
        badge=f"chatty ×{len(client):,}",
    )


RULE: Final = Rule(
    kind=Kind.CHATTY_SERVICES,
    headline="One service calls another so often that the way between them adds up.",
    looks="Many pairs of bars in two colours, client and server, all over the trace.",
    rule="{chatty_calls} or more calls from one service to another in one trace, and what the callers "
    "waited longer than the callees worked is {chatty_percent} % of the root or more; or "
    "{chatty_many_calls} or more calls. It saves the time between them.",
    guards="Not streams, health checks and messages. What is an N+1 too is credited to that.",
    caveat="The time between caller and callee holds the network, connecting, queues and (de)serialising "
    "alike.",
    disproof="The calls run at the same time, beside other work: then nobody waited for them.",
    fix="Ask for more at once, or move the loop to the side of the data; keep connections open; cache what "
    "seldom changes.",
    detect=_detect,
)
