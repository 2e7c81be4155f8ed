"""Searching a backend that answers with whole traces: page by page, as they come, conditions once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec.structs import replace

from tracetui import loaders
from tracetui.errors import BackendError, InputError, NotATrace
from tracetui.format import plural
from tracetui.model.trace import Collection
from tracetui.sources import ByteSource

from .base import Found, OnFound, SearchOutcome, SearchQuery
from .call import Call
from .filters import Filter, rows_of

SINGLE_SPANS: Final = (
    "the server compares durations of single spans: only traces with a span of --min-duration were looked at"
)
MAX_PAGES: Final = 5
_LEFT_FOR_LATER: Final = 1
_FINER_NS: Final = 1_000
"""What servers count time in: the next page ends one microsecond before the oldest trace."""

FetchPage = Callable[[SearchQuery, Call], ByteSource | None]
"""Asks for one page; None where there is nothing."""


class Pages:
    """A search of a backend for whole traces.

    Args:
        fetch: Asks for a page.
        filter: The conditions.
        call: The call.
        on_found: Gets rows as they come.
    """

    def __init__(self, fetch: FetchPage, filter: Filter, call: Call, on_found: OnFound | None) -> None:
        self._fetch = fetch
        self._filter = filter
        self._call = call
        self._on_found = on_found
        self.found: dict[str, Found] = {}
        self.collections: list[Collection] = []
        self.sources: list[ByteSource] = []
        self.put_out: dict[str, int] = {}
        self.looked_at = 0

    def search(self, query: SearchQuery, now_ns: int) -> SearchOutcome:
        """Find as many traces as are wanted, if there are so many."""
        oldest, came = self.page(query)
        pages = 1
        while came >= query.limit and len(self.found) < query.limit and self.put_out and oldest is not None:
            if pages >= MAX_PAGES or self._call.left <= _LEFT_FOR_LATER:
                break
            before = len(self.found), self.looked_at
            older = replace(query, start_ns=query.window(now_ns)[0], end_ns=oldest - _FINER_NS)
            oldest, came = self.page(older)
            pages += 1
            if (len(self.found), self.looked_at) == before:
                break
        return self.outcome(query, now_ns, more=came >= query.limit)

    def page(self, query: SearchQuery) -> tuple[int | None, int]:
        """Ask for one page.

        Returns:
            When its oldest trace started, None if it has none, and how many traces it has.
        """
        source = self._fetch(query, self._call)
        if source is None:
            return None, 0
        looked = 0

        def partial(collection: Collection) -> None:
            nonlocal looked
            # More of the last one may come.
            looked = self._take(collection, looked, len(collection.traces) - 1)

        try:
            collection = loaders.read_sources([source], on_partial=partial, cancelled=self._stopped)
        except NotATrace:
            return None, 0
        except InputError as error:
            raise BackendError(error.message, source=error.source, hint=error.hint) from None
        self._call.check()
        count = len(collection.traces)
        self._take(collection, looked, count)
        self.collections.append(collection)
        self.sources.append(source)
        return int(collection.table.start_ns.min()) if count else None, count

    def _stopped(self) -> bool:
        return self._call.cancelled

    def _take(self, collection: Collection, first: int, last: int) -> int:
        """Look at some traces of a page; returns the number of the next."""
        if last <= first:
            return first
        holds, put_out = self._filter.apply(collection, first, last, self._stopped)
        for what, count in put_out.items():
            self.put_out[what] = self.put_out.get(what, 0) + count
        self.looked_at += last - first
        rows = rows_of(collection, np.flatnonzero(holds) + first)
        fresh = [row for row in rows if row.trace_id not in self.found]
        self.found.update((row.trace_id, row) for row in fresh)
        if fresh and self._on_found is not None:
            self._on_found(fresh)
        return last

    def outcome(self, query: SearchQuery, now_ns: int, *, more: bool) -> SearchOutcome:
        """All that was found: the newest first, as many as are wanted."""
        found = newest(list(self.found.values()))[: query.limit]
        notes = []
        if self.put_out:
            reasons = ", ".join(f"{what} {count:,}" for what, count in self.put_out.items())
            notes.append(
                f"the server does not apply all conditions, or not to whole traces: "
                f"of {plural(self.looked_at, 'trace')} of its answer some were left out here by {reasons}"
            )
            if more and len(found) < query.limit:
                notes.append("older traces were not looked at; narrow the time range, or go on before it")
        starts = [row.start_ns for row in self.found.values() if row.start_ns is not None]
        following = None
        if more and starts:
            begin, end = query.window(now_ns)
            oldest = min(starts) - _FINER_NS
            following = replace(query, start_ns=begin, end_ns=oldest) if begin < oldest < end else None
        collection = self.collections[0] if len(self.collections) == 1 else None
        return SearchOutcome(found, notes, collection, following, self.sources)


def newest(found: list[Found]) -> list[Found]:
    """Rows by their start, the newest first; those without one last."""
    return sorted(found, key=lambda row: (row.start_ns is None, -(row.start_ns or 0), row.trace_id))
