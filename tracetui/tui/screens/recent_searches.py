"""The searches made lately of one server, to be made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tracetui.text import fit, neutralise
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.state.search_form import Field, described

from .box import Choices, ChoiceScreen

__all__ = ["RecentSearchesScreen"]

_LINES = 16


class _Searches(Choices):
    """A line a search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "run('back')", "Close", show=False, id="recent-searches"),
    ]

    def make_lines(self, width: int) -> Iterable[Line]:
        for values in self.choices:
            yield Line((Piece(" " + fit(neutralise(described(values)), max(0, width - 2), pad=False)),))


class RecentSearchesScreen(ChoiceScreen[dict[Field, str] | None]):
    """Asks which search to make again; gives its fields, or None.

    Args:
        searches: what there is, at least one.
        ascii: use ASCII signs only.
    """

    def __init__(self, searches: Sequence[dict[Field, str]], *, ascii: bool = False) -> None:
        super().__init__("Searched lately", _Searches(searches, ascii=ascii), most=_LINES, ascii=ascii)
