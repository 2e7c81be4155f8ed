"""One backend that is searched: what was asked, what came so far, and what is to be said about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock
from typing import Final

from msgspec.structs import replace

from tracetui.backends.base import Backend, Found, SearchOutcome, SearchQuery
from tracetui.backends.call import Call, Phase
from tracetui.errors import TracetuiError
from tracetui.format import plural
from tracetui.model.trace import Collection

from .asking import Host, ask
from .state.results import Results
from .traces_state import Column, ListState

__all__ = ["SearchSession", "Stage"]

OVERLAP_NS: Final = 120_000_000_000
"""How far behind the newest trace new ones are looked for: spans need time to arrive."""
PAUSE_S: Final = 0.1
"""How often, at most, rows that came are drawn."""
MAX_COLLECTIONS: Final = 8
"""Answers whose spans can be searched; of traces of earlier ones only what the list says."""
BATCH: Final = 500
"""Rows that are taken in at a time: a server may send any number at once, and keys want to be heard."""


class Stage(Enum):
    """How a search stands."""

    IDLE = auto()
    RUNNING = auto()
    DONE = auto()
    STOPPED = auto()
    FAILED = auto()


class Kind(Enum):
    """What a search is for: another answer, the same again, what comes before it, or what came since."""

    NEW = auto()
    AGAIN = auto()
    MORE = auto()
    FOLLOW = auto()


class SearchSession:
    """Searches a backend, one search at a time. Lives in the thread of the screen.

    Args:
        host: the application.
        backend: what is searched.
        told: called when there is something to draw.
        clock: what time it is, nanoseconds since the Unix epoch.

    Attributes:
        results: what was found.
        state: the same as a list with a cursor.
        stage: how the last search stands.
        query: what was asked; None before anything was.
        notes: what the backend could not do, a line each.
        more: the query for the traces before these; None where there are none.
        error: why the last search failed.
        phase: what is going on; "" while nothing is.
        following: whether new traces are looked for by and by.
        fresh: traces that came by following.
        collections: what of it came as whole traces.
    """

    def __init__(
        self,
        host: Host,
        backend: Backend,
        told: Callable[[], None],
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.backend = backend
        self.results = Results()
        self.state = ListState(self.results.listing())
        self.stage = Stage.IDLE
        self.query: SearchQuery | None = None
        self.notes: list[str] = []
        self.more: SearchQuery | None = None
        self.error: TracetuiError | None = None
        self.phase = ""
        self.following = False
        self.fresh = 0
        self.collections: list[Collection] = []
        self.on_collection: Callable[[Collection], None] = _nothing
        self._host = host
        self._told = told
        self._clock = clock
        self._call: Call | None = None
        self._kind = Kind.NEW
        self._lock = Lock()
        self._waiting: list[Found] = []
        self._outcome: SearchOutcome | None = None  # what is to be taken in once no row is waiting
        self._new = 0

    @property
    def is_running(self) -> bool:
        """Whether the backend is being asked."""
        return self._call is not None

    @property
    def is_polling(self) -> bool:
        """Whether what is asked is only what came since."""
        return self._kind is Kind.FOLLOW

    @property
    def is_whole(self) -> bool:
        """Whether all is there that was asked for."""
        return self.stage is Stage.DONE

    # Asking

    def search(self, query: SearchQuery) -> None:
        """Ask for something else: what was found before goes."""
        self.query, self.more = query, None
        self.notes = []
        self.following, self.fresh = False, 0
        self.results.clear()
        self.collections = []
        self.state.cursor = 0
        self.state.set_listing(self.results.listing())
        self._start(Kind.NEW, query)

    def again(self) -> bool:
        """Ask the same once more; what was found stays until the answer is there.

        Returns:
            Whether there is anything to be asked.
        """
        if self.query is None:
            return False
        if self.stage is not Stage.DONE:
            self.search(self.query)
        else:
            self._start(Kind.AGAIN, self.query)
        return True

    def fetch_more(self) -> bool:
        """Ask for the traces before these; returns whether there are any."""
        if self.more is None or self.is_running:
            return False
        self._start(Kind.MORE, self.more)
        return True

    def poll(self) -> None:
        """Look for traces that came since, if that is wanted and nothing else is going on."""
        if self.following and not self.is_running and self.query is not None:
            start, _ = self.query.window(self._clock())
            newest = self.results.newest_ns()
            start = start if newest is None else max(start, newest - OVERLAP_NS)
            self._start(Kind.FOLLOW, replace(self.query, start_ns=start, end_ns=None, since_ns=None))

    def follow(self, wanted: bool) -> str:
        """Look for new traces by and by, or no longer; returns what to tell about it."""
        if wanted and self.query is None:
            return "search first"
        if wanted and self.query is not None and self.query.end_ns is not None:
            return "the time range has an end: nothing new will be in it"
        self.following, self.fresh = wanted, 0
        if wanted:
            if self.state.sort is not Column.WHEN or not self.state.descending:
                self.state.sort_by(Column.WHEN)
                if not self.state.descending:
                    self.state.reverse()
            self.poll()
        elif self._kind is Kind.FOLLOW:
            self.stop()
        return "new traces are shown as they come, on top" if wanted else "no longer following"

    def stop(self) -> bool:
        """Stop asking; what came stays. Returns whether anything was going on."""
        call, self._call = self._call, None
        if call is None:
            return False
        self._take_in()
        self._waiting, self._outcome = [], None
        call.cancel()
        self.phase = ""
        if self._kind in (Kind.NEW, Kind.AGAIN):
            self.stage = Stage.STOPPED
        return True

    def _start(self, kind: Kind, query: SearchQuery) -> None:
        self.stop()
        self._kind = kind
        self.error = None
        self._waiting, self._outcome, self._new = [], None, 0
        if kind is Kind.NEW:
            self.stage = Stage.RUNNING
        self.phase = "asking"

        def job(call: Call) -> tuple[SearchOutcome, Results]:
            def found(rows: list[Found]) -> None:
                with self._lock:
                    if not call.cancelled and kind is not Kind.AGAIN:
                        self._waiting += rows

            outcome, fresh = self.backend.search(query, call, found), Results()
            if kind is Kind.AGAIN:
                fresh.merge(outcome.found)
            return outcome, fresh

        self._call = ask(self._host, job, self._done, self._failed, self._phase)
        self._told()

    def tell_trouble(self, error: TracetuiError) -> None:
        """Have something stand on the screen that went wrong with the backend."""
        self.error = error
        self._told()

    # What comes

    def pump(self) -> bool:
        """Take in some of the rows that came; returns whether there were any. To be called now and then."""
        changed = self._take_in()
        if self._outcome is not None and not self._waiting:
            self._finish(self._outcome)
            return True
        return changed

    def _take_in(self) -> bool:
        with self._lock:
            rows, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        if not rows:
            return False
        merged = self.results.merge(rows)
        self._new += merged.new
        if self._kind is Kind.FOLLOW:
            self.fresh += merged.new
        if merged:
            self.state.set_listing(self.results.listing())
        return bool(merged)

    def _phase(self, phase: Phase) -> None:
        self.phase = str(phase)  # it is drawn at the next tick: it may change twenty times a second

    def _done(self, done: tuple[SearchOutcome, Results]) -> None:
        outcome, fresh = done
        if self._kind is Kind.AGAIN:
            self.results = fresh
            self.state.set_listing(fresh.listing())
        else:
            with self._lock:
                self._waiting = list(outcome.found)
        self._outcome, self.phase = outcome, ""
        self.pump()
        self._told()

    def _finish(self, outcome: SearchOutcome) -> None:
        kind, self._call, self._outcome = self._kind, None, None
        if kind is Kind.FOLLOW:
            if outcome.more is not None and self._new == len(outcome.found) > 0:
                told = plural(len(outcome.found), "trace")
                outcome.notes.append(f"more came at once than the {told} that were asked for")
        else:
            self.more = outcome.more
            self.stage = Stage.DONE
        self.notes = list(
            dict.fromkeys([*self.notes, *outcome.notes] if kind is Kind.MORE else outcome.notes)
        )
        if kind is Kind.AGAIN:
            self.collections = []
        if outcome.collection is not None:
            self.collections = [*self.collections, outcome.collection][-MAX_COLLECTIONS:]
            self.on_collection(outcome.collection)

    def _failed(self, error: TracetuiError) -> None:
        self._take_in()
        self._call, self.phase = None, ""
        self.error = error
        if self._kind is Kind.NEW:
            self.stage = Stage.FAILED
        self._told()


def _nothing(collection: Collection) -> None:
    """Nobody keeps it."""
