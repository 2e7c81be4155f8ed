"""Fan-out stragglers: one of many like calls that ran at once took far longer than the others."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Kind, Rule, Severity

_KEYS: Final = (
    "shard",
    "partition",
    "peer",
    "host",
    "server.address",
    "node",
    "replica",
    "region",
    "zone",
    "pod",
    "instance",
)
_SIZES: Final = ("rows", "bytes", "size", "count", "documents", "items", "hits")


def _detect(context: Context) -> Iterator[Draft]:
    limits = context.thresholds
    for rows in context.families:
        if len(rows) < limits.straggler_calls or context.running(rows) < limits.straggler_calls:
            continue
        slowest = int(rows[np.argmax(context.duration[rows])])
        if not context.path[slowest] or not _stands_out(context, sorted(context.duration[rows].tolist())):
            continue
        for group in context.alike(rows, limits.straggler_calls):
            members = np.array(group.rows, np.intp)
            if slowest not in group.rows or context.running(members) < limits.straggler_calls:
                continue
            if _stands_out(context, sorted(context.duration[members].tolist())):
                yield _draft(context, group.rows, slowest)


def _stands_out(context: Context, durations: list[int]) -> bool:
    middle = int(median(durations))
    apart = durations[-1] - min(durations[-2], middle)
    return durations[-1] >= 2 * middle and apart >= context.thresholds.straggler_ms * MS


def _draft(context: Context, members: list[int], slowest: int) -> Draft:
    durations = context.duration[members].tolist()
    middle = int(median(durations))
    longest = int(context.duration[slowest])
    second = sorted(durations)[-2]
    facts = context.reader.read(members)
    label = facts[slowest].signature.label if slowest in facts else context.name_of(slowest)
    apart, sized = _what_differs(facts, slowest)
    plain = longest >= 3 * middle and longest * 2 >= second * 3
    table = sorted(zip(durations, members, strict=True), key=lambda pair: (-pair[0], context.rank[pair[1]]))
    return Draft(
        title=f"1 of {len(members)} × {label} took {fmt.duration(longest)}, "
        f"the others {fmt.duration(middle)}",
        detail=f"{context.caller_of(slowest)}: "
        + (f"the slow one has {apart}" if apart else f"the next slowest took {fmt.duration(second)}"),
        rows=[slowest, *(row for _, row in table if row != slowest)],
        evidence={
            "signature": label,
            "calls": len(members),
            "slowest_nano": longest,
            "median_nano": middle,
            "second_nano": second,
            "durations_nano": [duration for duration, _ in table][:50],
            "sets_apart": apart,
            **({"sizes_differ": sized} if sized else {}),
        },
        lengths={slowest: middle},
        ceiling=Severity.HIGH if plain and not sized else Severity.LOW,
        badge="straggler",
    )


def _what_differs(facts: dict[int, Facts], slowest: int) -> tuple[str, str]:
    """What sets the slowest apart: the place it went to, and the size of what it did."""
    if slowest not in facts:
        return "", ""
    others = [known.attributes for row, known in facts.items() if row != slowest]
    place = size = ""
    for key, value in sorted(facts[slowest].attributes.items()):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        seen = [attributes.get(key) for attributes in others]
        if not place and any(word in key for word in _KEYS) and value not in seen:
            place = f"{key} {value}"[:80]
        numbers = [other for other in seen if isinstance(other, int | float)]
        sized = not size and bool(numbers) and any(word in key for word in _SIZES)
        if sized and isinstance(value, int | float) and value >= 2 * median(numbers) > 0:
            size = f"{key} {value}, the others {median(numbers):g}"[:120]
    return place, size


RULE: Final = Rule(
    kind=Kind.FAN_OUT_STRAGGLER,
    headline="One of many like calls that ran at once took far longer than the others, and all waited for "
    "it.",
    looks="A block of bars of one name that start together, one of them much longer and bright to its end.",
    rule="{straggler_calls} or more like calls at the same time below one parent; the slowest is on the "
    "critical path, takes twice the median or more, and at least {straggler_ms} ms more than the "
    "median or the second slowest. It saves what the slowest takes over the median.",
    guards="Where a size (rows, bytes, documents) sets the slowest apart too, it had more to do: then it "
    "is never more than low.",
    caveat="Assumes that the slow one could be as quick as the median; attributes that set it apart are "
    "shown.",
    disproof="The slow one did more work than the others, or in other traces another one is slow by as much.",
    fix="Look at what sets it apart: a shard, host or partition. Even out hot shards; hedge or time out "
    "the slow call; answer without it where that will do.",
    detect=_detect,
)
