"""Offsets of clocks by the calls between them: intervals in which each must lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.model.store import Flag, Kind

__all__ = ["Offset", "offsets"]


class Offset(Struct, frozen=True):
    """What the calls of one clock's spans by another's say of their difference, in nanoseconds.

    Attributes:
        caller: A row of the calling clock.
        spans: Rows of the called clock.
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
    """The clocks that cannot be together with the root's, by the calls that lead to them from there.

    The offset of a clock is that of its caller's clock and what their calls say of the two; where a clock is
    off, those behind it that are not do not count as off.
    """
    child, above = _calls(context)
    if not len(child):
        return
    clock = np.append(context.store.resources.clock, -1)
    resource = context.store.resource[context.first : context.last]
    caller, called = clock[resource[above]], clock[resource[child]]
    low = context.start[above] - context.start[child]
    high = context.end[above] - context.end[child]
    edges: dict[int, dict[int, list[int]]] = {}
    for at, (one, other) in enumerate(zip(caller.tolist(), called.tolist(), strict=True)):
        edges.setdefault(one, {}).setdefault(other, []).append(at)
    origin = int(clock[resource[context.root]])
    known = {origin: (0, 0)}
    queue = [origin]
    for one in queue:
        for other, found in edges.get(one, {}).items():
            if other in known:
                continue
            of_pair = np.array(found)
            base_low, base_high = known[one]
            least, most = int(low[of_pair].max()) + base_low, int(high[of_pair].min()) + base_high
            queue.append(other)
            if least > 0 or most < 0:
                yield Offset(int(above[found[0]]), _spans_of(clock[resource], other), least, most, len(found))
                known[other] = (min(least, most), max(least, most))
            else:
                known[other] = (0, 0)


def _spans_of(clocks: npt.NDArray[np.int32], clock: int) -> Rows:
    return np.flatnonzero(clocks == clock)


def _calls(context: Context) -> tuple[Rows, Rows]:
    """Callees and callers of synchronous calls from one clock to another."""
    child = np.flatnonzero((context.parent >= 0) & ~context.same_clock_as_parent)
    above = context.parent[child]
    call = (context.kind[child] == Kind.SERVER) | (context.kind[above] == Kind.CLIENT)
    call &= (context.kind[child] != Kind.CONSUMER) & (context.kind[above] != Kind.PRODUCER)
    call &= (context.flags[child] & np.uint16(Flag.FOLLOWS_FROM)) == 0
    call &= context.duration[child] <= context.duration[above] + context.eps
    return child[call], above[call]
