"""An application that can search backends: what its search screen asks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tracetui.errors import TracetuiError
from tracetui.model.trace import Collection

from .copying import CopyingApp
from .key_labels import Keyed

# Most traces come from files: what only searching needs is imported when somebody searches.
if TYPE_CHECKING:
    from tracetui.backends.base import Backend

    from .screens.found import FoundScreen
    from .screens.search import SearchScreen
    from .searching import Searching
    from .state.search_form import Field, Values


class SearchingApp(CopyingApp):
    """An application whose traces may be those of a backend.

    Attributes:
        searching: the backend whose traces are shown; None where they are those of a file.
    """

    collection: Collection | None
    searching: Searching | None = None
    _open: int

    def begin_search(self, backend: Backend, values: Values | None = None, *, at_once: bool = False) -> None:
        """Search a backend.

        Args:
            backend: which.
            values: what to have in the form; None for what was asked there last.
            at_once: search for that.
        """
        from .searching import Searching

        self.end_search()
        self.leave_source()
        self.keep_search(backend.address, {})
        self.searching = Searching(self, backend)  # type: ignore[arg-type]
        self.searching.begin(self.last_search(backend.address) if values is None else values, at_once=at_once)

    def begin_trace(
        self,
        backend: Backend,
        trace_id: str,
        span_id: str,
        tell: Callable[[str], None],
        fail: Callable[[TracetuiError], None],
    ) -> None:
        """Show a trace of a backend; what is on the screen stays until something of it is there.

        Args:
            backend: which.
            trace_id: the trace.
            span_id: the span to go to, or "".
            tell: is given what is going on.
            fail: is given why it could not be had.
        """
        from .searching import Searching

        searching = Searching(self, backend)  # type: ignore[arg-type]
        searching.open_first(trace_id, span_id, tell, fail)

    def last_search(self, server: str) -> dict[Field, str]:
        """What was asked of a server last."""
        from .state.search_form import kept_fields

        recent = (one.fields for one in self.keeper.searches() if one.server == server)
        return kept_fields(next(recent, {}))

    def leave_source(self) -> None:
        """Have nothing on the screen any more but the screen to start with, if it is there."""
        from .screens.open import StartScreen

        self.collection, self._open = None, -1
        while len(self.screen_stack) > 1 and not isinstance(self.screen, StartScreen):
            self.pop_screen()

    def end_search(self) -> None:
        """Have nothing to do with a backend any more."""
        searching, self.searching = self.searching, None
        if searching is not None:
            searching.close()

    def on_search_screen_searched(self, message: SearchScreen.Searched) -> None:
        if self.searching is not None:
            fields = {field.value: text for field, text in message.values.items()}
            self.keep_search(self.searching.backend.address, fields)

    def on_search_screen_recent_wanted(self) -> None:
        if self.searching is not None:
            self.searching.offer_recent()

    def on_search_screen_left(self) -> None:
        from .screens.open import StartScreen

        if self.searching is None:
            return
        if any(isinstance(screen, StartScreen) for screen in self.screen_stack):
            self.end_search()
            self.leave_source()
        else:
            self.searching.screen.say(Keyed("{quit} quits, {open-file} opens something else"))

    def _backend(self) -> Backend | None:
        return self.searching.backend if self.searching is not None else None

    def on_found_screen_opened(self, message: FoundScreen.Opened) -> None:
        if self.searching is not None:
            self.searching.open(message.trace_id)

    def on_found_screen_pointed(self) -> None:
        if self.searching is not None:
            self.searching.pointed()
