"""What of a collection is on the screen: its list, one of its traces, the way from one to the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import Widget

from tracetui.analysis import Mode
from tracetui.model.trace import Collection, Trace

from .key_labels import Keyed
from .loading import SMALL
from .partial import tell_failures
from .screens.waterfall import WaterfallScreen
from .searching_app import SearchingApp
from .settings import Keeper
from .state.facts import Facts, analyse, lay_out, rearrange
from .state.queries import Kind, Queries
from .state.view import ViewState

if TYPE_CHECKING:
    from tracetui.analysis.finding import Finding
    from tracetui.model.store import SpanStore

    from .screens.start import LoadingScreen
    from .screens.traces import TraceListScreen
    from .widgets.detail import DetailPane

KEPT_TRACES = 16
"""Traces whose analysis and view are kept for coming back to them."""


class _Lowest(Screen[None], inherit_css=False):
    """Below all others, and never seen: no message is shown on it."""

    BLANK = True

    def _extend_compose(self, widgets: list[Widget]) -> None:
        pass  # what Textual shows messages in would all be made and styled before the first picture


class ShowingApp(SearchingApp):
    """An application that shows the traces of a collection.

    Args:
        keeper: the settings, and where changes go; None for the defaults, kept nowhere.
        theme: a theme's name, or None.
        mode: how strictly critical paths are followed.
        ascii: draw with ASCII signs only.
    """

    def __init__(self, keeper: Keeper | None, *, theme: str | None, mode: Mode, ascii: bool) -> None:
        super().__init__(keeper, theme=theme)
        self._disable_tooltips = True  # nothing has one, and each screen would make a widget for them
        self.mode = mode
        self.ascii = ascii
        self.waiting: LoadingScreen | None = None
        """What is on the screen until there is something to show, if that took a while."""
        self.collection: Collection | None = None
        self.whole = True
        """Whether the collection is all that there will be."""
        self.queries = Queries()
        """What is searched and filtered in the waterfall, whatever trace is on it."""
        self._kept: dict[str, tuple[Facts, ViewState]] = {}  # by trace id, the last opened last
        self._open = -1
        self.answers: dict[str, tuple[SpanStore, tuple[Finding, ...]]] = {}
        """What was found about traces, by their ids, the last ones opened."""

    def get_default_screen(self) -> Screen[Any]:
        return _Lowest(id="_default")

    def _list_screen(self) -> TraceListScreen | None:
        if self.collection is None or len(self.collection.traces) < 2:
            return None
        from .screens.traces import TraceListScreen

        return next((s for s in self.screen_stack if isinstance(s, TraceListScreen)), None)

    def show_list(self) -> bool:
        """Go to the list of traces, at the one that was open; returns whether there is one."""
        if self.searching is not None:
            return self.searching.back()
        if self.collection is None or len(self.collection.traces) < 2:
            return False
        from .screens.traces import TraceListScreen

        listed = self._list_screen()
        if listed is None:
            listed = TraceListScreen(self.collection, ascii=self.ascii)
            if self._open >= 0:
                listed.select(self._open)
            self._replace(listed)
        else:
            if self._open >= 0:
                listed.select(self._open)
            while self.screen is not listed:
                self.pop_screen()
        return True

    def _replace(self, screen: Screen[Any]) -> None:
        """Put a screen in the place of the one that is on; the first of all goes on top of none."""
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def source_of(self, facts: Facts) -> str:
        """Return the name of the file that a trace came from."""
        sources = self.collection.sources if self.collection else []
        if not len(facts.forest):
            return ""
        index = int(facts.trace.store.source[facts.first])
        name = sources[index].name if index < len(sources) else ""
        return "standard input" if name == "-" else name.rstrip("/").rpartition("/")[2]

    def on_trace_list_screen_opened(self, message: TraceListScreen.Opened) -> None:
        if message.searched:
            self.queries.texts[Kind.SEARCH] = message.searched
        self.open_trace(message.index)
        if message.why:
            self.call_after_refresh(self._ask_why)

    def _ask_why(self) -> None:
        """Go to the findings of the trace that was just opened."""
        if isinstance(self.screen, WaterfallScreen):
            self.screen.open_why()

    def open_trace(self, index: int) -> None:
        """Show the waterfall of a trace of the collection."""
        if self.collection is None:
            return
        trace = self.collection.traces[index]
        known = self._kept.get(trace.trace_id)
        if known is None or known[0].trace.store is not trace.store:
            facts = lay_out(trace)
            if len(facts.forest) <= SMALL // 10:
                facts = analyse(facts, self.mode)
            else:
                self.run_worker(partial(self._analyse, index, facts), thread=True, exclusive=True)
            self._keep(facts)
        self.show_trace(index)

    def _analyse(self, index: int, facts: Facts) -> None:
        """Analyse a trace in a worker, and then show what came of it."""
        done = analyse(facts, self.mode)

        def show() -> None:
            self._keep(done)
            if index == self._open:
                self.show_trace(index)

        self.call_from_thread(show)

    def _keep(self, facts: Facts, fresh: ViewState | None = None) -> None:
        """Keep a newer picture of a trace; cursor and folds are carried over, to `fresh` if it is given."""
        if facts.forest.runs and not self.keeper.settings.runs:
            facts, fresh = rearrange(facts, runs=False), None
        known = self._kept.pop(facts.trace.trace_id, None)
        if known is None:
            view = fresh or ViewState(facts.forest, facts.whole)
        elif known[0].forest is facts.forest:
            view = known[1]
        else:
            from .state.carry import carry_over  # no part of a first picture

            view = carry_over(*known, facts, fresh)
        self._kept[facts.trace.trace_id] = facts, view
        while len(self._kept) > KEPT_TRACES:
            del self._kept[next(iter(self._kept))]

    def toggle_runs(self) -> str:
        """Show like siblings in a row as one, or one by one; returns what to tell about it."""
        runs = not self.keeper.settings.runs
        self.keep(runs=runs)
        for facts, _ in list(self._kept.values()):
            self._keep(rearrange(facts, runs=runs))
        if self._open >= 0:
            self.show_trace(self._open)
        return (
            "like siblings in a row are one"
            if runs
            else Keyed("all siblings are shown: {runs} folds those alike")
        )

    def keep_answers(self, trace: Trace, found: tuple[Finding, ...]) -> None:
        """Keep what was found about a trace for coming back to it."""
        self.answers.pop(trace.trace_id, None)
        self.answers[trace.trace_id] = trace.store, found
        while len(self.answers) > KEPT_TRACES:
            del self.answers[next(iter(self.answers))]

    def show_trace(self, index: int) -> None:
        """Put a kept trace on the screen."""
        assert self.collection is not None
        facts, view = self._kept[self.collection.traces[index].trace_id]
        view.set_tree_shift(self.keeper.settings.tree_width)
        self._open = index
        found = next((s for s in self.screen_stack if isinstance(s, WaterfallScreen)), None)
        screen = found or WaterfallScreen(ascii=self.ascii, pinned=self.keeper.settings.pinned)
        if found is None:
            if self.screen is self.waiting:
                self.switch_screen(screen)
            else:
                self.push_screen(screen)
        screen.show(facts, view, self.source_of(facts))
        tell_failures(self)

    def step_trace(self, step: int) -> str:
        """Open the next (1) or previous (-1) trace of the list; returns what to tell about it."""
        if self.searching is not None:
            return self.searching.step(step)
        listed = self._list_screen()
        if self.collection is None or len(self.collection.traces) < 2:
            return "this is the only trace"
        order = listed.order() if listed is not None else list(range(len(self.collection.traces)))
        at = order.index(self._open) + step if self._open in order else 0
        if not 0 <= at < len(order):
            return "this is the {} trace of the list".format("last" if step > 0 else "first")
        self.open_trace(order[at])
        return f"trace {at + 1:,} of {len(order):,}"

    def show_issues(self, trace: int | None = None) -> None:
        """Show the import report, on one trace or on all; what is chosen in it is gone to."""
        if self.collection is not None:
            from .screens.issues import IssuesScreen

            self.push_screen(IssuesScreen(self.collection, trace, ascii=self.ascii), self._go_to_sample)

    def show_path(self, facts: Facts, root: int) -> None:
        """Tell the critical path of a row of the store; what is chosen in it is gone to."""
        from .screens.path import PathScreen

        self.push_screen(PathScreen(facts, root, self.mode, ascii=self.ascii), self._go_to_sample)

    def _go_to_sample(self, chosen: tuple[str, str] | None) -> None:
        """Go to a span by the id of its trace and its key; both may have gone with a reload."""
        if chosen is None or self.collection is None:
            return
        trace_id, key = chosen
        ids = self.collection.store.trace_ids
        if trace_id in ids:
            number = ids.index(trace_id)
            row = self.collection.row_of_key(number, key)
            self.open_trace(number)
            for screen in self.screen_stack:
                if isinstance(screen, WaterfallScreen):
                    screen.go_to_row(row)

    def on_detail_pane_opened(self, message: DetailPane.Opened) -> None:
        from .screens.pager import PagerScreen

        self.push_screen(PagerScreen(message.entry, ascii=self.ascii))

    def on_detail_pane_followed(self, message: DetailPane.Followed) -> None:
        """Go to a span of a loaded trace."""
        trace_id, span_id = message.trace_id, message.span_id
        ids = self.collection.store.trace_ids if self.collection else []
        waterfall = next((s for s in self.screen_stack if isinstance(s, WaterfallScreen)), None)
        if trace_id not in ids:
            if self.searching is not None:
                self.searching.open(trace_id, span_id)
            elif waterfall is not None:
                waterfall.say("the trace of this link is not loaded")
            return
        self.open_trace(ids.index(trace_id))
        if waterfall is not None:
            waterfall.go_to(span_id)
