"""Slow statements: one call of a database that takes long by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis import conventions as conv
from tracetui.analysis.conventions import first_number, first_text
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule, Severity
from tracetui.analysis.findings.words import shortened
from tracetui.analysis.signature import Area

_SCHEMA: Final = frozenset(
    {
        "CREATE",
        "ALTER",
        "DROP",
        "TRUNCATE",
        "VACUUM",
        "ANALYZE",
        "REINDEX",
        "GRANT",
        "COPY",
        "BEGIN",
        "COMMIT",
        "LISTEN",
    }
)
_ROWS: Final = (
    "db.response.returned_rows",
    "db.rows",
    "db.row_count",
    "db.rows_affected",
    "sql.rows",
    "db.rowcount",
)
_MOST_LOOKED_AT: Final = 300


def _detect(context: Context) -> Iterator[Draft]:
    limits = context.thresholds
    share = max(context.share(limits.slow_statement_percent), limits.slow_statement_least_ms * MS, 1)
    least = min(limits.slow_statement_ms * MS, share)
    rows = np.flatnonzero((context.duration >= least) & (context.size <= 3))
    rows = rows[np.lexsort((context.rank[rows], -context.duration[rows], -context.path[rows]))][
        :_MOST_LOOKED_AT
    ]
    told: dict[object, list[int]] = {}
    for row, facts in context.reader.read(rows.tolist()).items():
        if row in context.repeated and context.duration[row] < limits.slow_statement_ms * MS:
            continue  # slow by being asked again and again
        if not context.path[row] and context.duration[row] < limits.slow_statement_ms * MS:
            continue  # the root's duration is no measure for what it did not wait for
        if row != context.root and _is_statement(facts) and not _waits_inside(context, row):
            told.setdefault(facts.signature.like, []).append(row)
    for members in told.values():
        yield _draft(context, members, context.facts(members[0]))


def _is_statement(facts: Facts) -> bool:
    signature = facts.signature
    if (
        not signature.area.is_store
        or not facts.is_call
        or signature.verb in _SCHEMA
        or (facts.failed and facts.cancelled)
    ):
        return False
    name = facts.name.lower()
    streamed = signature.verb in ("FETCH", "GETMORE", "SUBSCRIBE", "BLPOP", "BRPOP", "XREAD", "XREADGROUP")
    return not streamed and not any(
        word in name for word in ("stream", "cursor", "migrat", "connect", "acquire")
    )


def _waits_inside(context: Context, row: int) -> bool:
    """Whether most of a statement's time is before its child starts: then it waited for a connection."""
    children = context.children(row)
    return bool(len(children)) and int(context.start[children[0]] - context.start[row]) * 2 > int(
        context.duration[row]
    )


def _draft(context: Context, members: list[int], facts: Facts) -> Draft:
    row = members[0]
    signature = facts.signature
    took = int(context.duration[row])
    count = f", and {len(members) - 1} more like it" if len(members) > 1 else ""
    system = first_text(facts.attributes, conv.DB_SYSTEM)
    returned = first_number(facts.attributes, _ROWS)
    evidence: Evidence = {
        "statement": first_text(facts.attributes, conv.STATEMENT)[:4000] or signature.text,
        "signature": signature.text,
        "system": system,
        "duration_nano": took,
        "share_percent": min(100, 100 * took // max(context.root_ns, 1)),
        "like_it": len(members),
    }
    if returned is not None:
        evidence["rows"] = returned
    slow = took >= context.thresholds.slow_statement_ms * MS
    rows = f", {fmt.plural(returned, 'row')}" if returned is not None else ""
    return Draft(
        title=f"{signature.label} takes {fmt.duration(took)}{count}",
        detail=f"{context.caller_of(row)} → {system or 'database'}{rows}: {shortened(signature.text, 90)}",
        rows=members,
        evidence=evidence,
        lengths=dict.fromkeys(members, 0),
        ceiling=Severity.HIGH if slow else Severity.LOW,
        badge="slow query" if signature.area is not Area.CACHE else "slow cache",
    )


RULE: Final = Rule(
    kind=Kind.SLOW_STATEMENT,
    headline="A single statement takes long by itself.",
    looks="One long bright bar of a database client, with nothing below it.",
    rule="A call of a database or cache of at least {slow_statement_ms} ms; or of at least "
    "{slow_statement_percent} % of the root and {slow_statement_least_ms} ms, which is never more than low.",
    guards="Not cursors and streams, changes of the schema, or calls that spend their time waiting for a "
    "connection (`pool_wait`).",
    caveat="The time is the client's: the way to the database and reading the rows are in it.",
    disproof="The database's own log shows the statement to be quick: then it is the way there, or a lock.",
    fix="Ask the database for its plan (`EXPLAIN (ANALYZE, BUFFERS)`): a missing index, a function "
    "around an indexed column, rows that are fetched and thrown away. The statement is a key away, "
    "laid out and to be copied.",
    detect=_detect,
)
