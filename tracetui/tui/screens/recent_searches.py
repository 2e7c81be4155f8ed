"""The searches made lately of one server, to be made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from tracetui.text import fit, neutralise
from tracetui.tui.bindings import GLOBAL, bindings_for
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.state.search_form import Field, described
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["RecentSearchesScreen"]

_LINES = 16


class _Searches(LinesView):
    """A line a search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("help"),
        Binding("enter", "run('open')", "Search", show=False),
        Binding("ctrl+r", "run('back')", "Close", show=False, id="recent-searches"),
    ]
    DEFAULT_CSS = "_Searches { height: 1fr; }"

    def __init__(self, searches: Sequence[dict[Field, str]], *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self.searches = searches

    def make_lines(self, width: int) -> Iterable[Line]:
        for values in self.searches:
            yield Line((Piece(" " + fit(neutralise(described(values)), max(0, width - 2), pad=False)),))

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if 0 <= int(self.scroll_offset.y) + event.y < len(self.searches):
            self.action_run("open")

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "open":
            self.screen.dismiss(self.searches[min(self.cursor, len(self.searches) - 1)])
        elif name == "back":
            self.screen.dismiss(None)
        else:
            self.move(name)


class RecentSearchesScreen(ModalScreen[dict[Field, str] | None]):
    """Asks which search to make again; gives its fields, or None.

    Args:
        searches: what there is, at least one.
        ascii: use ASCII signs only.
    """

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(GLOBAL)]
    DEFAULT_CSS = """
    RecentSearchesScreen { align: center middle; }
    RecentSearchesScreen > #box { width: 90%; max-width: 100; height: auto; max-height: 90%; }
    RecentSearchesScreen > #box { background: $surface; border: round $border; padding: 0; }
    RecentSearchesScreen > #box { border-title-color: $text; }
    """

    def __init__(self, searches: Sequence[dict[Field, str]], *, ascii: bool = False) -> None:
        super().__init__()
        self._list = _Searches(searches, ascii=ascii)
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        with Container(id="box") as box:
            box.border_title = "Searched lately"
            if self._ascii:
                box.styles.border = ("ascii", "white")
            yield self._list

    def on_mount(self) -> None:
        self._list.styles.height = min(_LINES, len(self._list.searches))
        self.set_focus(self._list)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self._list.action_run(name)
