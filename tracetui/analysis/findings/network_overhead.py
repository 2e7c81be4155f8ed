"""Network overhead: a call takes far longer for its caller than for whom it called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.conventions import first_number
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule, Severity
from tracetui.analysis.findings.pairs import only_server_child

_BYTES: Final = (
    "http.response.body.size",
    "http.response_content_length",
    "http.response.size",
    "rpc.response.size",
    "messaging.message.body.size",
)
_PLAIN_MS: Final = 50
_MOST: Final = 50


def _detect(context: Context) -> Iterator[Draft]:
    client, server = only_server_child(context)
    over = context.duration[client] - context.duration[server]
    limits = context.thresholds
    far = over >= limits.network_ms * MS
    far &= over * 100 >= context.duration[client] * limits.network_percent
    client, server, over = client[far], server[far], over[far]
    alike: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for at in np.lexsort((context.rank[client], -over, -context.path[client])).tolist():
        one, other = int(client[at]), int(server[at])
        if not context.path[one]:
            continue  # nobody waited for it
        if context.failed[one] and context.facts(one).cancelled:
            continue
        alike.setdefault((int(context.like[one]), int(context.service[other])), []).append((one, other))
    for pairs in list(alike.values())[:_MOST]:
        yield _draft(context, pairs)


def _draft(context: Context, pairs: list[tuple[int, int]]) -> Draft:
    client, server = pairs[0]
    over = int(context.duration[client] - context.duration[server])
    there = int(context.start[server] - context.start[client])
    back = int(context.end[client] - context.end[server])
    known = there >= 0 and back >= 0
    total = sum(int(context.duration[one] - context.duration[other]) for one, other in pairs)
    size = first_number(context.facts(client).attributes, _BYTES)
    evidence: Evidence = {
        "client_nano": int(context.duration[client]),
        "server_nano": int(context.duration[server]),
        "overhead_nano": over,
        "calls": len(pairs),
        "total_nano": total,
    }
    if known:
        evidence |= {"request_nano": there, "response_nano": back}
    if size is not None:
        evidence["response_bytes"] = size
    count = f", as do {len(pairs) - 1} more calls like it" if len(pairs) > 1 else ""
    parts = (
        f"{fmt.duration(there)} on the way there, {fmt.duration(back)} back"
        if known
        else "the clocks differ: the two ways cannot be told apart"
    )
    return Draft(
        title=f"{context.who(client)} waits {fmt.duration(int(context.duration[client]))} for "
        f"{fmt.duration(int(context.duration[server]))} of work in {context.service_of(server)}{count}",
        detail=parts,
        rows=[row for pair in pairs for row in pair],
        evidence=evidence,
        gaps=[(one, int(context.start[one]), int(context.end[one])) for one, _ in pairs],
        ceiling=Severity.HIGH if total >= _PLAIN_MS * MS else Severity.LOW,
        badge="network",
    )


RULE: Final = Rule(
    kind=Kind.NETWORK_OVERHEAD,
    headline="A call takes far longer for its caller than for the service that it called.",
    looks="A client's bar with a much shorter server's bar inside.",
    rule="A client with exactly one server span below it, {network_ms} ms and {network_percent} % of the "
    "call longer than that. It saves the difference.",
    guards="Not off the critical path. With two spans below it, or none, there is no telling.",
    caveat="It can be the network, a proxy, connecting and TLS, waiting for a connection or for a worker "
    "of the server, or reading a big answer.",
    disproof="The server's span starts late because its instrumentation sits behind a queue of its own.",
    fix="Keep connections open; look at proxies between the two and at the server's accept queue; send less.",
    detect=_detect,
)
