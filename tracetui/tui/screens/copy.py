"""The copy menu: what the cursor is on, each thing with a letter of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tracetui.text import cell_len, fit
from tracetui.tui.copy_choices import Choice
from tracetui.tui.detail.lines import Line, Piece

from .box import Choices, ChoiceScreen

__all__ = ["CopyScreen"]


class _Choices(Choices):
    """The lines of the menu."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "run('back')", "Close", show=False, id="copy")]

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


class CopyScreen(ChoiceScreen[Choice | None]):
    """Asks what to copy; gives the choice, or None.

    Args:
        choices: What there is, at least one.
        ascii: Use ASCII signs only.
    """

    def __init__(self, choices: Sequence[Choice], *, ascii: bool = False) -> None:
        super().__init__("Copy", _Choices(choices, ascii=ascii), most=len(choices), ascii=ascii)
