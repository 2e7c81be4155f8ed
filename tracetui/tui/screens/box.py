"""A question in a box over the screen, and a list of lines to choose from in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widget import Widget

from tracetui.tui.bindings import GLOBAL, bindings_for
from tracetui.tui.detail.lines import Line
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["BoxScreen", "ChoiceScreen", "Choices"]

Result = TypeVar("Result")


class BoxScreen(ModalScreen[Result]):
    """A box with a title.

    Args:
        title: What stands in the upper edge.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(GLOBAL)]
    DEFAULT_CSS = """
    BoxScreen { align: center middle; overflow: hidden; }
    BoxScreen > #box { width: 90%; max-width: 100; height: auto; max-height: 90%; background: $surface; }
    BoxScreen > #box { border: round $border; border-title-color: $text; padding: 0; }
    """

    def __init__(self, title: str, *, ascii: bool) -> None:
        super().__init__()
        self._heading = title
        self._ascii = ascii

    def inside(self) -> Iterable[Widget]:
        """What is in the box."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Container(id="box") as box:
            box.border_title = self._heading
            if self._ascii:
                box.styles.border = ("ascii", "white")
            yield from self.inside()


class Choices(LinesView):
    """A line a choice; the chosen one is the screen's result.

    Args:
        choices: What there is, at least one.
        ascii: Use ASCII signs only.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("help"),
        Binding("enter", "run('open')", "Choose", show=False),
    ]
    DEFAULT_CSS = "Choices { height: 1fr; }"

    def __init__(self, choices: Sequence[Any], *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self.choices = choices

    def make_lines(self, width: int) -> Iterable[Line]:
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if 0 <= int(self.scroll_offset.y) + event.y < len(self.choices):
            self.action_run("open")

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "open":
            self.screen.dismiss(self.choices[min(self.cursor, len(self.choices) - 1)])
        elif name == "back":
            self.screen.dismiss(None)
        else:
            self.move(name)


class ChoiceScreen(BoxScreen[Result]):
    """Asks for one of several things; gives it or, after a click beside the box, None.

    Args:
        title: What stands in the upper edge.
        lines: The choices.
        most: How many lines are shown at once.
        ascii: Use ASCII signs only.
    """

    def __init__(self, title: str, lines: Choices, *, most: int, ascii: bool) -> None:
        super().__init__(title, ascii=ascii)
        self._lines = lines
        self._most = most

    def inside(self) -> Iterable[Widget]:
        return [self._lines]

    def on_mount(self) -> None:
        self._lines.styles.height = min(self._most, len(self._lines.choices))
        self.set_focus(self._lines)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self._lines.action_run(name)
