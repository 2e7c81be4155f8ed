"""The screen of one trace: header, ruler, waterfall, detail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from tracetui.model.span import Span
from tracetui.tui.bindings import bindings_for
from tracetui.tui.state import commands, jumps, moves
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.view import ViewState, Window
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.header import TraceHeader
from tracetui.tui.widgets.ruler import Ruler
from tracetui.tui.widgets.waterfall import Waterfall

from .panes import WIDE, place
from .searched import SearchedScreen

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp
    from tracetui.tui.copy_choices import Copyable
    from tracetui.tui.widgets.detail import DetailPane


class WaterfallScreen(SearchedScreen):
    """Draws a `ViewState` and carries out the keys on it."""

    CONTEXT = "waterfall"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("waterfall")]
    DEFAULT_CSS = """
    WaterfallScreen { background: $background; }
    WaterfallScreen #body { height: 1fr; layout: vertical; }
    WaterfallScreen #rows { height: 1fr; width: 1fr; }
    WaterfallScreen #detail { display: none; }
    WaterfallScreen.-detail #detail { display: block; }
    WaterfallScreen.-below #detail { border-top: solid $border; }
    WaterfallScreen.-right #body { layout: horizontal; }
    WaterfallScreen.-right #detail { border-left: solid $border; }
    WaterfallScreen.-detail.-over #rows { display: none; }
    """

    def __init__(self, *, ascii: bool = False, pinned: Sequence[str] = ()) -> None:
        super().__init__()
        self._header = TraceHeader(ascii=ascii)
        self._ruler = Ruler(ascii=ascii, pinned=pinned)
        self._waterfall = Waterfall(ascii=ascii, pinned=pinned)
        self._detail: DetailPane | None = None  # made when first shown: not all of a first picture's time
        self._keys = KeyBar("waterfall", ascii=ascii)
        self._facts: Facts | None = None
        self._view: ViewState | None = None
        self._source = ""
        self._wanted: bool | None = None  # the detail pane, as the user chose it; None: as fits
        self._look = -1
        self._composed = False
        self.touched = False
        """Whether the user has done anything here, so that no other screen may come in between."""

    @property
    def _tracetui(self) -> TraceApp:
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        # Arranged before there is anything to style: a pane that came later would have all drawn twice.
        self._lay_out(*self.app.size)
        yield self._header
        with Container(id="body"):
            with Container(id="rows"):
                yield self._ruler
                yield self._waterfall
            if self._detail is not None:
                yield self._detail
        yield self._keys

    def on_mount(self) -> None:
        self._composed = True
        self._waterfall.focus()
        if self._facts is not None and self._view is not None:
            self.show(self._facts, self._view, self._source)
        else:
            self._lay_out()

    def _compositor_refresh(self) -> None:
        # While the application starts, Textual would draw all of it and only then find that it may not.
        if not self.app._batch_count:
            super()._compositor_refresh()

    def show(self, facts: Facts, view: ViewState, source: str) -> None:
        """Show a trace."""
        self._facts, self._view, self._source = facts, view, source
        if not self._composed:
            return
        view.height = max(1, self._waterfall.size.height)
        self._header.show(facts, source, self._tracetui.clock)
        self._waterfall.set_content(facts, view)
        self._lay_out()
        self._tell_detail()
        if self._finding is not None or any(self._tracetui.queries.texts.values()):
            self._find().renew()

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

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(event.size.width, event.size.height)

    def _lay_out(self, width: int = -1, height: int = -1) -> None:
        """Find the detail pane's place, and divide the lines anew."""
        width = self.size.width if width < 0 else width
        height = self.size.height if height < 0 else height
        side, cells = place(width, height, len(self._facts.forest) if self._facts is not None else 0)
        for name in ("below", "right", "over"):
            self.set_class(name == side, f"-{name}")
        shown = width >= WIDE if self._wanted is None else self._wanted
        self.set_class(shown, "-detail")
        if shown and self._detail is None:
            from tracetui.tui.widgets.detail import DetailPane

            self._detail = DetailPane(id="detail")
            if self._composed:
                self.query_one("#body").mount(self._detail)
                self._tell_detail()
        if self._detail is not None:
            self._detail.styles.height = cells if side == "below" else "1fr"
            self._detail.styles.width = cells if side == "right" else "1fr"
        self._measure()

    @on(Waterfall.Laid)
    def _measure(self) -> None:
        """Divide the width anew, and have ruler and rows agree."""
        if self._view is not None and self._composed:
            self._look = self._view.look_version
            self._waterfall.relayout()
            grid = self._ruler.measure(self._view, self._waterfall.columns, self._tracetui.clock)
            self._waterfall.set_grid(grid)

    @property
    def _detail_open(self) -> bool:
        return self.has_class("-detail")

    def _open_detail(self, wanted: bool) -> None:
        self._wanted = wanted
        self._lay_out()
        if wanted and self._detail is not None:
            self._tell_detail()
            self._detail.focus()
        else:
            self._waterfall.focus()

    def on_detail_pane_pinned(self, event: DetailPane.Pinned) -> None:
        """Pin an attribute, or take it away; the one pinned last stands first, as room is for few."""
        names = [name for name in self._ruler.pinned if name != event.name]
        added = len(names) == len(self._ruler.pinned)
        names = [event.name, *names] if added else names
        self._tracetui.keep(pinned=names)
        self._ruler.pinned = self._waterfall.pinned = tuple(names)
        self._measure()
        self._tell_detail()
        room = self._waterfall.columns.pinned
        few = f", of {len(names)} columns there is room for {room}" if room < len(names) else ""
        self.say(("pinned: p takes it away" if added else "no longer pinned") + few)

    def _tell_detail(self) -> None:
        """Have the detail pane follow the cursor."""
        view, facts, detail = self._view, self._facts, self._detail
        if view is None or facts is None or detail is None:
            return
        detail.services = facts.services
        detail.set_pinned(self._ruler.pinned)
        detail.mark(view.hits.pattern if view.hits is not None else None)
        if view.cursor < 0:
            detail.clear()
            return
        from tracetui.tui.detail.subject import Figures

        row = facts.row(view.cursor)
        if row < 0:
            detail.show(None, Figures())
            return
        own = on_path = None
        if facts.self_ns is not None and facts.on_path_ns is not None:
            own, on_path = int(facts.self_ns[row - facts.first]), int(facts.on_path_ns[row - facts.first])
        detail.show(Span(facts.trace.store, row), Figures(self_ns=own, on_path_ns=on_path))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._keys.set_context("detail" if event.widget is self._detail else "waterfall")
        if self._finding is not None:
            self._finding[0].focus_moved(event.widget)

    # Actions

    def action_run(self, name: str) -> None:
        """Carry out an action of the waterfall."""
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
        elif name == "back":
            self._back()
        elif name == "clock":
            self._tracetui.clock = self._tracetui.clock.next()
            if facts is not None:
                self._header.show(facts, self._source, self._tracetui.clock)
            self._measure()
            self._keys.message(f"times: {self._tracetui.clock.value}")
        elif name in ("copy", "save"):
            self._tracetui.action_run(name)
        elif name in ("next-trace", "previous-trace"):
            self._keys.message(self._tracetui.step_trace(1 if name == "next-trace" else -1) or "")

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

    def _next_pane(self) -> None:
        if not self._detail_open or self._detail is None:
            self._open_detail(True)
        elif self._detail.has_focus and not self.has_class("-over"):
            self._waterfall.focus()
        elif self._detail.has_focus:
            self._open_detail(False)
        else:
            self._detail.focus()

    def _back(self) -> None:
        """One level back: out of the detail, of a root, of a filter, of the zoom, of the load.

        To the list.
        """
        view = self._view
        if self._detail is not None and self._detail.has_focus:
            if self.size.width >= WIDE:
                self._waterfall.focus()
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
                moves.clear_root(view)
            else:
                view.set_window(view.whole)
            self._apply(None)
        else:
            self._tracetui.show_list()

    @on(Waterfall.Picked)
    def _picked(self, event: Waterfall.Picked) -> None:
        view = self._view
        if view is None:
            return
        self.touched = True
        view.cursor = event.node
        view.scroll_to_cursor(0)  # no more than must be: a second click is to find the row where it was
        if event.mark:
            moves.toggle(view)
        if event.twice and not event.mark:
            self._open_detail(True)
        else:
            self._waterfall.focus()
        self._apply(None)

    @on(Ruler.Dragged)
    def _dragged(self, event: Ruler.Dragged) -> None:
        view = self._view
        if view is not None:
            self.touched = True
            moved = event.end_ns > event.start_ns
            view.set_window(Window(event.start_ns, event.end_ns) if moved else view.whole)
            self._apply(None)

    @on(TraceHeader.Picked)
    def _service_picked(self, event: TraceHeader.Picked) -> None:
        if self._view is not None and self._facts is not None:
            self.touched = True
            self._apply(jumps.longest_section(self._view, self._facts, event.service))
