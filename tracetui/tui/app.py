"""The application: which screen is on, what has been loaded, and how the program ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType

from tracetui.analysis import Mode
from tracetui.config import Loaded, state_path
from tracetui.errors import ExitCode, TracetuiError, UsageError
from tracetui.format import plural, size
from tracetui.loaders import Progress
from tracetui.text import neutralise

from .bindings import GLOBAL, NOTHING_BEFORE, bindings_for, key_of
from .later import after
from .loading import Arrived, Loading, Mail
from .partial import tell_failures
from .screens.waterfall import WaterfallScreen
from .settings import Keeper, name_of
from .showing import ShowingApp
from .terminal import guarded_signals
from .theme import APP_CSS

if TYPE_CHECKING:
    from tracetui.backends import ClientOptions

    from .adjusting import Adjuster
    from .copy_choices import Copyable
    from .opening import Opener
    from .visiting import Visitor
    from .watching import Watcher

REFRESH_SECONDS = 0.1
"""How often, at most, what is still loading is drawn anew."""
REST_SECONDS = 0.5
"""How long after a load its last picture is drawn by."""


class TraceApp(ShowingApp):
    """Shows what a `Loading` brings.

    Args:
        loading: a load that has been started.
        mode: how strictly critical paths are followed.
        ascii: draw with ASCII signs only.
        theme: a theme's name, or None.
        keeper: the settings, and where changes go; None for the defaults, kept nowhere.
        client: how servers are asked that the settings do not name; None for no special way.
        visit: the address to go to; the load is then started only if there is something to be read.
    """

    CSS = APP_CSS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(GLOBAL)]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "tracetui"

    def __init__(
        self,
        loading: Loading,
        *,
        mode: Mode = Mode.DEFAULT,
        ascii: bool = False,
        theme: str | None = None,
        keeper: Keeper | None = None,
        client: Callable[[], ClientOptions] | None = None,
        visit: str = "",
    ) -> None:
        super().__init__(keeper, theme=theme, mode=mode, ascii=ascii)
        self._client = client
        self._visit = visit
        self.loading = loading
        self.failure: Exception | None = None
        self.finished = False
        self.busy = False
        """Whether so much is being read that screens are to be drawn in pieces."""
        self._pumping = False
        self._remembered: Loading | None = None

    # Loading

    def on_mount(self) -> None:
        # A small file has been read by now: its waterfall is then the first thing drawn.
        self._digest(self.loading.take())
        if not self.loading.names:
            self.finished = True
            self.opener.start()
            self.call_after_refresh(_collect_again)
        elif self.failure is None and len(self.screen_stack) == 1:
            from .screens.start import LoadingScreen

            self.waiting = LoadingScreen(self.loading.names, ascii=self.ascii)
            self.push_screen(self.waiting)
        self._listen()
        if self._visit:
            self.visitor.visit(
                self._visit, tell=self._tell_visit, fail=self._fail_visit, read=self.loading.start
            )

    # Parts in rooms of their own, none of them needed before the first picture is drawn.

    @cached_property
    def opener(self) -> Opener:
        """What opens other sources."""
        from .opening import Opener

        return Opener(self)

    @cached_property
    def adjuster(self) -> Adjuster:
        """What shows times by adjusted clocks."""
        from .adjusting import Adjuster

        return Adjuster(self)

    @cached_property
    def watcher(self) -> Watcher:
        """What notices that files change."""
        from .watching import Watcher

        return Watcher(self)

    @cached_property
    def visitor(self) -> Visitor:
        """What finds out what stands behind addresses."""
        from .visiting import Visitor

        return Visitor(self, self._client) if self._client is not None else Visitor(self)

    def stop_visit(self) -> bool:
        """Find out no longer what stands behind an address; returns whether that was going on."""
        return "visitor" in vars(self) and self.visitor.cancel()

    def _tell_visit(self, text: str) -> None:
        if self.waiting is not None:
            self.waiting.tell_progress(text)

    def _fail_visit(self, error: TracetuiError) -> None:
        self.failure = error
        self.exit(return_code=int(error.exit_code))

    def on_unmount(self) -> None:
        self.stop_visit()
        if "opener" in vars(self):
            self.opener.cancel()
        self.end_search()
        self.loading.attach(None)
        self.loading.stop()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._post)

        self.loading.attach(wake)

    def _post(self) -> None:
        if not self._pumping:
            self._pumping = True
            self.call_later(self._pump)

    def _pump(self) -> None:
        """Take in what came, now, and the rest not before a tenth of a second has passed."""
        self._digest(self.loading.take())
        after(self, REFRESH_SECONDS, self._pump_again)

    def _pump_again(self) -> None:
        self._pumping = False
        self._listen()

    def _digest(self, mail: Mail) -> None:
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
            after(self, REST_SECONDS, self._rest)
            if self.busy:
                self._remember()

    def _rest(self) -> None:
        self.busy = not self.finished
        _collect_again()

    def _remember(self) -> None:
        """Put the sources on the list of recent ones, once what is in them has been seen."""
        if self.collection is not None and self._remembered is not self.loading:
            self._remembered = self.loading
            self.keep_recent(self.loading.names)

    def _take_in(self, arrived: Arrived) -> None:
        """Show a newer picture of what is loaded."""
        # The first picture of all is waited for; no key is held up by those that come later.
        self.busy = self.busy or (not arrived.done and len(self.screen_stack) > 1)
        self.collection, self.whole = arrived.collection, arrived.done
        if arrived.facts is not None:
            self._keep(arrived.facts, arrived.view)
            self.show_trace(0)
        elif len(arrived.collection.traces) > 1:
            listed = self._list_screen()
            if listed is not None:
                listed.set_collection(arrived.collection)
            elif not isinstance(self.screen, WaterfallScreen) or not self.screen.touched:
                self.show_list()
            if arrived.done and isinstance(self.screen, WaterfallScreen):
                self.open_trace(self._open)
        if arrived.facts is None:
            self.call_after_refresh(self.go_on)

    def go_on(self) -> None:
        """A picture is on the screen: the load goes on."""
        self.busy = self.busy or not self.finished
        self.loading.go_on()
        if self.finished:
            self._remember()

    def _tell(self, progress: Progress | None) -> None:
        text = ""
        if not self.finished and progress is not None:
            read = size(progress.bytes_read)
            if progress.bytes_total:
                read += f" of {size(progress.bytes_total)}"
            waits = neutralise(progress.note) if progress.note and not progress.spans else ""
            waits = waits or f"reading {read} · {plural(progress.spans, 'span')}"
            text = f"{waits} · {key_of(self, 'back')} stops"
        elif self.finished and self.collection is not None and self.collection.failures:
            tell_failures(self)
        elif self.finished and self.collection is not None and not self.collection.complete:
            text = f"stopped after {plural(sum(s.spans for s in self.collection.sources), 'span')}"
        for screen in self.screen_stack:
            if screen is self.waiting and self.waiting is not None:
                known = progress is not None and progress.bytes_total
                self.waiting.tell_progress(text, progress.bytes_read / known if progress and known else None)
            elif isinstance(screen, WaterfallScreen):
                screen.tell_progress(text)
        listed = self._list_screen()
        if listed is not None:
            listed.tell_progress(text)

    def stop_loading(self) -> bool:
        """Stop a load that is still running; returns whether one was."""
        if self.searching is not None and self.searching.stop_opening():
            return True
        if self._visit and self.collection is None and (self.stop_visit() | self.opener.cancel()):
            self.exit(return_code=ExitCode.OK)  # there is nothing to go back to
            return True
        if self.finished or self.loading.stopped:
            return False
        self.loading.stop()
        return True

    async def on_event(self, event: events.Event) -> None:
        """Whatever the user does, what is on the screen may no longer be what is on the disk."""
        if isinstance(event, events.Key | events.MouseDown | events.AppFocus):
            self.watcher.look()
        await super().on_event(event)

    # Actions of everywhere

    def action_run(self, name: str) -> None:
        """Carry out a global action."""
        if name == "quit":
            self.note_chosen()
            self.exit(return_code=ExitCode.OK)
        elif name == "interrupt":
            self.exit(return_code=ExitCode.INTERRUPTED)
        elif name == "suspend":
            self.action_suspend_process()
        elif name == "back":
            if not self.stop_loading():
                self.say(NOTHING_BEFORE)
        elif name == "help":
            from .contexts import contexts_of
            from .screens.help import HelpScreen

            if isinstance(self.screen, HelpScreen):
                self.screen.dismiss()
            else:
                self.push_screen(HelpScreen(contexts_of(self.screen), ascii=self.ascii))
        elif name == "copy":
            self.offer_copy()
        elif name == "save":
            self.offer_save()
        elif name == "issues":
            self.show_issues()
        elif name == "adjust-clocks":
            self.adjuster.toggle()
        elif name == "open-file":
            self.opener.ask()
        elif name == "reload":
            if self.searching is None or not self.searching.reload():
                self.opener.reload()
        elif name == "palette":
            from .screens.palette import open_palette

            open_palette(self)


def _collect_again() -> None:
    """Have garbage collected again, but for what is there by now and stays."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def run_app(
    loading: Loading,
    loaded: Loaded,
    chosen: Callable[[Copyable], None] | None = None,
    client: Callable[[], ClientOptions] | None = None,
    visit: str = "",
) -> int:
    """Run the application to its end; see `tracetui.tui.run`."""
    settings = loaded.settings
    running: list[TraceApp] = []

    def end_cleanly(code: int) -> bool:
        loop = running[0]._loop if running and running[0].is_running else None
        if loop is None or loop.is_closed():
            return False
        loop.call_soon_threadsafe(lambda: running[0].exit(return_code=code))
        return True

    with guarded_signals(end_cleanly):
        kept = (state_path("recent"), state_path("searches")) if loaded.is_kept else (None, None)
        mode = Mode(settings.critical_path)
        app = TraceApp(
            loading,
            mode=mode,
            ascii=settings.ascii,
            keeper=Keeper(loaded, *kept),
            client=client,
            visit=visit,
        )
        if app.missing_theme and loaded.origins["theme"] != "file":
            names = ", ".join(map(name_of, app.themes))
            raise UsageError(f"there is no theme {app.missing_theme!r}", hint=f"there are {names}")
        running.append(app)
        app.run(mouse=settings.mouse)
    if app.crash is not None:
        raise app.crash
    if app.failure is not None:
        raise app.failure
    if chosen is not None and app.chosen is not None:
        chosen(app.chosen)
    return app.return_code or 0
