"""The screen of one trace: header, ruler, waterfall, detail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from tracetui.tui.bindings import NOTHING_BEFORE, bindings_for
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.view import ViewState, Window
from tracetui.tui.widgets.header import TraceHeader
from tracetui.tui.widgets.layout import SAVES
from tracetui.tui.widgets.ruler import Ruler
from tracetui.tui.widgets.waterfall import Waterfall

from .explained import ExplainedScreen
from .panes import WIDE

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable


class WaterfallScreen(ExplainedScreen):
    """Draws a `ViewState` and carries out the keys on it."""

    CONTEXT = "waterfall"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("waterfall")]

    def __init__(self, *, ascii: bool = False, pinned: Sequence[str] = ()) -> None:
        super().__init__(ascii=ascii, pinned=tuple(pinned))
        self._source = ""
        self.touched = False
        """Whether the user has done anything here, so that no other screen may come in between."""

    def on_mount(self) -> None:
        if not self.query("#panes"):
            return  # a signal ends the app while its screens are made
        self._composed = True
        self.set_focus(self._waterfall)
        if self._facts is not None and self._view is not None:
            self.show(self._facts, self._view, self._source)
        else:
            self._lay_out()

    def show(self, facts: Facts, view: ViewState, source: str) -> None:
        """Show a trace."""
        self._facts, self._view, self._source = facts, view, source
        self._rows_shown = len(view.visible)
        if not self._composed:
            return
        view.height = max(1, self._waterfall.size.height)
        self._header.show(facts, source, self._tracetui.clock)
        self._waterfall.set_content(facts, view)
        self._lay_out()
        self._tell_detail()
        self._have_replays()
        self._explain()
        if self._finding is not None or any(self._tracetui.queries.texts.values()):
            self._find().renew()

    def files_changed(self) -> None:
        """Tell what became of the files of the trace."""
        self._header.refresh()
        if self._detail is not None and self._composed:
            self._tell_detail()

    def go_to(self, span_id: str) -> None:
        """Go to a span by its id as text."""
        view, facts = self._view, self._facts
        if view is None or facts is None:
            return
        node = facts.find(span_id)
        if node < 0:
            self._apply("the span of this link is not in its trace")
        else:
            view.reveal(node)
            self._apply(None)

    def go_to_row(self, row: int) -> None:
        """Go to a span by its row in the store."""
        view, facts = self._view, self._facts
        if view is None or facts is None or not facts.first <= row < facts.trace.last:
            return
        view.reveal(facts.forest.node(row - facts.first))
        if self._composed:
            self._apply(None)

    def copyable(self) -> Copyable | None:
        """Where the cursor is, for the copy menu."""
        from tracetui.tui.copy_choices import Copyable

        view, facts, detail = self._view, self._facts, self._detail
        if view is None or facts is None:
            return None
        row = facts.row(view.cursor) if view.cursor >= 0 else -1
        entry = detail.entry if detail is not None and detail.has_focus else None
        if row < 0 or facts.self_ns is None or facts.on_path_ns is None:
            return Copyable(facts.trace, row, entry, paths=facts.paths, mode=self._tracetui.mode)
        own, on_path = int(facts.self_ns[row - facts.first]), int(facts.on_path_ns[row - facts.first])
        return Copyable(facts.trace, row, entry, own, on_path, facts.paths)

    # Actions

    def action_run(self, name: str) -> None:
        """Carry out an action of the waterfall."""
        from tracetui.tui.state import commands  # imported once the first picture is drawn, as all here

        self.touched = True
        view, facts = self._view, self._facts
        if commands.knows(name):
            if view is not None and facts is not None:
                self._apply(commands.run(name, view, facts))
        elif name in ("search", "filter", "next-match", "previous-match", "clear-filter"):
            if view is not None and facts is not None:
                self._apply(self._find_run(name))
        elif name == "open":
            self._open_detail(True)
        elif name == "next-pane":
            self._next_pane()
        elif name == "runs":
            self._keys.message(self._tracetui.toggle_runs())
        elif name == "why":
            self._to_why()
        elif name == "open-value":
            self._keys.message("this line has no value")
        elif name == "back":
            self._back()
        elif name == "clock":
            self._tracetui.clock = self._tracetui.clock.next()
            if facts is not None:
                self._header.show(facts, self._source, self._tracetui.clock)
            self._measure()
            self._keys.message(f"times: {self._tracetui.clock.value}")
        elif name in ("path", "path-of-span"):
            self._tell_path(of_span=name == "path-of-span")
        elif name == "saves-column":
            self._pin(SAVES)
        elif name in ("copy", "save", "adjust-clocks"):
            self._tracetui.action_run(name)
        elif name == "issues":
            self._tracetui.show_issues(facts.trace.index if facts is not None else None)
        elif name in ("next-trace", "previous-trace"):
            self._keys.message(self._tracetui.step_trace(1 if name == "next-trace" else -1) or "")

    def _tell_path(self, *, of_span: bool) -> None:
        """Open the path of the root above the cursor, or of the span under it."""
        view, facts = self._view, self._facts
        row = facts.row(view.cursor) if facts is not None and view is not None and view.cursor >= 0 else -1
        if facts is None or row < 0 or facts.paths is None:
            self._keys.message("there is no path here" if facts is None or facts.paths else "one moment…")
            return
        if not of_span:
            at = int(facts.paths.roots.searchsorted(row, "right")) - 1
            row = int(facts.paths.roots[at])
        self._tracetui.show_path(facts, row)

    def _apply(self, message: str | None) -> None:
        """Draw what a command changed, and show what it has to say."""
        if self._finding is not None:
            self._finding[0].settled()
            if self._finding[0].lifted():
                message = "the filter hid this span: it is off"
        self._draw()
        self._keys.message(message or self._stand())

    def _draw(self) -> None:
        """Draw what has changed."""
        view = self._view
        assert view is not None
        if view.look_version != self._look:
            self._tracetui.keep(tree_width=view.tree_shift)
            self._measure()
        self._waterfall.sync()
        self._tell_detail()

    def _back(self) -> None:
        """One level back: out of the detail, of a root, of a filter, of the zoom, of the load.

        To the list.
        """
        view = self._view
        if self._why_pane is not None and self._why_pane.has_focus:
            self._close_why()
        elif self._detail is not None and self._detail.has_focus:
            if self.size.width >= WIDE:
                self.set_focus(self._waterfall)
            else:
                self._open_detail(False)
        elif self._tracetui.stop_loading():
            self._keys.message("stopping…")
        elif self._detail_open and self.size.width < WIDE:
            self._open_detail(False)
        elif view is not None and self._unfind(view):
            self._apply(None)
        elif view is not None and (view.path is not None or view.root >= 0 or view.window != view.whole):
            if view.path is not None:
                view.set_path(None)
            elif view.root >= 0:
                from tracetui.tui.state import moves

                moves.clear_root(view)
            else:
                view.set_window(view.whole)
            self._apply(None)
        elif not self._tracetui.show_list():
            self._keys.message(NOTHING_BEFORE)

    @on(Waterfall.Picked)
    def _picked(self, event: Waterfall.Picked) -> None:
        view = self._view
        if view is None:
            return
        self.touched = True
        view.cursor = event.node
        view.scroll_to_cursor(0)  # no more than must be: a second click is to find the row where it was
        if event.mark:
            from tracetui.tui.state import moves

            moves.toggle(view)
        if event.twice and not event.mark:
            self._open_detail(True)
        else:
            self.set_focus(self._waterfall)
        self._apply(None)

    @on(Ruler.Dragged)
    def _dragged(self, event: Ruler.Dragged) -> None:
        view = self._view
        if view is not None:
            self.touched = True
            moved = event.end_ns > event.start_ns
            view.set_window(Window(event.start_ns, event.end_ns) if moved else view.whole)
            self._apply(None)

    @on(TraceHeader.IssuesPicked)
    def _issues_picked(self) -> None:
        self.action_run("issues")

    @on(TraceHeader.Picked)
    def _service_picked(self, event: TraceHeader.Picked) -> None:
        if self._view is not None and self._facts is not None:
            from tracetui.tui.state import jumps

            self.touched = True
            self._apply(jumps.longest_section(self._view, self._facts, event.service))
