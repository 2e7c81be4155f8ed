"""What completes a field: a line that says what it takes or what is wrong, and names below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.theme import Ground, Role, paint

from .line import Line

__all__ = ["Dropdown"]

_LINES = 9
_NARROWEST = 24
_WIDEST = 72
_LOOKED_AT = 200


class Dropdown(Widget):
    """Floats under a field; the keys that move in it are pressed in the field.

    Args:
        ascii: use ASCII signs only.

    Attributes:
        items: the names that are offered.
        cursor: the one that is chosen, -1 for none.
    """

    DEFAULT_CSS = """
    Dropdown { display: none; overlay: screen; position: absolute; constrain: inside inside; }
    Dropdown { width: 24; height: 3; background: $surface; border: round $border; }
    """

    class Picked(Message):
        """A name was clicked."""

        def __init__(self, item: str) -> None:
            super().__init__()
            self.item = item

    def __init__(self, *, ascii: bool = False) -> None:
        super().__init__()
        self.ascii = ascii
        if ascii:
            self.styles.border = ("ascii", "white")
        self.items: list[str] = []
        self.cursor = -1
        self._note: tuple[str, Role] = ("", "muted")
        self._top = 0

    @property
    def is_open(self) -> bool:
        """Whether it is seen."""
        return bool(self.display)

    @property
    def chosen(self) -> str | None:
        """The name of the cursor; None where there is none."""
        return self.items[self.cursor] if 0 <= self.cursor < len(self.items) else None

    def show(self, under: Region, items: Sequence[str], note: str, role: Role = "muted") -> None:
        """Show names under a region of the screen; the cursor goes to none."""
        self.items = list(items)
        self.cursor, self._top = -1, 0
        self._note = (neutralise(note), role)
        lines = bool(note) + min(len(self.items), _LINES)
        if not lines:
            self.hide()
            return
        wanted = max(cell_len(neutralise(text[:_WIDEST])) for text in (*self.items[:_LOOKED_AT], note)) + 3
        width = max(_NARROWEST, min(wanted, _WIDEST)) + 2
        self.styles.width, self.styles.height = width, lines + 2
        self.absolute_offset = Offset(max(0, under.x - 2), under.bottom)
        self.display = True
        self.refresh(layout=True)

    def hide(self) -> None:
        """Go out of sight."""
        self.display = False
        self.items, self.cursor = [], -1

    def move(self, step: int) -> bool:
        """Move the cursor; returns whether there is anything to move over."""
        if not self.is_open or not self.items:
            return False
        self.cursor = max(-1, min(self.cursor + step, len(self.items) - 1))
        self._top = max(0, min(self._top, self.cursor), self.cursor - _LINES + 1)
        self.refresh()
        return True

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        note, role = self._note
        if note and y == 0:
            line = Line(self.size.width, styles.ground("panel"))
            line.add(" ", None, 1)
            line.add(self._fitted(note, line.room - 1), styles.style(role, on="panel"))
            return line.strip()
        index = self._top + y - bool(note)
        is_chosen = index == self.cursor
        on: Ground = "cursor" if is_chosen else "panel"
        line = Line(self.size.width, styles.ground(on))
        if index < len(self.items):
            line.add((">" if self.ascii else "▌") if is_chosen else " ", styles.style("accent", on=on), 1)
            item = self._fitted(neutralise(self.items[index][:500]), line.room - 2)
            line.add(item, styles.style("strong" if is_chosen else "text", on=on))
            hidden = len(self.items) - self._top - _LINES
            if hidden > 0 and y == self.size.height - 1:
                more = f" +{hidden:,} "
                line.pad_to(line.width - len(more))
                if line.room >= len(more):
                    line.add(more, styles.style("muted", on=on))
        return line.strip()

    def _fitted(self, text: str, cells: int) -> str:
        text = to_ascii(text) if self.ascii else text
        return fit(text, max(0, cells), middle=True, pad=False, ellipsis=".." if self.ascii else "…")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        place = event.get_content_offset(self)
        index = self._top + place.y - bool(self._note[0]) if place is not None else -1
        if 0 <= index < len(self.items):
            self.post_message(self.Picked(self.items[index]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event, -3)

    def _scroll(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        self._top = max(0, min(self._top + lines, len(self.items) - _LINES))
        self.refresh()
