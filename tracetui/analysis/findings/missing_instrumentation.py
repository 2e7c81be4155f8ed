"""Missing instrumentation: time that goes to something that records nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis import conventions as conv
from tracetui.analysis.conventions import first_text
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity
from tracetui.model.distinct import distinct
from tracetui.model.store import Kind as SpanKind

_MOST_LOOKED_AT: Final = 100


def _detect(context: Context) -> Iterator[Draft]:
    yield from _lost_callees(context)
    least = max(context.share(context.thresholds.unseen_percent), 1)
    leaf = (context.size == 1) & (context.duration >= least) & (context.path > 0)
    leaf &= context.of_kind(SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.UNSPECIFIED)
    for row in np.flatnonzero(leaf).tolist():
        if row == context.root and context.n == 1:
            continue
        facts = context.facts(row)
        if not facts.is_call or context.kind_is(row, SpanKind.SERVER):
            yield _opaque(context, row)


def _lost_callees(context: Context) -> Iterator[Draft]:
    """Calls of services that do record spans, without one of theirs below them."""
    calls = (context.size == 1) & (context.duration >= max(MS, context.share(1)))
    rows = np.flatnonzero(calls & context.of_kind(SpanKind.CLIENT, SpanKind.PRODUCER))
    rows = rows[np.lexsort((context.rank[rows], -context.duration[rows], -context.path[rows]))][
        :_MOST_LOOKED_AT
    ]
    serving = _serving(context) if len(rows) else {}
    if not serving:
        return
    lost: dict[str, list[int]] = {}
    for row, facts in context.reader.read(rows.tolist()).items():
        peer = _peer(facts)
        if peer not in serving or facts.signature.area.is_store:
            continue
        if peer != _plain(context.service_of(row)):
            lost.setdefault(peer, []).append(row)
    connected = _connected(context) if lost else {}
    for peer, members in lost.items():
        arrived = [row for row in members if not context.failed[row]]  # others may never have
        if int(context.duration[arrived].sum()) >= MS:
            yield _unconnected(context, arrived, serving[peer], connected.get(peer, 0))


def _plain(name: str) -> str:
    return name.strip().lower()


def _serving(context: Context) -> dict[str, str]:
    """Services with server spans in the loaded traces, by their plain names."""
    store, kept = context.store, context.trace.collection.kept
    found: dict[str, str] | None = kept.get(_serving)
    if found is None:
        codes = distinct(store.service[store.kind == SpanKind.SERVER]).tolist()
        found = {_plain(store.strings[code]): store.strings[code] for code in codes if store.strings[code]}
        kept[_serving] = found
    return found


def _peer(facts: Facts) -> str:
    """Whom a call went to, as it names it."""
    named = first_text(facts.attributes, conv.PEER_SERVICE)
    if named:
        return _plain(named)
    host = first_text(facts.attributes, conv.HOST) or facts.signature.target
    host = _plain(host).partition(":")[0]
    return host.partition(".")[0] if not host.replace(".", "").isdigit() else ""


def _connected(context: Context) -> dict[str, int]:
    """How often calls of each service did have its span below them."""
    child = np.flatnonzero((context.kind == SpanKind.SERVER) & (context.parent >= 0))
    codes, counts = np.unique(context.service[child], return_counts=True)
    strings = context.store.strings
    return {_plain(strings[code]): count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}


def _unconnected(context: Context, members: list[int], peer: str, connected: int) -> Draft:
    row = members[0]
    total = int(context.duration[members].sum())
    count = f"{len(members)} calls" if len(members) > 1 else "a call"
    others = f"; {connected} other calls of it did connect" if connected else ""
    return Draft(
        title=f"{count} of {peer} without a span of its own: {fmt.duration(total)} that nobody can look into",
        detail=f"{context.who(row)}{others}",
        rows=members,
        evidence={
            "peer": peer,
            "calls": len(members),
            "total_nano": total,
            "connected_calls": connected,
            "client": context.who(row),
        },
        lengths=dict.fromkeys(members, 0),
        ceiling=Severity.LOW,
        badge="not traced",
    )


def _opaque(context: Context, row: int) -> Draft:
    took = int(context.duration[row])
    share = fmt.percent(took, context.root_ns)
    return Draft(
        title=f"{context.who(row)} takes {fmt.duration(took)}, {share} of the request, "
        "and shows nothing of it",
        detail="it has no children: what it does is not recorded",
        rows=[row],
        evidence={"duration_nano": took, "share": share},
        lengths={row: 0} if row != context.root else {},
        ceiling=Severity.LOW,
        badge="not traced",
    )


RULE: Final = Rule(
    kind=Kind.MISSING_INSTRUMENTATION,
    headline="Time goes to something that records nothing.",
    looks="A long bar with nothing below it, where there should be another service's, or any.",
    rule="A client or producer span that names a service which has server spans in the loaded traces, "
    "but with no span of it below; or a server or internal span without children that takes "
    "{unseen_percent} % of the root.",
    guards="Databases, caches and hosts of others never have a span of their own; a call that failed may "
    "never have arrived. Never more than low.",
    caveat="What it would save is all of the span: it may well be work that has to be done.",
    disproof="The callee is not meant to be traced, or the span does one thing that is rightly slow.",
    fix="Let the client pass the context on (a `traceparent` header), and the server read it; check "
    "sampling on the callee's side. In the code of a long span, put spans around its parts.",
    detect=_detect,
)
