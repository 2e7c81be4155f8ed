"""What all lists of traces do: moving, sorting, clicks, search and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual import events

from tracetui.tui.key_labels import Keyed
from tracetui.tui.settings import SettledApp
from tracetui.tui.state.queries import Kind, Queries
from tracetui.tui.traces_state import ListState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.trace_list import DurationStrip, TraceHead, TraceTable

from .gentle import GentleScreen

if TYPE_CHECKING:
    from tracetui.tui.finding import Finding
    from tracetui.tui.state.find_traces import Searchable

__all__ = ["ListedScreen"]


class ListedScreen(GentleScreen):
    """A screen with a list of traces.

    Args:
        state: the list.
        table: its rows.
        keys: the last line.
    """

    def __init__(self, state: ListState, table: TraceTable, keys: KeyBar) -> None:
        super().__init__()
        self.state = state
        self.table = table
        self.columns = TraceHead(table)
        self.strip = DurationStrip(state, ascii=table.ascii)
        self.keys = keys
        self.queries = Queries()
        self._progress = ""
        self._standing = ""  # what is told while nothing else is
        self._order = state.order
        self._finding: Finding | None = None

    # What differs

    def changed(self) -> None:
        """Draw anew: another order, or other traces."""
        raise NotImplementedError

    def open_current(self) -> None:
        """Have the trace at the cursor opened."""
        raise NotImplementedError

    def searchable(self) -> Searchable:
        """What is searched: as it is now."""
        raise NotImplementedError

    def moved(self) -> None:
        """Draw the cursor where it is now."""
        self.table.sync()
        self.strip.refresh()

    # What is told

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.keys.message(text)

    def tell_progress(self, text: str) -> None:
        """Show progress, or anything else of one line, beside the keys."""
        self._progress = text
        self.keys.message(self._stand())

    def _stand(self) -> str:
        """Find what to tell while there is nothing else to tell."""
        self._standing = self._progress or (self._finding.outcome() if self._finding else "")
        return self._standing

    def on_screen_resume(self) -> None:
        """Show times as they were chosen, here or in a waterfall."""
        chosen = self.app.chosen_clock if isinstance(self.app, SettledApp) else None
        if chosen is not None and chosen is not self.table.clock:
            self.table.clock = chosen
            self.table.reset()

    # Search and filter

    def _find(self) -> Finding:
        """What searches and filters; made when first asked for."""
        if self._finding is None:
            from tracetui.tui.finding import Finding

            from .finding_traces import TraceTarget

            target = TraceTarget(self.state, self.searchable, self._found)
            self._finding = Finding(self, self.keys, target, self.queries, ascii=self.table.ascii)
        return self._finding

    def find_again(self) -> None:
        """Look again where it must be: there are other traces, or more."""
        if self._finding is not None:
            self._finding.renew()

    def _found(self) -> None:
        """Draw what a search or filter has changed."""
        if self.state.order is not self._order:
            self._order = self.state.order
            self.changed()
        else:
            self.table.repaint()
            self.moved()
        before = self._standing
        if self._stand() != before:
            self.keys.message(self._standing)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self._finding is not None:
            self._finding.focus_moved(event.widget)

    def _find_run(self, name: str) -> bool:
        """Carry out an action of search and filter; returns whether it was one."""
        message: str | None = None
        if name in ("search", "filter"):
            self._find().open(Kind(name))
            return True
        if name in ("next-match", "previous-match"):
            message = self._find().step(forward=name == "next-match")
            self.moved()
        elif name == "clear-filter":
            if self._finding is None or not self._finding.clear(Kind.FILTER):
                message = Keyed("no filter: {filter} sets one")
        elif name != "back" or self._finding is None or not any(map(self._finding.clear, Kind)):
            return False
        self.keys.message(message or self._stand())
        return True

    # Actions

    def run_list(self, name: str) -> bool:
        """Carry out an action of the list; returns whether it was one."""
        state = self.state
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
        if self._finding is not None:
            self._finding.settled()
        if name in moves:
            state.move_to(moves[name])
            self.moved()
            self.keys.message(self._stand())
        elif name == "open-trace":
            self.open_current()
        elif name in ("sort", "sort-back"):
            state.sort_next(1 if name == "sort" else -1)
            self.changed()
        elif name == "sort-reverse":
            state.reverse()
            self.changed()
        elif name == "clock":
            self.table.clock = self.table.clock.next()
            self.table.reset()
            if isinstance(self.app, SettledApp):
                self.app.clock = self.table.clock
        else:
            return self._find_run(name)
        return True

    # Clicks

    def on_trace_head_clicked(self, event: TraceHead.Clicked) -> None:
        self.state.sort_by(event.column)
        self.changed()

    def on_duration_strip_picked(self, event: DurationStrip.Picked) -> None:
        found = self.strip.durations()
        if len(found.column):
            distance = abs(found.column - event.column)
            self.state.select(int(np.lexsort((-self.state.duration_ns, distance))[0]))
            self.moved()

    def on_trace_table_picked(self, event: TraceTable.Picked) -> None:
        """A click on a row goes there, one on the row of the cursor opens it."""
        again = event.position == self.state.cursor
        self.state.move_to(event.position)
        self.set_focus(self.table)
        self.moved()
        if again or event.twice:
            self.open_current()
