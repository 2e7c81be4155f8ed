"""Opening the traces of a backend: from its search, by their ids, or ahead of being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tracetui.backends.base import Backend
from tracetui.errors import TracetuiError
from tracetui.model.trace import Collection

from .adopting import adopt_beside, adopt_done
from .bindings import key_of
from .completing import Completer
from .fetching import TraceFetch
from .loading import Mail
from .prefetching import Prefetcher
from .screens.search import SearchScreen
from .screens.waterfall import WaterfallScreen
from .search_session import SearchSession
from .state.results import plain_id
from .state.trace_cache import TraceCache

if TYPE_CHECKING:
    from .app import TraceApp

__all__ = ["TraceOpening"]


class TraceOpening:
    """The traces of one backend, on their way to the screen.

    Args:
        app: the application.
        backend: who has them.
    """

    def __init__(self, app: TraceApp, backend: Backend) -> None:
        self.backend = backend
        self._app = app
        self.cache = TraceCache()
        self.session = SearchSession(app, backend, self.renew)
        self.session.on_collection = self.cache.add
        self.completer = Completer(app, backend, self.names_came)
        self.screen = SearchScreen(self.session, self.completer, ascii=app.ascii)
        self.prefetcher = Prefetcher(app, backend, self.cache, self._fetched)
        self._opening = ""  # the trace that is waited for
        self._span = ""  # the span to go to in it
        self.shown = ""  # the trace in the waterfall
        self._first: tuple[Callable[[str], None], Callable[[TracetuiError], None]] | None = None
        """Whom to tell as long as there is no screen of one's own."""

    def renew(self) -> None:
        """Draw what has changed in the search."""
        self.screen.renew()

    def names_came(self) -> None:
        """Offer the names that have come."""
        self.screen.names_changed()

    def open_first(
        self,
        trace_id: str,
        span_id: str,
        tell: Callable[[str], None],
        fail: Callable[[TracetuiError], None],
    ) -> None:
        """Show a trace before anything was searched. Arguments as of `ShowingApp.begin_trace`."""
        self._first = tell, fail
        self.open(trace_id, span_id)

    def open(self, trace_id: str, span_id: str = "") -> None:
        """Show a trace: at once where it is there, else as soon as something of it is."""
        self.stop_opening()
        self._span = span_id
        if trace_id in self.cache:
            self._show_cached(trace_id)
            return
        self._opening = trace_id
        if self.prefetcher.promote(trace_id):
            self._tell("fetching the trace")
            return
        self.prefetcher.stop()
        self._app.opener.fetch(self._fetch(trace_id), partial(self._came, trace_id))
        self._tell("asking for the trace")

    def _fetch(self, trace_id: str) -> TraceFetch:
        loop = asyncio.get_running_loop()

        def whole(collection: Collection) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._app.call_later, self.cache.add, collection)

        return TraceFetch(self.backend, trace_id, self._app.mode, on_whole=whole)

    def _tell(self, text: str) -> None:
        if self._first is not None:
            if text:
                self._first[0](f"{text} · {key_of(self._app, 'back')} stops")
            return
        self.screen.head.tell_opening(text)
        if text and isinstance(self._app.screen, WaterfallScreen):
            self._app.screen.say(f"{text} · {key_of(self._app, 'back')} cancels")

    def _came(self, trace_id: str, mail: Mail) -> None:
        """Take in what a fetch has brought; from its first spans on it is the application's load."""
        app = self._app
        loading = app.opener.reading
        if mail.error is not None:
            app.opener.release()
            self._failed(mail.error)
        elif mail.arrived is not None and loading is not None:
            app.opener.release()
            self._arrived(trace_id)
            adopt_beside(app, loading, mail)
            self._go_to_span()
        elif mail.progress is not None and mail.progress.note:
            self._tell(mail.progress.note)

    def _arrived(self, trace_id: str) -> None:
        self._opening = ""
        self.shown = trace_id
        self._tell("")
        if self._first is not None:
            self._first = None
            self._enter()
        self.screen.select(trace_id)

    def _enter(self) -> None:
        """Take the place of what was on the screen."""
        raise NotImplementedError

    def _failed(self, error: Exception) -> None:
        self._opening = ""
        self._tell("")
        if not isinstance(error, TracetuiError):
            raise error
        if self._first is not None:
            self._first[1](error)
            return
        self.session.tell_trouble(error)
        if isinstance(self._app.screen, WaterfallScreen):
            self._app.screen.say(str(error))

    def _fetched(self, trace_id: str, error: TracetuiError | None) -> None:
        """A trace that was fetched before it was asked for is there, and is wanted by now."""
        if plain_id(self._opening) != plain_id(trace_id):
            return
        if error is not None:
            self._failed(error)
        else:
            self._show_cached(trace_id)

    def _show_cached(self, trace_id: str) -> None:
        found = self.cache.find(trace_id)
        assert found is not None
        collection, number = found
        app = self._app
        self._arrived(trace_id)
        adopt_done(app, self._fetch(trace_id), collection)
        app.open_trace(number)
        self._go_to_span()

    def _go_to_span(self) -> None:
        span, self._span = self._span, ""
        if span and isinstance(self._app.screen, WaterfallScreen):
            self._app.screen.go_to(span)

    def stop_opening(self) -> bool:
        """Wait no longer for a trace; returns whether one was waited for."""
        was, self._opening = self._opening, ""
        if not was:
            return False
        self._app.opener.cancel()
        self.prefetcher.stop()
        self._tell("")
        if isinstance(self._app.screen, WaterfallScreen):
            self._app.screen.say("stopped")
        return True
