"""Children that outlive their parents: nobody waited for them, or somebody should have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.model.store import Flag
from tracetui.model.store import Kind as SpanKind

_MOST: Final = 4


def _detect(context: Context) -> Iterator[Draft]:
    rows, same = context.reaching_out
    rows = rows[same]
    if not len(rows):
        return
    above = context.parent[rows]
    over = context.end[rows] - context.end[above]
    late = over > max(context.eps, context.thresholds.outlives_ms * MS)
    late &= (context.flags[rows] & np.uint16(Flag.FOLLOWS_FROM)) == 0
    late &= (context.kind[rows] != SpanKind.CONSUMER) & (context.kind[above] != SpanKind.PRODUCER)
    late &= (context.flags[above] & np.uint16(Flag.UNFINISHED)) == 0
    rows, over = rows[late], over[late]
    alike: dict[tuple[int, int], list[int]] = {}
    for at in np.lexsort((context.rank[rows], -over)).tolist():
        row = int(rows[at])
        alike.setdefault((int(context.like[row]), int(context.like[context.parent[row]])), []).append(row)
    for members in list(alike.values())[:_MOST]:
        yield _draft(context, members)


def _draft(context: Context, members: list[int]) -> Draft:
    row = members[0]
    above = int(context.parent[row])
    over = int(context.end[row] - context.end[above])
    later = max(0, int(context.end[row] - context.end[context.root]))
    started_after = bool(context.start[row] >= context.end[above])
    count = f", as do {len(members) - 1} more like it" if len(members) > 1 else ""
    parent = "the reply" if above == context.root else context.who(above)
    return Draft(
        title=f"{context.who(row)} goes on {fmt.duration(over)} after {parent}{count}",
        detail="nobody waited for it"
        + ("; it only started when its parent was over" if started_after else "")
        + (f"; the trace ends {fmt.duration(later)} after the root by it" if later > context.eps else ""),
        rows=members,
        evidence={
            "over_nano": over,
            "parent": context.who(above),
            "trace_ends_later_nano": later,
            "count": len(members),
            "reading": "not waited for, or a missing await, or the parent's span ended too early",
        },
        badge="after reply" if above == context.root else "outlives",
    )


RULE: Final = Rule(
    kind=Kind.OUTLIVES_PARENT,
    headline="A span goes on after its parent has ended.",
    looks="A dim bar that sticks out to the right of the bar above it.",
    rule="On one clock, a child ends more than {outlives_ms} ms after its parent.",
    guards="Consumers and FOLLOWS_FROM are meant to.",
    caveat="It costs the request nothing. It is a fault only where the parent should have waited.",
    disproof="The work is meant to go on in the background.",
    fix="If it is not meant: a missing `await` or `join`, or a span that is ended too early. If it is: "
    "start it with a link to the request in place of a parent.",
    detect=_detect,
)
