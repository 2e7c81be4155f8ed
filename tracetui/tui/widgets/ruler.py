"""The ruler above the waterfall: round ticks that follow the zoom, and a mouse that drags out a new one."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
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

    class Dragged(Message):
        """A range of time was dragged out; without one, the ruler was clicked.

        Attributes:
            start_ns, end_ns: the range; equal for a click.
        """

        def __init__(self, start_ns: int = 0, end_ns: int = 0) -> None:
            super().__init__()
            self.start_ns = start_ns
            self.end_ns = end_ns

    def __init__(self, *, ascii: bool = False, pinned: Sequence[str] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self.pinned = tuple(pinned)
        self.ascii = ascii
        self._columns = Columns.fitting(0)
        self._text = ""
        self._label = ""
        self._window = Window(0, 1, 0)
        self._drag: tuple[int, int] | None = None  # the cell of the bars it began in, and where it is

    def measure(self, view: ViewState, columns: Columns, clock: Clock) -> str:
        """Lay the ticks for a view, and return the grid that they leave behind the bars."""
        spare = columns.duration  # no label is over the figures: the last tick's may stand there
        window = Window(view.window.start_ns, view.window.end_ns, columns.bars)
        if clock is Clock.RELATIVE:
            marks: Sequence[Tick] = ticks(window, view.whole.start_ns, spare=spare, ascii=self.ascii)
        else:
            marks = clock_ticks(window, clock, spare)
        self._columns, self._window = columns, window
        self._text = ruler(marks, columns.bars + spare, ascii=self.ascii)
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
        label = self._label
        if self._drag is not None and self._drag[0] != self._drag[1]:
            start, end = self._dragged()
            label = f"zoom to {duration(end - start, ascii=self.ascii)}"
        line.add(label if len(label) < self._columns.tree else "", muted)
        if self._columns.pinned:
            from .pinned import heading

            line.pad_to(self._columns.pinned_at)
            for name, cells in zip(self.pinned, self._columns.pinned, strict=False):
                line.add(heading(name, cells, ascii=self.ascii), muted, cells)
        line.pad_to(self._columns.bars_at)
        if self._drag is None:
            line.add(self._text, muted)
        else:
            first, last = min(self._drag), max(self._drag) + 1
            line.add(self._text[:first], muted, first)
            line.add(self._text[first:last], styles.style("strong", on="cursor", bold=True), last - first)
            line.add(self._text[last:], muted)
        return line.strip()

    # Zooming with the mouse

    def _cell(self, event: events.MouseEvent) -> int:
        return min(max(event.x - self._columns.bars_at, 0), self._columns.bars - 1)

    def _dragged(self) -> tuple[int, int]:
        """The range of time of the cells dragged over, both ends included."""
        assert self._drag is not None
        return self._window.time(min(self._drag)), self._window.time(max(self._drag) + 1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1 and self._columns.bars and event.x >= self._columns.bars_at:
            self.capture_mouse()
            self._drag = (self._cell(event),) * 2
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drag is not None and self._cell(event) != self._drag[1]:
            self._drag = self._drag[0], self._cell(event)
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        drag = self._drag
        if drag is not None:
            self.release_mouse()
            start, end = self._dragged()
            self._drag = None
            self.refresh()
        if event.button == 1:
            moved = drag is not None and drag[0] != drag[1]
            self.post_message(self.Dragged(start, end) if moved else self.Dragged())
