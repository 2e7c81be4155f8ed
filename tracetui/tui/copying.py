"""Copying and saving: what every screen offers, and the one place that writes to the clipboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import TYPE_CHECKING

from tracetui.errors import TracetuiError
from tracetui.format import count, plural, size

from .bindings import Keyed, with_keys
from .settings import SettledApp

# Whatever only copying and saving need is imported when somebody copies or saves.
if TYPE_CHECKING:
    from tracetui.backends.base import Backend
    from tracetui.export.save import Saved
    from tracetui.model.trace import Collection

    from .clipboard import Tool
    from .copy_choices import Choice, Copyable

__all__ = ["CopyingApp"]


class CopyingApp(SettledApp):
    """An application with a clipboard.

    Its screens may have a method `copyable`, which says where the cursor is, and a method `say`, which shows
    a line.
    """

    collection: Collection | None
    ascii: bool

    chosen: Copyable | None = None
    """Where the cursor was when the user left, if it was on a span."""

    def note_chosen(self) -> None:
        """Remember where the cursor is in the trace that is open, under whatever else is on."""
        for screen in reversed(self.screen_stack):
            ask: Callable[[], Copyable | None] | None = getattr(screen, "copyable", None)
            what = ask() if ask is not None else None
            if what is not None and what.trace is not None:
                self.chosen = what if what.row >= 0 else None
                return

    def offer_copy(self) -> None:
        """Open the copy menu on what the cursor is on; where that is one thing only, copy it."""
        from .copy_choices import choices

        what = self._copyable()
        found = choices(what, self._names(what), self._backend()) if what is not None else []
        if not found:
            self.say("there is nothing to copy here")
        elif len(found) == 1:
            self._take(found[0])
        else:
            from .screens.copy import CopyScreen

            self.push_screen(CopyScreen(found, ascii=self.ascii), self._take)

    def offer_save(self) -> None:
        """Ask where to save the trace that the cursor is in."""
        what = self._copyable()
        if what is None or what.trace is None or self.collection is None:
            self.say("there is no trace to save here")
            return
        from .screens.save import SaveScreen

        self.push_screen(SaveScreen(self.collection, what.trace, ascii=self.ascii), self._saved)

    def _copyable(self) -> Copyable | None:
        ask: Callable[[], Copyable | None] | None = getattr(self.screen, "copyable", None)
        return ask() if ask is not None else None

    def _names(self, what: Copyable) -> list[str]:
        if self.collection is None or what.trace is None:
            return []
        from tracetui.export.save import sources_of

        return sources_of(self.collection, what.trace)

    def _backend(self) -> Backend | None:
        """The backend that what is shown came from."""
        return None

    def _saved(self, saved: Saved | None) -> None:
        if saved is None:
            return
        self.say(f"saved {saved.path.name}: {size(saved.size)}")
        if saved.notes:
            self.warn("\n".join(saved.notes))

    def _take(self, choice: Choice | None) -> None:
        if choice is not None:
            self.copy(choice.make, choice.title)

    def say(self, text: str) -> None:
        """Show a line where the screen has a place for one, else over it."""
        if isinstance(text, Keyed):
            text = with_keys(self, text)
        tell: Callable[[str], None] | None = getattr(self.screen, "say", None)
        if tell is not None:
            tell(text)
        else:
            self.warn(text)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what a widget has marked; Textual's own way knows no limit and no tmux."""
        self.copy(lambda: text, "text")

    def copy(self, make: Callable[[], str], what: str) -> None:
        """Copy text, and show how many characters went which way, or why not.

        Args:
            make: Makes the text, ready to paste, in a thread: it may be large.
            what: What it is, in a few words.
        """
        # No worker: the end of the program would wait for it, and a program for its display server.
        Thread(target=copy_context().run, args=(self._copy, make, what), daemon=True).start()

    def _copy(self, make: Callable[[], str], what: str) -> None:
        """Make the text, and try the programs of the system; in a thread."""
        from .clipboard import tools

        try:
            text = make()
        except (TracetuiError, OSError, ValueError) as error:
            self._after(self.say, f"{what} not copied: {error}")
            return
        failure = ""
        for tool in tools(os.environ) if text else ():
            failure = _try(tool, text)
            if not failure:
                self._after(self._copied, text, f"{what} copied by {tool.name}: {_amount(text)}")
                return
        self._after(self._send, text, what, failure)

    def _after(self, tell: Callable[..., None], *args: str) -> None:
        """Have something done by the application, if there still is one."""
        with suppress(RuntimeError):
            self.call_later(tell, *args)

    def _copied(self, text: str, message: str) -> None:
        self._clipboard = text  # what widgets paste
        self.say(message)

    def _send(self, text: str, what: str, failure: str) -> None:
        """Have the terminal copy it: the only place that writes such a sequence."""
        from .clipboard import CannotCopy, osc52

        try:
            if not text:
                raise CannotCopy("it is empty")
            sequence = osc52(text, os.environ)
        except CannotCopy as error:
            why = f"{failure}; {error}" if failure else str(error)
            self.say(f"{what} not copied: {why}")
            return
        if self._driver is not None:
            self._driver.write(sequence)
        self._copied(text, f"{what} sent to the terminal's clipboard: {_amount(text)}")


def _try(tool: Tool, text: str) -> str:
    """Copy by a program; why it failed, or ""."""
    from .clipboard import CannotCopy

    try:
        tool.copy(text)
    except CannotCopy as error:
        return str(error)
    return ""


def _amount(text: str) -> str:
    lines = text.count("\n") + 1
    amount = plural(len(text), "character")
    return f"{amount} in {count(lines)} lines" if lines > 1 else amount
