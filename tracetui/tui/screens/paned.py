"""The waterfall as an arrangement of panes: where they stand, which has the focus, what they show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tracetui.model.span import Span
from tracetui.tui.bindings import key_of
from tracetui.tui.later import after
from tracetui.tui.loading import SMALL
from tracetui.tui.runner import Runner
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.header import TraceHeader
from tracetui.tui.widgets.layout import SAVES
from tracetui.tui.widgets.ruler import Ruler
from tracetui.tui.widgets.waterfall import Waterfall

from .gentle import PAUSE_S
from .panes import WIDE, place
from .searched import SearchedScreen

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp
    from tracetui.tui.state.facts import Facts
    from tracetui.tui.state.why import Why
    from tracetui.tui.widgets.detail import DetailPane
    from tracetui.tui.widgets.why import WhyPane


class _Frame(Container):
    """Holds others, which cover all of it."""

    BLANK = True  # so there is nothing to draw, line by line, below them


class PanedScreen(SearchedScreen):
    """A screen with the waterfall of a trace, and beside it the detail of the span under the cursor.

    Args:
        ascii: draw with ASCII signs only.
        pinned: attributes with a column of their own.
    """

    BLANK = True  # all of it is covered
    DEFAULT_CSS = """
    PanedScreen #panes, PanedScreen #detail, PanedScreen #why { display: none; }
    PanedScreen.-detail #panes, PanedScreen.-why #panes { display: block; }
    PanedScreen.-detail #detail, PanedScreen.-why #why { display: block; }
    PanedScreen.-below #panes { layout: horizontal; border-top: solid $border; }
    PanedScreen.-below.-detail #why { border-left: solid $border; }
    PanedScreen.-right #body { layout: horizontal; }
    PanedScreen.-right #panes { border-left: solid $border; }
    PanedScreen.-right.-detail #why { border-top: solid $border; }
    PanedScreen.-detail.-over #rows, PanedScreen.-why.-over #rows { display: none; }
    PanedScreen.-why.-over #detail { display: none; }
    """

    def __init__(self, *, ascii: bool, pinned: Sequence[str]) -> None:
        super().__init__()
        self._header = TraceHeader(ascii=ascii)
        self._ruler = Ruler(ascii=ascii, pinned=pinned)
        self._waterfall = Waterfall(ascii=ascii, pinned=pinned)
        self._detail: DetailPane | None = None  # made when first shown: not all of a first picture's time
        self._why_pane: WhyPane | None = None
        self._why: Why | None = None
        self._why_wanted: bool | None = None
        self._why_trouble = ""
        self._rows_shown = 0  # when the trace was first shown: unfolding does not move the panes
        self._keys = KeyBar("waterfall", ascii=ascii)
        self._facts = None
        self._view = None
        self._wanted: bool | None = None  # the detail pane, as the user chose it; None: as fits
        self._look = -1
        self._composed = False
        self._furnished = False  # whether panes that nobody asked for are made: they follow the first rows
        self._guesser = Runner(self, "guess")

    @property
    def _tracetui(self) -> TraceApp:
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        # Arranged before there is anything to style: what moved later would have all drawn twice.
        self._lay_out(*self.app.size)
        yield self._header
        with _Frame(id="body"):
            with _Frame(id="rows"):
                yield self._ruler
                yield self._waterfall
            with Container(id="panes"):
                if self._detail is not None:
                    yield self._detail
                if self._why_pane is not None:
                    yield self._why_pane
        yield self._keys

    def on_resize(self, event: events.Resize) -> None:
        if event.size == self._size and self.app._batch_count:
            event.prevent_default()  # laid out for that size, and while the application starts not drawn yet
            return
        self._lay_out(event.size.width, event.size.height)

    def _lay_out(self, width: int = -1, height: int = -1) -> None:
        """Find the detail pane's place, and divide the lines anew."""
        width = self.size.width if width < 0 else width
        height = self.size.height if height < 0 else height
        side, cells = place(width, height, self._rows_shown)
        shown = width >= WIDE if self._wanted is None else self._wanted
        why_shown = width >= WIDE if self._why_wanted is None else self._why_wanted
        classes = {f"-{name}": name == side for name in ("below", "right", "over")}
        # All at once, and not before there is anything to be styled: each change styles all that is there.
        self.update_classes({**classes, "-detail": shown, "-why": why_shown}, update=bool(self.children))
        detail_lacks = shown and self._detail is None and bool(self._furnished or self._wanted)
        if detail_lacks:
            from tracetui.tui.widgets.detail import DetailPane

            self._detail = DetailPane(id="detail")
            if self._composed:
                self.query_one("#panes").mount(self._detail, before=0 if self._why_pane is not None else None)
                self._tell_detail()
        if why_shown and detail_lacks and not self._why_wanted:
            after(self, PAUSE_S, self._lay_out)  # one pane at a time: keys come in between
        elif why_shown:
            self._make_why()
        if self._composed:
            panes = self.query_one("#panes")
            # As long as it is empty, all there would be to draw is the line at its edge.
            panes.visible = self._detail is not None or self._why_pane is not None
            panes.styles.height = cells if side == "below" else "1fr"
            panes.styles.width = cells if side == "right" else "1fr"
        self._measure()

    def _make_why(self) -> None:
        """Make the pane of findings where there is none."""
        if self._why_pane is None and (self._furnished or self._why_wanted):
            from tracetui.tui.widgets.why import WhyPane

            self._why_pane = WhyPane(ascii=self._keys.ascii, id="why")
            if self._composed:
                self.query_one("#panes").mount(self._why_pane)
                self._tell_why()

    def _open_why(self) -> None:
        self._why_wanted = True
        self._lay_out()
        self._tell_why()
        assert self._why_pane is not None
        self.set_focus(self._why_pane)

    def _close_why(self) -> None:
        """Back to the waterfall; where the pane stands over it, it goes."""
        if self.has_class("-over") or self.size.width < WIDE:
            self._why_wanted = None
            self._lay_out()
        self.set_focus(self._waterfall)

    def _after_choice(self) -> None:
        """A span was gone to: where a pane hides the waterfall, its detail takes the place."""
        if self.has_class("-over"):
            self._why_wanted = None
            self._open_detail(True)
        else:
            self._wanted = True  # what was gone to is to be read beside it
            self._lay_out()
            self._tell_detail()

    def _tell_why(self) -> None:
        """Have the pane show what was found."""
        if self._why_pane is not None and self._facts is not None and self._composed:
            self._why_pane.services = self._facts.services
            self._why_pane.show(self._why, self._facts.trace.root_duration_ns, self._why_trouble)

    @on(Waterfall.Laid)
    def _measure(self) -> None:
        """Divide the width anew, and have ruler and rows agree."""
        if self._view is not None and self._composed:
            self._look = self._view.look_version
            self._waterfall.relayout()
            grid = self._ruler.measure(self._view, self._waterfall.columns, self._tracetui.clock)
            self._waterfall.set_grid(grid)

    @on(Waterfall.Drawn)
    def _furnish(self) -> None:
        """Make the panes that are to be there without being asked for, and have the load go on."""
        self._tracetui.go_on()
        if not self._furnished:
            self._furnished = True
            from tracetui.tui import watching  # noqa: F401  # the first key needs both
            from tracetui.tui.state import commands  # noqa: F401

            if self._detail_open:
                from tracetui.tui.widgets import detail  # noqa: F401  # takes a turn by itself
            after(self, PAUSE_S, self._lay_out)

    @property
    def _detail_open(self) -> bool:
        return self.has_class("-detail")

    def _open_detail(self, wanted: bool) -> None:
        self._wanted = wanted
        self._lay_out()
        if wanted and self._detail is not None:
            self._tell_detail()
            self.set_focus(self._detail)
        else:
            self.set_focus(self._waterfall)

    def on_detail_pane_pinned(self, event: DetailPane.Pinned) -> None:
        self._pin(event.name)

    def _pin(self, pinned: str) -> None:
        """Pin a column, or take it away; the one pinned last stands first, as room is for few."""
        names = [name for name in self._ruler.pinned if name != pinned]
        added = len(names) == len(self._ruler.pinned)
        names = [pinned, *names] if added else names
        self._tracetui.keep(pinned=names)
        self._ruler.pinned = self._waterfall.pinned = tuple(names)
        self._measure()
        self._tell_detail()
        room = len(self._waterfall.columns.pinned)
        few = f", of {len(names)} columns there is room for {room}" if room < len(names) else ""
        away = key_of(self.app, "saves-column" if pinned == SAVES else "pin")
        self.say((f"pinned: {away} takes it away" if added else "no longer pinned") + few)
        if added and pinned == SAVES:
            self._have_replays()

    def _have_replays(self) -> None:
        """Make savings ready where their column is shown."""
        facts = self._facts
        if facts is not None and facts.savings is not None and SAVES in self._ruler.pinned:
            self._replayed(facts.trace.root.row)

    def _tell_detail(self) -> None:
        """Have the detail pane follow the cursor."""
        view, facts, detail = self._view, self._facts, self._detail
        if view is None or facts is None or detail is None:
            return
        detail.services, detail.may_index = facts.services, self._tracetui.whole
        detail.set_pinned(self._ruler.pinned)
        detail.mark(view.hits.pattern if view.hits is not None else None)
        if view.cursor < 0:
            detail.clear()
            return
        from tracetui.tui.detail.subject import Figures

        row = facts.row(view.cursor)
        if row < 0:
            run = facts.forest.run(view.cursor)
            if run is not None:
                detail.show_run(Span(facts.trace.store, run.row + facts.first), run)
                return
            missing = facts.forest.missing[-1 - facts.forest.row(view.cursor)]
            self._tell_missing(facts, facts.first + missing.row, detail)
            return
        self._guesser.stop()
        figures = Figures()
        if facts.self_ns is not None and facts.on_path_ns is not None:
            own, on_path = int(facts.self_ns[row - facts.first]), int(facts.on_path_ns[row - facts.first])
            figures = Figures(own, on_path, *self._saving_of(row))
        detail.show(Span(facts.trace.store, row), figures)

    def _tell_missing(self, facts: Facts, child: int, detail: DetailPane) -> None:
        """Have the detail pane tell of a missing span; not what it was while more spans may be on their way.

        A guess looks at the whole trace: of a large one that is done beside the screen.
        """
        from tracetui.tui.detail.missing import hint
        from tracetui.tui.detail.subject import Figures

        self._guesser.stop()
        if self._tracetui.whole and len(facts.forest) <= SMALL:
            detail.show(None, Figures(), hint(facts.trace, child))
            return
        detail.show(None, Figures())
        if self._tracetui.whole:
            self._guesser.start(
                lambda cancelled, tell: hint(facts.trace, child),
                lambda lines: detail.show(None, Figures(), lines),
                lambda error: None,
            )

    def _saving_of(self, row: int) -> tuple[int | None, ...]:
        """What a span would save, its slack, and its root's duration now and with it at half.

        Nothing of it as long as a replay is made ready for that.
        """
        savings = self._facts.savings if self._facts is not None else None
        if savings is None or not self._replayed(row):
            return ()
        found = savings.of(row)
        slack = -1 if found.slack_ns is None else found.slack_ns
        return () if found.is_root else (found.saves_ns, slack, found.root_ns, found.half_ns)

    def _replayed(self, row: int) -> bool:
        """Whether savings of a span can be told at once; if not, a worker makes them ready."""
        facts = self._facts
        if facts is None or facts.savings is None:
            return False
        if not facts.savings.is_ready(row):
            # One worker at a time: to be told twice is nothing, to be done twice is.
            self.run_worker(partial(self._replay, facts), thread=True, group="replay", exclusive=True)
            return False
        return True

    def _replay(self, facts: Facts) -> None:
        if facts.savings is not None:
            facts.savings.prepare()
            self.app.call_from_thread(self._replay_ready, facts)

    def _replay_ready(self, facts: Facts) -> None:
        if self._facts is facts and self._composed:
            self._tell_detail()
            if SAVES in self._ruler.pinned and self._view is not None:
                self._waterfall.set_content(facts, self._view)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        in_detail, in_why = event.widget is self._detail, event.widget is self._why_pane
        self._keys.set_context("detail" if in_detail else "why" if in_why else "waterfall")
        if self._finding is not None:
            self._finding[0].focus_moved(event.widget)

    def _next_pane(self) -> None:
        if not self._detail_open or self._detail is None:
            self._open_detail(True)
        elif self._detail.has_focus and not self.has_class("-over"):
            self.set_focus(self._waterfall)
        elif self._detail.has_focus:
            self._open_detail(False)
        else:
            self.set_focus(self._detail)
