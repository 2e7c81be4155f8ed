"""Searching a backend: the search screen, and the way from its list to a trace and on to the next."""

from __future__ import annotations

import gc

from tracetui.backends.base import SearchQuery
from tracetui.backends.call import Call, Phase
from tracetui.errors import TracetuiError
from tracetui.format import count

from .asking import ask
from .state.results import plain_id
from .state.search_form import Field, Values, kept_fields, values_of
from .trace_opening import TraceOpening

__all__ = ["Searching"]


class Searching(TraceOpening):
    """One backend that is searched, with its screen.

    A part of the application in a room of its own: it puts into it what it has fetched. Arguments as of
    `TraceOpening`.
    """

    _asked: Call | None = None
    """The first thing that is asked: which services there are."""

    _row = ""
    """The trace that is to have the cursor once it is found."""

    # The search

    def begin(self, values: Values, *, at_once: bool) -> None:
        """Show the screen.

        Args:
            values: What to have in its form.
            at_once: Search for it; otherwise only where that needs nothing to be filled in.
        """
        self._app.finished = True
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        self._app.push_screen(self.screen)
        self.screen.call_after_refresh(self._begin, dict(values), at_once)

    def _begin(self, values: dict[Field, str], at_once: bool) -> None:
        self.screen.form.fill(values)
        if at_once or values.get(Field.SERVICE):
            self.screen.submit()
            return
        self.screen.focus_form()
        self._asked = ask(self._app, self.backend.services, self._services, self._no_services, self._phase)
        self.completer.expect_services(self._asked)

    def _phase(self, phase: Phase) -> None:
        self.screen.head.tell_opening(str(phase))

    def _services(self, names: list[str]) -> None:
        """Search at once where a search needs no service, or there is only one."""
        self._asked = None
        self.completer.know_services(names)
        self.screen.head.tell_opening("")
        if self.session.query is None and self._is_untouched():
            if not self.backend.needs_service:
                self.screen.submit()
            elif len(names) == 1:
                self.screen.search_for({**self.screen.form.values, Field.SERVICE: names[0]})
        self.screen.form.offer()

    def _is_untouched(self) -> bool:
        values = self.screen.form.values
        return not values.get(Field.SERVICE) and not values.get(Field.TRACE)

    def _no_services(self, error: TracetuiError) -> None:
        self._asked = None
        self.completer.expect_services(None)
        self.screen.head.tell_opening("")
        self.session.error = self.session.error or error
        self.renew()

    def offer_recent(self) -> None:
        """Have one of the searches chosen that were made here lately."""
        from .screens.recent_searches import RecentSearchesScreen

        kept = [one.fields for one in self._app.keeper.searches() if one.server == self.backend.address]
        searches = [fields for fields in map(kept_fields, kept) if fields]
        if not searches:
            self.screen.say("nothing has been searched here yet")
            return

        def chosen(values: dict[Field, str] | None) -> None:
            if values is not None:
                self.screen.search_for(values)

        self._app.push_screen(RecentSearchesScreen(searches, ascii=self._app.ascii), chosen)

    def renew(self) -> None:
        """Draw what has changed; a trace that was there before the list gets the cursor once it is in it."""
        if self._row and self._row in self.session.results:
            row, self._row = self._row, ""
            self.screen.select(row)
        super().renew()
        self.screen.find_again()

    # Between list and trace

    def _enter(self) -> None:
        """Take the place of what was on the screen."""
        app = self._app
        app.end_search()
        app.searching = self
        app._kept.clear()
        if app.screen is not app.waiting:
            app.leave_source()

    def stop_opening(self) -> bool:
        """Wait no longer for a trace, or for the first answer; returns whether anything was waited for."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.cancel()
            self.completer.expect_services(None)
            self.screen.head.tell_opening("")
            return True
        return super().stop_opening()

    def back(self) -> bool:
        """Go from a trace to the list, at its row; returns whether there was one."""
        app = self._app
        if self.stop_opening():
            return True
        if self.screen not in app.screen_stack:
            app.leave_source()
            self._row = self.shown
            self.begin(app.last_search(self.backend.address), at_once=False)
            return True
        while app.screen is not self.screen and len(app.screen_stack) > 1:
            app.pop_screen()
        self.screen.select(self.shown)
        return True

    def step(self, step: int) -> str:
        """Open the next (1) or previous (-1) trace of the list; returns what to tell about it."""
        order = self.screen.order()
        ids = [plain_id(id) for id in order]
        at = plain_id(self._opening or self.shown)
        if at not in ids:
            return "this trace is not in the list" if order else "this is the only trace"
        place = ids.index(at) + step
        if not 0 <= place < len(ids):
            return "this is the {} trace of the list".format("last" if step > 0 else "first")
        self.open(order[place])
        return f"trace {count(place + 1)} of {count(len(ids))}" + (": fetching" if self._opening else "")

    def pointed(self) -> None:
        """The cursor is on another trace: it may be wanted soon."""
        if not self.session.is_running and not self._opening and self.screen.is_current:
            number = self.session.state.current
            spans = int(self.session.state.listing.span_count[number]) if number >= 0 else 0
            self.prefetcher.near(self.screen.current_id, spans)

    def reload(self) -> bool:
        """Ask the same once more, if the search is on the screen; returns whether it is."""
        if self._app.screen is not self.screen:
            return False
        self.screen.action_run("reload")
        return True

    def search_for(self, query: SearchQuery) -> None:
        """Have another search in the form, and do it."""
        self.screen.search_for(values_of(query))

    def close(self) -> None:
        """Ask for nothing any more."""
        self.session.stop()
        self.session.following = False
        self.completer.stop()
        self.prefetcher.stop()
