"""Fetching the trace under the cursor before anybody asks: one at a time, a small one, and not at once."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tracetui.backends.base import Backend
from tracetui.backends.call import Call, Phase
from tracetui.errors import BackendError, TracetuiError
from tracetui.loaders import read_sources
from tracetui.model.trace import Collection

from .asking import ask
from .later import after
from .state.results import plain_id
from .state.trace_cache import TraceCache

if TYPE_CHECKING:
    from .app import TraceApp

__all__ = ["Prefetcher"]

REST_S: Final = 0.25
"""Seconds that the cursor rests on a trace before it is fetched."""
MAX_SPANS: Final = 20_000
"""Spans of a trace that is fetched unasked, where the server says how many."""
MAX_BYTES: Final = 16 << 20
"""Bytes after which that is given up."""


class Prefetcher:
    """Fills a cache with what the cursor rests on.

    Args:
        app: the application.
        backend: who has the traces.
        cache: where they go.
        told: called when a trace that was promoted is there, or could not be had.
    """

    def __init__(
        self,
        app: TraceApp,
        backend: Backend,
        cache: TraceCache,
        told: Callable[[str, TracetuiError | None], None],
    ) -> None:
        self._app = app
        self._backend = backend
        self._cache = cache
        self._told = told
        self._timer: TimerHandle | None = None
        self._call: Call | None = None
        self._id = ""
        self._wanted = False
        self._refused: set[str] = set()

    @property
    def fetching(self) -> str:
        """The trace that is being fetched; "" for none."""
        return self._id if self._call is not None else ""

    def near(self, trace_id: str, spans: int) -> None:
        """The cursor is on a trace.

        Args:
            trace_id: Which; "" for none.
            spans: How many spans it has; negative where that is not known.
        """
        if plain_id(trace_id) == plain_id(self._id) and (self._call is not None or self._timer is not None):
            return
        self.stop()
        if not trace_id or trace_id in self._cache or trace_id in self._refused or spans > MAX_SPANS:
            return
        self._id = trace_id
        self._timer = after(self._app, REST_S, self._start)

    def promote(self, trace_id: str) -> bool:
        """Somebody waits for a trace now; returns whether it is being fetched."""
        self._wanted = self._call is not None and plain_id(self._id) == plain_id(trace_id)
        return self._wanted

    def stop(self) -> None:
        """Fetch nothing."""
        if self._timer is not None:
            self._timer.cancel()
        if self._call is not None:
            self._call.cancel()
        self._timer = self._call = None
        self._id, self._wanted = "", False

    def _start(self) -> None:
        self._timer = None
        trace_id = self._id

        def job(call: Call) -> Collection:
            source = self._backend.open_trace([trace_id], call)
            collection = read_sources([source], cancelled=lambda: call.cancelled)
            call.check()
            return collection

        self._call = ask(self._app, job, self._done, self._failed, self._phase)

    def _phase(self, phase: Phase) -> None:
        """Give up what turns out to be large, unless it is waited for."""
        if phase.bytes_read > MAX_BYTES and not self._wanted:
            self._refused.add(self._id)
            self.stop()

    def _done(self, collection: Collection) -> None:
        trace_id, wanted = self._id, self._wanted
        self._call, self._wanted = None, False
        if collection.complete and not collection.failures:
            self._cache.add(collection)
            if wanted:
                self._told(trace_id, None)
        elif wanted:
            error = next(iter(collection.failures), None)
            self._told(trace_id, error or BackendError("the answer was not whole"))

    def _failed(self, error: TracetuiError) -> None:
        trace_id, wanted = self._id, self._wanted
        self._call, self._wanted = None, False
        self._refused.add(trace_id)
        if wanted:
            self._told(trace_id, error)
