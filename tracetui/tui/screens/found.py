"""The traces that a search has found, as a list: a screen without the form that asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.bindings import bindings_for
from tracetui.tui.search_session import SearchSession
from tracetui.tui.settings import SettledApp
from tracetui.tui.theme import Role, paint
from tracetui.tui.traces_state import ListState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.line import Line
from tracetui.tui.widgets.trace_list import DurationStrip, TraceHead, TraceTable

from .gentle import GentleScreen

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable

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
        if len(self.state):
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


class FoundScreen(GentleScreen):
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
        super().__init__()
        self.session = session
        self.calm = CALM
        self.strip = DurationStrip(session.state, ascii=ascii)
        self.table = FoundTable(session.state, advise, ascii=ascii)
        self.columns = TraceHead(self.table)
        self.keys = KeyBar("search", ascii=ascii)

    @property
    def is_busy(self) -> bool:
        """See `GentleScreen`: also a moment after the end of a search, when its last rows are drawn."""
        return super().is_busy or self.session.is_running or self.calm < CALM

    def renew(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Show times as they were chosen, here or in a waterfall."""
        chosen = self.app.chosen_clock if isinstance(self.app, SettledApp) else None
        if chosen is not None and chosen is not self.table.clock:
            self.table.clock = chosen
            self.table.reset()

    @property
    def current_id(self) -> str:
        """The trace at the cursor; "" where there is none."""
        state = self.session.state
        return state.listing.ids[state.current] if state.current >= 0 else ""

    def select(self, trace_id: str) -> None:
        """Put the cursor on a trace."""
        self.session.state.select(self.session.results.number_of(trace_id))
        if self.is_mounted:
            self._moved()

    def order(self) -> list[str]:
        """Ids of the traces as they are listed."""
        state = self.session.state
        return [state.listing.ids[number] for number in state.order.tolist()]

    def copyable(self) -> Copyable | None:
        """Where the cursor is, for the copy menu."""
        from tracetui.tui.copy_choices import Copyable

        return Copyable(trace_id=self.current_id) if self.current_id else None

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.keys.message(text)

    def _moved(self) -> None:
        self.table.sync()
        self.strip.refresh()
        self.post_message(self.Pointed())

    def run_list(self, name: str) -> bool:
        """Carry out an action of the list; returns whether it was one."""
        state = self.session.state
        page = max(1, self.table.scrollable_content_region.height - 1)
        moves = {
            "down": state.cursor + 1,
            "up": state.cursor - 1,
            "half-page-down": state.cursor + max(1, page // 2),
            "half-page-up": state.cursor - max(1, page // 2),
            "page-down": state.cursor + page,
            "page-up": state.cursor - page,
            "top": 0,
            "bottom": len(state) - 1,
        }
        if name in moves:
            at_end = moves[name] >= len(state) > 0
            state.move_to(moves[name])
            self._moved()
            if at_end and self.session.more is not None:
                self.keys.message("M fetches the traces before these")
        elif name == "open-trace":
            if self.current_id:
                self.post_message(self.Opened(self.current_id))
        elif name in ("sort", "sort-back"):
            state.sort_next(1 if name == "sort" else -1)
            self.renew()
        elif name == "sort-reverse":
            state.reverse()
            self.renew()
        elif name == "clock":
            self.table.clock = self.table.clock.next()
            self.table.reset()
            if isinstance(self.app, SettledApp):
                self.app.clock = self.table.clock
        else:
            return False
        return True

    def on_trace_head_clicked(self, event: TraceHead.Clicked) -> None:
        self.session.state.sort_by(event.column)
        self.renew()

    def on_duration_strip_picked(self, event: DurationStrip.Picked) -> None:
        found = self.strip.durations()
        if len(found.column):
            distance = abs(found.column - event.column)
            state = self.session.state
            state.select(int(np.lexsort((-state.duration_ns, distance))[0]))
            self._moved()

    def on_trace_table_picked(self, event: TraceTable.Picked) -> None:
        """A click on a row goes there, one on the row of the cursor opens it."""
        state = self.session.state
        again = event.position == state.cursor
        state.move_to(event.position)
        self.set_focus(self.table)
        self._moved()
        if again or event.twice:
            self.run_list("open-trace")
