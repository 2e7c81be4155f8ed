"""Replay: when would a root have ended if something below it had been shorter, longer or not there?

A replay re-times the tree after a change. A child starts its recorded lag after the latest of its parent's
start and the ends of those blocking siblings that had ended by its start; a span ends its recorded lag after
the latest end of its blocking children, or its own work after its start. A child's times are those of its
part: inside its parent's window, cut where the critical path cuts it. With nothing changed everything ends
as recorded. It is assumed that siblings keep their order, and that what waited would still have waited.

    replay = Replay(store, root_row)
    replay.saves(row)                                how much earlier the root ends if this span takes no time
    replay.slack(row)                                how much longer it may be without the root's ending later
    replay.what_if(row, 1, 2)                        the root's duration with this span at half
    replay.saving(lengths={row: 0, other: 5_000})    several spans at once, each with its new length
    replay.saving(gaps=[(row, start_ns, end_ns)])    own time of a span gone
    replay.saving(together=[rows])                   siblings that all start when the first one does
    replay.side_by_side(rows)                        of several calls only the longest takes time: sum - max

Only families (parents with their blocking children) between what changed and the root are looked at, each is
prepared once, and one change alone is a step for each level: so dozens of questions of a trace of 100,000
spans cost little more than its critical path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush

import numpy as np

from tracetui.analysis.blocking import Blocking, Mode
from tracetui.analysis.columns import Ints, Rows, SpanColumns
from tracetui.analysis.critical_path import waited_for
from tracetui.analysis.family import Family, Interval, joined
from tracetui.analysis.self_time import by_family

Gap = tuple[int, int, int]
"""Row of a span, and start and end of a stretch of its own time in nanoseconds."""


class Replay:
    """Re-times what is below one root, or below any span as if it were the root.

    Args:
        store: The columns.
        root: Row of the root.
        mode: The rules of the critical path, which say who waits for whom.
        blocking: Who waits for whom below the root in this mode, if that is at hand; it is only read.

    Attributes:
        root: Row of the root.
        mode: The rules.
        duration_ns: How long the root is: its duration, in mode to-end until the latest end below it.
    """

    def __init__(
        self,
        store: SpanColumns,
        root: int,
        mode: Mode = Mode.DEFAULT,
        blocking: Blocking | None = None,
    ) -> None:
        self.root, self.mode = root, mode
        if blocking is None:
            _, blocking = waited_for(store, root, root + int(store.size[root]), mode)
        self._blocks = blocking.blocks
        self._parent = blocking.parent
        self._low, self._high = blocking.low_ns, blocking.high_ns
        self._end = np.minimum(np.maximum(blocking.end_ns, self._low), self._high)
        rows = np.flatnonzero(blocking.blocks)
        self._children = rows[by_family(rows, blocking.parent[rows])]
        above = blocking.parent[self._children]
        self._bounds = np.searchsorted(above, np.arange(len(self._blocks) + 1))
        self._families: dict[int, Family] = {}
        self._room, self._slack = _of_serial_families(self._children, above, self._low, self._high, self._end)
        self._caps: dict[int, int] = {}
        self._slacks: dict[int, int | None] = {}
        self.duration_ns = int(self._high[0] - self._low[0])

    def saves(self, row: int) -> int:
        """How much earlier the root would end if a span took no time, and its subtree with it ("drag").

        Args:
            row: Row of the span, in the root's subtree.

        Returns:
            Nanoseconds from 0 to the time that its subtree has on the root's critical path. Often less than
            that, because something else then becomes the last to finish.
        """
        row = self._local(row)
        return min(self._length(row), self._cap(row))

    def slack(self, row: int) -> int | None:
        """How much longer a span may be without the root's ending later.

        Args:
            row: Row of the span, in the root's subtree.

        Returns:
            Nanoseconds, 0 on the critical path; None where nobody waits for it, as for a
            span without duration or one that goes on alone.
        """
        return self._slack_to_root(self._local(row))

    def what_if(self, row: int, times: int, divided_by: int = 1) -> int:
        """The root's duration with a span `times / divided_by` as long, its subtree being scaled with it.

        Args:
            row: Row of the span, in the root's subtree.
            times: From 0.
            divided_by: From 1; the new length is rounded down to nanoseconds.

        Returns:
            Nanoseconds.
        """
        at = self._local(row)
        length = self._length(at)
        new = length * times // divided_by
        if new <= length:
            return self.duration_ns - min(length - new, self._cap(at))
        slack = self._slack_to_root(at)
        return self.duration_ns if slack is None else self.duration_ns + max(0, new - length - slack)

    def saving(
        self,
        lengths: Mapping[int, int] | None = None,
        gaps: Iterable[Gap] = (),
        together: Iterable[Sequence[int]] = (),
    ) -> int:
        """How much earlier the root would end after several changes at once.

        Args:
            lengths: New lengths in nanoseconds by row, 0 for spans that go; a span is never made longer, and
                what is below one with a new length no longer counts.
            gaps: Stretches of own time that go: what a span then waits less before its next children start
                or before it ends. Where a child was running and waited for, nothing goes.
            together: Groups of rows; the blocking siblings among them all start when the first one does.

        Returns:
            Nanoseconds, from 0 to the root's duration.
        """
        fixed = {self._local(row): max(0, length) for row, length in (lengths or {}).items()}
        fixed = {row: length for row, length in fixed.items() if length < self._length(row)}
        stretches: dict[int, list[Interval]] = defaultdict(list)
        for row, begin, end in gaps:
            stretches[self._local(row)].append((begin, end))
        groups: dict[int, list[list[int]]] = defaultdict(list)
        for group in together:
            families: dict[int, list[int]] = defaultdict(list)
            for row in sorted({self._local(row) for row in group}):
                if self._blocks[row]:
                    families[int(self._parent[row])].append(row)
            for above, members in families.items():
                groups[above].append(members)
        return self.duration_ns - self._retimed(fixed, stretches, groups)

    def side_by_side(self, rows: Sequence[int]) -> int:
        """The saving if, of calls one after the other, all but the longest took no time: sum - max.

        That is what running them at once, or asking once for everything, gives. The time between them stays,
        as it may be work.

        Args:
            rows: Rows of the calls.

        Returns:
            Nanoseconds.
        """
        longest = max(rows, key=lambda row: (self._length(self._local(row)), -row), default=None)
        return self.saving({row: 0 for row in rows if row != longest})

    def length(self, row: int) -> int:
        """How long the part of a span is that its parent can have waited for; its duration where none did."""
        return self._length(self._local(row))

    def _local(self, row: int) -> int:
        local = row - self.root
        if not 0 <= local < len(self._blocks):
            raise ValueError(f"row {row} is not below row {self.root}")
        return local

    def _length(self, row: int) -> int:
        return int(self._high[row] - self._low[row])

    def _family(self, row: int) -> Family:
        family = self._families.get(row)
        if family is None:
            children = self._children[self._bounds[row] : self._bounds[row + 1]]
            window = int(self._low[row]), int(self._end[row])
            family = Family(window, self._low[children].tolist(), self._high[children].tolist())
            self._families[row] = family
        return family

    def _position(self, row: int) -> int:
        """A blocking child's position in its family."""
        first, last = self._bounds[self._parent[row] :][:2].tolist()
        return int(np.searchsorted(self._children[first:last], row))

    def _room_of(self, row: int) -> int:
        """How much earlier its parent can end by a child's being shorter."""
        if not self._blocks[row]:
            return self.duration_ns if row == 0 else 0
        room = int(self._room[row])
        if room < 0:
            room = self._family(int(self._parent[row])).room(self._position(row))
            self._room[row] = room
        return room

    def _cap(self, row: int) -> int:
        """How much earlier the root can end by a span's being shorter, whatever its length is."""
        caps, path = self._caps, []
        while row not in caps and row > 0:
            path.append(row)
            row = int(self._parent[row]) if self._blocks[row] else 0
        cap = caps.get(row, self.duration_ns)
        for below in reversed(path):
            cap = min(cap, self._room_of(below))
            caps[below] = cap
        return cap

    def _slack_of(self, row: int) -> int:
        slack = int(self._slack[row])
        if slack < 0:
            slack = self._family(int(self._parent[row])).slack(self._position(row))
            self._slack[row] = slack
        return slack

    def _slack_to_root(self, row: int) -> int | None:
        slacks, path = self._slacks, []
        while row not in slacks and row > 0 and self._blocks[row]:
            path.append(row)
            row = int(self._parent[row])
        # At the top is the root, or a span that does not block its parent.
        slack = slacks.get(row, 0 if row == 0 else None)
        slacks[row] = slack
        for below in reversed(path):
            slack = None if slack is None else slack + self._slack_of(below)
            slacks[below] = slack
        return slack

    def _retimed(
        self,
        fixed: dict[int, int],
        gaps: dict[int, list[Interval]],
        together: dict[int, list[list[int]]],
    ) -> int:
        """The root's duration after a change; all rows count from the root."""
        if 0 in fixed:
            return fixed[0]
        changes: dict[int, dict[int, int]] = defaultdict(dict)
        for row, length in fixed.items():
            if self._blocks[row]:
                changes[int(self._parent[row])][row] = length
        # Children have higher rows than their parents: the highest first is from the leaves to the root.
        todo: list[int] = []
        for row in {*changes, *gaps, *together}:
            heappush(todo, -row)
        while todo:
            row = -heappop(todo)
            if row in fixed:
                continue
            below = changes.pop(row, {})
            if row in gaps or row in together or len(below) > 1:
                length = self._retimed_family(row, below, gaps.get(row, []), together.get(row, []))
            else:
                [(child, new)] = below.items()
                shorter = self._length(child) - new
                if not todo:
                    return self.duration_ns - min(shorter, self._cap(child))
                length = self._length(row) - min(shorter, self._room_of(child))
            if row == 0:
                return length
            if length < self._length(row) and self._blocks[row]:
                above = int(self._parent[row])
                if above not in changes and above not in gaps and above not in together:
                    heappush(todo, -above)
                changes[above][row] = length
        return self.duration_ns

    def _retimed_family(
        self, row: int, lengths: dict[int, int], gaps: list[Interval], together: list[list[int]]
    ) -> int:
        family = self._family(row)
        length = family.retimed(
            {self._position(child): length for child, length in lengths.items()},
            joined(gaps),
            [[self._position(member) for member in group] for group in together],
        )
        # In mode to-end a window can go on to a moment that nobody waits for.
        return length + int(self._high[row]) - family.latest


def _of_serial_families(children: Rows, above: Rows, low: Ints, high: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Room and slack of all whose siblings are one after the other, as most are; -1 for the others.

    Each of them is waited for, and has no rival; but one that ends after its parent's own end has that.
    """
    room, slack = np.full(len(low), -1, np.int64), np.full(len(low), -1, np.int64)
    if not len(children):
        return room, slack
    starts, ends = low[children], high[children]
    beside = np.zeros(len(children), np.bool_)
    beside[1:] = (above[1:] == above[:-1]) & (starts[1:] < ends[:-1])
    heads = np.flatnonzero(np.concatenate(([True], above[1:] != above[:-1])))
    tails = np.append(heads[1:], len(children)) - 1
    serial = np.repeat(~np.logical_or.reduceat(beside, heads), tails - heads + 1)
    own_end = end[above]
    latest = np.maximum(own_end, np.repeat(ends[tails], tails - heads + 1))
    whole = latest - np.where(ends > own_end, own_end, low[above])
    room[children[serial]] = whole[serial]
    slack[children[serial]] = 0
    return room, slack
