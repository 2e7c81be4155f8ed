"""Searching a backend: the form, and the traces that it finds, as they come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from tracetui.tui.bindings import Keyed, bindings_for, key_of, with_keys
from tracetui.tui.completing import Completer
from tracetui.tui.search_session import PAUSE_S, SearchSession, Stage
from tracetui.tui.state.search_form import Field, described, looks_like_id, parse
from tracetui.tui.theme import Role
from tracetui.tui.widgets.footer import Note
from tracetui.tui.widgets.notes import Notes
from tracetui.tui.widgets.search_form import FormField, Offer, SearchForm
from tracetui.tui.widgets.search_status import SearchHead, advice

if TYPE_CHECKING:
    pass

from .found import FoundScreen

__all__ = ["SearchScreen"]

FOLLOW_S = 3.0
"""How often new traces are looked for."""
FORM_KEYS = "enter searches · tab next field · ↓ down the list · esc leaves the form"
"""What stands in the place of keys that would be letters in a field."""
LOW = 20
"""Lines below which the form makes room for the traces while nobody types in it."""


class SearchScreen(FoundScreen):
    """Draws a `SearchSession` and carries out the keys on it.

    Args:
        session: the search.
        completer: what completes its fields.
        ascii: use ASCII signs only.
    """

    CONTEXT = "search"
    AUTO_FOCUS = ""  # the field of the service would ask for services, wanted or not
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("search")]
    DEFAULT_CSS = """
    SearchScreen { background: $background; layout: vertical; }
    SearchScreen SearchForm { margin: 0 0 1 0; }
    SearchScreen.-low SearchForm { margin: 0; }
    SearchScreen.-folded SearchForm { display: none; }
    """

    class Searched(Message):
        """A search was begun; what is in the form is to be remembered."""

        def __init__(self, values: dict[Field, str]) -> None:
            super().__init__()
            self.values = values

    class RecentWanted(Message):
        """A search is to be made again."""

    class Left(Message):
        """There is nothing more here to go back from."""

    def __init__(self, session: SearchSession, completer: Completer, *, ascii: bool = False) -> None:
        super().__init__(session, self._advice, ascii=ascii)
        self.completer = completer
        self._asked: dict[Field, str] = {}
        self.head = SearchHead(session, ascii=ascii)
        self.form = SearchForm(self._offer, ascii=ascii)
        self.notes = Notes(ascii=ascii)

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.form
        yield self.notes
        yield self.strip
        yield self.columns
        yield self.table
        yield self.keys

    def on_mount(self) -> None:
        self.set_focus(self.table)
        self.set_interval(PAUSE_S, self._tick)
        self.set_interval(FOLLOW_S, self.session.poll)
        self.renew()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(event.size.height)

    def _lay_out(self, height: int) -> None:
        """A low screen keeps its lines for the rows."""
        self.set_class(height < 30, "-low")
        self.set_class(
            height < LOW and self.form.focused_field is None and len(self.session.results) > 0, "-folded"
        )
        self.strip.display = height >= 18 and len(self.session.state) > 1
        self.strip.styles.height = 7 if height >= 50 else 5 if height >= 30 else 3
        self.columns.display = len(self.session.state) > 0

    # The form

    def _offer(self, field: Field, before: str) -> Offer:
        return self.completer.offer(field, before, self.form.values)

    def _advice(self) -> list[tuple[str, Role]]:
        told = advice(self.session, described(self._asked))
        return [(with_keys(self.app, text) if isinstance(text, Keyed) else text, role) for text, role in told]

    def submit(self) -> None:
        """Search for what is in the form."""
        values = self.form.values
        service = values.get(Field.SERVICE, "")
        if looks_like_id(service) and service not in (self.completer.services() or ()):
            self.form.fill({**values, Field.SERVICE: "", Field.TRACE: service})
            self.post_message(self.Opened(service))
            return
        parsed = parse(values, time.time_ns())
        self.form.tell_wrong(parsed.wrong)
        if parsed.query is None:
            return
        self._asked = {field: text for field, text in values.items() if field is not Field.TRACE}
        self.completer.forget_errors()
        self.session.search(parsed.query)
        self.post_message(self.Searched(self._asked))
        self.set_focus(self.table)
        self.renew()

    def search_for(self, values: dict[Field, str]) -> None:
        """Fill in the form, and search."""
        self.form.fill(values)
        self.submit()

    def on_search_form_submitted(self) -> None:
        self.submit()

    def on_search_form_open_wanted(self, message: SearchForm.OpenWanted) -> None:
        from tracetui.tui.state.search_form import trace_id_of

        try:
            trace_id = trace_id_of(message.text)
        except ValueError as error:
            self.form.tell_wrong({Field.TRACE: str(error)})
        else:
            self.form.tell_wrong({})
            self.post_message(self.Opened(trace_id))

    def on_search_form_left(self, message: SearchForm.Left) -> None:
        if message.escaped and self._stop():
            return
        if not (message.escaped and self.form.close_list()):
            self.set_focus(self.table)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._lay_out(self.size.height)
        if self._finding is None or not self._finding.is_typing:
            self.keys.note(Note(FORM_KEYS) if self.form.focused_field is not None else None)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self.call_after_refresh(self._lay_out, self.size.height)

    # What comes

    def _tick(self) -> None:
        self.calm = 0 if self.session.is_running else self.calm + 1
        if self.session.is_running and self.session.pump():
            self.renew()
            self.find_again()
        if self.head.is_busy:
            self.head.turn()

    def renew(self) -> None:
        """Draw what has changed."""
        if not self.is_mounted:
            return
        session = self.session
        told: list[tuple[str, Role]] = []
        if session.backend.warning:
            told.append((session.backend.warning, "warning"))
        if session.error is not None:
            told.append((self._failure(), "error"))
        elif session.stage is Stage.STOPPED and len(session.results):
            told.append(
                (
                    f"stopped: there are more than these. {key_of(self.app, 'reload')} searches again",
                    "warning",
                )
            )
        told += [(note, "muted") for note in session.notes]
        self.notes.tell(told)
        self._lay_out(self.size.height)
        self.table.reset()
        for widget in (self.head, self.strip, self.columns):
            widget.refresh()
        self.post_message(self.Pointed())

    def _failure(self) -> str:
        error = self.session.error
        assert error is not None
        told = str(error).removeprefix(f"{self.session.backend.address}: ")
        count = len(self.session.results)
        partly = (
            f"; the {count:,} below came before that, and are not all"
            if count and not self.session.is_whole
            else ""
        )
        return f"{told}{partly}. {key_of(self.app, 'reload')} tries again"

    def names_changed(self) -> None:
        """Names that complete a field have come."""
        self.form.offer()

    def _stop(self) -> bool:
        """Stop what is going on; returns whether anything was."""
        app = self.app
        opening = getattr(app, "searching", None)
        if opening is not None and opening.stop_opening():
            return True
        if self.session.is_running and not self.session.is_polling:
            self.session.stop()
            self.renew()
            return True
        return False

    @on(SearchHead.StopWanted)
    def _stop_clicked(self) -> None:
        self._stop()

    # Actions

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        self.keys.message("")
        if name == "back" and self._stop():
            return
        if not self.run_list(name):
            self._run_search(name)

    def _run_search(self, name: str) -> None:
        """Carry out an action of the search."""
        if name == "edit-search":
            self._unfold()
            self.form.focus_field(Field.SERVICE)
        elif name == "more-results":
            if not self.session.fetch_more():
                self.keys.message("still searching" if self.session.is_running else "there are no more")
        elif name == "follow":
            self.keys.message(self.session.follow(not self.session.following))
            self.renew()
        elif name == "reload":
            if not self.session.again():
                self.submit()
        elif name == "recent-searches":
            self.post_message(self.RecentWanted())
        elif name == "back":
            self.post_message(self.Left())
        else:
            self.app.action_run(name)  # type: ignore[attr-defined]

    def _unfold(self) -> None:
        self.remove_class("-folded")

    def key_ctrl_r(self) -> None:
        """From a field too: there the key means nothing else."""
        self.action_run("recent-searches")

    def focus_form(self) -> None:
        """Have somebody type what is wanted."""
        if not isinstance(self.focused, FormField):
            self._unfold()
            self.form.focus_field(Field.SERVICE)
