"""A value on a screen of its own, however long it is."""

from __future__ import annotations

import os
from collections.abc import Iterable

from rich.segment import Segment
from textual.app import ComposeResult, SuspendNotSupported
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tracetui.errors import UsageError
from tracetui.text import cell_len, to_ascii
from tracetui.tui.bindings import bindings_for, key_of
from tracetui.tui.copy_choices import Copyable
from tracetui.tui.detail.lines import Entry, Line, Piece
from tracetui.tui.detail.pager import laid_out, pages, summary
from tracetui.tui.detail.values import plain
from tracetui.tui.theme import paint
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["PagerScreen", "TitleLine"]


class TitleLine(Widget):
    """One line at the top of a screen."""

    DEFAULT_CSS = "TitleLine { height: 1; dock: top; background: $panel; }"

    def __init__(self, pieces: Iterable[Piece], *, ascii: bool = False) -> None:
        super().__init__()
        self._pieces = tuple(pieces)
        self._ascii = ascii

    def set_pieces(self, pieces: Iterable[Piece]) -> None:
        """Say something else."""
        self._pieces = tuple(pieces)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        current = paint(self.app)
        base = current.ground("raised")
        segments = [Segment(" ", base)]
        for piece in self._pieces:
            text = to_ascii(piece.text) if self._ascii else piece.text
            role = piece.role if piece.role in ("strong", "muted", "text", "error") else "text"
            segments.append(
                Segment(text, current.style(role, on="raised", bold=role == "strong"))  # type: ignore[arg-type]
            )
        used = sum(cell_len(segment.text) for segment in segments)
        width = self.size.width
        hint = f"{key_of(self.app, 'back')} back"
        if used + len(hint) + 3 <= width:
            segments.append(Segment(" " * (width - used - len(hint) - 1), base))
            segments.append(Segment(hint + " ", current.style("muted", on="raised")))
            used = width
        return Strip(segments, used).adjust_cell_length(width, base)


class PagerView(LinesView):
    """The value's lines."""

    GROUND = "background"
    HAS_CURSOR = False
    BINDINGS = [*bindings_for("pager")]
    DEFAULT_CSS = "PagerView { height: 1fr; background: $background; }"

    def __init__(self, entry: Entry, *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self._entry = entry

    def make_lines(self, width: int) -> Iterable[Line]:
        return pages(self._entry, width)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if self.move(name):
            return
        if name == "back":
            self.screen.dismiss()
        elif name == "copy":
            self.app.action_run(name)  # type: ignore[attr-defined]
        elif name in ("pager", "editor"):
            self._show_elsewhere(in_editor=name == "editor")

    def _show_elsewhere(self, *, in_editor: bool) -> None:
        """Have a program of the user's show the value: a pager what is fit for a terminal, an editor all."""
        from tracetui.tui import external

        try:
            if in_editor:
                external.show(self.app, external.editor(os.environ), plain(self._entry.value))
            else:
                text = laid_out(self._entry, self.text_width)
                external.show(self.app, external.pager(os.environ), text)
        except (UsageError, SuspendNotSupported) as error:
            self.screen.say(str(error) or "not possible here")  # type: ignore[attr-defined]


class PagerScreen(Screen[None]):
    """Shows the whole of one value; esc goes back."""

    CONTEXT = "pager"

    def __init__(self, entry: Entry, *, ascii: bool = False) -> None:
        super().__init__()
        self._entry = entry
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        yield TitleLine(summary(self._entry), ascii=self._ascii)
        yield PagerView(self._entry, ascii=self._ascii)
        yield KeyBar("pager", ascii=self._ascii)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(PagerView))

    def copyable(self) -> Copyable:
        """What is on show, to be copied."""
        return Copyable(entry=self._entry)

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.query_one(KeyBar).message(text)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self.query_one(PagerView).action_run(name)
