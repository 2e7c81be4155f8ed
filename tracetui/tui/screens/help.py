"""Help: the keys that work where the user is, and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.screen import Screen

from tracetui.tui.bindings import actions_of, bindings_for
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.help_lines import PLACES, build
from tracetui.tui.screens.pager import TitleLine
from tracetui.tui.theme import paint
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["HelpScreen"]


class HelpView(LinesView):
    """The page."""

    GROUND = "background"
    HAS_CURSOR = False
    BINDINGS = [*bindings_for("help")]
    DEFAULT_CSS = "HelpView { height: 1fr; background: $background; padding: 1 0 0 1; }"

    def __init__(self, contexts: Sequence[str], *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self._contexts = contexts

    def make_lines(self, width: int) -> Iterable[Line]:
        shapes, actions = paint(self.app).shapes, actions_of(self.app)
        return build(self._contexts, width, ascii=self.ascii, shapes=shapes, actions=actions)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if not self.move(name) and name == "back":
            self.screen.dismiss()


class HelpScreen(Screen[None]):
    """Shows the keys; the one that opened it closes it.

    Args:
        contexts: Where the user is, the innermost place first: names of `bindings.CONTEXTS`.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "help"

    def __init__(self, contexts: Sequence[str] | str, *, ascii: bool = False) -> None:
        super().__init__()
        self._contexts = (contexts,) if isinstance(contexts, str) else tuple(contexts)
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        place = PLACES.get(self._contexts[0], "") if self._contexts else ""
        where = f"  keys in {place}" if place else ""
        yield TitleLine([Piece("Help", "strong"), Piece(where, "muted")], ascii=self._ascii)
        yield HelpView(self._contexts, ascii=self._ascii)
        yield KeyBar("help", ascii=self._ascii)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(HelpView))

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self.query_one(HelpView).action_run(name)
