"""Errors: where one began, how far it came, and where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule, Severity
from tracetui.analysis.findings.words import shortened

_DEADLINE_EXCEEDED: Final = 4
_MOST_ORIGINS: Final = 100
_MOST_TOLD: Final = 10


def _detect(context: Context) -> Iterator[Draft]:
    failed = context.failed
    rows = np.flatnonzero(failed)
    if not len(rows):
        return
    above = context.parent[rows]
    has_failing_child = np.zeros(context.n, np.bool_)
    has_failing_child[above[above >= 0]] = True
    origins = rows[~has_failing_child[rows]]
    chains = {int(row): _chain(context, int(row)) for row in _first(context, origins)}
    context.reader.read(chains)
    alike: dict[tuple[str, str, str], list[int]] = {}
    for row in chains:
        handled = _handled(context, row, chains[row])
        reached = chains[row][-1] == context.root and not handled
        alike.setdefault(
            (context.who(row), "root" if reached else handled, _what(context.facts(row))), []
        ).append(row)
    drafts = [_draft(context, members, chains, key[1]) for key, members in alike.items()]
    drafts.sort(key=lambda draft: (not draft.reached_root, draft.floor.rank, context.rank[draft.rows[0]]))
    yield from drafts[:_MOST_TOLD]


def _first(context: Context, origins: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[int]:
    """The origins that are looked at: those that the root waited for first, then by start."""
    order = np.lexsort((context.rank[origins], context.path[origins] == 0))
    first: list[int] = origins[order][:_MOST_ORIGINS].tolist()
    return first


def _chain(context: Context, row: int) -> list[int]:
    """An error and the erring spans that it came up through, each the parent of the one before."""
    found = [row]
    above = int(context.parent[row])
    while above >= 0 and context.failed[above] and not _got_over(context, found[-1], above):
        found.append(above)
        above = int(context.parent[above])
    return found


def _got_over(context: Context, row: int, above: int) -> bool:
    """Whether an erring span went on after a child's error, and failed for a later one."""
    siblings = context.children(above)
    later = siblings[context.start[siblings] >= context.end[row] - context.eps]
    return bool(context.failed[later[later != row]].any())


def _handled(context: Context, row: int, chain: list[int]) -> str:
    """Why an error is no trouble; "" where it may be."""
    if context.retried.intersection(chain) and _tried_again(context, chain):
        return "tried again, and that went well"
    facts = context.facts(row)
    if facts.ordinary and not (chain[-1] == context.root and context.status[context.root] == 2):
        return facts.ordinary
    parent = int(context.parent[row])
    # A timeout may be its own: only who was told to stop, or had its caller's deadline, has been left.
    left = facts.abandoned or facts.grpc_status == _DEADLINE_EXCEEDED
    if left and parent >= 0 and context.end[row] > context.end[parent] + context.eps:
        return "it was cancelled after its caller had ended"
    return ""


def _tried_again(context: Context, chain: list[int]) -> bool:
    """Whether a later try of one of the spans succeeded."""
    for row in chain:
        if row not in context.retried:
            continue
        siblings = context.children(int(context.parent[row]))
        later = siblings[
            (context.like[siblings] == context.like[row]) & (context.start[siblings] > context.start[row])
        ]
        if len(later) and not context.failed[later[-1]]:
            return True
    return False


def _what(facts: Facts) -> str:
    """The error in a few words."""
    short = facts.exception.rpartition(".")[2]
    message = shortened(facts.message, 60)
    kept: list[str] = []
    for part in (facts.answer, short, message):
        if part and part.lower() != "error" and not any(known.lower() in part.lower() for known in kept):
            kept.append(part)
        elif part and kept and part.lower().startswith(kept[-1].lower()):
            kept[-1] = part
    return ": ".join(kept[:2]) if kept else "error"


def _draft(context: Context, members: list[int], chains: dict[int, list[int]], handled: str) -> Draft:
    row = members[0]
    chain = chains[row]
    top = chain[-1]
    facts = context.facts(row)
    reached = top == context.root and handled in ("", "root")
    count = f"{len(members)} × " if len(members) > 1 else ""
    title = f"{count}{context.who(row)} failed: {_what(facts)}"
    stop = int(context.parent[top])
    on_path = any(context.path[at] > 0 for at in members)
    if reached:
        detail = (
            "the request failed with it"
            if len(chain) == 1
            else f"it came up through {len(chain) - 1} spans to the root"
        )
    elif handled and handled != "root":
        detail = handled
    elif stop >= 0:
        detail = f"it stopped at {context.who(stop)}, which went on" + (
            "" if on_path else "; nobody waited for it"
        )
    else:
        detail = "it reached the top of a fragment"
    seen = len(chain) > 1 and not handled
    floor = (
        Severity.HIGH if reached else Severity.MEDIUM if seen else Severity.LOW if on_path else Severity.INFO
    )
    end = int(context.end[context.root])
    services = [context.service_of(at) for at in chain]
    evidence: Evidence = {
        "error": _what(facts),
        "type": facts.exception,
        "message": shortened(facts.message, 400),
        "answer": facts.answer,
        "class": "reached the root"
        if reached
        else "handled"
        if handled
        else "hidden"
        if on_path
        else "off the path",
        "chain": [context.who(at) for at in chain[:20]],
        "chain_length": len(chain),
        "services": list(dict.fromkeys(services))[:20],
        "count": len(members),
        "before_root_end_nano": end - int(context.end[row]),
    }
    if reached:
        evidence["to_root"] = fmt.duration(max(0, end - int(context.end[row])))
    badge = "origin" if reached or seen else "handled" if handled else "error"
    # The origins, then what the error came up through.
    return Draft(
        title, [*members, *chain[1:]], detail, evidence, floor=floor, badge=badge, reached_root=reached
    )


RULE: Final = Rule(
    kind=Kind.ERROR_ORIGIN,
    headline="An error began here; above it, the spans that it came up through.",
    looks="A chain of rows marked ✗ from a leaf upwards. The lowest one is where it began; where the "
    "marks stop, somebody handled it.",
    rule="A span is an error if its status is, if it answered HTTP 5xx (a client: 4xx too), if its gRPC "
    "status is not OK, or if an exception left it. The origin is an erring span with no erring "
    "child; its chain are the erring spans above it without a gap. One that reaches the root is "
    "high and stands first, one that a caller saw is medium.",
    guards="Handled, and never more than low: an answer of 4xx by a server, a lookup of what is not there, "
    "a call that was cancelled after its caller had ended, tries before one that succeeded. An "
    "exception that was only recorded is no error.",
    caveat="The cause may lie in a span that records no error, or outside of the trace.",
    disproof="The exception's stack trace names another cause.",
    fix="Open the origin: the exception's type, message and stack are among its events.",
    detect=_detect,
)
