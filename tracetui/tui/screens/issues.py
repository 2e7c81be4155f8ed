"""The import report on a screen: what was repaired, guessed or left out, and the way to their spans."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tracetui.model.trace import Collection
from tracetui.tui.bindings import bindings_for
from tracetui.tui.detail.issue_lines import build, title
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.screens.pager import TitleLine
from tracetui.tui.state.report import gather
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["IssuesScreen"]


_FIRST = 2
"""The line of the first issue, below its heading."""


class IssuesView(LinesView):
    """The report's lines.

    Args:
        collection: What was read.
        trace: Number of the trace to report on, None for all.
        ascii: Use ASCII signs only.
    """

    GROUND = "background"
    BINDINGS = [*bindings_for("issues")]
    DEFAULT_CSS = "IssuesView { height: 1fr; background: $background; }"

    def __init__(self, collection: Collection, trace: int | None, *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self._collection = collection
        self._trace = trace
        self._of_one = trace is not None
        self.told = gather(collection, trace)
        if trace is not None:
            store, one = collection.store, collection.traces[trace]
            self.services = tuple({store.strings[code]: None for code in store.service[one.first : one.last]})

    def make_lines(self, width: int) -> Iterable[Line]:
        return build(self.told, self._collection, width, of_one=self._of_one)

    def renew(self) -> None:
        """Tell of issues that have come up since."""
        self.told = gather(self._collection, self._trace)
        self.rebuild(keep=True)

    def to_first_span(self) -> None:
        """Put the cursor on the first line that leads to a span or, if none is seen, the first issue."""
        seen = range(self.scrollable_content_region.height)
        lines = [self._lines.get(index) for index in seen]
        self.move_to(next((at for at in seen if (line := lines[at]) is not None and line.entry), _FIRST))

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if self.move(name):
            return
        if name in ("back", "issues"):
            self.screen.dismiss(None)
        elif name == "go-to-span":
            self.follow()

    def follow(self) -> None:
        """Go to the span of the line of the cursor."""
        entry = self.entry
        if entry is not None and entry.link is not None:
            self.screen.dismiss(entry.link)
        else:
            self.screen.say("this line names no span: lines with → do")  # type: ignore[attr-defined]

    def on_click(self, event: events.Click) -> None:
        """The first click goes to a line, a second on it to its span."""
        again = int(self.scroll_offset.y) + event.y == self.cursor
        super().on_click(event)
        if again and self.entry is not None:
            self.follow()


class IssuesScreen(Screen[tuple[str, str] | None]):
    """Lists issues; its result is trace id and key of the span to go to, if one was chosen.

    Args:
        collection: What was read.
        trace: Number of the trace to report on, None for all.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "issues"

    def __init__(self, collection: Collection, trace: int | None, *, ascii: bool = False) -> None:
        super().__init__()
        self._view = IssuesView(collection, trace, ascii=ascii)
        self._of_one = trace is not None
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        words = title(self._view.told, self._of_one)
        yield TitleLine([Piece("Import report", "strong"), Piece(f"  {words}", "muted")], ascii=self._ascii)
        yield self._view
        yield KeyBar("issues", ascii=self._ascii)

    def on_mount(self) -> None:
        self.set_focus(self._view)
        self.call_after_refresh(self._view.to_first_span)

    def files_changed(self) -> None:
        """Tell what became of the files."""
        self._view.renew()

    def say(self, text: str) -> None:
        """Show one line beside the keys."""
        self.query_one(KeyBar).message(text)

    def action_run(self, name: str) -> None:
        """Actions whose key was pressed elsewhere on this screen."""
        self._view.action_run(name)
