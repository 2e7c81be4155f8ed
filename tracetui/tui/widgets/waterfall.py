"""The waterfall: one scrolling widget that draws the rows on view and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.tui.bindings import key_of
from tracetui.tui.later import after
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.view import ViewState
from tracetui.tui.theme import paint

from .layout import Columns
from .line import Line
from .rows import RowPainter, cells_needed

KEPT_STRIPS = 2000
LATEST_SECONDS = 1.0
"""How long rows are waited for that there may be no room to draw."""


class Waterfall(ScrollView, can_focus=True):
    """Draws a `ViewState`. It changes nothing of it but the lines that a mouse scrolls to."""

    DEFAULT_CSS = """
    Waterfall {
        height: 1fr;
        background: $background;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
    }
    """

    class Picked(Message):
        """A row was clicked.

        Attributes:
            node: which.
            mark: the click was on the fold mark.
            twice: by a double click.
        """

        def __init__(self, node: int, mark: bool, twice: bool) -> None:
            self.node = node
            self.mark = mark
            self.twice = twice
            super().__init__()

    class Laid(Message):
        """The widget has another width: the ruler must follow."""

    class Drawn(Message):
        """Rows of the content are on the screen as they are now, or there is no room for any."""

    def __init__(self, *, ascii: bool = False, pinned: Sequence[str] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self.pinned = tuple(pinned)
        self.facts: Facts | None = None
        self._needed = 0
        self.view: ViewState | None = None
        self.columns = Columns.fitting(0)
        self.grid = ""
        self.ascii = ascii
        self._pinned = self.pinned  # those of the columns
        self._wanted: tuple[Facts | None, tuple[str, ...], tuple[int, ...]] = (None, (), ())
        self._painter: RowPainter | None = None
        self._is_drawn_anew = False
        self._paint: object = None
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._seen = (-1, -1)
        self._cursor_line = -1

    def set_content(self, facts: Facts, view: ViewState) -> None:
        """Show a trace."""
        self.facts, self.view = facts, view
        self.rebadge()
        self._seen = (-1, -1)
        self.sync()
        if self.is_attached:
            after(self, LATEST_SECONDS, self._tell_late)

    def rebadge(self) -> None:
        """Find again what room names and the badges behind them need."""
        if self.facts is not None and self.view is not None:
            self._needed = cells_needed(self.facts, self.view.badges)

    def sync(self) -> None:
        """Draw what has changed in the view since the last call: two lines for a move of the cursor."""
        view = self.view
        if view is None:
            return
        seen = (view.rows_version, view.look_version)
        if seen != self._seen:
            self._seen = seen
            self._forget()
            self.virtual_size = Size(self.size.width, len(view.visible))
            self.refresh()
        line = view.line if view.cursor >= 0 else -1
        if line != self._cursor_line:
            for changed in (self._cursor_line, line):
                if changed >= 0:
                    self._refresh_row(changed)
            self._cursor_line = line
        if view.top != self.scroll_offset.y:
            self.scroll_to(y=view.top, animate=False, force=True, immediate=True)

    def _refresh_row(self, line: int) -> None:
        y = line - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def tell_drawn(self) -> None:
        """What was drawn is on the screen now."""
        if self._is_drawn_anew:
            self._is_drawn_anew = False
            self.post_message(self.Drawn())

    def _tell_late(self) -> None:
        if not self.drawn:
            self.post_message(self.Drawn())

    @property
    def drawn(self) -> bool:
        """Whether rows of the content were drawn as they are now."""
        return self._painter is not None

    def _forget(self) -> None:
        self._strips.clear()
        self._painter = None

    def relayout(self) -> None:
        """Divide the width anew."""
        view = self.view
        shift = view.tree_shift if view is not None else 0
        width = self.scrollable_content_region.width
        columns = Columns.fitting(width, shift, self._widths(), self._needed)
        if (columns, self.pinned) != (self.columns, self._pinned):
            self.columns, self._pinned = columns, self.pinned
            self._forget()
            self.refresh()

    def _widths(self) -> tuple[int, ...]:
        """Cells that the columns of attributes want, looked at once for each trace and choice of columns."""
        if not self.pinned or self.facts is None:
            return ()
        if self._wanted[0] is not self.facts or self._wanted[1] != self.pinned:
            from .pinned import widths

            self._wanted = self.facts, self.pinned, widths(self.facts, self.pinned, ascii=self.ascii)
        return self._wanted[2]

    def set_grid(self, grid: str) -> None:
        """Set what stands behind the bars: the ruler's ticks."""
        if grid != self.grid:
            self.grid = grid
            self._forget()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        view = self.view
        line = y + self.scroll_offset.y
        styles = paint(self.app, self.facts.services if self.facts is not None else ())
        if view is None or self.facts is None or line >= len(view.visible):
            if y == 1 and view is not None and view.matches is not None and not len(view.visible):
                words = Line(self.size.width, styles.ground("background"))
                what = "span of the critical path" if view.only_path else "span"
                words.add(
                    f"  no {what} matches the filter · {key_of(self.app, 'clear-filter')} shows all",
                    styles.style("muted", on="background"),
                )
                return words.strip()
            return Strip.blank(self.size.width, styles.ground("background"))
        if styles is not self._paint:
            self._paint = styles
            self._forget()
        if self._painter is None:
            grid = self.grid.ljust(self.columns.bars)
            self._painter = RowPainter(self.facts, view, styles, self.columns, grid, self.ascii, self.pinned)
            self._is_drawn_anew = True
        node = int(view.visible[line])
        key = (node, node == view.cursor)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= KEPT_STRIPS:
                self._strips.clear()
            strip = self._painter.strip(node, cursor=key[1]).adjust_cell_length(width)
            self._strips[key] = strip
        return strip

    def on_resize(self, event: events.Resize) -> None:
        self.relayout()
        self.post_message(self.Laid())
        view = self.view
        if view is not None:
            view.height = max(1, self.size.height)
            view.scroll_to_cursor()
            self.virtual_size = Size(self.size.width, len(view.visible))
            self.sync()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.view is not None:
            self.view.top = round(new_value)

    def on_click(self, event: events.Click) -> None:
        view = self.view
        place: Offset | None = event.get_content_offset(self)
        if view is None or place is None:
            return
        line = place.y + self.scroll_offset.y
        if line < len(view.visible):
            node = int(view.visible[line])
            at = self._painter.mark_at(node) if self._painter is not None else -1
            # The blank behind the mark counts, and the line before it: a cell alone is hard to hit.
            on_mark = at >= 0 and at - 1 <= place.x <= at + 1
            self.post_message(self.Picked(node, on_mark, event.chain > 1))
