"""The part of the waterfall's screen that searches and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from tracetui.tui.key_labels import Keyed
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.queries import Kind, Queries
from tracetui.tui.state.view import ViewState
from tracetui.tui.widgets.footer import KeyBar
from tracetui.tui.widgets.header import TraceHeader

from .gentle import GentleScreen

if TYPE_CHECKING:
    from tracetui.tui.finding import Finding

    from .finding_spans import SpanTarget


class SearchedScreen(GentleScreen):
    """A screen with a view of a trace whose spans are searched and filtered."""

    _header: TraceHeader
    _keys: KeyBar
    _facts: Facts | None
    _view: ViewState | None

    def __init__(self) -> None:
        super().__init__()
        self._progress = ""
        self._standing = ""  # what is told while nothing else is
        self._finding: tuple[Finding, SpanTarget] | None = None
        self._was_resumed = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        # What has just been made has just been styled: Textual would style all of it once more.
        event.refresh_styles = self._was_resumed
        self._was_resumed = True

    @property
    def context(self) -> str:
        """The context of the pane that has the focus."""
        return self._keys.context

    def tell_progress(self, text: str) -> None:
        """Show how far loading is."""
        self._progress = text
        self._keys.message(self._stand())

    def say(self, text: str) -> None:
        """Show one line beside the keys until the next key."""
        self._keys.message(text)

    def _draw(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def _find(self) -> Finding:
        """What searches and filters; made when first asked for: it is not part of a first picture."""
        if self._finding is None:
            from tracetui.tui.finding import Finding

            from .finding_spans import SpanTarget

            target = SpanTarget(self._shown, self._found)
            queries: Queries = self.app.queries  # type: ignore[attr-defined]
            self._finding = Finding(self, self._keys, target, queries, ascii=self._keys.ascii), target
        return self._finding[0]

    def _find_run(self, name: str) -> str | None:
        """Carry out an action of search and filter; returns what there is to tell."""
        if name in ("search", "filter"):
            self._find().open(Kind(name))
        elif name in ("next-match", "previous-match"):
            return self._find().step(forward=name == "next-match")
        elif self._finding is None or not self._finding[0].clear(Kind.FILTER):
            return Keyed("no filter: {filter} sets one")
        return None

    def _found(self) -> None:
        """Draw what a search or filter has changed."""
        self._draw()
        assert self._finding is not None
        self._header.set_filter(self._finding[1].matches())
        before = self._standing
        if self._stand() != before:
            self._keys.message(self._standing)

    def _unfind(self, view: ViewState) -> bool:
        """Be done with the search, or else with the filter; returns whether there was one."""
        if self._finding is None:
            return False
        finding = self._finding[0]
        if finding.is_typing:
            finding.left()
            return True
        return finding.clear(Kind.SEARCH) or (view.path is None and finding.clear(Kind.FILTER))

    def _shown(self) -> tuple[Facts, ViewState]:
        assert self._facts is not None and self._view is not None
        return self._facts, self._view

    def _stand(self) -> str:
        """Find what to tell while there is nothing else to tell."""
        self._standing = self._progress or (self._finding[0].outcome() if self._finding else "")
        return self._standing
