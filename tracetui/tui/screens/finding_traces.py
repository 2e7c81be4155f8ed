"""Searching and filtering the traces of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from tracetui.model.store import SpanStore
from tracetui.query.search import Found, Searcher
from tracetui.tui.runner import Job, Tell
from tracetui.tui.state import find_traces
from tracetui.tui.state.find_traces import Searchable, TraceHits, TraceMatches
from tracetui.tui.state.queries import Kind
from tracetui.tui.traces_state import ListState

Int64 = npt.NDArray[np.int64]


class TraceTarget:
    """What `Finding` searches in a list of traces; see `tracetui.tui.finding.Target`.

    Args:
        state: the list.
        searchable: gives what is searched, as it is when it is called.
        told: draws what has changed.
    """

    def __init__(
        self, state: ListState, searchable: Callable[[], Searchable], told: Callable[[], None]
    ) -> None:
        self._state = state
        self._searchable = searchable
        self.told = told
        self._searchers: list[Searcher] = []
        self._origin: tuple[int, int] | None = None

    def job(self, kind: Kind, text: str) -> Job:
        searched = self._searchable()
        if kind is Kind.FILTER:
            return lambda cancelled, tell: find_traces.filtered_traces(searched, text, cancelled)
        return partial(self._search, searched, text)

    def _search(
        self, searched: Searchable, text: str, cancelled: Callable[[], bool], tell: Tell
    ) -> TraceHits:
        """In a thread, one search at a time: look through each store, as one did that looked before."""
        known = {id(one.store): one for one in self._searchers}
        pieces = searched.pieces()
        self._searchers = [known.get(id(store)) or Searcher(store) for store, _ in pieces]
        done: list[tuple[SpanStore, Int64, Found]] = []

        def hits(found: Found, store: SpanStore, numbers: Int64, *, last: bool) -> TraceHits:
            told = TraceHits.of(text, len(searched), [*done, (store, numbers, found)])
            return told if last else replace(told, complete=False)

        result = TraceHits.of(text, len(searched), [])
        for at, ((store, numbers), searcher) in enumerate(zip(pieces, self._searchers, strict=True), 1):

            def on_progress(found: Found, store: SpanStore = store, numbers: Int64 = numbers) -> None:
                tell(lambda: hits(found, store, numbers, last=False))

            found = searcher.search(text, cancelled=cancelled, on_progress=on_progress)
            result = hits(found, store, numbers, last=at == len(pieces))
            done.append((store, numbers, found))
        return result

    def show(self, kind: Kind, result: TraceHits | TraceMatches) -> None:
        state = self._state
        if isinstance(result, TraceHits):
            state.hits = result.grown(len(state.listing))
            return
        state.set_matches(result.grown(len(state.listing)))
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
        return f"{len(state):,} of {len(state.listing):,}" if state.matches is not None else ""

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
