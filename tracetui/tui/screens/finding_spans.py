"""Searching and filtering the spans of the trace on a waterfall."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from tracetui.query.search import Found, Searcher
from tracetui.tui.runner import Job, Tell
from tracetui.tui.state import find
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.find import Hits, Matches, Snapshot
from tracetui.tui.state.forest import Forest
from tracetui.tui.state.queries import Kind
from tracetui.tui.state.view import ViewState

Shown = tuple[Facts, ViewState]


class SpanTarget:
    """What `Finding` searches on a waterfall; see `tracetui.tui.finding.Target`.

    Args:
        shown: returns what is on the screen.
        told: draws what has changed.
    """

    def __init__(self, shown: Callable[[], Shown], told: Callable[[], None]) -> None:
        self._shown = shown
        self.told = told
        self._searcher: tuple[Forest, Searcher] | None = None
        self._filters: WeakKeyDictionary[ViewState, Matches] = WeakKeyDictionary()
        self._origin: tuple[ViewState, Snapshot, int] | None = None

    @property
    def _view(self) -> ViewState:
        return self._shown()[1]

    def matches(self) -> Matches | None:
        """Return what the filter in force on the screen holds for."""
        view = self._view
        return self._filters.get(view) if view.matches is not None else None

    def job(self, kind: Kind, text: str) -> Job:
        facts = self._shown()[0]
        if kind is Kind.FILTER:
            return lambda cancelled, tell: find.filtered(facts, text, cancelled)
        if self._searcher is None or self._searcher[0] is not facts.forest:
            searcher = Searcher(facts.trace.store, facts.first, int(facts.trace.last))
            self._searcher = facts.forest, searcher
        return partial(_search, self._searcher[1], facts.forest, text)

    def show(self, kind: Kind, result: Hits | Matches) -> None:
        view = self._view
        if isinstance(result, Hits):
            view.set_hits(result)
            return
        self._filters[view] = result
        view.set_filter(result.nodes)
        if self._origin is not None and self._origin[0] is view:
            view.move_to(self._origin[2])

    def clear(self, kind: Kind) -> None:
        view = self._view
        if kind is Kind.SEARCH:
            if view.hits is not None:
                view.set_hits(None)
        else:
            self._filters.pop(view, None)
            if view.matches is not None:
                view.set_filter(None)

    def in_force(self, kind: Kind) -> str:
        view = self._view
        if kind is Kind.SEARCH:
            return view.hits.text if view.hits is not None and view.hits.complete else ""
        known = self._filters.get(view)
        return known.text if known is not None and not self.lifted() else ""

    def lifted(self) -> bool:
        known = self._filters.get(self._view)
        return known is not None and known.nodes is not None and self._view.matches is None

    def outcome(self, kind: Kind) -> str:
        if kind is Kind.SEARCH:
            return find.counter(self._view)
        known = self._filters.get(self._view)
        return f"{known.count:,} of {known.total:,}" if known is not None else ""

    def begin(self) -> None:
        view = self._view
        self._origin = view, Snapshot(view), view.cursor

    def end(self) -> None:
        self._origin = None

    def restore(self) -> None:
        if self._origin is not None and self._origin[0] is self._view:
            self._origin[1].restore(self._view)

    def seek(self) -> bool:
        view = self._view
        self.restore()
        node = find.nearest_hit(view, max(view.cursor, 0))
        if node < 0:
            return False
        find.go(view, node)
        return True

    def step(self, forward: bool) -> str | None:
        return (find.next_hit if forward else find.previous_hit)(self._view)


def _search(searcher: Searcher, forest: Forest, text: str, cancelled: Callable[[], bool], tell: Tell) -> Any:
    def on_progress(found: Found) -> None:
        tell(lambda: Hits.of(forest, text, found))

    found = searcher.search(text, cancelled=cancelled, on_progress=on_progress)
    return Hits.of(forest, text, found)
