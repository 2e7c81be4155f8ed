"""The application: which screen is on, what has been loaded, and how the program ends."""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.reactive import var

from tracetui.analysis import Mode
from tracetui.errors import ExitCode
from tracetui.format import count, plural, size
from tracetui.loaders import Progress
from tracetui.model.trace import Collection

from .bindings import GLOBAL, bindings_for
from .loading import SMALL, Arrived, Loading
from .screens.start import LoadingScreen
from .screens.waterfall import WaterfallScreen
from .state.facts import Facts, analyse, carry_over, lay_out
from .state.view import ViewState
from .terminal import StdoutDriver, guarded_signals
from .theme import APP_CSS, choose, register_themes
from .widgets.times import Clock

REFRESH_SECONDS = 0.1
"""How often, at most, what is still loading is drawn anew."""


class TraceApp(App[None]):
    """Shows what a `Loading` brings.

    Args:
        loading: started or not; it is started when the application is.
        mode: how strictly critical paths are followed.
        ascii: draw with ASCII signs only.
        theme: a theme's name, or None.
    """

    CSS = APP_CSS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(GLOBAL)]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "tracetui"

    clock: var[Clock] = var(Clock.RELATIVE)

    def __init__(
        self, loading: Loading, *, mode: Mode = Mode.DEFAULT, ascii: bool = False, theme: str | None = None
    ) -> None:
        name, ansi = choose(theme, os.environ)
        super().__init__(driver_class=StdoutDriver, ansi_color=ansi)
        self.loading = loading
        self.mode = mode
        self.ascii = ascii
        self.collection: Collection | None = None
        self.failure: Exception | None = None
        self.crash: Exception | None = None
        self.finished = False
        self._facts: dict[int, Facts] = {}
        self._views: dict[int, ViewState] = {}
        self._open = -1
        self._pumping = False
        register_themes(self)
        self.theme = name

    # Loading

    def on_mount(self) -> None:
        self.push_screen(LoadingScreen(self.loading.names, ascii=self.ascii))
        self._listen()

    def on_unmount(self) -> None:
        self.loading.attach(None)
        self.loading.stop()

    def _post(self) -> None:
        if not self._pumping:
            self._pumping = True
            self.call_later(self._pump)

    def _pump(self) -> None:
        """Take in what came, now, and the rest not before a tenth of a second has passed."""
        mail = self.loading.take()
        if mail.error is not None:
            self.failure = mail.error
            self.exit(return_code=int(getattr(mail.error, "exit_code", ExitCode.INTERNAL)))
            return
        if mail.arrived is not None:
            self._take_in(mail.arrived)
        if mail.progress is not None or mail.finished:
            self.finished = self.finished or mail.finished
            self._tell(mail.progress)
        if mail.finished:
            self._pumping = False
        else:
            self.set_timer(REFRESH_SECONDS, self._pump_again)

    def _pump_again(self) -> None:
        self._pumping = False
        self._listen()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self.loading.attach(lambda: loop.call_soon_threadsafe(self._post))

    def _take_in(self, arrived: Arrived) -> None:
        """Show a newer picture of what is loaded."""
        self.collection = arrived.collection
        traces = arrived.collection.traces
        if arrived.facts is not None:
            self.show_facts(0, arrived.facts)
        elif len(traces) > 1:
            from .screens.traces import TraceListScreen

            if isinstance(self.screen, LoadingScreen):
                self.switch_screen(TraceListScreen(arrived.collection))
            for screen in self.screen_stack:
                if isinstance(screen, TraceListScreen):
                    screen.set_collection(arrived.collection)

    def _tell(self, progress: Progress | None) -> None:
        text = ""
        if not self.finished and progress is not None:
            read = size(progress.bytes_read)
            if progress.bytes_total:
                read += f" of {size(progress.bytes_total)}"
            text = f"reading {read} · {plural(progress.spans, 'span')} · esc stops"
        elif self.finished and self.loading.stopped:
            spans = sum(source.spans for source in self.collection.sources) if self.collection else 0
            text = f"stopped: the first {count(spans)} spans"
        for screen in self.screen_stack:
            tell = getattr(screen, "tell_progress", None)
            if tell is not None:
                tell(text)

    def stop_loading(self) -> bool:
        """Stop a load that is still running; returns whether one was."""
        if self.finished or self.loading.stopped:
            return False
        self.loading.stop()
        return True

    # Traces

    def source_of(self, facts: Facts) -> str:
        """Return the name of the file that a trace came from."""
        sources = self.collection.sources if self.collection else []
        if not len(facts.forest) or not sources:
            return ""
        index = int(facts.trace.store.source[facts.first])
        name = sources[index].name if index < len(sources) else ""
        return "standard input" if name == "-" else name.rstrip("/").rpartition("/")[2]

    def open_trace(self, index: int) -> None:
        """Show the waterfall of a trace of the collection."""
        if self.collection is None:
            return
        facts = self._facts.get(index)
        if facts is not None:
            self.show_facts(index, facts)
            return
        trace = self.collection.traces[index]
        facts = lay_out(trace)
        if len(facts.forest) <= SMALL // 10:
            self.show_facts(index, analyse(facts, self.mode))
            return
        self.show_facts(index, facts)
        self.run_worker(lambda: self._analyse(index, facts), thread=True, exclusive=True, group="analyse")

    def _analyse(self, index: int, facts: Facts) -> None:
        done = analyse(facts, self.mode)
        self.call_from_thread(self._analysed, index, done)

    def _analysed(self, index: int, facts: Facts) -> None:
        if index == self._open:
            self.show_facts(index, facts)

    def show_facts(self, index: int, facts: Facts) -> None:
        """Put a trace, or a newer picture of it, on the screen."""
        old, view = self._facts.get(index), self._views.get(index)
        if view is None or old is None:
            view = ViewState(facts.forest, facts.whole)
        elif old.forest is not facts.forest:
            view = carry_over(old, view, facts)
        self._facts[index], self._views[index] = facts, view
        self._open = index
        screen = self.screen
        if isinstance(screen, LoadingScreen):
            screen = WaterfallScreen(ascii=self.ascii)
            self.switch_screen(screen)
        elif not isinstance(screen, WaterfallScreen):
            below = [s for s in self.screen_stack if isinstance(s, WaterfallScreen)]
            if below:
                screen = below[-1]
            else:
                screen = WaterfallScreen(ascii=self.ascii)
                self.push_screen(screen)
        screen.show(facts, view, self.source_of(facts))

    def step_trace(self, step: int) -> str | None:
        """Open the next (1) or previous (-1) trace of the list; returns what to tell if there is none."""
        from .screens.traces import TraceListScreen

        lists = [screen for screen in self.screen_stack if isinstance(screen, TraceListScreen)]
        if self.collection is None or not lists:
            return "this is the only trace"
        order = lists[0].order()
        at = order.index(self._open) + step if self._open in order else 0
        if not 0 <= at < len(order):
            return "this is the last trace of the list" if step > 0 else "this is the first trace of the list"
        self.open_trace(order[at])
        return f"trace {at + 1:,} of {len(order):,}"

    # Actions of everywhere

    def action_run(self, name: str) -> None:
        """Carry out a global action."""
        if name == "quit":
            self.exit(return_code=ExitCode.OK)
        elif name == "interrupt":
            self.exit(return_code=ExitCode.INTERRUPTED)
        elif name == "suspend":
            self.action_suspend_process()
        elif name == "help":
            from .screens.help import HelpScreen

            if not isinstance(self.screen, HelpScreen):
                self.push_screen(HelpScreen(getattr(self.screen, "CONTEXT", "waterfall")))
        elif name == "palette":
            from .screens.palette import open_palette

            open_palette(self)

    # Ending

    def _handle_exception(self, error: Exception) -> None:
        """Remember a crash for `run_app` to raise; Textual would print a panel with local variables."""
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


def run_app(loading: Loading, *, mode: Mode, ascii: bool, theme: str | None) -> int:
    """Run the application to its end; see `tracetui.tui.run`."""
    app: TraceApp | None = None

    def end_cleanly(code: int) -> bool:
        if app is None or not app.is_running:
            return False
        loop = app._loop
        if loop is None or loop.is_closed():
            return False
        loop.call_soon_threadsafe(lambda: app.exit(return_code=code))
        return True

    with guarded_signals(end_cleanly):
        app = TraceApp(loading, mode=mode, ascii=ascii, theme=theme)
        app.run()
    if app.crash is not None:
        raise app.crash
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
