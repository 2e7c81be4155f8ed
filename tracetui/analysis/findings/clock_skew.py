"""Clock skew: a callee's clock is off against its caller's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Kind, Rule
from tracetui.analysis.skew import find_skew
from tracetui.model.clock_offset import ClockOffset


def _detect(context: Context) -> Iterator[Draft]:
    _, same = context.reaching_out
    if same.all():
        return
    least = max(context.eps, context.thresholds.skew_ms * MS)
    for clock in find_skew(context.trace).clocks:
        if not clock.contradictory and clock.beyond_ns > least:
            yield _draft(context, clock)


def _draft(context: Context, clock: ClockOffset) -> Draft:
    rows = clock.rows.tolist()
    off = (clock.low + clock.high) // 2
    edges = fmt.plural(clock.edges, "call")
    return Draft(
        title=f"the clock of {clock.name} is {fmt.duration(abs(off))} {'behind' if off > 0 else 'ahead'}",
        detail=f"±{fmt.duration(clock.plus_minus_ns)}, from {edges} between it and {clock.against}",
        rows=rows,
        evidence={
            "clock": clock.name,
            "against": clock.against,
            "offset_nano": off,
            "plus_minus_nano": clock.plus_minus_ns,
            "edges": clock.edges,
            "spans": len(rows),
        },
        badge="clock",
    )


RULE: Final = Rule(
    kind=Kind.CLOCK_SKEW,
    headline="The clock of a callee is off against its caller's: its bars stand too early or too late.",
    looks="Bars of a server that start before the call that asked for it, or end after its answer was there.",
    rule="Of each call between two processes (a server below a client, not longer than it) the callee's "
    "offset must lie in an interval; all calls of the pair together leave one that does not hold 0, "
    "by more than {skew_ms} ms. Durations are right whatever the clock; `--clock adjusted` moves the spans.",
    guards="Messages, FOLLOWS_FROM and callees that outlast their caller say nothing of clocks; calls "
    "that contradict each other leave no offset to tell.",
    caveat="A callee that is not waited for looks like one whose clock is late.",
    disproof="The two processes run on one host.",
    fix="Let the hosts keep time (NTP, chrony, PTP). For reading this trace durations are enough.",
    detect=_detect,
)
