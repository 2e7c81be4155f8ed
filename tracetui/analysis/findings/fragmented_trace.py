"""Fragmented traces: spans name a parent that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule
from tracetui.analysis.findings.words import listed
from tracetui.analysis.fragments import fragments_by_parent, guess_caller, last_seen
from tracetui.model.store import Flag


def _detect(context: Context) -> Iterator[Draft]:
    roots = np.flatnonzero(context.parent < 0)
    roots = roots[np.argsort(context.rank[roots])]
    orphans = roots[(context.flags[roots] & np.uint16(Flag.ORPHAN)) != 0]
    parentless = roots[(context.flags[roots] & np.uint16(Flag.HAS_PARENT)) == 0]
    if not len(orphans):
        if len(parentless) > 1:
            yield _several_roots(context, parentless.tolist())
        return
    missing = list(
        dict.fromkeys(context.store.parent_id_text(row + context.first) for row in orphans.tolist())
    )
    spans = int(context.size[orphans].sum())
    services = list(dict.fromkeys(context.service_of(row) for row in orphans.tolist()))
    evidence: Evidence = {
        "missing_ids": missing[:20],
        "missing_count": len(missing),
        "fragments": len(orphans),
        "spans_in_fragments": spans,
        "services_at_the_edges": services[:20],
        "roots": len(parentless),
    }
    guess = _guess(context)
    if guess:
        evidence["guess"] = guess
    lost = fmt.plural(len(missing), "span")
    pieces = fmt.plural(len(orphans), "fragment")
    whole = "" if len(parentless) else "; the root is among what is missing"
    yield Draft(
        title=f"{lost} missing: {pieces} with {fmt.plural(spans, 'span')} hang in the air{whole}",
        detail=f"guess: {guess}" if guess else f"fragments of {listed(services)}",
        rows=orphans.tolist(),
        evidence=evidence,
        badge="fragment",
    )


def _several_roots(context: Context, roots: list[int]) -> Draft:
    others = [row for row in roots if row != context.root]
    return Draft(
        title=f"{len(roots)} roots in one trace; the time told is that of the first",
        detail=listed(context.who(row) for row in others),
        rows=[*others, context.root],
        evidence={"roots": len(roots), "others": [context.who(row) for row in others[:20]]},
        caveat="Several roots are no fault if several requests share one trace id on purpose.",
        badge="root",
    )


def _guess(context: Context) -> str:
    """Where the trace broke, at the largest hole: the last that was seen, and the first after it."""
    trace, size = context.trace, context.store.size
    groups = list(fragments_by_parent(trace).values())
    lost = max(groups, key=lambda rows: (int(size[rows].sum()), trace.store.parent_id_text(rows[0])))
    caller = guess_caller(trace, lost)
    if caller is None:
        caller = last_seen(trace, lost)
    if caller is None:
        return ""
    largest = max(lost, key=lambda row: (int(size[row]), context.store.id_text(row)))
    first = context.first
    return f"it broke between {context.who(caller - first)} and {context.who(largest - first)}"


RULE: Final = Rule(
    kind=Kind.FRAGMENTED_TRACE,
    headline="Spans name a parent that is not in the trace: part of it was never recorded, or not delivered.",
    looks='Rows below an outlined "missing span" that stands for the parent nobody has.',
    rule="A span names a parent that is not there; or there is more than one root.",
    guards="Of a running request, or of an answer that a limit cut, the rest may still come.",
    caveat="The time told is that of the primary root; what fragments took is not in it unless a span "
    "there waited.",
    disproof="The missing spans are there when the trace is asked for again.",
    fix="Look at the service at the edge: does it export, does its collector drop, is it sampled "
    "otherwise than its callers? Are 64 and 128 bit trace ids mixed?",
    detect=_detect,
)
