"""A scrolling view of lines that are made as they come into sight, with a cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.text import cell_len, to_ascii
from tracetui.tui.detail.lines import Entry, LazyLines, Line
from tracetui.tui.theme import Ground, Paint, paint

if TYPE_CHECKING:
    from tracetui.query.patterns import Pattern

__all__ = ["LinesView"]

_ROLES: dict[str, str] = {"key": "muted", "keyword": "accent", "string": "good", "number": "warning"}
_AHEAD = 2  # screens of lines made beyond what is seen, so that scrolling finds them ready


class LinesView(ScrollView, can_focus=True):
    """Draws `Line`s, and moves a cursor over them when focused.

    Subclasses say with `make_lines` what there is; it is called again whenever the width changes.
    """

    DEFAULT_CSS = """
    LinesView {
        padding: 0 0 0 1;
        background: $surface;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        overflow-y: auto;
    }
    """

    GROUND: Ground = "panel"

    MARGIN = 1
    """Cells between the lines and the scroll bar."""

    HAS_CURSOR = True
    """Whether keys move a cursor over the lines, or just scroll them."""

    cursor: var[int] = var(0)

    def __init__(self, *, ascii: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.ascii = ascii
        self._lines = LazyLines(())
        self._made_for = -1
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._paint: Paint | None = None
        self.searched: Pattern | None = None
        self.services: tuple[str, ...] = ()
        """Services of the trace it is about: their names have the colours that they have there."""

    def mark(self, searched: Pattern | None) -> None:
        """Mark in the lines what is searched; None for nothing."""
        if searched != self.searched:
            self.searched = searched
            self._strips.clear()
            self.refresh()

    def make_lines(self, width: int) -> Iterable[Line]:
        """The lines for a width in cells; none may be wider."""
        raise NotImplementedError

    @property
    def entry(self) -> Entry | None:
        """What the line of the cursor tells of."""
        line = self._lines.get(self.cursor)
        return line.entry if line else None

    @property
    def text_width(self) -> int:
        """Cells of a line."""
        return self.scrollable_content_region.width - self.MARGIN

    def rebuild(self, *, keep: bool = False) -> None:
        """Make the lines anew.

        Args:
            keep: Stay at the same place, as for new figures of the same thing; otherwise go to the top.
        """
        width = self.text_width
        if width <= 0:
            return
        self._made_for = width
        self._lines = LazyLines(self.make_lines(width))
        self._strips.clear()
        if not keep:
            self.set_reactive(LinesView.cursor, 0)
            self.scroll_to(y=0, animate=False, force=True)
        self._grow()
        if keep and self._lines.exhausted:
            self.cursor = min(self.cursor, max(0, len(self._lines) - 1))
        self.refresh()

    def _grow(self, upto: int = 0) -> None:
        """Make lines to somewhat behind what is seen, or to `upto`."""
        seen = int(self.scroll_offset.y) + self.scrollable_content_region.height * (1 + _AHEAD)
        count = self._lines.ensure(max(seen, upto + 1, self.cursor + 1))
        if count != self.virtual_size.height:
            self.virtual_size = Size(self.scrollable_content_region.width, count)

    def on_resize(self, event: events.Resize) -> None:
        if self.text_width != self._made_for:
            self.rebuild(keep=True)
        else:
            self._grow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._lines.exhausted:
            self._grow()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def _catch_up(self) -> None:
        """Make lines for the width that is drawn, should no event have told of it."""
        if self.text_width != self._made_for:
            self.rebuild(keep=True)

    def render_line(self, y: int) -> Strip:
        if not y and self.text_width != self._made_for:
            # Textual now and then gives a widget its size, and draws it, without sending a Resize.
            self.call_later(self._catch_up)
        current = paint(self.app, self.services)
        if current is not self._paint:
            self._paint = current
            self._strips.clear()
        index = int(self.scroll_offset.y) + y
        with_cursor = self.HAS_CURSOR and index == self.cursor and self.has_focus
        strip = self._strips.get((index, with_cursor))
        if strip is None:
            strip = self._draw(self._lines.get(index), current, with_cursor)
            if len(self._strips) > 2000:
                self._strips.clear()
            self._strips[index, with_cursor] = strip
        return strip

    def _draw(self, line: Line | None, current: Paint, with_cursor: bool) -> Strip:
        ground: Ground = "cursor" if with_cursor else self.GROUND
        width = self.scrollable_content_region.width
        segments = []
        used = 0
        for piece in line.pieces if line else ():
            text = to_ascii(piece.text) if self.ascii else piece.text
            style = self._style(current, piece.role, ground)
            if self.searched is None:
                segments.append(Segment(text, style))
            else:
                segments += marked(text, style, self.searched, current)
            used += cell_len(text)
        base = current.style("text") + current.ground(ground)
        if used < width:
            segments.append(Segment(" " * (width - used), base))
            used = width
        strip = Strip(segments, used)
        return strip.crop(0, width) if used > width else strip

    @staticmethod
    def _style(current: Paint, role: str, ground: Ground) -> Style:
        if role.startswith("service:"):
            return current.service(role[8:], on=ground)
        if role.startswith("dimmed:"):
            return Style(color=current.dimmed(role[7:], ground)) + current.ground(ground)
        name = _ROLES.get(role, role)
        return current.style(name, on=ground, bold=name == "strong")  # type: ignore[arg-type]

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_lines(old)
        self.refresh_lines(new)

    def on_focus(self) -> None:
        self.refresh_lines(self.cursor)

    def on_blur(self) -> None:
        self.refresh_lines(self.cursor)

    def move_to(self, index: int) -> None:
        """Put the cursor on a line, as far as there are lines, and bring it into sight."""
        self._grow(max(0, index))
        if not self.HAS_CURSOR:
            self.scroll_to(y=max(0, index), animate=False, force=True)
            return
        index = max(0, min(index, len(self._lines) - 1))
        self.cursor = index
        top, height = int(self.scroll_offset.y), max(1, self.scrollable_content_region.height)
        if index < top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False, force=True)

    def move(self, name: str) -> bool:
        """Carry out one of the movements of the registry; False where `name` is none."""
        height = max(1, self.scrollable_content_region.height)
        at = self.cursor if self.HAS_CURSOR else int(self.scroll_offset.y)
        moves: dict[str, Callable[[], int]] = {
            "down": lambda: at + 1,
            "up": lambda: at - 1,
            "half-page-down": lambda: at + max(1, height // 2),
            "half-page-up": lambda: at - max(1, height // 2),
            "page-down": lambda: at + max(1, height - 1),
            "page-up": lambda: at - max(1, height - 1),
            "top": lambda: 0,
            "bottom": self._last,
        }
        if name not in moves:
            return False
        self.move_to(moves[name]())
        return True

    def _last(self) -> int:
        while not self._lines.exhausted:
            self._lines.ensure(len(self._lines) + 10_000)
        return len(self._lines) - 1

    def on_click(self, event: events.Click) -> None:
        if self.HAS_CURSOR and 0 <= event.y < self.scrollable_content_region.height:
            self.move_to(int(self.scroll_offset.y) + event.y)


def marked(text: str, style: Style, searched: Pattern, current: Paint) -> Iterator[Segment]:
    """A text in parts, of which those that are searched have a style of their own."""
    from tracetui.tui.state.find import split

    for part, is_match in split(searched, text):
        yield Segment(part, current.match(style) if is_match else style)
