"""Clock skew: a callee's clock is off against its caller's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.findings.offsets import Offset, offsets


def _detect(context: Context) -> Iterator[Draft]:
    least = max(context.eps, context.thresholds.skew_ms * MS)
    for offset in offsets(context):
        beyond = max(offset.low, -offset.high)
        if beyond > least:
            yield _draft(context, offset)


def _draft(context: Context, offset: Offset) -> Draft:
    rows = offset.spans
    row = int(rows[0])
    ahead = offset.middle < 0
    off, width = abs(offset.middle), (offset.high - offset.low) // 2
    who = context.service_of(row) or context.name_of(row)
    evenness = "" if offset.low <= offset.high else "; its calls contradict each other"
    return Draft(
        title=f"the clock of {who} is {fmt.duration(off)} {'ahead' if ahead else 'behind'}",
        detail=f"±{fmt.duration(abs(width))}, from {fmt.plural(offset.edges, 'call')} of "
        f"{context.service_of(offset.caller)}{evenness}",
        rows=rows.tolist(),
        evidence={
            "service": who,
            "against": context.service_of(offset.caller),
            "offset_nano": offset.middle,
            "plus_minus_nano": abs(width),
            "edges": offset.edges,
            "contradictory": offset.low > offset.high,
            "spans": len(rows),
        },
        badge="clock",
    )


RULE: Final = Rule(
    kind=Kind.CLOCK_SKEW,
    badge="clock",
    headline="The clock of a callee is off against its caller's: its bars stand too early or too late.",
    looks="Bars of a server that start before the call that asked for it, or end after its answer was there.",
    rule="Of each call between two processes (a server below a client, not longer than it) the callee's "
    "offset must lie in an interval; all calls of the pair together leave one that does not hold 0, "
    "by more than {skew_ms} ms. Nothing is moved; durations are right whatever the clock.",
    guards="Messages, FOLLOWS_FROM and callees that outlast their caller say nothing of clocks.",
    caveat="A callee that is not waited for looks like one whose clock is late.",
    disproof="The two processes run on one host.",
    fix="Let the hosts keep time (NTP, chrony, PTP). For reading this trace durations are enough.",
    detect=_detect,
)
