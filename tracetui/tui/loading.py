"""Loading beside the screen: a thread reads.

And leaves what it has in a mailbox of which only the latest counts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread

from msgspec import Struct

from tracetui.analysis import Mode
from tracetui.analysis.skew import tell_skew
from tracetui.errors import TracetuiError
from tracetui.loaders import LoadOptions, Progress, load
from tracetui.model.trace import Collection

from .state.facts import Facts, analyse, lay_out
from .state.view import ViewState

SMALL = 20_000
"""Spans up to which a trace is shown once, analysed, instead of first as it is and then with its path."""
LARGE = 4 << 20
"""Bytes of a source from which a courteous load waits for its first picture to be drawn."""
COURTESY_SECONDS = 3.0
"""How long it waits for that picture, at most."""
HEAD_START_SECONDS = 0.2
"""How long at most the screen's thread stands aside for the first of what is read."""


class Arrived(Struct, frozen=True):
    """What there is to show.

    Attributes:
        collection: what has been read.
        facts: of its only trace; None where it has several, or none.
        done: nothing more comes.
        view: a view of that trace to which nothing has been done.
    """

    collection: Collection
    facts: Facts | None
    done: bool
    view: ViewState | None = None


class Mail(Struct):
    """What came since the mailbox was last emptied.

    Attributes:
        progress: how far reading is.
        arrived: the newest picture.
        error: why nothing could be loaded; any other exception is a fault of the program.
        finished: the thread has ended.
    """

    progress: Progress | None = None
    arrived: Arrived | None = None
    error: Exception | None = None
    finished: bool = False


class Loading:
    """A load in a thread of its own.

    Args:
        names: sources, as given.
        options: how to read them.
        mode: how strictly critical paths are followed.
        adjusted: show it by adjusted clocks once all is read.
    """

    def __init__(
        self,
        names: Sequence[str],
        options: LoadOptions,
        mode: Mode = Mode.DEFAULT,
        *,
        adjusted: bool = False,
    ) -> None:
        self.names = tuple(names)
        self._options = options
        self._mode = mode
        self.adjusted = adjusted
        self._mail = Mail()
        self._lock = Lock()
        self._stop = Event()
        self._drawn = Event()
        self._has_come = Event()
        self._is_large = True
        self._wake: Callable[[], None] | None = None
        self._thread = Thread(target=self._run, name="tracetui-load", daemon=True)

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The traces that are wanted; none for all."""
        return self._options.trace_ids

    def start(self, *, courteous: bool = False) -> None:
        """Start reading.

        Args:
            courteous: once there is something to show of a source that is not small, wait until it is drawn:
                threads share one interpreter, and whoever waits wants to see something first.
        """
        if not courteous:
            self._drawn.set()
        self._thread.start()

    def head_start(self) -> None:
        """Have the load run alone until there is something to show of a file, but not for long.

        Threads share one interpreter: one after the other they take less time than side by side.
        """
        if all(map(os.path.isfile, self.names)):
            self._has_come.wait(HEAD_START_SECONDS)

    def go_on(self) -> None:
        """A first picture is on the screen: no more courtesy is needed."""
        self._drawn.set()

    def again(self) -> Loading:
        """The same load once more, not started yet."""
        return Loading(self.names, self._options, self._mode, adjusted=self.adjusted)

    def another(self, names: Sequence[str]) -> Loading:
        """A load of other sources, not started yet; format and trace ids were not said of them."""
        options = LoadOptions(max_bytes=self._options.max_bytes, fetch=self._options.fetch)
        return Loading(names, options, self._mode, adjusted=self.adjusted)

    def stop(self) -> None:
        """Ask the load to stop; what was read by then still arrives."""
        self._stop.set()
        self._drawn.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def attach(self, wake: Callable[[], None] | None) -> None:
        """Have `wake` called, in the loading thread, whenever an empty mailbox gets something; None.

        No longer.
        """
        with self._lock:
            self._wake = wake
            waiting = self._mail != Mail()
        if waiting and wake is not None:
            wake()

    def take(self) -> Mail:
        """Empty the mailbox."""
        with self._lock:
            mail, self._mail = self._mail, Mail()
        return mail

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def _put(
        self,
        progress: Progress | None = None,
        arrived: Arrived | None = None,
        error: Exception | None = None,
        finished: bool = False,
    ) -> None:
        with self._lock:
            mail = self._mail
            was_empty = mail == Mail()
            mail.progress = progress or mail.progress
            mail.arrived = arrived or mail.arrived
            mail.error = error or mail.error
            mail.finished = finished or mail.finished
            wake = self._wake if was_empty else None
        if arrived is not None or finished:
            self._has_come.set()
        if wake is not None:
            wake()

    def _run(self) -> None:
        try:
            self._finish(self._read())
        except TracetuiError as error:
            self._put(error=error)
        except Exception as error:  # told by the application, not by a thread that nobody watches
            self._put(error=error)
        self._put(finished=True)

    def _read(self) -> Collection:
        return load(
            self.names,
            self._options,
            on_progress=self._progress,
            on_partial=self._partial,
            cancelled=self._stop.is_set,
        )

    def _progress(self, progress: Progress) -> None:
        self._put(progress=progress)
        self._is_large = progress.bytes_total is None or progress.bytes_total >= LARGE

    def _partial(self, collection: Collection) -> None:
        facts = _only(collection)
        self._put(arrived=Arrived(collection, facts, done=False, view=_view(facts)))
        if self._is_large:
            self._drawn.wait(COURTESY_SECONDS)
            self._drawn.set()

    def _finish(self, collection: Collection) -> None:
        facts = _only(collection)
        if facts is not None and len(facts.forest) > SMALL:
            self._put(arrived=Arrived(collection, facts, done=False, view=_view(facts)))
        tell_skew(collection)
        if self.adjusted:
            from tracetui.analysis.adjusted import adjust

            by_clock = adjust(collection)
            if by_clock is not collection:
                collection, facts = by_clock, _only(by_clock)
        if facts is not None:
            facts = analyse(facts, self._mode)
        self._put(arrived=Arrived(collection, facts, done=True, view=_view(facts)))


def _only(collection: Collection) -> Facts | None:
    """Lay out the only trace of a collection, if it has just one."""
    _ = collection.table  # is made when first asked for: here, not in the thread of the screen
    if len(collection.traces) == 1:
        return lay_out(collection.traces[0])
    if collection.traces:
        from .screens import traces  # noqa: F401  # likewise: the screen will want it, and would stand still
    return None


def _view(facts: Facts | None) -> ViewState | None:
    """A view of a trace: a table as long as the trace is made here, not in the thread of the screen."""
    return ViewState(facts.forest, facts.whole) if facts is not None else None
