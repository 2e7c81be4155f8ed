"""The copy menu: what the cursor is on, each thing with a letter of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from tracetui.text import cell_len, fit
from tracetui.tui.bindings import GLOBAL, bindings_for
from tracetui.tui.copy_choices import Choice
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["CopyScreen"]


class _Choices(LinesView):
    """The lines of the menu."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("help"),
        Binding("enter", "run('open')", "Copy", show=False),
        Binding("y", "run('back')", "Close", show=False, id="copy"),
    ]
    DEFAULT_CSS = "_Choices { height: 1fr; }"

    def __init__(self, choices: Sequence[Choice], *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self.choices = choices

    def make_lines(self, width: int) -> Iterable[Line]:
        column = max(cell_len(choice.title) for choice in self.choices)
        for choice in self.choices:
            room = width - column - 6
            preview = fit(choice.preview, room, pad=False) if room > 3 else ""
            title = fit(choice.title, min(column, max(0, width - 4)))
            yield Line(
                (Piece(f" {choice.letter}  ", "keyword"), Piece(f"{title}  "), Piece(preview, "muted"))
            )

    def on_key(self, event: events.Key) -> None:
        """A letter takes its line at once, whatever else it may mean elsewhere."""
        for choice in self.choices:
            if event.key == choice.letter:
                event.stop()
                event.prevent_default()
                self.screen.dismiss(choice)

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if 0 <= int(self.scroll_offset.y) + event.y < len(self.choices):
            self.action_run("open")

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "open":
            self.screen.dismiss(self.choices[min(self.cursor, len(self.choices) - 1)])
        elif name == "back":
            self.screen.dismiss(None)
        else:
            self.move(name)


class CopyScreen(ModalScreen[Choice | None]):
    """Asks what to copy; gives the choice, or None.

    Args:
        choices: What there is, at least one.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(GLOBAL)]
    DEFAULT_CSS = """
    CopyScreen { align: center middle; }
    CopyScreen > #box { width: 90%; max-width: 100; height: auto; max-height: 90%; background: $surface; }
    CopyScreen > #box { border: round $border; border-title-color: $text; padding: 0; }
    """

    def __init__(self, choices: Sequence[Choice], *, ascii: bool = False) -> None:
        super().__init__()
        self._choices = _Choices(choices, ascii=ascii)
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        with Container(id="box") as box:
            box.border_title = "Copy"
            if self._ascii:
                box.styles.border = ("ascii", "white")
            yield self._choices

    def on_mount(self) -> None:
        self._choices.styles.height = len(self._choices.choices)
        self.set_focus(self._choices)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self._choices.action_run(name)
