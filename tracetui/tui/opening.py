"""Opening other sources while the viewer runs, and reading those that are open again."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tracetui.errors import TracetuiError
from tracetui.format import plural, size
from tracetui.loaders import Progress
from tracetui.loaders.remote import is_address
from tracetui.model.trace import Collection
from tracetui.text import neutralise

from .adopting import put
from .bindings import key_of
from .later import after
from .loading import Arrived, Loading, Mail
from .offered import offered
from .paths import is_stream
from .screens.waterfall import WaterfallScreen
from .state.facts import Facts, analyse, lay_out

if TYPE_CHECKING:
    from .app import TraceApp

PAUSE_S = 0.1
"""How often, at most, progress is told."""


class Opener:
    """A load beside the one that is on the screen, which stays until there is something to show.

    A part of the application in a room of its own: it puts into it what it has read.

    Args:
        app: whose sources these are.
    """

    def __init__(self, app: TraceApp) -> None:
        self._app = app
        self._loading: Loading | None = None
        self._take: Callable[[Mail], None] = _nothing
        self._pumping = False

    @property
    def is_reading(self) -> bool:
        """Whether something is being read."""
        return self._loading is not None

    def cancel(self) -> bool:
        """Stop reading; returns whether something was being read."""
        visiting = self._app.stop_visit()
        loading, self._loading = self._loading, None
        if loading is not None:
            loading.attach(None)
            loading.stop()
        return loading is not None or visiting

    # A trace of a backend

    @property
    def reading(self) -> Loading | None:
        """What is being read beside what is on the screen."""
        return self._loading

    def fetch(self, loading: Loading, take: Callable[[Mail], None]) -> None:
        """Start to read a trace; `take` gets what comes until it releases the load."""
        self._start(loading, take)

    def release(self) -> None:
        """What is being read is somebody else's from now on."""
        loading, self._loading = self._loading, None
        if loading is not None:
            loading.attach(None)

    # Another source

    def start(self) -> None:
        """Have a first source chosen."""
        from .screens.open import StartScreen

        self._app.push_screen(StartScreen(*offered(self._app.keeper), ascii=self._app.ascii))

    def ask(self) -> None:
        """Have another source chosen."""
        from .screens.open import OpenScreen, StartScreen

        app = self._app
        if isinstance(app.screen, OpenScreen | StartScreen):
            app.screen.action_run("open-file")
        else:
            self.cancel()
            app.push_screen(OpenScreen(*offered(app.keeper), ascii=app.ascii))

    def open(self, name: str, tell: Callable[[str, bool], None]) -> None:
        """Open a source in the place of those that are open, once something of it has been read.

        Args:
            name: a path.
            tell: is given what to tell, and whether it is an error; nothing more once the source is open.
        """
        servers = self._app.keeper.settings.servers
        address = servers[name].url if name in servers and not os.path.lexists(name) else name
        if is_address(address) and not os.path.lexists(address):
            self._visit(address, tell)
        else:
            self._read(name, tell)

    def _read(self, name: str, tell: Callable[[str, bool], None]) -> None:
        self._start(self._app.loading.another((name,)), partial(self._opened, tell))
        tell("reading…", False)

    def _visit(self, address: str, tell: Callable[[str, bool], None]) -> None:
        """Find out what stands behind an address, and show it."""
        self.cancel()

        def fail(error: TracetuiError) -> None:
            self._loading = None
            tell(_line(error), True)

        self._app.visitor.visit(
            address,
            tell=lambda text: tell(text, False),
            fail=fail,
            read=lambda: self._read(address, tell),
        )
        tell("asking…", False)

    def _opened(self, tell: Callable[[str, bool], None], mail: Mail) -> None:
        loading = self._loading
        assert loading is not None
        if mail.error is not None:
            self._loading = None
            tell(_line(mail.error, loading.names), True)
        elif mail.arrived is not None:
            self._loading = None
            loading.attach(None)
            self._adopt(loading, mail)
        elif mail.progress is not None:
            tell(f"{_told(mail.progress)} · {key_of(self._app, 'back')} stops", False)

    def _adopt(self, loading: Loading, mail: Mail) -> None:
        """Show another load in the place of the one that was."""
        app = self._app
        put(app, loading)
        app.end_search()
        app._kept.clear()
        gc.unfreeze()
        gc.disable()  # until all is read, as when the viewer starts
        with app.batch_update():
            while len(app.screen_stack) > 1:
                app.pop_screen()
            app._digest(mail)
            app._listen()

    # The same sources

    def reload(self) -> None:
        """Read the sources again; what is on the screen stays until all is read."""
        app = self._app
        streams = [name for name in app.loading.names if is_stream(name)]
        if not app.loading.names:
            self._say("nothing is open yet")
        elif streams:
            what = "standard input" if streams[0] == "-" else streams[0]
            self._say(f"{what} cannot be read again")
        elif not app.finished or self.is_reading:
            self._say("still reading")
        else:
            self._say("reading again…")
            self._start(app.loading.again(), self._read_again)

    def _read_again(self, mail: Mail) -> None:
        loading, app = self._loading, self._app
        assert loading is not None
        if mail.error is not None:
            self._loading = None
            self._say("")
            app.warn(f"not read again: {_line(mail.error)}")
        elif mail.finished and mail.arrived is not None:
            failures = mail.arrived.collection.failures
            before = {str(error) for error in app.collection.failures} if app.collection else set()
            fresh = [error for error in failures if str(error) not in before]
            if fresh:
                self._loading = None
                self._say("")
                app.warn(f"not read again: {_line(fresh[0])}")
            else:
                app.run_worker(
                    partial(self._prepare, loading, mail.arrived, tuple(app._kept)),
                    thread=True,
                    group="reload",
                )
        elif mail.progress is not None:
            self._say(_told(mail.progress))

    def _prepare(self, loading: Loading, arrived: Arrived, wanted: Sequence[str]) -> None:
        """In a worker: have ready what replaces the pictures that were kept."""
        facts = [arrived.facts] if arrived.facts is not None else self.facts_of(arrived.collection, wanted)
        self._app.call_from_thread(self._replace, loading, arrived, facts)

    def facts_of(self, collection: Collection, wanted: Sequence[str]) -> list[Facts]:
        """Analysed pictures of those of some traces, by id, that a collection has."""
        ids = collection.store.trace_ids
        number = {ids[index]: index for index in range(len(ids))}
        return [
            analyse(lay_out(collection.traces[number[id]]), self._app.mode) for id in wanted if id in number
        ]

    def _replace(self, loading: Loading, arrived: Arrived, facts: Sequence[Facts]) -> None:
        if self._loading is loading:  # nothing else was opened meanwhile
            self._loading = None
            self._app.loading = loading
            if self._app.collection is not None and self._app.collection.fates:
                self._app.clear_notifications()  # what they tell of the file is over
            gone = self.renew(arrived.collection, facts)
            total = plural(sum(source.spans for source in arrived.collection.sources), "span")
            self._say("the trace is no longer there" if gone else f"read again: {total}")

    def renew(self, collection: Collection, kept: Sequence[Facts]) -> bool:
        """Show the same sources, read again; cursors, folds and the like are carried over.

        Args:
            collection: all that was read.
            kept: newer pictures of those traces that can be gone back to, as far as they are still there.

        Returns:
            Whether the trace on the screen is no longer there.
        """
        app = self._app
        before, listed = app.collection, app._list_screen()
        shown = before.store.trace_ids[app._open] if before is not None and app._open >= 0 else ""
        app.collection = collection
        known, app._kept = app._kept, {}
        for facts in kept:
            id = facts.trace.trace_id
            app._kept |= {id: known[id]} if id in known else {}
            app._keep(facts)
        several = len(collection.traces) > 1
        if listed is not None and several:
            listed.set_collection(collection)
        ids = collection.store.trace_ids
        app._open = ids.index(shown) if shown in app._kept and shown in ids else -1
        waterfall = any(isinstance(screen, WaterfallScreen) for screen in app.screen_stack)
        if app._open >= 0 and waterfall:
            app.show_trace(app._open)
        elif not several:
            app.open_trace(0)
        elif waterfall or listed is None:
            app.show_list()
        return bool(shown) and waterfall and app._open < 0

    def _say(self, text: str) -> None:
        if text or hasattr(self._app.screen, "say"):
            self._app.say(text)

    # What comes

    def _start(self, loading: Loading, take: Callable[[Mail], None]) -> None:
        self.cancel()
        self._loading, self._take = loading, take
        self._listen(loading)
        loading.start()

    def _listen(self, loading: Loading) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._post, loading)

        loading.attach(wake)

    def _post(self, loading: Loading) -> None:
        self._app.call_later(self._pump, loading)

    def _pump(self, loading: Loading) -> None:
        if self._loading is loading:
            mail = loading.take()
            self._take(mail)
            if self._loading is loading and not mail.finished:
                loading.attach(None)
                after(self._app, PAUSE_S, partial(self._again, loading))

    def _again(self, loading: Loading) -> None:
        if self._loading is loading:
            self._listen(loading)


def _nothing(mail: Mail) -> None:
    """Nobody waits for this."""


def _told(progress: Progress) -> str:
    if progress.note and not progress.spans:
        return neutralise(progress.note)
    read = size(progress.bytes_read)
    if progress.bytes_total:
        read += f" of {size(progress.bytes_total)}"
    return f"reading {read} · {plural(progress.spans, 'span')}"


def _line(error: Exception, known: Sequence[str] = ()) -> str:
    """An error in one line, without the source where that is known."""
    if isinstance(error, TracetuiError):
        line = str(error)
        return line.removeprefix(f"{error.source}: ") if error.source in known else line
    return f"internal error: {type(error).__name__}: {error}"
