"""Waiting for a connection or a lock: time before the work can even begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.signature import Area
from tracetui.model.store import Kind as SpanKind

_NAME: Final = re.compile(
    r"""
    acquir | semaphore | mutex | getconnection | hikari | pgbouncer
    |(?<![/\w])(?:un)?lock(?:ed|ing)?(?!\w) | lock[._ -]?wait | pool[._ -]?(?:get|connect)
    |wait(?:ing)?[._ -]?(?:for[._ -]?)?(?:a[._ -])?(?:lock|conn|pool|slot)
    |(?:conn(?:ection)?s?|pool)[._ -]{0,2}(?:pool[._ -]?)?(?:check[._ -]?out|wait|borrow|obtain|lease|get)
    |(?:check[._ -]?out|borrow|obtain|lease|get)[._ -]?(?:a[._ -])?(?:(?:db|database|pool(?:ed)?)[._ -]?)?conn
    """,
    re.I | re.VERBOSE,
)
_RELEASE: Final = re.compile(r"releas|unlock|return|clos", re.I)
_TAG: Final = re.compile(
    r"(?:^|[._])(?:pool|lock|semaphore|mutex)(?:[._](?:wait|acquire|operation|state|name|key|id))?", re.I
)
_WORDS: Final = re.compile(r"acquir|check[._ -]?out|borrow|wait|lock", re.I)
_FUNCTIONS: Final = ("operation", "code.function", "code.function.name", "db.operation")
_MOST_LOOKED_AT: Final = 400


def _detect(context: Context) -> Iterator[Draft]:
    waits: dict[tuple[str, str], list[int]] = {}
    for row in _named(context):
        waits.setdefault((context.service_of(row), context.name_of(row)), []).append(row)
    least = context.thresholds.pool_wait_ms * MS
    for members in waits.values():
        if int(context.duration[members].sum()) >= least:
            yield _draft(context, members)
    yield from _late(context)


def _named(context: Context) -> list[int]:
    """Spans that say by name or attribute that they wait for a connection or a lock."""
    strings = context.store.strings
    may_wait = context.of_kind(SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.UNSPECIFIED)
    codes = [code for code in context.names.tolist() if _is_wait(strings[code])]
    found: set[int] = set()
    if codes:
        named = np.isin(context.name, codes) & (context.size <= 2)
        found.update(np.flatnonzero(named & may_wait).tolist())
    # Tags: among the leaves that have something on the path themselves.
    least = max(context.thresholds.pool_wait_ms * MS // 4, context.share(1))
    leaves = np.flatnonzero((context.size == 1) & (context.own_path >= least) & may_wait)
    leaves = leaves[np.lexsort((context.rank[leaves], -context.own_path[leaves]))][:_MOST_LOOKED_AT]
    for row, facts in context.reader.read(leaves.tolist()).items():
        if _is_tagged(facts):
            found.add(row)
    return sorted(found, key=lambda row: (-int(context.duration[row]), context.rank[row]))


@lru_cache(4096)
def _is_wait(name: str) -> bool:
    return len(name) <= 200 and bool(_NAME.search(name)) and not _RELEASE.search(name)


def _is_tagged(facts: Facts) -> bool:
    """Whether an attribute of a span that calls nothing speaks of waiting for a pool or a lock."""
    if facts.signature.area not in (Area.NONE, Area.SQL, Area.DATABASE) or (
        facts.signature.area.is_store and facts.signature.verb
    ):
        return False
    for key, value in facts.attributes.items():
        if _TAG.search(key) and (
            _WORDS.search(key) or (isinstance(value, str) and _WORDS.search(value[:100]))
        ):
            return True
        if key in _FUNCTIONS and isinstance(value, str) and _is_wait(value):
            return True
    return False


def _draft(context: Context, members: list[int]) -> Draft:
    total = int(context.duration[members].sum())
    longest = members[0]
    parent = int(context.parent[longest])
    on_path = int(context.path[members].sum())
    count = f"{len(members)} × " if len(members) > 1 else ""
    return Draft(
        title=f"{count}{context.who(longest)}: {fmt.duration(total)} of waiting before the work begins",
        detail=(f"in {context.who(parent)}; " if parent >= 0 else "")
        + f"{fmt.duration(on_path)} of it on the critical path",
        rows=members,
        evidence={
            "waits": len(members),
            "total_nano": total,
            "on_path_nano": on_path,
            "longest_nano": int(context.duration[longest]),
            "durations_nano": context.duration[members].tolist()[:50],
        },
        lengths=dict.fromkeys(members, 0),
        badge="waits",
    )


def _late(context: Context) -> Iterator[Draft]:
    """Database calls whose first child starts late, each time."""
    late_ns = context.thresholds.pool_late_ms * MS
    rows = np.flatnonzero(
        (context.size > 1) & (context.duration >= late_ns) & (context.kind != SpanKind.SERVER)
    )
    if not len(rows):
        return
    first = rows + 1  # a parent's first child stands right below it
    late = context.start[first] - context.start[rows]
    groups: dict[int, list[int]] = {}
    for row in rows[late >= late_ns].tolist():
        groups.setdefault(int(context.like[row]), []).append(row)
    for code, members in groups.items():
        alike = np.flatnonzero(context.like == code)
        with_children = alike[context.size[alike] > 1]
        if len(members) < 2 or len(members) < len(with_children):
            continue
        facts = context.facts(members[0])
        if not facts.signature.area.is_store:
            continue
        waits = [int(context.start[row + 1] - context.start[row]) for row in members]
        yield Draft(
            title=f"{len(members)} × {facts.signature.label} start their work late: "
            f"{fmt.duration(sum(waits))} of waiting first",
            detail=f"{context.service_of(members[0])}: {fmt.duration(min(waits))} to "
            f"{fmt.duration(max(waits))} before anything happens, each time",
            rows=members,
            evidence={"waits": len(members), "total_nano": sum(waits), "waits_nano": waits[:50]},
            gaps=[(row, int(context.start[row]), int(context.start[row + 1])) for row in members],
            badge="waits",
        )


RULE: Final = Rule(
    kind=Kind.POOL_WAIT,
    headline="Time goes to waiting for a connection or a lock before the work can begin.",
    looks="A bar named `acquire`, `getConnection`, `pool.checkout` or `lock` in front of the statement it "
    "is for; or a database call whose child starts late each time.",
    rule="Spans whose name or attributes say that they wait for a connection, a lock or a semaphore, "
    "together at least {pool_wait_ms} ms; or two or more database calls of one name whose first "
    "child starts {pool_late_ms} ms late, each time.",
    guards="Giving a connection or a lock back is no wait.",
    caveat="Making a new connection looks like waiting for one.",
    disproof="The pool's own figures show free connections at that time.",
    fix="Hold connections for a shorter time (not while calling other services), then look at the "
    "pool's size; for locks: shorter transactions, the same order of locking everywhere.",
    detect=_detect,
)
