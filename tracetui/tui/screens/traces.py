"""The list of traces: what is in a source of many, the slowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tracetui.model.trace import Collection
from tracetui.tui.bindings import bindings_for
from tracetui.tui.settings import SettledApp
from tracetui.tui.state.queries import Kind, Queries
from tracetui.tui.traces_state import TraceListState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.trace_list import DurationStrip, TraceHead, TraceSummary, TraceTable

from .gentle import GentleScreen

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable
    from tracetui.tui.finding import Finding

__all__ = ["TraceListScreen"]


class TraceListScreen(GentleScreen):
    """Lists the traces of a collection; `Opened` says which one the user wants to see.

    Args:
        collection: What to list; while loading, `set_collection` gives more.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "traces"
    BINDINGS = [*bindings_for("traces")]

    DEFAULT_CSS = "TraceListScreen { layout: vertical; }"

    class Opened(Message):
        """A trace is to be opened.

        Attributes:
            index: Its number in the collection.
            searched: What is searched in the list, to be found again in the trace.
        """

        def __init__(self, index: int, searched: str = "") -> None:
            super().__init__()
            self.index = index
            self.searched = searched

    def __init__(self, collection: Collection, *, ascii: bool = False) -> None:
        super().__init__()
        self.state = TraceListState(collection)
        self.table = TraceTable(self.state, ascii=ascii)
        self.head = TraceHead(self.table)
        self.strip = DurationStrip(self.state, ascii=ascii)
        self.summary = TraceSummary(self.state)
        self.keys = KeyBar("traces", ascii=ascii)
        self.queries = Queries()
        self._progress = ""
        self._standing = ""  # what is told while nothing else is
        self._order = self.state.order
        self._finding: Finding | None = None

    def compose(self) -> ComposeResult:
        yield self.summary
        yield self.strip
        yield self.head
        yield self.table
        yield self.keys

    def on_mount(self) -> None:
        self.set_focus(self.table)

    def on_screen_resume(self) -> None:
        """Show times as they were chosen, here or in a waterfall."""
        chosen = self.app.chosen_clock if isinstance(self.app, SettledApp) else None
        if chosen is not None and chosen is not self.table.clock:
            self.table.clock = chosen
            self.table.reset()

    def on_resize(self, event: events.Resize) -> None:
        """A low screen keeps its lines for the rows."""
        height = event.size.height
        self.strip.display = height >= 14
        self.strip.styles.height = 7 if height >= 40 else 5 if height >= 24 else 3

    def set_collection(self, collection: Collection) -> None:
        """List another collection; the cursor stays on its trace."""
        self.state.set_collection(collection)
        if self.is_mounted:
            self._changed()
        if self._finding is not None:
            self._finding.renew()

    def files_changed(self) -> None:
        """Tell what became of the files."""
        self.summary.refresh()

    def select(self, index: int) -> None:
        """Put the cursor on a trace, by its number in the collection."""
        self.state.select(index)
        if self.is_mounted:
            self._moved()

    def order(self) -> list[int]:
        """Numbers of the traces as they are listed."""
        found: list[int] = self.state.order.tolist()
        return found

    def copyable(self) -> Copyable | None:
        """Where the cursor is, for the copy menu."""
        from tracetui.tui.copy_choices import Copyable

        current = self.state.current
        return Copyable(self.state.collection.traces[current]) if current >= 0 else None

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.keys.message(text)

    def tell_progress(self, text: str) -> None:
        """Show progress, or anything else of one line, beside the keys."""
        self._progress = text
        self.keys.message(self._stand())

    # Search and filter

    def _find(self) -> Finding:
        """What searches and filters; made when first asked for."""
        if self._finding is None:
            from tracetui.tui.finding import Finding

            from .finding_traces import TraceTarget

            target = TraceTarget(self.state, self._found)
            self._finding = Finding(self, self.keys, target, self.queries, ascii=self.table.ascii)
        return self._finding

    def _found(self) -> None:
        """Draw what a search or filter has changed."""
        if self.state.order is not self._order:
            self._order = self.state.order
            self._changed()
        else:
            self.table.repaint()
            self._moved()
        before = self._standing
        if self._stand() != before:
            self.keys.message(self._standing)

    def _stand(self) -> str:
        """Find what to tell while there is nothing else to tell."""
        self._standing = self._progress or (self._finding.outcome() if self._finding else "")
        return self._standing

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
            self._moved()
        elif name == "clear-filter":
            if self._finding is None or not self._finding.clear(Kind.FILTER):
                message = "no filter: f sets one"
        elif name != "back" or self._finding is None or not any(map(self._finding.clear, Kind)):
            return False
        self.keys.message(message or self._stand())
        return True

    def _changed(self) -> None:
        self.table.reset()
        for widget in (self.head, self.strip, self.summary):
            widget.refresh()

    def _moved(self) -> None:
        self.table.sync()
        self.strip.refresh()

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
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
            self._moved()
            self.keys.message(self._stand())
        elif self._find_run(name):
            return
        elif name == "open-trace":
            self._open()
        elif name in ("sort", "sort-back"):
            state.sort_next(1 if name == "sort" else -1)
            self._changed()
        elif name == "sort-reverse":
            state.reverse()
            self._changed()
        elif name == "clock":
            self.table.clock = self.table.clock.next()
            self.table.reset()
            if isinstance(self.app, SettledApp):
                self.app.clock = self.table.clock
        else:
            self.app.action_run(name)  # type: ignore[attr-defined]

    def _open(self) -> None:
        if self.state.current >= 0:
            self.post_message(self.Opened(self.state.current, self.queries.texts[Kind.SEARCH]))

    def on_trace_summary_issues_picked(self) -> None:
        self.action_run("issues")

    def on_trace_head_clicked(self, event: TraceHead.Clicked) -> None:
        self.state.sort_by(event.column)
        self._changed()

    def on_duration_strip_picked(self, event: DurationStrip.Picked) -> None:
        found = self.strip.durations()
        if len(found.column):
            distance = abs(found.column - event.column)
            self.select(int(np.lexsort((-self.state.duration_ns, distance))[0]))

    def on_trace_table_picked(self, event: TraceTable.Picked) -> None:
        """A click on a row goes there, one on the row of the cursor opens it."""
        again = event.position == self.state.cursor
        self.state.move_to(event.position)
        self._moved()
        if again or event.twice:
            self._open()
