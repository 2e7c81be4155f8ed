"""The last line: the keys that matter here, and on the right what is going on."""

from __future__ import annotations

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.bindings import Action, actions_of, footer_actions, key_label
from tracetui.tui.theme import paint

from .line import Line


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
        self._places: list[tuple[int, int, str]] = []

    def set_context(self, context: str) -> None:
        """Show the keys of another context."""
        if context != self.context:
            self.context = context
            self.refresh()

    def message(self, text: str) -> None:
        """Show one line of foreign or own text at the right end; "" takes it away."""
        text = neutralise(text)
        text = to_ascii(text) if self.ascii else text
        if text != self._message:
            self._message = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("raised"))
        line.add(" ", None, 1)
        key_style = styles.style("accent", on="raised", bold=True)
        words_style = styles.style("text", on="raised")
        message = fit(self._message, min(cell_len(self._message), line.room - 2), pad=False)
        limit = line.width - (cell_len(message) + 2 if message else 0)
        self._places = []
        for action in self._by_importance(limit - line.used):
            keys = action.footer_keys or key_label(action.keys[0])
            begin = line.used
            line.add(keys, key_style)
            line.add(f" {action.footer}", words_style)
            self._places.append((begin, line.used, action.call))
            line.add("  ", None, 2)
        if message:
            line.pad_to(line.width - cell_len(message) - 1)
            line.add(message, styles.style("strong", on="raised"))
        return line.strip()

    def _by_importance(self, room: int) -> list[Action]:
        """The actions that fit; `?` is the last to go, as it tells the others."""
        listed = footer_actions(self.context, actions_of(self.app))
        cells = {a.id: cell_len(a.footer_keys or key_label(a.keys[0])) + len(a.footer) + 3 for a in listed}
        while listed and sum(cells[action.id] for action in listed) > room:
            if len(listed) == 1:
                return []
            del listed[-2]
        return listed

    async def on_click(self, event: events.Click) -> None:
        for begin, end, call in self._places:
            if begin <= event.x < end:
                await self.app.run_action(call, self.screen)
                return
