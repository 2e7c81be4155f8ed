"""Offsets of clocks by the calls between them: intervals in which each must lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.model.store import Flag, Kind

__all__ = ["Offset", "offsets"]


class Offset(Struct, frozen=True):
    """What the calls of one clock's spans by another's say of their difference, in nanoseconds.

    Attributes:
        caller: A row of the calling clock.
        spans: Rows of the called clock, below calls.
        low: What has to be added to the called clock's times, at least.
        high: And at most; below `low` where the calls contradict each other.
        edges: How many calls say so.
    """

    caller: int
    spans: Rows
    low: int
    high: int
    edges: int

    @property
    def middle(self) -> int:
        """The middle of the two."""
        return (self.low + self.high) // 2


def offsets(context: Context) -> Iterator[Offset]:
    """The pairs of clocks whose calls do not allow that they are together, by their first call."""
    child = np.flatnonzero((context.parent >= 0) & ~context.same_clock_as_parent)
    above = context.parent[child]
    call = (context.kind[child] == Kind.SERVER) | (context.kind[above] == Kind.CLIENT)
    call &= (context.kind[child] != Kind.CONSUMER) & (context.kind[above] != Kind.PRODUCER)
    call &= (context.flags[child] & np.uint16(Flag.FOLLOWS_FROM)) == 0
    call &= context.duration[child] <= context.duration[above] + context.eps
    child, above = child[call], above[call]
    if not len(child):
        return
    clock = np.append(context.store.resources.clock, -1)
    resource = context.store.resource[context.first : context.last]
    pair = (clock[resource[above]].astype(np.int64) << 32) | (
        clock[resource[child]].astype(np.int64) & 0xFFFFFFFF
    )
    low = context.start[above] - context.start[child]
    high = context.end[above] - context.end[child]
    for code in dict.fromkeys(pair.tolist()):
        at = np.flatnonzero(pair == code)
        least, most = int(low[at].max()), int(high[at].min())
        if least > 0 or most < 0:
            yield Offset(int(above[at[0]]), child[at], least, most, len(at))
