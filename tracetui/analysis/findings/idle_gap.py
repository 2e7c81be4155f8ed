"""Idle gaps: time on the path in which a span did nothing that was recorded, and nothing below it ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.columns import Ints
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.credit import union
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity
from tracetui.analysis.findings.words import shortened
from tracetui.model.attributes import AttributeValue
from tracetui.model.store import Kind as SpanKind

_HINTS: Final = ("gc.", "jvm.gc", "lock", "thread.blocked", "cpu.throttl", "safepoint")
_MOST_LOOKED_AT: Final = 400


def _detect(context: Context) -> Iterator[Draft]:
    least = max(context.thresholds.idle_ms * MS, context.share(context.thresholds.idle_percent), 1)
    row, start, end = context.sections
    long = np.flatnonzero((end - start >= least) & (context.size[row] > 1))
    long = long[context.kind[row[long]] != SpanKind.CLIENT]  # its own time is the way to whom it called
    for at in long[:_MOST_LOOKED_AT].tolist():
        owner = int(row[at])
        gap = _quiet(context, owner, int(start[at]), int(end[at]))
        if gap[1] - gap[0] >= least and not _waits_for_a_message(context, owner, *gap):
            draft = _draft(context, owner, *gap)
            if draft is not None:
                yield draft


def _quiet(context: Context, row: int, start: int, end: int) -> tuple[int, int]:
    """The longest part of a stretch in which nothing below a span ran."""
    below = slice(row + 1, row + int(context.size[row]))
    low, high = np.maximum(context.start[below], start), np.minimum(context.end[below], end)
    inside = low < high
    if not inside.any():
        return start, end
    busy_start, busy_end = union(low[inside], high[inside])
    free_start: Ints = np.concatenate(([start], busy_end))
    free_end: Ints = np.concatenate((busy_start, [end]))
    longest = int(np.argmax(free_end - free_start))
    return int(free_start[longest]), int(free_end[longest])


def _waits_for_a_message(context: Context, row: int, start: int, end: int) -> bool:
    """Whether the gap is the time before a consumer below the span starts: that is a queue's."""
    first, last = row + 1, row + int(context.size[row])
    consumers = context.kind[first:last] == SpanKind.CONSUMER
    return bool((consumers & (np.abs(context.start[first:last] - end) <= context.eps)).any())


def _draft(context: Context, row: int, start: int, end: int) -> Draft | None:
    facts = context.facts(row)
    edge = max(context.eps, (end - start) // 50)
    inside = [event for event in facts.events if start + edge < event.time_ns < end - edge]
    if inside:
        return None
    children = context.children(row)
    before = children[context.end[children] <= start + context.eps]
    after = children[context.start[children] >= end - context.eps]
    previous = int(before[np.argmax(context.end[before])]) if len(before) else -1
    following = int(after[0]) if len(after) else -1
    length = end - start
    hints = _hints(facts.attributes)
    ordinary = length * 5 < context.root_ns or length < 100 * MS
    return Draft(
        title=f"{context.who(row)}: {fmt.duration(length)} {_where(context, previous, following)}",
        detail=f"nothing recorded from {context.at(start)} to {context.at(end)}",
        rows=[row],
        evidence={
            "start_offset_nano": start - int(context.start[context.root]),
            "end_offset_nano": end - int(context.start[context.root]),
            "length_nano": length,
            "previous_child": context.who(previous) if previous >= 0 else "",
            "next_child": context.who(following) if following >= 0 else "",
            **({"hints": hints} if hints else {}),
        },
        gaps=[(row, start, end)],
        ceiling=Severity.LOW if ordinary else Severity.HIGH,
        badge="idle",
    )


def _where(context: Context, previous: int, following: int) -> str:
    if previous < 0:
        return "before its first child"
    if following < 0:
        return "after its last child"
    return (
        f"between {shortened(context.name_of(previous), 24)} and {shortened(context.name_of(following), 24)}"
    )


def _hints(attributes: dict[str, AttributeValue]) -> list[str]:
    """Attributes that may say what the time went to."""
    return sorted(
        f"{key}={value}"[:80]
        for key, value in attributes.items()
        if isinstance(value, str | int | float) and any(hint in key.lower() for hint in _HINTS)
    )[:5]


RULE: Final = Rule(
    kind=Kind.IDLE_GAP,
    headline="A span that has children waited or worked for a while, and nothing of it was recorded.",
    looks="A stretch of bright bar with nothing below it: before the first child, between two, or after "
    "the last.",
    rule="A stretch of a span's own time on the critical path, at least {idle_ms} ms and {idle_percent} "
    "% of the root, of a span with children, while nothing below it ran in any service.",
    guards="A leaf's own time is its work, not a gap; a client's is the way to whom it called. Where events "
    "were logged inside, something was recorded. The time before a consumer starts is told as `queue_wait`. "
    "Below 20 % of the root it is never more than low.",
    caveat="Own work looks the same as waiting: the trace says only that nothing was recorded.",
    disproof="A profile, or a span around that code, shows work that has to be done.",
    fix="Put a span around what runs there. Usual suspects: building or parsing a big answer, garbage "
    "collection, a lock, a sleep, waiting for a thread, a call through a client that is not "
    "instrumented.",
    detect=_detect,
)
