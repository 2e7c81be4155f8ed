"""The traces that a search has found, as a list: a screen without the form that asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.bindings import Keyed, bindings_for
from tracetui.tui.search_session import SearchSession
from tracetui.tui.theme import Role, paint
from tracetui.tui.traces_state import ListState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.line import Line
from tracetui.tui.widgets.trace_list import TraceTable

from .listed import ListedScreen

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable
    from tracetui.tui.state.find_traces import Searchable

__all__ = ["FoundScreen"]

CALM = 5
"""Ticks after a search that the screen is still drawn in pieces."""


class FoundTable(TraceTable, inherit_bindings=False):
    """The rows; where there are none, what can be done about it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("search")]

    def __init__(
        self, state: ListState, advise: Callable[[], list[tuple[str, Role]]], *, ascii: bool
    ) -> None:
        super().__init__(state, ascii=ascii)
        self._advise = advise

    def render_line(self, y: int) -> Strip:
        if len(self.state) or self.state.matches is not None:
            return super().render_line(y)
        styles = paint(self.app)
        line = Line(self.scrollable_content_region.width, styles.ground("background"))
        lines = self._advise()
        at = y - max(0, (self.size.height - len(lines)) // 2 - 1)
        if 0 <= at < len(lines):
            text, role = lines[at]
            text = to_ascii(neutralise(text)) if self.ascii else neutralise(text)
            text = fit(text, min(cell_len(text), max(0, line.width - 2)), middle=True, pad=False)
            line.pad_to((line.width - cell_len(text)) // 2)
            line.add(text, styles.style(role, on="background", bold=role == "strong"))
        return line.strip()


class FoundScreen(ListedScreen):
    """Lists what a `SearchSession` has found, and carries out the keys of the list.

    Args:
        session: the search.
        advise: what stands in the place of traces where there are none.
        ascii: use ASCII signs only.

    Attributes:
        calm: ticks since something was asked.
    """

    class Opened(Message):
        """A trace is to be opened.

        Attributes:
            trace_id: Its id.
        """

        def __init__(self, trace_id: str) -> None:
            super().__init__()
            self.trace_id = trace_id

    class Pointed(Message):
        """The cursor is on another trace."""

    def __init__(
        self, session: SearchSession, advise: Callable[[], list[tuple[str, Role]]], *, ascii: bool
    ) -> None:
        table = FoundTable(session.state, advise, ascii=ascii)
        super().__init__(session.state, table, KeyBar("search", ascii=ascii))
        self.session = session
        self.calm = CALM

    @property
    def is_busy(self) -> bool:
        """See `GentleScreen`: also a moment after the end of a search, when its last rows are drawn."""
        return super().is_busy or self.session.is_running or self.calm < CALM

    def renew(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def changed(self) -> None:
        """See `ListedScreen`."""
        self.renew()

    @property
    def current_id(self) -> str:
        """The trace at the cursor; "" where there is none."""
        return self.state.listing.ids[self.state.current] if self.state.current >= 0 else ""

    def select(self, trace_id: str) -> None:
        """Put the cursor on a trace."""
        self.state.select(self.session.results.number_of(trace_id))
        if self.is_mounted:
            self.moved()

    def order(self) -> list[str]:
        """Ids of the traces as they are listed."""
        return [self.state.listing.ids[number] for number in self.state.order.tolist()]

    def copyable(self) -> Copyable | None:
        """Where the cursor is, for the copy menu."""
        from tracetui.tui.copy_choices import Copyable

        return Copyable(trace_id=self.current_id) if self.current_id else None

    def moved(self) -> None:
        super().moved()
        self.post_message(self.Pointed())

    def open_current(self) -> None:
        """See `ListedScreen`."""
        if self.current_id:
            self.post_message(self.Opened(self.current_id))

    def searchable(self) -> Searchable:
        """See `ListedScreen`: the spans of traces that came whole, of others what the list says."""
        from tracetui.tui.state.find_found import found_traces

        return found_traces(self.state.listing, self.session.collections)

    def run_list(self, name: str) -> bool:
        if not super().run_list(name):
            return False
        at_end = self.state.cursor >= len(self.state) - 1
        if name in ("down", "page-down", "bottom") and at_end and self.session.more is not None:
            self.keys.message(Keyed("{more-results} fetches the traces before these"))
        return True
