"""What is on the screen until there is a trace to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui import paths
from tracetui.tui.bindings import bindings_for
from tracetui.tui.theme import Paint, paint
from tracetui.tui.widgets.line import Line

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp


class _Centre(Widget):
    """A few lines in the middle: what is being read, how far it is, and how to stop it."""

    DEFAULT_CSS = "_Centre { height: 1fr; }"

    def __init__(self, title: str, *, ascii: bool) -> None:
        super().__init__()
        self.title = title
        self.text = ""
        self.share: float | None = None
        self.ascii = ascii

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        strong = styles.style("strong", on="background", bold=True)
        muted = styles.style("muted", on="background")
        figures, _, hint = self.text.removeprefix("reading ").rpartition(" · ")
        parts = [(self.title, strong), ("", muted), (figures, muted), (hint, muted)]
        at = y - max(0, (self.size.height - len(parts)) // 2)
        if at == 1 and self.share is not None:
            self._bar(line, styles)
        elif 0 <= at < len(parts):
            text, style = parts[at]
            text = fit(text, min(cell_len(text), line.width), middle=True)
            line.pad_to((line.width - cell_len(text)) // 2)
            line.add(text, style)
        return line.strip()

    def _bar(self, line: Line, styles: Paint) -> None:
        width = min(40, line.width)
        done = round(width * min(1.0, max(0.0, self.share or 0.0)))
        on, off = ("#", "-") if self.ascii else ("━", "─")
        line.pad_to((line.width - width) // 2)
        line.add(on * done, styles.style("accent", on="background"))
        line.add(off * (width - done), styles.style("faint", on="background"))


class LoadingScreen(Screen[None]):
    """Says what is being read."""

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("help")]

    def __init__(self, names: Sequence[str], *, ascii: bool = False) -> None:
        super().__init__()
        what = neutralise(paths.shown(names[0])) if len(names) == 1 else f"{len(names):,} sources"
        what = "standard input" if what == "-" else what
        self._centre = _Centre(f"Reading {to_ascii(what) if ascii else what}", ascii=ascii)

    def compose(self) -> ComposeResult:
        yield self._centre

    def tell_progress(self, text: str, share: float | None = None) -> None:
        """Show how far loading is; `share` is the part that is read, where the whole is known."""
        self._centre.text = text
        self._centre.share = share
        self._centre.refresh()

    def action_run(self, name: str) -> None:
        app: TraceApp = self.app  # type: ignore[assignment]
        if name == "back" and not app.stop_loading():
            app.exit(return_code=0)
