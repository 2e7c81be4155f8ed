"""The line to type a search or a filter into: above the last line, which then tells what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual import events
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tracetui.text import cell_len, neutralise, to_ascii
from tracetui.tui.theme import Role, paint

from .line import Line

LONGEST = 2000
"""Characters of a search or filter."""


class Typist(Protocol):
    """Whom a `Prompt` tells what is typed."""

    def typed(self, text: str) -> None:
        """The text is another one now."""

    def entered(self) -> None:
        """Enter was pressed."""

    def left(self) -> None:
        """Escape was pressed."""


class Words(Widget):
    """A few words at an end of the line."""

    DEFAULT_CSS = "Words { width: auto; height: 1; }"

    def __init__(self, role: Role) -> None:
        super().__init__()
        self._role = role
        self._text = ""

    def tell(self, text: str) -> None:
        """Show words; "" takes no room."""
        if text != self._text:
            self._text = text
            self.styles.width = cell_len(text)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        line.add(self._text, styles.style(self._role, on="background", bold=True))
        return line.strip()


def _stays(char: str) -> bool:
    """Whether a character is shown as it is, at least behind a letter."""
    return neutralise(f"x{char}") == f"x{char}"


class Field(Input):
    """The text; keys that mean nothing in it mean nothing at all while it has the focus."""

    DEFAULT_CSS = """
    Field.-textual-compact { background: $background; width: 1fr; }
    Field.-textual-compact:focus { background-tint: $background 0%; }
    """

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(compact=True, select_on_focus=False, max_length=LONGEST)
        self.cursor_blink = False
        self._prompt = prompt

    def insert_text_at_cursor(self, text: str) -> None:
        """Take what is typed or pasted, but for what would not be shown as it is."""
        room = LONGEST - len(self.value)
        taken = "".join(filter(_stays, text))[:room]
        super().insert_text_at_cursor(neutralise(f"x{taken}")[1:])  # no more marks on a letter than elsewhere

    def _on_paste(self, event: events.Paste) -> None:
        """Lines become blanks."""
        self.insert_text_at_cursor(" ".join(event.text[: 2 * LONGEST].split()))
        event.stop()
        event.prevent_default()

    async def _on_key(self, event: events.Key) -> None:
        if self._prompt.pressed(event.key):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)


class Prompt(Horizontal):
    """A label, the text, and at the right what came of it.

    Args:
        typist: whom to tell.
        ascii: use ASCII signs only.
    """

    DEFAULT_CSS = "Prompt { height: 1; width: 100%; background: $background; }"

    def __init__(self, typist: Typist, *, ascii: bool) -> None:
        super().__init__()
        self._typist = typist
        self._ascii = ascii
        self._label = Words("accent")
        self._field = Field(self)
        self._outcome = Words("strong")
        self._shown = ""
        self._past: list[str] = []
        self._back = 0

    def place(self, before: Widget) -> None:
        """Mount it above another widget of its screen, at once: the next key is for it already."""
        before.screen.mount(self, before=before)
        self.mount(self._label, self._field, self._outcome)

    def begin(self, label: str, text: str, past: Sequence[str]) -> None:
        """Have another text typed; `past` are earlier ones."""
        self.display = True
        self._label.tell(label)
        self._outcome.tell("")
        self._past = [*past, text]
        self._back = len(past)
        self._put(text)
        self.screen.set_focus(self._field)

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._field.value

    @property
    def is_typed_in(self) -> bool:
        """Whether keys go to it."""
        return self.display and self.screen.focused is self._field

    def column_of(self, index: int) -> int:
        """Return the cell of the screen at which a character of the text stands."""
        before = cell_len(self._field.value[:index])
        return self._field.region.x + before - int(self._field.scroll_offset.x)

    def outcome(self, text: str) -> None:
        """Show what came of the text."""
        text = f"  {neutralise(text)} " if text else ""
        self._outcome.tell(to_ascii(text) if self._ascii else text)

    def _put(self, text: str) -> None:
        self._shown = text
        self._field.value = text
        self._field.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.pressed("enter")

    def _tell(self) -> None:
        text = self.text
        if self.display and text != self._shown:
            self._shown = text
            self._typist.typed(text)

    def pressed(self, key: str) -> bool:
        """Take a key that is for the line as a whole; returns whether it was one."""
        if key == "enter":
            self._tell()  # the message of the last change may still be on its way
            self._typist.entered()
        elif key == "escape":
            self._typist.left()
        elif key in ("up", "down"):
            self._go_back(1 if key == "up" else -1)
        elif key not in ("tab", "shift+tab", "pageup", "pagedown"):
            return False
        return True

    def _go_back(self, steps: int) -> None:
        """Take an earlier text from the history, or a later one."""
        if self._back == len(self._past) - 1:
            self._past[-1] = self.text
        at = min(max(self._back - steps, 0), len(self._past) - 1)
        if at != self._back:
            self._back = at
            self._put(self._past[at])
            self._typist.typed(self._past[at])
