"""The pane that answers "why is it slow?": ranked findings, and the way to their spans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tracetui.tui.bindings import bindings_for
from tracetui.tui.detail.lines import Line
from tracetui.tui.detail.why_lines import build, finding_of
from tracetui.tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from tracetui.tui.state.why import Why

__all__ = ["WhyPane"]


class WhyPane(LinesView):
    """Shows findings; the cursor goes from one to the next, enter to their spans."""

    BINDINGS = [*bindings_for("why")]
    DEFAULT_CSS = "WhyPane { width: 1fr; height: 1fr; }"

    class Chosen(Message):
        """The spans of a finding are to be gone to.

        Attributes:
            number: Its place in the ranking, from 0.
        """

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(ascii=ascii, id=id)
        self._why: Why | None = None
        self._root_ns = 0
        self._trouble = ""

    def show(self, why: Why | None, root_ns: int, trouble: str = "") -> None:
        """Show findings; None while they are looked for, or with what went wrong with that."""
        if why is not self._why or (root_ns, trouble) != (self._root_ns, self._trouble):
            self._why, self._root_ns, self._trouble = why, root_ns, trouble
            self.rebuild()
            self.to(0)

    def rebuild(self, *, keep: bool = False) -> None:
        number = self.number  # lines of another width are others
        super().rebuild(keep=keep)
        if self._why is None or not self._why.findings:
            return
        if keep and number > 0:
            self.to(number)
        elif self.number < 0:
            self.set_reactive(LinesView.cursor, self._first())

    def _first(self) -> int:
        """The line of the first finding."""
        return next((at for at in range(4) if self._of(at) == 0 and self._text(at)), 0)

    def make_lines(self, width: int) -> Iterable[Line]:
        return build(
            self._why.findings if self._why is not None else None, self._root_ns, width, self._trouble
        )

    @property
    def number(self) -> int:
        """The finding under the cursor, -1 for none."""
        return finding_of(self.entry)

    def to(self, number: int) -> None:
        """Put the cursor on the first line of a finding, and as much of it into sight as there is room."""
        lines = [at for at in range(self._last() + 1) if self._of(at) == number and self._text(at)]
        if lines:
            self.move_to(lines[-1])
            self.move_to(lines[0])

    def _of(self, at: int) -> int:
        line = self._lines.get(at)
        return finding_of(line.entry) if line is not None else -1

    def _text(self, at: int) -> str:
        line = self._lines.get(at)
        return line.text if line is not None else ""

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry; what is not the pane's is the screen's."""
        count = len(self._why.findings) if self._why is not None else 0
        if name in ("down", "up") and count:
            self.to(max(0, min(self.number + (1 if name == "down" else -1), count - 1)))
        elif name == "top" and count:
            self.to(0)
        elif name == "bottom" and count:
            self.to(count - 1)
        elif self.move(name):
            pass
        elif name == "go-to-finding":
            if self.number >= 0:
                self.post_message(self.Chosen(self.number))
        else:
            self.screen.action_run(name)  # type: ignore[attr-defined]

    def on_click(self, event: events.Click) -> None:
        """A click goes to a finding, and with it to its spans."""
        super().on_click(event)
        if self.number >= 0:
            self.to(self.number)
            self.post_message(self.Chosen(self.number))
