"""One parent and its blocking children, as what has to wait for what: the ground of a replay.

    parent  |----------------------------|       the parent ends its own lag after its last child
    a         |------|                           a starts its lag after the parent
    b                  |---------|               b starts its lag after a, the last to have ended
    c             |----------|                   c starts its lag after the parent: a was running still

A *lag* is the time between the end of what was waited for and the start of what waited. Lags stay as they
were recorded. So with other lengths all starts and ends follow, and with nothing changed they are as before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

Interval = tuple[int, int]
"""Start and end in nanoseconds."""


class Family:
    """The blocking children of one span in their parts, earliest start first.

    Args:
        window: Start of the parent's window and its own end in it, nanoseconds. Children end after that in
            mode to-end only.
        low: Starts of the children's parts, ascending; none is before the window's start.
        high: Ends of the parts, each after its start.
    """

    def __init__(self, window: Interval, low: list[int], high: list[int]) -> None:
        self.start, self.end = window
        self.low, self.high = low, high
        self.latest = max(self.end, *high) if high else self.end

    @cached_property
    def _by_end(self) -> list[int]:
        """Positions of the children, earliest end first."""
        return sorted(range(len(self.high)), key=self.high.__getitem__)

    @cached_property
    def _ends(self) -> list[int]:
        """The ends of the children, ascending."""
        return sorted(self.high)

    @cached_property
    def anchors(self) -> list[int]:
        """For each child the end of what it waited for, at last for the parent's own end."""
        ends = self._ends
        found = []
        for low in [*self.low, self.end]:
            at = bisect_right(ends, low)
            found.append(max(self.start, ends[at - 1]) if at else self.start)
        return found

    @cached_property
    def _tails(self) -> list[int]:
        """For each child how much at least there is from its end to the window's: what waits for it."""
        low, high, anchors = self.low, self.high, self.anchors
        end_lag = self.end - anchors[-1]
        count = len(low)
        tails, longest = [0] * count, [0] * (count + 1)
        for at in range(count - 1, -1, -1):
            tail = longest[bisect_left(low, high[at])]
            if high[at] <= self.end and end_lag > tail:
                tail = end_lag
            tails[at] = tail
            whole = high[at] - anchors[at] + tail
            longest[at] = whole if whole > longest[at + 1] else longest[at + 1]
        return tails

    @cached_property
    def _chain(self) -> list[int]:
        """Positions of children that the window's end hangs on, one after the other, the first one first."""
        chain: list[int] = []
        by_end, ends = self._by_end, self._ends
        at = len(ends) if self.latest > self.end else bisect_right(ends, self.end)
        while at:
            child = by_end[at - 1]
            chain.append(child)
            at = bisect_right(ends, self.low[child])
        return chain[::-1]

    @cached_property
    def _rooms(self) -> dict[int, int]:
        """For each child of the chain how much earlier the window can end by its being shorter."""
        chain, tails, low, high = self._chain, self._tails, self.low, self.high
        whole = self.latest - self.start
        rooms = dict.fromkeys(chain, whole)
        starts, ends = [low[at] for at in chain], [high[at] for at in chain]
        beside = [(high[at] + tails[at], low[at], high[at]) for at in range(len(low)) if at not in rooms]
        if self.end < self.latest:
            # The parent's own end is beside those that end after it.
            beside.append((self.end, self.end, self.latest))
        # The worst rival first: who has met one needs no other.
        beside.sort(reverse=True)
        following = list(range(len(chain) + 1))
        for reach, start, end in beside:
            at = _settled(following, bisect_right(ends, start))
            while at < len(chain) and starts[at] < end:
                rooms[chain[at]] = self.latest - reach
                following[at] = at + 1
                at = _settled(following, at + 1)
        return rooms

    def room(self, at: int) -> int:
        """How much earlier the window can end at most by one child's being shorter, nanoseconds."""
        return self._rooms.get(at, 0)

    def slack(self, at: int) -> int:
        """How much longer a child may be without the window's ending later, nanoseconds."""
        return self.latest - self.high[at] - self._tails[at]

    def retimed(
        self,
        lengths: Mapping[int, int],
        gaps: Sequence[Interval] = (),
        together: Collection[Sequence[int]] = (),
    ) -> int:
        """How long it takes from the window's start to the last end, of a child or its own, after a change.

        Args:
            lengths: New lengths of children by position, nanoseconds.
            gaps: Stretches of the parent's own time that go: lags become shorter by what they have of them.
            together: Groups of positions; those of a group all start when its first one does.

        Returns:
            Nanoseconds; `latest - start` where nothing changes.
        """
        low, high, by_end, ends = self.low, self.high, self._by_end, self._ends
        leader = {at: min(group) for group in together for at in group}
        changed = [*lengths, *leader, *(bisect_right(low, begin) for begin, _ in gaps)]
        first = min(changed, default=len(low))
        new_low, new_high = low[:first], high[:first]
        # Whoever had ended when the first changed one started, started before it: nothing of that moves.
        done = bisect_right(ends, low[first]) if first < len(low) else len(ends)
        free = max(self.start, ends[done - 1]) if done else self.start
        anchors = self.anchors
        for at in range(first, len(low)):
            begin = low[at]
            while done < len(ends) and ends[done] <= begin:
                free = max(free, new_high[by_end[done]])
                done += 1
            lag = begin - anchors[at]
            if gaps:
                lag -= overlap(gaps, anchors[at], begin)
            begin = free + lag
            if leader and at in leader and leader[at] != at:
                begin = new_low[leader[at]]
            new_low.append(begin)
            new_high.append(begin + (lengths[at] if at in lengths else high[at] - low[at]))
        return self._new_end(new_high, gaps) - self.start

    def _new_end(self, new_high: list[int], gaps: Sequence[Interval]) -> int:
        if self.latest == self.end:
            free = max(new_high, default=self.start)
        else:
            ended = (new for new, old in zip(new_high, self.high, strict=True) if old <= self.end)
            free = max(ended, default=self.start)
        anchor = self.anchors[-1]
        own = max(free, self.start) + self.end - anchor - overlap(gaps, anchor, self.end)
        return max(own, *new_high) if new_high else own


def _settled(following: list[int], at: int) -> int:
    """The first position from `at` that is not done; shortens the way there for the next time."""
    while following[at] != at:
        following[at] = following[following[at]]
        at = following[at]
    return at


def overlap(gaps: Sequence[Interval], low: int, high: int) -> int:
    """How much of the time from `low` to `high` is in gaps that do not overlap each other."""
    return sum(max(0, min(end, high) - max(begin, low)) for begin, end in gaps)


def joined(gaps: Sequence[Interval]) -> list[Interval]:
    """Stretches of time in order, those that overlap made one."""
    in_order = sorted(gap for gap in gaps if gap[0] < gap[1])
    reached = accumulate((end for _, end in in_order), max)
    found: list[Interval] = []
    for (begin, _), end in zip(in_order, reached, strict=True):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found
