"""The ruler above the waterfall: round ticks that follow the zoom."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from tracetui.export.bars import Tick, Window, ruler, ticks
from tracetui.format import duration
from tracetui.tui.state.view import ViewState
from tracetui.tui.theme import paint

from .layout import Columns
from .line import Line
from .times import Clock, clock_ticks


class Ruler(Widget):
    """One line: what the columns are, and the ticks over the bars."""

    DEFAULT_CSS = "Ruler { height: 1; }"

    def __init__(self, *, ascii: bool = False, pinned: Sequence[str] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self.pinned = tuple(pinned)
        self.ascii = ascii
        self._columns = Columns.fitting(0)
        self._text = ""
        self._label = ""

    def measure(self, view: ViewState, columns: Columns, clock: Clock) -> str:
        """Lay the ticks for a view, and return the grid that they leave behind the bars."""
        window = Window(view.window.start_ns, view.window.end_ns, columns.bars)
        if clock is Clock.RELATIVE:
            marks: Sequence[Tick] = ticks(window, view.whole.start_ns, ascii=self.ascii)
        else:
            marks = clock_ticks(window, clock)
        self._columns = columns
        self._text = ruler(marks, columns.bars, ascii=self.ascii)
        self._label = "service · operation"
        if view.window != view.whole:
            share = duration(view.window.width_ns, ascii=self.ascii)
            self._label = f"zoom: {share} of {duration(view.whole.width_ns, ascii=self.ascii)}"
        if self.ascii:
            self._label = self._label.replace("·", "-")
        self.refresh()
        cells = [" "] * columns.bars
        for mark in marks:
            cells[mark.column] = "|" if self.ascii else "╎"
        return "".join(cells)

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        muted = styles.style("muted", on="background")
        line.add(" ", None, 1)
        label = self._label if len(self._label) < self._columns.tree else ""
        line.add(label, muted)
        if self._columns.pinned:
            from .pinned import heading

            line.pad_to(self._columns.pinned_at)
            for name in self.pinned[: self._columns.pinned]:
                line.add(heading(name, ascii=self.ascii), muted)
        line.pad_to(self._columns.bars_at)
        line.add(self._text, muted)
        return line.strip()
