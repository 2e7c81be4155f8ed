"""Searching and filtering on a screen: the line to type into, the work in a thread, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from tracetui.errors import TracetuiError
from tracetui.query.errors import QueryError
from tracetui.query.grammar import parse
from tracetui.query.patterns import search_pattern

from .runner import Job, Runner
from .state.queries import Kind, Queries
from .widgets.footer import KeyBar, Note
from .widgets.prompt import Prompt

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

LABELS: Final = {Kind.SEARCH: "/", Kind.FILTER: "filter "}
HINTS: Final = {
    Kind.SEARCH: "enter keeps · esc clears · ↑ earlier ones · re: a regular expression",
    Kind.FILTER: "enter keeps · esc takes back · such as  cart >50ms error kind=client !ping",
}


class Target(Protocol):
    """What is searched: the spans of a trace, or the traces of a list. It draws what it is told."""

    def job(self, kind: Kind, text: str) -> Job:
        """Return what finds the matches of a text, in a thread."""

    def show(self, kind: Kind, result: Any) -> None:
        """Mark what was found so far, or hide all else."""

    def clear(self, kind: Kind) -> None:
        """Take the marks away, or show all again."""

    def in_force(self, kind: Kind) -> str:
        """Return the text whose complete result is on the screen, or ""."""

    def outcome(self, kind: Kind) -> str:
        """Return what came of it in few words: `3/17`, `12 of 59`."""

    def lifted(self) -> bool:
        """Whether the filter was taken from the screen, as it hid what was to be shown."""

    def begin(self) -> None:
        """Remember the place at which typing begins."""

    def end(self) -> None:
        """Forget it: typing is over."""

    def restore(self) -> None:
        """Go back to it."""

    def seek(self) -> bool:
        """Go to the first match from that place on; returns whether there is one."""

    def step(self, forward: bool) -> str | None:
        """Go to the next or previous match; returns what there is to tell."""

    def told(self) -> None:
        """What is found or shown has changed."""


class Finding:
    """Search and filter of one screen.

    Args:
        screen: the screen.
        keys: its last line.
        target: what is searched.
        queries: the texts, which may outlive the screen.
        ascii: use ASCII signs only.
    """

    def __init__(
        self, screen: Screen[Any], keys: KeyBar, target: Target, queries: Queries, *, ascii: bool
    ) -> None:
        self._screen = screen
        self._keys = keys
        self._target = target
        self._queries = queries
        self._ascii = ascii
        self._runners = {kind: Runner(screen, kind.value) for kind in Kind}
        self._prompt: Prompt | None = None
        self._kind = Kind.SEARCH
        self._before = ""
        self._seeking = False
        self._focused: Widget | None = None

    # Typing

    @property
    def is_typing(self) -> bool:
        """Whether the line to type into is there."""
        return self._prompt is not None and self._prompt.display

    def open(self, kind: Kind) -> None:
        """Have a search or filter typed."""
        if self.is_typing:
            self.entered()
        self._kind, self._before = kind, self._queries.texts[kind]
        self._focused = self._screen.focused
        self._target.begin()
        if self._prompt is None:
            self._prompt = Prompt(self, ascii=self._ascii)
            self._prompt.place(self._keys)
        # A search starts anew; a filter is something to work on.
        start = self._before if kind is Kind.FILTER else ""
        self._prompt.begin(LABELS[kind], start, self._queries.history[kind])
        self._note(None)
        if start:
            self._prompt.outcome(self._target.outcome(kind))

    def typed(self, text: str) -> None:
        """Start to look for what is typed so far."""
        kind = self._kind
        self._queries.texts[kind] = text if kind is Kind.SEARCH or text.strip() else ""
        self._seeking = kind is Kind.SEARCH
        self._run(kind)

    def entered(self) -> None:
        """Keep what is typed, and go back to the rows; what cannot be understood stays to be mended."""
        kind = self._kind
        text = self._prompt.text if self._prompt is not None else ""
        error = _error(kind, text)
        if error is not None:
            self._note(error)
            return
        again = kind is Kind.SEARCH and not text and bool(self._before)
        if again:
            self._queries.texts[kind] = self._before
            self._run(kind)
        self._queries.remember(kind)
        self._close()
        if again:
            self._step(forward=True)

    def left(self) -> None:
        """Have it all be as it was before typing; but a search, once left, is over."""
        kind = self._kind
        self._queries.texts[kind] = self._before if kind is Kind.FILTER else ""
        self._seeking = False
        self._runners[kind].stop()
        self._target.restore()
        if self._queries.texts[kind] != self._target.in_force(kind) or not self._queries.texts[kind]:
            self._run(kind)
        self._close()

    def _close(self) -> None:
        if self._prompt is not None:
            self._prompt.display = False
        self._keys.note(None)
        if self._focused is not None and self._focused.is_attached:
            self._screen.set_focus(self._focused)
        if not self._seeking:
            self._target.end()
        self._target.told()

    def focus_moved(self, to: Widget) -> None:
        """A click elsewhere is as good as Enter."""
        if self.is_typing and self._prompt is not None and self._prompt not in to.ancestors:
            self._focused = to
            if _error(self._kind, self._prompt.text) is not None:
                self.left()
            else:
                self.entered()

    def _note(self, error: QueryError | None) -> None:
        if self._prompt is None or not self._prompt.display:
            return
        if error is None:
            hint = HINTS[self._kind]
            self._keys.note(Note(hint.replace("↑", "up:").replace("·", "-") if self._ascii else hint))
        else:
            self._prompt.outcome("")
            self._keys.note(Note(str(error), max(0, self._prompt.column_of(error.column))))

    # Working

    def _run(self, kind: Kind) -> None:
        text = self._queries.texts[kind]
        typing = self.is_typing and kind is self._kind
        runner = self._runners[kind]
        error = _error(kind, text) if kind is Kind.SEARCH else None
        if error is not None or not text:
            runner.stop()
            if not text:
                if typing:
                    self._target.restore()
                self._target.clear(kind)
                self._target.told()
            if typing:
                self._note(error)
                self._tell_outcome(kind)
            return
        runner.start(
            self._target.job(kind, text),
            lambda result: self._show(kind, result),
            lambda error: self._fail(kind, error),
        )
        if typing and kind is Kind.SEARCH:
            self._note(None)

    def _show(self, kind: Kind, result: Any) -> None:
        typing = self.is_typing and kind is self._kind
        self._target.show(kind, result)
        if typing:
            self._note(None)
        if kind is Kind.SEARCH and self._seeking:
            self._seeking = not self._target.seek()
            if not self.is_typing:
                self._target.end()
        self._target.told()
        self._tell_outcome(kind)

    def _tell_outcome(self, kind: Kind) -> None:
        if self._prompt is not None and self.is_typing and kind is self._kind:
            text = self._queries.texts[kind]
            self._prompt.outcome(self._target.outcome(kind) if text else "")

    def _fail(self, kind: Kind, error: TracetuiError) -> None:
        if isinstance(error, QueryError) and self.is_typing and kind is self._kind:
            self._note(error)
            return
        self._queries.texts[kind] = ""
        self._target.clear(kind)
        self._target.told()
        self._keys.message(str(error))

    # What is in force

    def outcome(self) -> str:
        """Return the search and its counter, for the last line; "" without one."""
        text = self._queries.texts[Kind.SEARCH]
        return f"/{text}  {self._target.outcome(Kind.SEARCH)}" if text and not self.is_typing else ""

    def step(self, *, forward: bool) -> str | None:
        """Go to the next or previous match; returns what there is to tell."""
        self._seeking = False
        return self._target.step(forward)

    def _step(self, *, forward: bool) -> None:
        message = self.step(forward=forward)
        self._target.told()
        if message:
            self._keys.message(message)

    def clear(self, kind: Kind) -> bool:
        """Be done with a search or filter; returns whether there was one."""
        if not self._queries.texts[kind]:
            return False
        self._target.end()
        self._queries.texts[kind] = ""
        self._run(kind)
        return True

    def settled(self) -> None:
        """The user has gone somewhere: a search that is still running does not move the cursor any more."""
        if self._seeking:
            self._seeking = False
            self._target.end()

    def lifted(self) -> bool:
        """Whether a jump went to what the filter hides, so that there is no filter any more."""
        kind = Kind.FILTER
        if self._queries.texts[kind] and not self._runners[kind].busy and self._target.lifted():
            self.clear(kind)
            return True
        return False

    def renew(self) -> None:
        """Look again where it must be, as another trace, or more of it, is on the screen now."""
        for kind in Kind:
            wanted = self._queries.texts[kind]
            if wanted != self._target.in_force(kind):
                self._run(kind)
            else:
                self._runners[kind].stop()
        self._target.told()


def _error(kind: Kind, text: str) -> QueryError | None:
    try:
        if kind is Kind.SEARCH:
            search_pattern(text)
        else:
            parse(text)
    except QueryError as error:
        return error
    return None
