"""Pages of lines that lead to spans: the import report, the critical path."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.screen import Screen

from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["LinkedScreen", "LinkedView"]


class LinkedView(LinesView):
    """Lines of which some are about a span, and lead to it."""

    GROUND = "background"
    DEFAULT_CSS = "LinkedView { height: 1fr; background: $background; }"

    OPENED_BY: ClassVar[str]
    """The action that shows the page; its key closes it again."""
    NO_SPAN: ClassVar[str] = "this line names no span"

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if self.move(name):
            return
        if name in ("back", self.OPENED_BY):
            self.screen.dismiss(None)
        elif name == "go-to-span":
            self.follow()

    def follow(self) -> None:
        """Go to the span of the line of the cursor."""
        entry = self.entry
        if entry is not None and entry.link is not None:
            self.screen.dismiss(entry.link)
        else:
            self.screen.say(self.NO_SPAN)  # type: ignore[attr-defined]

    def on_click(self, event: events.Click) -> None:
        """The first click goes to a line, a second on it to its span."""
        again = int(self.scroll_offset.y) + event.y == self.cursor
        super().on_click(event)
        if again and self.entry is not None:
            self.follow()


class LinkedScreen(Screen[tuple[str, str] | None]):
    """A screen with such a page; its result is trace id and key of the span to go to, if one was chosen.

    Args:
        view: The page.
    """

    def __init__(self, view: LinkedView) -> None:
        super().__init__()
        self._view = view

    def on_mount(self) -> None:
        self.set_focus(self._view)

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.query_one(KeyBar).message(text)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self._view.action_run(name)
