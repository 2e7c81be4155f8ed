"""What is on the screen until there is a trace to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import cell_len, fit, neutralise
from tracetui.tui.bindings import bindings_for
from tracetui.tui.theme import paint
from tracetui.tui.widgets.line import Line

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp


class _Centre(Widget):
    """Two lines in the middle: what is being read, and how far."""

    DEFAULT_CSS = "_Centre { height: 1fr; }"

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.text = ""

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        middle = max(0, self.size.height // 2 - 1)
        if y in (middle, middle + 1):
            text = self.title if y == middle else self.text
            text = fit(text, min(cell_len(text), line.width), middle=True)
            line.pad_to((line.width - cell_len(text)) // 2)
            line.add(text, styles.style("text" if y == middle else "muted", on="background"))
        return line.strip()


class LoadingScreen(Screen[None]):
    """Says what is being read."""

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("help")]

    def __init__(self, names: Sequence[str], *, ascii: bool = False) -> None:
        super().__init__()
        what = neutralise(names[0]) if len(names) == 1 else f"{len(names):,} sources"
        what = "standard input" if what == "-" else what
        self._centre = _Centre(f"reading {what}" + ("..." if ascii else "…"))

    def compose(self) -> ComposeResult:
        yield self._centre

    def tell_progress(self, text: str) -> None:
        self._centre.text = text
        self._centre.refresh()

    def action_run(self, name: str) -> None:
        app: TraceApp = self.app  # type: ignore[assignment]
        if name == "back" and not app.stop_loading():
            app.exit(return_code=0)
