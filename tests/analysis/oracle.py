"""The critical path written as the rule is told: slow, plain, one trace."""

from __future__ import annotations

from collections import defaultdict

from tests.analysis.columns import MS, US, S

Section = tuple[str, int, int, bool]
Part = tuple[int, int, str]


def oracle_path(spans: list[S], root: str, mode: str) -> list[Section]:
    """Sections (key, start, end, wait) of the path of `root`, in time order."""
    return _Oracle(spans, mode).walk(root)


def blocking_parts(spans: list[S], key: str) -> list[tuple[int, int]]:
    """Start and end of the blocking children of a span inside its own times."""
    oracle = _Oracle(spans, "default")
    span = oracle.spans[key]
    parts = oracle.parts(key, span.start, span.start + span.duration)
    return [(start, end) for end, start, _ in parts]


class _Oracle:
    def __init__(self, spans: list[S], mode: str) -> None:
        self.mode = mode
        self.spans = {s.key: s for s in spans}
        self.children: dict[str | None, list[S]] = defaultdict(list)
        for span in spans:
            self.children[span.parent].append(span)
        whole = len(spans) > 1 and all(s.start % MS == 0 == s.duration % MS for s in spans)
        self.eps = 2 * MS if whole else 2 * US
        self.end = {s.key: s.start + s.duration for s in spans}
        if mode == "to-end":
            for span in spans:
                at, latest = span.parent, span.start + span.duration
                while at is not None:
                    self.end[at] = max(self.end[at], latest)
                    at = self.spans[at].parent

    def may_block(self, parent: S, child: S) -> bool:
        if self.mode == "to-end":
            return True
        if child.follows and self.mode != "clip":
            return False
        if parent.kind == "producer" and child.kind == "consumer":
            return False
        if self.mode == "clip" or parent.clock != child.clock:
            return True
        if parent.address and child.address and parent.address != child.address:
            return True
        share = 0 if self.mode == "exact" else parent.duration // 100
        return child.start + child.duration - parent.start - parent.duration <= max(self.eps, share)

    def parts(self, parent: str, low: int, high: int) -> list[Part]:
        """(end, start, key) of the blocking children inside the window."""
        found = []
        for child in self.children[parent]:
            start, end = max(child.start, low), min(self.end[child.key], high)
            if start < end and self.may_block(self.spans[parent], child):
                found.append((end, start, child.key))
        return found

    def walk(self, root: str) -> list[Section]:
        out: list[Section] = []
        todo = [(False, root, self.spans[root].start, self.end[root])]
        while todo:
            own, key, low, high = todo.pop()
            if own:
                self.emit(out, key, low, high)
            else:
                todo.extend(reversed(self.steps(key, low, high)))
        return out[::-1]

    def steps(self, key: str, low: int, high: int) -> list[tuple[bool, str, int, int]]:
        """What the walk meets inside one span, latest first: own time, and children to walk."""
        parts = self.parts(key, low, high)
        parts.sort(key=lambda p: (-p[0], p[1], not self.parts(p[2], p[1], p[0]), p[2]))
        steps = []
        cursor = high
        taken: Part | None = None
        for part in parts:
            end, start, child = part
            if end > cursor:
                if taken is None or not self.near(part, taken, parts, high - low):
                    continue
                end = cursor
            steps += [(True, key, end, cursor), (False, child, start, end)]
            cursor, taken = start, part
        return [*steps, (True, key, low, cursor)]

    def near(self, part: Part, taken: Part, parts: list[Part], window: int) -> bool:
        (end, start, _), (x_end, x_start, _) = part, taken
        if self.mode != "default" or not (start < x_start and end < x_end):
            return False
        if end - x_start > max(self.eps, min(window // 100, min(end - start, x_end - x_start) // 10)):
            return False
        others = [other for other in parts if other not in (part, taken)]
        return not any(x_start < s < end or x_start < e < end for e, s, _ in others)

    def emit(self, out: list[Section], key: str, low: int, high: int) -> None:
        """Add a section before those that are there, or lengthen the one that it touches."""
        own_end = self.spans[key].start + self.spans[key].duration
        for start, end, wait in ((max(low, own_end), high, True), (low, min(high, own_end), False)):
            if start >= end:
                continue
            if out and (out[-1][0], out[-1][3]) == (key, wait):
                out[-1] = (key, start, out[-1][2], wait)
            else:
                out.append((key, start, end, wait))
