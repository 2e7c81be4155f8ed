"""N+1: the same small question asked again and again, one after another, instead of once for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import MS, Context, Group
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.findings.words import each
from tracetui.analysis.signature import Area
from tracetui.model.store import Kind as SpanKind

_MOST_PARAMETERS: Final = 5
_NO_CALLS: Final = (SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER)


def _detect(context: Context) -> Iterator[Draft]:
    limits = context.thresholds
    least_ns = min(limits.n_plus_one_ms * MS, max(context.share(limits.n_plus_one_percent), 1))
    for rows, wrapped in [(rows, False) for rows in context.families] + [
        (rows, True) for rows in context.wrapped
    ]:
        if len(rows) < limits.n_plus_one_calls or context.kind_is(int(rows[0]), *_NO_CALLS):
            continue
        if _total(context, rows) < least_ns or context.running(rows) * 2 > len(rows):
            continue
        first = context.facts(int(rows[0]))
        if not first.is_call and first.kind is not SpanKind.UNSPECIFIED:
            continue
        for group in context.alike(rows, limits.n_plus_one_calls):
            members = np.array([row for row in group.rows if row not in context.retried], np.intp)
            if len(members) < limits.n_plus_one_calls or _total(context, members) < least_ns:
                continue
            if not context.path[members].any() and _total(context, members) < limits.n_plus_one_ms * MS:
                continue  # the root's duration is no measure for what it did not wait for
            if _is_repeated_call(context, group) and context.one_by_one(members):
                yield _draft(context, members, group, wrapped)


def _total(context: Context, rows: Rows) -> int:
    """What spans take together; what is shorter than two times can be told apart counts nothing."""
    durations = context.duration[rows]
    return int(durations[durations >= context.eps].sum())


def _is_repeated_call(context: Context, group: Group) -> bool:
    facts = group.facts
    if facts.signature.paged or not facts.is_call:
        return False
    return facts.signature.area is not Area.NONE or facts.kind is SpanKind.CLIENT


def _draft(context: Context, rows: Rows, group: Group, wrapped: bool) -> Draft:
    signature = group.facts.signature
    members = rows.tolist()
    durations = context.duration[rows].tolist()
    longest = members[max(range(len(members)), key=lambda at: (durations[at], -at))]
    known = context.reader.read(members)
    parameters = {facts.signature.parameters for facts in known.values()}
    asked = _parameters(parameters, len(known))
    above = int(context.parent[rows[0]])
    caller = int(context.parent[above]) if wrapped and context.parent[above] >= 0 else above
    gaps = context.start[rows[1:]] - context.end[rows[:-1]]
    evidence: dict[str, int | str | bool | list[str] | list[int]] = {
        "signature": signature.text,
        "calls": len(members),
        "total_nano": int(sum(durations)),
        "mean_nano": int(sum(durations)) // len(members),
        "longest_nano": max(durations),
        "gaps_nano": int(np.maximum(gaps, 0).sum()),
        "parameters": asked,
        "caller": context.who(caller),
    }
    if None not in parameters:
        evidence["distinct_parameters"] = len(parameters)
        evidence["parameter_samples"] = sorted(p for p in parameters if p)[:_MOST_PARAMETERS]
    if source := _source(context, caller, members[0]):
        evidence["source"] = source
    behind = f", each behind {context.name_of(above)}" if wrapped else ""
    context.repeated.update(members)
    return Draft(
        title=f"{len(members):,} × {signature.label} one after another, "
        f"{fmt.duration(sum(durations))} together",
        detail=f"{context.who(caller)} → {context.service_of(members[0])}: "
        f"{each(durations)}{behind}, {asked}",
        rows=members,
        evidence=evidence,
        lengths={row: 0 for row in members if row != longest},
        badge=f"N+1 ×{len(members):,}",
    )


def _parameters(parameters: set[str | None], calls: int) -> str:
    if None in parameters:
        return "parameters are not recorded"
    if len(parameters) == 1 and calls > 1:
        return "parameters all the same"
    return "parameters differ"


def _source(context: Context, caller: int, first: int) -> str:
    """The call before the first one: often the list whose elements are then asked for."""
    before = [row for row in context.children(caller).tolist() if context.end[row] <= context.start[first]]
    if not before:
        return ""
    latest = max(before, key=lambda row: (int(context.end[row]), -int(context.rank[row])))
    facts = context.facts(latest)
    return facts.signature.label if facts.is_call else ""


RULE: Final = Rule(
    kind=Kind.N_PLUS_ONE,
    headline="The same small question is asked again and again, one after another, where one question would "
    "do.",
    looks="A ladder of short bars of one colour, each starting where the one above ends, often below a "
    "query that fetched a list. Runs of like siblings fold into one row, such as `SELECT stock "
    "×48`.",
    rule="{n_plus_one_calls} or more like calls (to a database, a cache or another service) with one "
    "parent, or each behind a wrapper of its own below one parent; none overlaps the next; together "
    "at least {n_plus_one_ms} ms or {n_plus_one_percent} % of the root. It saves all of them but "
    "the longest.",
    guards="Messages sent are none, tries of a retry are told as a retry, and pages of one list (`OFFSET`, a "
    "cursor, `?page=`) are told as nothing.",
    caveat="Assumes that one call for all takes no longer than the longest of them; the time between them "
    "stays.",
    disproof="The calls cannot be known beforehand: each needs the answer of the one before it.",
    fix="Ask once: a join, `WHERE id IN (…)`, a batch endpoint, a data loader; in an ORM, eager loading "
    "of the relation. Where that cannot be, run the calls at the same time.",
    detect=_detect,
)
