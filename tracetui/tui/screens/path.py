"""The critical path on a screen: whose time it is, why each section is there, and the way to its spans."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual.app import ComposeResult

from tracetui.analysis import Mode
from tracetui.analysis.told import ToldPath
from tracetui.tui.bindings import bindings_for, key_of
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.detail.path_lines import build, title
from tracetui.tui.screens.linked import LinkedScreen, LinkedView
from tracetui.tui.screens.pager import TitleLine
from tracetui.tui.state.facts import Facts
from tracetui.tui.widgets.footer import KeyBar

__all__ = ["PathScreen"]


class PathView(LinkedView):
    """The path's lines.

    Args:
        facts: The trace.
        ascii: Use ASCII signs only.
    """

    BINDINGS = [*bindings_for("path")]
    OPENED_BY = "path"

    def __init__(self, facts: Facts, *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self._facts = facts
        self.path: ToldPath | None = None
        self.services = facts.services

    def show(self, path: ToldPath) -> None:
        """Show a path."""
        self.path = path
        self.rebuild()
        self.move_to(1)  # the first share, below its heading

    def make_lines(self, width: int) -> Iterable[Line]:
        if self.path is None:
            return [Line((Piece("...", "muted"),))]
        return build(self.path, self._saves, width, key_of(self.app, "to-end"))

    def _saves(self, row: int) -> int | None:
        savings, path = self._facts.savings, self.path
        # What a span saves is told of its own root, so not on the path of another span.
        if savings is None or path is None or self._facts.trace.store.parent[path.root] >= 0:
            return None
        return savings.of(row).saves_ns if savings.is_ready(row) and path.mode is not Mode.TO_END else None

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "to-end":
            self.screen.turn()  # type: ignore[attr-defined]
        else:
            super().action_run(name)


class PathScreen(LinkedScreen):
    """Tells a critical path.

    Args:
        facts: The trace, analysed.
        root: Row in the store of the span whose path it is.
        mode: How strictly it is followed.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "path"

    def __init__(self, facts: Facts, root: int, mode: Mode, *, ascii: bool = False) -> None:
        self._told_path = PathView(facts, ascii=ascii)
        super().__init__(self._told_path)
        self._facts, self._root, self._ascii = facts, root, ascii
        self._mode = self._wanted = mode
        self._title = TitleLine([Piece("Critical path", "strong")], ascii=ascii)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._view
        yield KeyBar("path", ascii=self._ascii)

    def on_mount(self) -> None:
        super().on_mount()
        self._find()

    def turn(self) -> None:
        """Follow work that goes on after the root's end, or no longer."""
        other = Mode.DEFAULT if self._mode is Mode.TO_END else self._mode
        self._wanted = other if self._wanted is Mode.TO_END else Mode.TO_END
        self._find()

    def _find(self) -> None:
        work = partial(self._told, self._wanted)
        self.run_worker(work, thread=True, exclusive=True, group="path")

    def _told(self, mode: Mode) -> None:
        """In a worker: a path of a hundred thousand spans takes longer than a key press may."""
        path = ToldPath(self._facts.trace.store, self._root, mode, self._facts.paths)
        path.prepare()
        self.app.call_from_thread(self._show, path)

    def _show(self, path: ToldPath) -> None:
        if self.is_mounted and path.mode is self._wanted:
            self._title.set_pieces(title(path))
            self._told_path.show(path)
