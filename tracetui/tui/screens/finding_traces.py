"""Searching and filtering the traces of a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tracetui.model.store import SpanStore
from tracetui.query.search import Found, Searcher
from tracetui.tui.runner import Job, Tell
from tracetui.tui.state import find_traces
from tracetui.tui.state.find_traces import TraceHits, TraceMatches
from tracetui.tui.state.queries import Kind
from tracetui.tui.traces_state import TraceListState


class TraceTarget:
    """What `Finding` searches in a list of traces; see `tracetui.tui.finding.Target`.

    Args:
        state: the list.
        told: draws what has changed.
    """

    def __init__(self, state: TraceListState, told: Callable[[], None]) -> None:
        self._state = state
        self.told = told
        self._searcher: Searcher | None = None
        self._origin: tuple[int, int] | None = None

    def job(self, kind: Kind, text: str) -> Job:
        store = self._state.collection.store
        if kind is Kind.FILTER:
            return lambda cancelled, tell: find_traces.filtered_traces(store, text, cancelled)
        if self._searcher is None or self._searcher.store is not store:
            self._searcher = Searcher(store)
        return partial(_search, self._searcher, store, text)

    def show(self, kind: Kind, result: TraceHits | TraceMatches) -> None:
        state = self._state
        if isinstance(result, TraceHits):
            state.hits = result.grown(len(state.collection.traces))
            return
        state.set_matches(result.grown(len(state.collection.traces)))
        if self._origin is not None:
            state.select(self._origin[0])

    def clear(self, kind: Kind) -> None:
        state = self._state
        if kind is Kind.SEARCH:
            state.hits = None
        elif state.matches is not None:
            state.set_matches(None)

    def in_force(self, kind: Kind) -> str:
        result = self._state.hits if kind is Kind.SEARCH else self._state.matches
        return result.text if result is not None and result.complete else ""

    def outcome(self, kind: Kind) -> str:
        state = self._state
        if kind is Kind.SEARCH:
            return find_traces.counter(state)
        return f"{len(state):,} of {len(state.collection.traces):,}" if state.matches is not None else ""

    def lifted(self) -> bool:
        return False

    def begin(self) -> None:
        self._origin = self._state.current, self._state.cursor

    def end(self) -> None:
        self._origin = None

    def restore(self) -> None:
        if self._origin is not None:
            self._state.move_to(self._origin[1])
            self._state.select(self._origin[0])

    def seek(self) -> bool:
        state = self._state
        self.restore()
        found = find_traces.positions(state)
        if not len(found):
            return False
        state.move_to(int(found[int(np.searchsorted(found, state.cursor)) % len(found)]))
        return True

    def step(self, forward: bool) -> str | None:
        return find_traces.step(self._state, forward=forward)


def _search(
    searcher: Searcher, store: SpanStore, text: str, cancelled: Callable[[], bool], tell: Tell
) -> Any:
    def on_progress(found: Found) -> None:
        tell(lambda: TraceHits.of(store, text, found))

    found = searcher.search(text, cancelled=cancelled, on_progress=on_progress)
    return TraceHits.of(store, text, found)
