"""Serial calls: different calls one after another that might as well run at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity
from tracetui.analysis.findings.words import listed, shortened
from tracetui.analysis.signature import Area
from tracetui.model.store import Kind as SpanKind

_TRANSACTION: Final = frozenset({"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET", "LOCK"})
_NO_CALLS: Final = (SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER)
_SURE_CALLS: Final = 3
_LEAST_PART: Final = 3
"""What the calls beside the longest take has to be this part of all, a third, unless the calls only read."""
_MOST_PARENTS: Final = 40


def _detect(context: Context) -> Iterator[Draft]:
    each_ns = context.thresholds.serial_each_ms * MS
    long = np.flatnonzero((context.parent >= 0) & (context.duration >= each_ns) & (context.path > 0))
    long = long[~context.of_kind(*_NO_CALLS)[long]]
    if len(long) < 2:
        return
    by_parent = long[np.lexsort((context.rank[long], context.parent[long]))]
    above = context.parent[by_parent]
    heads = np.flatnonzero(np.concatenate(([True], above[1:] != above[:-1])))
    durations = context.duration[by_parent]
    # No row of calls saves more than all of the parent's long ones would.
    most = np.add.reduceat(durations, heads) - np.maximum.reduceat(durations, heads)
    heads = heads[most >= max(context.thresholds.serial_saving_ms * MS, 1)]
    parents = above[heads]
    parents = parents[np.lexsort((context.rank[parents], -context.path[parents]))][:_MOST_PARENTS]
    for parent in parents.tolist():
        facts = context.reader.read(by_parent[above == parent].tolist())
        for run in _runs(context, parent, facts):
            draft = _draft(context, parent, run, facts)
            if draft is not None:
                yield draft


def _runs(context: Context, parent: int, facts: dict[int, Facts]) -> Iterator[list[int]]:
    """Calls that each start where the one before ends, without a write or a transaction among them."""
    apart = max(int(context.duration[parent]) // 100, MS)
    siblings = context.children(parent)
    run: list[int] = []
    for row, known in facts.items():
        if not _is_free(known):
            if len(run) > 1:
                yield run
            run = []
            continue
        if run:
            gap = int(context.start[row] - context.end[run[-1]])
            shorter = min(int(context.duration[row]), int(context.duration[run[-1]]))
            if not -max(context.eps, shorter // 10) <= gap <= apart or _write_between(
                context, siblings, run[-1], row
            ):
                if len(run) > 1:
                    yield run
                run = []
        run.append(row)
    if len(run) > 1:
        yield run


def _write_between(
    context: Context, siblings: np.ndarray[tuple[int], np.dtype[np.intp]], before: int, row: int
) -> bool:
    """Whether a short call that writes ran between two others."""
    between = siblings[(context.start[siblings] >= context.end[before] - context.eps)]
    between = between[
        (context.end[between] <= context.start[row] + context.eps) & (between != before) & (between != row)
    ]
    return any(not _is_free(facts) for facts in context.reader.read(between[:20].tolist()).values())


def _is_free(facts: Facts) -> bool:
    """Whether a call may run at another time, as far as can be told."""
    signature = facts.signature
    if not facts.is_call or signature.reads is False or signature.verb in _TRANSACTION:
        return False
    return signature.area is not Area.NONE or facts.kind is SpanKind.CLIENT


def _draft(context: Context, parent: int, run: list[int], facts: dict[int, Facts]) -> Draft | None:
    signatures = [facts[row].signature for row in run]
    if len({signature.like for signature in signatures}) < 2 or context.retried.intersection(run):
        return None
    durations = context.duration[run].tolist()
    saving = sum(durations) - max(durations)
    limits = context.thresholds
    if saving < limits.serial_saving_ms * MS or saving * 100 < sum(durations) * limits.serial_saving_percent:
        return None
    longest = run[max(range(len(run)), key=lambda at: (durations[at], -at))]
    leaves = bool((context.size[run] == 1).all())
    sure = len(run) >= _SURE_CALLS and leaves and all(signature.reads for signature in signatures)
    # Most services call a few others in turn. Where one of those calls takes most of the time, what it does
    # is the matter, not that the others wait for it.
    credited = sure or saving * _LEAST_PART >= sum(durations)
    labels = [shortened(signature.label, 28) for signature in signatures]
    return Draft(
        title=f"{len(run)} calls one after another, {fmt.duration(sum(durations))}: at once they would take "
        f"{fmt.duration(max(durations))}, if independent",
        detail=f"{context.who(parent)}: {listed(labels)}",
        rows=run,
        evidence={
            "calls": labels[:20],
            "durations_nano": durations[:50],
            "total_nano": sum(durations),
            "longest_nano": max(durations),
            "all_read": all(bool(signature.reads) for signature in signatures),
        },
        lengths={row: 0 for row in run if row != longest} if credited else {},
        ceiling=Severity.HIGH if sure else Severity.LOW,
        badge="in series",
    )


RULE: Final = Rule(
    kind=Kind.SERIAL_CALLS,
    headline="Different calls run one after another that may not need each other's answers.",
    looks="A staircase of bars of different colours below one parent, each starting where the one before "
    "ends.",
    rule="Two or more different calls below one parent, each at least {serial_each_ms} ms, one starting "
    "where the one before ends (within 1 % of the parent, or 1 ms); at once they would take at "
    "least {serial_saving_ms} ms and {serial_saving_percent} % less. It saves all but the longest.",
    guards="Calls that write (INSERT, POST…) and transactions end a row of calls; so does any call whose "
    "name says that it changes something. Unless three or more calls are known to read only, it is "
    "never more than low; and where the longest call takes more than two thirds of the time, that call is "
    "the matter, and nothing is saved.",
    caveat="If independent: a trace cannot show that a call did not need the answer of the one before it.",
    disproof="A later call uses what an earlier one answered, or has to come after it.",
    fix="Start the calls together and wait for all: a task group, `Promise.all`, `errgroup`, "
    "`CompletableFuture`.",
    detect=_detect,
)
