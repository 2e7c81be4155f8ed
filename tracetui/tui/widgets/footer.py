"""The last line: the keys that matter here, and on the right what is going on."""

from __future__ import annotations

from msgspec import Struct
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.bindings import Action, Keyed, actions_of, footer_actions, footer_keys, with_keys
from tracetui.tui.contexts import owner_of
from tracetui.tui.theme import Paint, paint

from .line import Line


class Note(Struct, frozen=True):
    """A line in the place of the keys, while something is typed in the line above.

    Attributes:
        text: own words, or with `column` an error.
        column: the cell of the line above that the error is about; -1 for none.
    """

    text: str
    column: int = -1


class KeyBar(Widget):
    """Keys of a context, from the list of actions; a click on one carries it out.

    Args:
        context: one of `bindings.CONTEXTS`.
    """

    DEFAULT_CSS = "KeyBar { height: 1; dock: bottom; }"

    def __init__(self, context: str, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.context = context
        self.ascii = ascii
        self._message = ""
        self._note: Note | None = None
        self._places: list[tuple[int, int, str]] = []

    def set_context(self, context: str) -> None:
        """Show the keys of another context."""
        if context != self.context:
            self.context = context
            self.refresh()

    def message(self, text: str) -> None:
        """Show one line of foreign or own text at the right end; "" takes it away."""
        if isinstance(text, Keyed):
            text = with_keys(self.app, text)
        text = neutralise(text)
        text = to_ascii(text) if self.ascii else text
        if text != self._message:
            self._message = text
            self.refresh()

    def note(self, note: Note | None) -> None:
        """Show a line in the place of the keys; None brings the keys back."""
        if note != self._note:
            self._note = note
            self.refresh()

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("raised"))
        if self._note is not None:
            self._places = []
            draw_note(line, self._note, styles, ascii=self.ascii)
            return line.strip()
        line.add(" ", None, 1)
        key_style = styles.style("accent", on="raised", bold=True)
        words_style = styles.style("text", on="raised")
        message = fit(self._message, min(cell_len(self._message), line.room - 2), pad=False)
        limit = line.width - (cell_len(message) + 2 if message else 0)
        self._places = []
        for action in self._by_importance(limit - line.used):
            keys = footer_keys(action, actions_of(self.app))
            line.add("  " if self._places else "", None)
            begin = line.used
            line.add(keys, key_style)
            line.add(f" {action.footer}", words_style)
            self._places.append((begin, line.used, action.call))
        if message:
            line.pad_to(line.width - cell_len(message) - 1)
            line.add(message, styles.style("strong", on="raised"))
        return line.strip()

    def _by_importance(self, room: int) -> list[Action]:
        """The actions that fit; `?` is the last to go, as it tells the others."""
        actions = actions_of(self.app)
        listed = footer_actions(self.context, actions)
        cells = {a.id: cell_len(footer_keys(a, actions)) + len(a.footer) + 3 for a in listed}
        while listed and sum(cells[action.id] for action in listed) > room + 2:  # nothing is behind the last
            if len(listed) == 1:
                return []
            del listed[-2]
        return listed

    async def on_click(self, event: events.Click) -> None:
        for begin, end, call in self._places:
            if begin <= event.x < end:
                await self.app.run_action(call, owner_of(self.screen))
                return


def draw_note(line: Line, note: Note, styles: Paint, *, ascii: bool) -> None:
    """Draw a note: of an error a caret under its place, and beside it what is wrong."""
    text = neutralise(note.text[:1000])
    text = to_ascii(text) if ascii else text
    if note.column < 0:
        line.add(" ", None, 1)
        line.add(fit(text, line.room, pad=False), styles.style("muted", on="raised"))
        return
    column = min(note.column, max(0, line.width - 2))
    caret, words = styles.style("error", on="raised", bold=True), styles.style("error", on="raised")
    cells = cell_len(text)
    if column + 2 + cells > line.width and column - 2 >= min(cells, line.width - column - 3):
        shown = fit(text, min(cells, column - 2), pad=False)
        line.pad_to(column - 1 - cell_len(shown))
        line.add(shown + " ", words)
        line.add("^", caret, 1)
    else:
        line.pad_to(column)
        line.add("^ ", caret, 2)
        line.add(fit(text, line.room, pad=False), words)
