"""Search and filter in one trace: which nodes match, and going from one match to the next.

query.search.Found    rows of the store, in a worker, growing
Hits                  nodes of the view: counter, marks, next and previous
query.evaluate        rows of the store
Matches               nodes of the view: what `ViewState.set_filter` takes
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.analysis import self_times
from tracetui.model.store import SpanStore
from tracetui.query.compile import evaluate
from tracetui.query.grammar import parse
from tracetui.query.patterns import Pattern, search_pattern
from tracetui.query.records import Cancelled
from tracetui.query.regexes import TooSlow, spans
from tracetui.query.search import Found
from tracetui.query.texts import Part
from tracetui.tui.key_labels import Keyed

from .facts import Facts
from .forest import Bool, Forest, Int32
from .view import ViewState
from .zoom import follow

Parts = npt.NDArray[np.uint16]
Int64 = npt.NDArray[np.int64]

IN_NAMES: Final = int(Part.NAME | Part.SERVICE)
LONGEST_MARKED: Final = 4000
"""Characters of a text in which matches are looked for to be drawn."""
MARKING_S: Final = 0.005
"""How long that may take."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a search found in one trace, so far.

    Attributes:
        pattern: what was searched.
        text: the same as it was typed.
        nodes: int32[k], the nodes that match, ascending.
        parts: uint16[n], by node, where each matches (`Part` bits); 0 for no match.
        before: int32[n + 1], matches before each node.
        complete: whether the search came to its end.
    """

    pattern: Pattern
    text: str
    nodes: Int32
    parts: Parts
    before: Int32
    complete: bool

    @classmethod
    def of(cls, forest: Forest, text: str, found: Found) -> Hits:
        """Bring what was found among the rows of a trace into the order of its nodes.

        Args:
            forest: the nodes of the trace.
            text: what was searched.
            found: what was found, in exactly the rows of the trace; it may grow meanwhile.
        """
        complete = found.complete
        rows = np.flatnonzero(found.parts).astype(np.int32)
        parts = np.zeros(len(forest), np.uint16)
        parts[forest.nodes_of(rows)] = found.parts[rows]
        nodes = np.flatnonzero(parts).astype(np.int32)
        before = np.zeros(len(forest) + 1, np.int32)
        np.cumsum(parts != 0, out=before[1:])
        return cls(search_pattern(text), text, nodes, parts, before, complete)

    def below(self, forest: Forest, node: int) -> int:
        """Return how many nodes below one (itself not counted) match."""
        return int(self.before[forest.last(node)] - self.before[node + 1])

    def is_seen_in(self, text: str) -> bool:
        """Whether something in a text that is drawn would be marked."""
        return any(is_match for _, is_match in split(self.pattern, text))

    def is_outside_names(self, node: int) -> bool:
        """Whether a node matches, and neither its service nor its operation does."""
        parts = int(self.parts[node])
        return bool(parts) and not parts & IN_NAMES


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What a filter holds for in one trace.

    Attributes:
        text: the filter as it was typed.
        nodes: bool[n], or None if the filter asks for nothing.
        count: how many spans it holds for.
        total: how many there are.
    """

    text: str
    nodes: Bool | None
    count: int
    total: int


class SelfTimes(Mapping[str, Int64]):
    """The columns that a filter may ask of analysis, computed if it does.

    Args:
        store: the columns.
        first: first row.
        last: row after the last.
        known: int64[last - first], the self times, if they are known already.
    """

    def __init__(self, store: SpanStore, first: int, last: int, known: Int64 | None = None) -> None:
        self._range = store, first, last
        self._known = known

    def __getitem__(self, key: str) -> Int64:
        if key != "self":
            raise KeyError(key)
        if self._known is None:
            self._known = self_times(*self._range)
        return self._known

    def __iter__(self) -> Iterator[str]:
        return iter(("self",))

    def __len__(self) -> int:
        return 1

    def __contains__(self, key: object) -> bool:
        return key == "self"


def filtered(facts: Facts, text: str, cancelled: Cancelled | None = None) -> Matches:
    """Find the nodes of a trace that a filter holds for; missing spans match nothing.

    Raises:
        QueryError: the filter cannot be understood.
        Cancelled: `cancelled` said so.
        InputError: a source can no longer be read.
    """
    query = parse(text)
    trace, first, forest = facts.trace, facts.first, facts.forest
    last = int(trace.last)
    if query.is_empty:
        return Matches(text, None, last - first, last - first)
    columns = SelfTimes(trace.store, first, last, facts.self_ns)
    rows = evaluate(query, trace.store, first, last, columns=columns, cancelled=cancelled)
    nodes = np.zeros(len(forest), np.bool_)
    nodes[forest.nodes_of(np.flatnonzero(rows).astype(np.int32))] = True
    return Matches(text, nodes, int(np.count_nonzero(rows)), last - first)


