"""Drawing in pieces while much is being read, so that no turn of the event loop is a long one."""

from __future__ import annotations

from collections.abc import Iterator
from time import thread_time

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from tracetui.tui.later import after

FEW = 6
"""Changed lines that are drawn at once."""
BAND = 3
"""Lines of a widget between two looks at the clock."""
TURN_S = 0.004
"""How long one turn makes lines ready, of its thread's own time."""
PAUSE_S = 0.001
"""Between two turns: keys, and the thread that reads, come in."""
PASSES = 8
"""How often lines are made ready before what changed meanwhile is drawn as it comes."""


class GentleScreen(Screen[None]):
    """A screen that makes its lines ready in several turns while the application is `busy`, then draws them.

    One interpreter does the reading and the drawing. Each picture of a load changes every line, and making
    all of them in one turn would hold up keys for longer than anybody overlooks. Widgets keep the lines that
    they have made, so what is then drawn is there already, and the picture changes at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._making: Iterator[None] | None = None

    def _compositor_refresh(self) -> None:
        # While the application starts, Textual would draw all of it and only then find that it may not.
        if self.app._batch_count or self._making is not None:
            return
        if self.is_busy and self.is_current and self._is_much():
            self._making = self._make()
            self._go_on()
        else:
            self._draw_all()

    @property
    def is_busy(self) -> bool:
        """Whether so much is going on that this is to be drawn in pieces."""
        return bool(getattr(self.app, "busy", False))

    def _is_much(self) -> bool:
        return len({y for region in self._compositor._dirty_regions for y in region.line_range}) > FEW

    def _go_on(self) -> None:
        """Make more lines ready; when all are, draw them."""
        assert self._making is not None
        if self.is_current and next(self._making, self) is None:
            after(self, PAUSE_S, self._go_on)
        else:
            self._making = None
            self._draw_all()

    def _draw_all(self) -> None:
        super()._compositor_refresh()
        self._after_drawing()

    def _after_drawing(self) -> None:
        """What has changed is on the screen; for subclasses."""

    def _make(self) -> Iterator[None]:
        """Have the widgets make their lines, with a pause whenever a turn has been long enough."""
        for _ in range(PASSES):
            begin, paused = thread_time(), False
            for widget, (region, clip) in list(self._compositor.visible_widgets.items()):
                shown = region.intersection(clip)
                for y in range(shown.y - region.y, shown.bottom - region.y, BAND):
                    if not widget.is_attached or widget.size.height == 0:
                        break
                    lines = Region(0, y, region.width, min(BAND, shown.bottom - region.y - y))
                    if _is_ready(widget, lines):
                        continue
                    widget.render_lines(lines)
                    if thread_time() - begin > TURN_S:
                        paused = True
                        yield None
                        begin = thread_time()
            if not paused:  # all was there: nothing has changed since
                return


def _is_ready(widget: Widget, lines: Region) -> bool:
    """Whether a widget has kept what it would draw; to ask it for that costs as much as a line or two."""
    kept = widget._styles_cache
    return widget.BLANK or (
        kept._width == lines.width
        and all(y in kept._cache and not kept.is_dirty(y) for y in lines.line_range)
    )
