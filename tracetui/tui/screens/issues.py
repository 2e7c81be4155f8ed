"""The import report on a screen: what was repaired, guessed or left out, and the way to their spans."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult

from tracetui.model.trace import Collection
from tracetui.tui.bindings import bindings_for
from tracetui.tui.detail.issue_lines import build, title
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.screens.linked import LinkedScreen, LinkedView
from tracetui.tui.screens.pager import TitleLine
from tracetui.tui.state.report import gather
from tracetui.tui.widgets.footer import KeyBar

__all__ = ["IssuesScreen"]


_FIRST = 2
"""The line of the first issue, below its heading."""


class IssuesView(LinkedView):
    """The report's lines.

    Args:
        collection: What was read.
        trace: Number of the trace to report on, None for all.
        ascii: Use ASCII signs only.
    """

    BINDINGS = [*bindings_for("issues")]
    OPENED_BY = "issues"
    NO_SPAN = "this line names no span: lines with → do"

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


class IssuesScreen(LinkedScreen):
    """Lists issues.

    Args:
        collection: What was read.
        trace: Number of the trace to report on, None for all.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "issues"

    def __init__(self, collection: Collection, trace: int | None, *, ascii: bool = False) -> None:
        self._issues = IssuesView(collection, trace, ascii=ascii)
        super().__init__(self._issues)
        self._of_one = trace is not None
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        words = title(self._issues.told, self._of_one)
        yield TitleLine([Piece("Import report", "strong"), Piece(f"  {words}", "muted")], ascii=self._ascii)
        yield self._issues
        yield KeyBar("issues", ascii=self._ascii)

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self._issues.to_first_span)

    def files_changed(self) -> None:
        """Tell what became of the files."""
        self._issues.renew()