def reachable(view: ViewState) -> Int32:
    """Return the matches of the search that the filter leaves, ascending."""
    if view.hits is None:
        return np.empty(0, np.int32)
    nodes = view.hits.nodes
    return nodes if view.passing is None else nodes[view.passing[nodes]]


def next_hit(view: ViewState) -> str | None:
    """Go to the next match, from the last one back to the first."""
    return _step(view, forward=True)


def previous_hit(view: ViewState) -> str | None:
    """Go to the previous match, from the first one on to the last."""
    return _step(view, forward=False)


def _step(view: ViewState, *, forward: bool) -> str | None:
    if view.hits is None:
        return Keyed("nothing is searched: {search} searches")
    nodes = reachable(view)
    if not len(nodes):
        return None
    if forward:
        at = int(np.searchsorted(nodes, view.cursor, "right")) % len(nodes)
    else:
        at = (int(np.searchsorted(nodes, view.cursor)) - 1) % len(nodes)
    go(view, int(nodes[at]))
    return None


def go(view: ViewState, node: int) -> None:
    """Unfold what hides a node, go to it, and have its bar on view."""
    view.reveal(node)
    start = int(view.forest.start_ns[node])
    follow(view, start, min(view.forest.end_ns(node), start + view.window.width_ns))


def nearest_hit(view: ViewState, origin: int) -> int:
    """Return the first match from a node on, else the first of all; -1 if there is none."""
    nodes = reachable(view)
    if not len(nodes):
        return -1
    return int(nodes[int(np.searchsorted(nodes, origin)) % len(nodes)])


def counter(view: ViewState) -> str:
    """Return `3/17` on the third of 17 matches, `17 matches` elsewhere; a trailing `…` while searching."""
    hits = view.hits
    if hits is None:
        return ""
    nodes = reachable(view)
    more = "" if hits.complete else "…"
    if not len(nodes):
        hidden = f", {len(hits.nodes):,} hidden by the filter" if len(hits.nodes) else ""
        return "searching…" if more else "no match" + hidden
    at = int(np.searchsorted(nodes, view.cursor))
    if at < len(nodes) and int(nodes[at]) == view.cursor:
        return f"{at + 1:,}/{len(nodes):,}{more}"
    return f"{len(nodes):,} {'match' if len(nodes) == 1 else 'matches'}{more}"


def is_dimmed(view: ViewState, node: int) -> bool:
    """Whether a node is only shown because something below it matches the filter."""
    return view.matches is not None and not view.matches[node]


_too_slow: set[str] = set()  # expressions that are not marked, as looking for them holds up the screen


def _spans(pattern: Pattern, text: str) -> Iterator[tuple[int, int]]:
    if not pattern.is_regex:
        yield from spans(re.escape(pattern.text), text, MARKING_S, ignore_case=pattern.ignore_case)
    elif pattern.text not in _too_slow:
        try:
            yield from spans(pattern.text, text, MARKING_S, ignore_case=pattern.ignore_case)
        except TooSlow:
            _too_slow.add(pattern.text)


def split(pattern: Pattern, text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text that is drawn into what matches a pattern (true) and what is between (false)."""
    at = 0
    if pattern.text:
        for start, end in _spans(pattern, text[:LONGEST_MARKED]):
            if end > start:
                if start > at:
                    yield text[at:start], False
                yield text[start:end], True
                at = end
    if at < len(text):
        yield text[at:], False


class Snapshot:
    """Where a view was when typing began, so that each key starts from there again."""

    def __init__(self, view: ViewState) -> None:
        self._folded = view.folded.copy()
        self._rest = view.cursor, view.top, view.path, view.root, view.window

    def restore(self, view: ViewState) -> None:
        """Have the view be as it was, but for its filter and what was found."""
        cursor, top, path, root, window = self._rest
        folds = not np.array_equal(view.folded, self._folded)
        if folds or view.root != root or view.path is not path:
            view.root = root
            view.folded = self._folded.copy()
            view.set_path(path)
        view.set_window(window)
        view.top = top
        view.move_to(max(cursor, 0))
