"""Noticing that a file was replaced, cut or written over while it is on the screen."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from tracetui.model.fates import LOST, WORDS, look_at, take_in
from tracetui.model.trace import Collection
from tracetui.sources import Fate

from .bindings import key_of
from .later import after
from .runner import Runner, Tell

if TYPE_CHECKING:
    from .app import TraceApp

__all__ = ["REST_S", "Watcher"]

REST_S: Final = 1.0
"""How often, at most, the file system is asked."""

_DONE: Final = {
    **dict.fromkeys(LOST, "what was not read before cannot be read any more"),
    Fate.REPLACED: "the old one is shown",
    Fate.REMOVED: "it is shown as it was",
}


class Watcher:
    """Asks in a thread what became of the files, whenever the user does something.

    Args:
        app: whose collection it is.
    """

    def __init__(self, app: TraceApp) -> None:
        self._app = app
        self._runner = Runner(app, "files")
        self._timer: TimerHandle | None = None
        self._asked_at = -REST_S

    def look(self) -> None:
        """Ask, now or once the last time is long enough ago."""
        app = self._app
        if self._timer is not None or self._runner.busy or app.collection is None or not app.finished:
            return
        wait = self._asked_at + REST_S - monotonic()
        if wait > 0:
            self._timer = after(app, wait, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        self._timer = None
        collection = self._app.collection
        if collection is not None:
            self._asked_at = monotonic()
            self._runner.start(
                partial(_look, collection), partial(self._tell, collection), lambda error: None
            )

    def _tell(self, collection: Collection, found: dict[int, Fate]) -> None:
        app = self._app
        fresh = take_in(collection, found) if collection is app.collection else {}
        for screen in app.screen_stack if fresh else ():
            _renew(screen)
        again = f"{key_of(app, 'reload')} reads it again"
        bad = {name: fate for name, fate in fresh.items() if fate is not Fate.GROWN}
        for name, fate in list(bad.items())[:1]:
            more = f" (and {len(bad) - 1:,} more)" if len(bad) > 1 else ""
            app.warn(f"{_short(name)} {WORDS[fate]}{more}: {_DONE[fate]}. {again}.")
        if fresh and not bad:
            app.say(f"{_short(next(iter(fresh)))} has grown: {again}")


def _look(collection: Collection, cancelled: Callable[[], bool], tell: Tell) -> dict[int, Fate]:
    return look_at(collection.store.sources)


def _renew(screen: Screen[object]) -> None:
    renew: Callable[[], None] | None = getattr(screen, "files_changed", None)
    if renew is not None:
        renew()


def _short(name: str) -> str:
    return "standard input" if name == "-" else name.rpartition("/")[2]
