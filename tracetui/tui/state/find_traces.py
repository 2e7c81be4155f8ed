"""Search and filter in a list of traces: a trace matches when any of its spans does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tracetui.model.store import SpanStore
from tracetui.query.compile import evaluate
from tracetui.query.grammar import parse
from tracetui.query.patterns import Pattern, search_pattern
from tracetui.query.records import Cancelled
from tracetui.query.search import Found
from tracetui.tui.key_labels import Keyed

from .find import Parts, SelfTimes
from .forest import Bool

if TYPE_CHECKING:
    from tracetui.tui.traces_state import ListState


Int64 = npt.NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Searchable:
    """The traces of a list, in the stores that hold them.

    Attributes:
        stores: the stores.
        numbers: int64[t] of each store, the number in the list of each of its traces, -1 for one that is not
            there; None where they are numbered alike.
        count: how many traces the list has; -1 for those of the only store.
        rest: makes one more of each, of traces that are in none of these; called in a thread.
    """

    stores: list[SpanStore]
    numbers: list[Int64] | None = None
    count: int = -1
    rest: Callable[[], tuple[SpanStore, Int64]] | None = None

    def __len__(self) -> int:
        return self.count if self.count >= 0 else len(self.stores[0].trace_ids)

    def pieces(self) -> list[tuple[SpanStore, Int64]]:
        """Stores, and the numbers of their traces in the list."""
        if self.numbers is None:
            return [(store, np.arange(len(store.trace_ids))) for store in self.stores]
        found = list(zip(self.stores, self.numbers, strict=True))
        return found if self.rest is None else [*found, self.rest()]


@dataclass(frozen=True, slots=True, eq=False)
class TraceHits:
    """What a search found among the traces, so far.

    Attributes:
        pattern: what was searched.
        text: the same as it was typed.
        parts: uint16[t], by number, where spans of each trace match; 0 for no match.
        complete: whether the search came to its end.
    """

    pattern: Pattern
    text: str
    parts: Parts
    complete: bool

    @classmethod
    def of(cls, text: str, count: int, found: Sequence[tuple[SpanStore, Int64, Found]]) -> TraceHits:
        """Gather by trace what was found among all rows of stores; it may grow meanwhile.

        Args:
            text: what was searched.
            count: how many traces the list has.
            found: each store, the numbers of its traces in the list, and what was found in it.
        """
        complete = all(one.complete for _, _, one in found)
        parts = np.zeros(count, np.uint16)
        for store, numbers, one in found:
            rows = np.flatnonzero(one.parts)
            listed = numbers[traces_of(store, rows)]
            np.bitwise_or.at(parts, listed[listed >= 0], one.parts[rows][listed >= 0])
        return cls(search_pattern(text), text, parts, complete)

    def grown(self, count: int) -> TraceHits:
        """Return the same for more traces, of which nothing is known yet."""
        if count <= len(self.parts):
            return self
        return replace(self, parts=np.pad(self.parts, (0, count - len(self.parts))), complete=False)


@dataclass(frozen=True, slots=True, eq=False)
class TraceMatches:
    """What a filter leaves of the traces.

    Attributes:
        text: the filter as it was typed.
        keep: bool[t], by number.
        complete: whether all traces were looked at.
    """

    text: str
    keep: Bool
    complete: bool = True

    @property
    def count(self) -> int:
        """How many traces are left."""
        return int(np.count_nonzero(self.keep))

    def grown(self, count: int) -> TraceMatches:
        """Return the same for more traces, which are left out until they are looked at."""
        if count <= len(self.keep):
            return self
        return replace(self, keep=np.pad(self.keep, (0, count - len(self.keep))), complete=False)


def traces_of(store: SpanStore, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the numbers of the traces that rows are in."""
    found: npt.NDArray[np.intp] = np.searchsorted(store.trace_first, rows, "right") - 1
    return found


def filtered_traces(searched: Searchable, text: str, cancelled: Cancelled | None = None) -> TraceMatches:
    """Find the traces with a span that a filter holds for.

    Raises:
        QueryError: the filter cannot be understood.
        Cancelled: `cancelled` said so.
        InputError: a source can no longer be read.
    """
    query = parse(text)
    keep = np.zeros(len(searched), np.bool_)
    if query.is_empty:
        return TraceMatches(text, ~keep)
    for store, numbers in searched.pieces():
        columns = SelfTimes(store, 0, len(store))
        rows = evaluate(query, store, 0, len(store), columns=columns, cancelled=cancelled)
        listed = numbers[traces_of(store, np.flatnonzero(rows))]
        keep[listed[listed >= 0]] = True
    return TraceMatches(text, keep)


def positions(state: ListState) -> npt.NDArray[np.intp]:
    """Return the positions in the list of the traces that the search found, ascending."""
    if state.hits is None:
        return np.empty(0, np.intp)
    return np.flatnonzero(state.hits.parts[state.order])


def step(state: ListState, *, forward: bool) -> str | None:
    """Go to the next or previous trace that was found, around the ends; returns what there is to tell."""
    if state.hits is None:
        return Keyed("nothing is searched: {search} searches")
    found = positions(state)
    if len(found):
        if forward:
            at = int(np.searchsorted(found, state.cursor, "right")) % len(found)
        else:
            at = (int(np.searchsorted(found, state.cursor)) - 1) % len(found)
        state.move_to(int(found[at]))
    return None


def counter(state: ListState) -> str:
    """Return `3/17` on the third of 17 found traces, `17 traces` elsewhere; `…` behind while searching."""
    if state.hits is None:
        return ""
    found = positions(state)
    more = "" if state.hits.complete else "…"
    if not len(found):
        hidden = int(np.count_nonzero(state.hits.parts))
        return "searching…" if more else "no match" + (f", {hidden:,} hidden by the filter" if hidden else "")
    at = int(np.searchsorted(found, state.cursor))
    if at < len(found) and int(found[at]) == state.cursor:
        return f"{at + 1:,}/{len(found):,}{more}"
    return f"{len(found):,} {'trace' if len(found) == 1 else 'traces'}{more}"
