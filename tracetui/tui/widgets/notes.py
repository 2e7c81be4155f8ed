"""Lines about what is not as it should be, which stand as long as it is so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import fit, neutralise, to_ascii
from tracetui.tui.theme import Role, paint

from .line import Line

__all__ = ["Notes"]

_MOST: Final = 3


class Notes(Widget):
    """Lines about what is not as it should be; no line where all is well."""

    DEFAULT_CSS = "Notes { height: 0; }"

    def __init__(self, *, ascii: bool) -> None:
        super().__init__()
        self._ascii = ascii
        self._lines: list[tuple[str, Role]] = []

    def tell(self, lines: Sequence[tuple[str, Role]]) -> None:
        """Show lines; their foreign text is neutralised here."""
        shown = [(neutralise(text), role) for text, role in lines]
        if len(shown) > _MOST:
            hidden = len(shown) - _MOST + 1
            shown = [*shown[: _MOST - 1], (f"and {hidden} more", "muted")]
        if shown != self._lines:
            self._lines = shown
            self.styles.height = len(shown)
            self.refresh(layout=True)

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        if y >= len(self._lines):
            return line.strip()
        text, role = self._lines[y]
        signs = {"error": "✗", "warning": "!"}
        sign = signs.get(role, "·")
        text = f" {sign} {text}"
        text = to_ascii(text) if self._ascii else text
        style: Style = styles.style(role, on="background")
        line.add(fit(text, max(0, line.width - 1), pad=False, ellipsis=".." if self._ascii else "…"), style)
        return line.strip()
