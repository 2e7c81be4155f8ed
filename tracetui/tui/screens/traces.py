"""The list of traces: what is in a source of many, the slowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tracetui.model.trace import Collection
from tracetui.tui.bindings import bindings_for
from tracetui.tui.state.queries import Kind
from tracetui.tui.traces_state import TraceListState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.trace_list import TraceSummary, TraceTable

from .listed import ListedScreen

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable
    from tracetui.tui.state.find_traces import Searchable

__all__ = ["TraceListScreen"]


class TraceListScreen(ListedScreen):
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
            why: The user wants to see its findings.
        """

        def __init__(self, index: int, searched: str = "", *, why: bool = False) -> None:
            super().__init__()
            self.index = index
            self.searched = searched
            self.why = why

    state: TraceListState

    def __init__(self, collection: Collection, *, ascii: bool = False) -> None:
        state = TraceListState(collection)
        super().__init__(state, TraceTable(state, ascii=ascii), KeyBar("traces", ascii=ascii))
        self.summary = TraceSummary(state)

    def compose(self) -> ComposeResult:
        yield self.summary
        yield self.strip
        yield self.columns
        yield self.table
        yield self.keys

    def on_mount(self) -> None:
        self.set_focus(self.table)

    def on_resize(self, event: events.Resize) -> None:
        """A low screen keeps its lines for the rows."""
        height = event.size.height
        self.strip.display = height >= 14
        self.strip.styles.height = 7 if height >= 40 else 5 if height >= 24 else 3

    def set_collection(self, collection: Collection) -> None:
        """List another collection; the cursor stays on its trace."""
        self.state.set_collection(collection)
        if self.is_mounted:
            self.changed()
        self.find_again()

    def files_changed(self) -> None:
        """Tell what became of the files."""
        self.summary.refresh()

    def select(self, index: int) -> None:
        """Put the cursor on a trace, by its number in the collection."""
        self.state.select(index)
        if self.is_mounted:
            self.moved()

    def order(self) -> list[int]:
        """Numbers of the traces as they are listed."""
        found: list[int] = self.state.order.tolist()
        return found

    def copyable(self) -> Copyable | None:
        """Where the cursor is, for the copy menu."""
        from tracetui.tui.copy_choices import Copyable

        current = self.state.current
        return Copyable(self.state.collection.traces[current]) if current >= 0 else None

    def searchable(self) -> Searchable:
        """See `ListedScreen`: all spans of the traces."""
        from tracetui.tui.state.find_traces import Searchable

        return Searchable([self.state.collection.store])

    def changed(self) -> None:
        """See `ListedScreen`."""
        self.table.reset()
        for widget in (self.columns, self.strip, self.summary):
            widget.refresh()

    def open_current(self, *, why: bool = False) -> None:
        """See `ListedScreen`; `why` to go on to what is found about the trace."""
        if self.state.current >= 0:
            self.post_message(self.Opened(self.state.current, self.queries.texts[Kind.SEARCH], why=why))

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "why":
            self.open_current(why=True)
        elif not self.run_list(name):
            self.app.action_run(name)  # type: ignore[attr-defined]

    def on_trace_summary_issues_picked(self) -> None:
        self.action_run("issues")
