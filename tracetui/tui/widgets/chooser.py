"""Choosing a file: a field for its path, what there is to say about it, and the files opened lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tracetui.errors import TracetuiError
from tracetui.loaders.remote import is_address
from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui import paths
from tracetui.tui.bindings import key_of
from tracetui.tui.detail.lines import Line, Piece
from tracetui.tui.theme import Ground, Role, paint
from tracetui.tui.widgets.line import Line as Row
from tracetui.tui.widgets.lines_view import LinesView

__all__ = ["Chooser", "Words"]

_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f]*"
_LONGEST = 4096
_SIZE = 9
"""Cells for a size, or for what stands in its place."""


class Words(Widget):
    """Lines of own words: pieces of text with their roles. Foreign text in them is neutralised.

    Args:
        ground: what they stand on.
        ascii: use ASCII signs only.
        lines: the lines to begin with.
    """

    DEFAULT_CSS = "Words { height: 1; }"

    def __init__(self, ground: Ground, *lines: Sequence[tuple[str, Role]], ascii: bool = False) -> None:
        super().__init__()
        self._ground: Ground = ground
        self._lines = lines
        self._ascii = ascii
        self.styles.height = len(lines)

    def tell(self, text: str, role: Role = "muted") -> None:
        """Say something else, in one line."""
        self._lines = (((text, role),),)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        row = Row(self.size.width, styles.ground(self._ground))
        for text, role in self._lines[y] if y < len(self._lines) else ():
            shown = to_ascii(neutralise(text)) if self._ascii else neutralise(text)
            row.add(shown, styles.style(role, on=self._ground, bold=role == "strong"))
        return row.strip()


class Recent(LinesView):
    """The files opened lately, those that are no longer there marked as such."""

    GROUND: Ground = "panel"
    MARGIN = 0
    DEFAULT_CSS = "Recent { height: auto; width: 100%; padding: 0; scrollbar-gutter: auto; }"

    class Picked(Message):
        """The row of the cursor was clicked again."""

    def __init__(
        self, names: Sequence[str], servers: Mapping[str, str], *, ascii: bool, ground: Ground
    ) -> None:
        super().__init__(ascii=ascii)
        self.GROUND = ground
        self.names = names
        self.servers = servers
        self.seen: dict[str, paths.Seen] = {}
        self.styles.background = "transparent"

    @property
    def chosen(self) -> str:
        """The path of the row of the cursor; "" where there are none."""
        return self.names[self.cursor] if self.cursor < len(self.names) else ""

    def see(self, seen: dict[str, paths.Seen]) -> None:
        """Show what stands at the paths."""
        self.seen = seen
        self.rebuild(keep=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return max(2, len(self.names))

    def make_lines(self, width: int) -> Iterable[Line]:
        if not self.names:
            yield Line((Piece(fit(" nothing has been opened yet", width, pad=False), "muted"),))
            return
        longest = max(cell_len(neutralise(self._parts(name)[0])) for name in self.names)
        last = min(longest, 40, max(8, width // 3))
        for name in self.names:
            file, folder = self._parts(name)
            seen = self.seen.get(name, paths.Seen(True, ""))
            room = width - last - _SIZE - 4
            yield Line(
                (
                    Piece(
                        " " + fit(neutralise(file), last, middle=True) + "  ",
                        "strong" if seen.there else "muted",
                    ),
                    Piece(fit(neutralise(folder or "/"), max(0, room), middle=True), "muted"),
                    Piece(f"{seen.words:>{_SIZE}}"[-_SIZE:], "muted" if seen.there else "warning"),
                )
            )

    def _parts(self, name: str) -> tuple[str, str]:
        """What a row begins with, and where that is."""
        if name in self.servers:
            return name, paths.shown(self.servers[name])
        if is_address(name):
            return name.partition("://")[2].partition("/")[0], name
        folder, _, file = paths.short(name).rpartition("/")
        return file, folder

    def on_click(self, event: events.Click) -> None:
        row = int(self.scroll_offset.y) + event.y
        if row == self.cursor and self.has_focus and row < len(self.names):
            self.post_message(self.Picked())
        super().on_click(event)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if not self.move(name):
            self.screen.action_run(name)  # type: ignore[attr-defined]


class PathField(Input):
    """Takes a path; without a bell for what cannot be in one."""

    DEFAULT_CSS = """
    PathField { border: none; height: 1; padding: 0; background: $panel; }
    PathField:focus { border: none; }
    PathField > .input--placeholder { color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(
            placeholder="path of a file or a folder, or the address of a server",
            restrict=_NO_CONTROLS,
            max_length=_LONGEST,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False

    def restricted(self) -> None:
        """Nothing happens."""

    def _on_paste(self, event: events.Paste) -> None:
        if event.text.strip():
            self.insert_text_at_cursor(neutralise(event.text.strip().splitlines()[0]))
        event.stop()
        event.prevent_default()


class Chooser(Vertical):
    """The field, a line for what there is to say, and the list.

    Args:
        names: absolute paths of what was opened lately, and addresses or names of servers.
        servers: addresses of the servers that have names.
        ascii: use ASCII signs only.
        ground: what it all stands on.
    """

    DEFAULT_CSS = """
    Chooser { height: auto; width: 100%; }
    Chooser Words { margin: 0 1; }
    Chooser PathField { margin: 0 1; }
    Chooser #heading { margin: 1 1 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    class Chosen(Message):
        """A source is to be opened.

        Attributes:
            name: its path.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(
        self, names: Sequence[str], servers: Mapping[str, str], *, ascii: bool, ground: Ground
    ) -> None:
        super().__init__()
        self.field = PathField()
        self.recent = Recent(names, servers, ascii=ascii, ground=ground)
        self._ascii = ascii
        self._ground: Ground = ground
        self._words = Words(ground, (("", "muted"),), ascii=ascii)
        self._hint = ""

    def compose(self) -> ComposeResult:
        yield self.field
        yield self._words
        heading = Words(self._ground, (("Opened lately", "strong"),), ascii=self._ascii)
        heading.id = "heading"
        yield heading
        yield self.recent

    def on_mount(self) -> None:
        self._hint = f"enter opens · {key_of(self.app, 'edit-path')} completes"
        self.tell("")
        if self.recent.names:
            self.run_worker(self._look, thread=True, group="recent")

    def _look(self) -> None:
        servers = self.recent.servers
        seen = {
            name: paths.Seen(True, "server") if name in servers else paths.look(name)
            for name in self.recent.names
        }
        self.app.call_from_thread(self.recent.see, seen)

    def tell(self, text: str, is_error: bool = False) -> None:
        """Say something about the field, in one line; "" says what its keys do."""
        sign = "x " if self._ascii else "✗ "
        self._words.tell(sign + text if is_error else text or self._hint, "error" if is_error else "muted")

    def on_input_changed(self) -> None:
        self.tell("")

    def on_recent_picked(self) -> None:
        self.submit()

    def submit(self) -> None:
        """Open what is in the field or, from the list, what the cursor is on."""
        if self.recent.has_focus:
            if self.recent.chosen:
                self.post_message(self.Chosen(self.recent.chosen))
            return
        try:
            name = paths.source_of(self.field.value)
        except TracetuiError as error:
            self.tell(str(error), True)
        else:
            self.post_message(self.Chosen(name))

    def go(self, name: str) -> bool:
        """Carry out an action that moves between field and list, or in them; returns whether it is one."""
        typing = self.field.has_focus
        if name in ("edit-path", "open-file"):
            if typing and name == "edit-path":
                self.run_worker(partial(self._complete, self.field.value), thread=True, exclusive=True)
            self.screen.set_focus(self.field)
        elif name == "down" and typing:
            self.screen.set_focus(self.recent)
        elif name == "up" and not typing and self.recent.cursor == 0:
            self.screen.set_focus(self.field)
        elif name == "open-recent":
            self.submit()
        else:
            return not typing and self.recent.move(name)
        return True

    def _complete(self, text: str) -> None:
        """In a worker: a folder may be large, or far away."""
        completed, trouble = paths.Completed(text), ""
        try:
            completed = paths.complete(text)
        except TracetuiError as error:
            trouble = str(error)
        self.app.call_from_thread(self._completed, text, completed, trouble)

    def _completed(self, before: str, completed: paths.Completed, trouble: str) -> None:
        if self.field.value != before or not self.is_attached:
            return
        with self.prevent(Input.Changed):
            self.field.value = completed.text
        self.field.cursor_position = len(completed.text)
        if trouble:
            self.tell(trouble, True)
        else:
            self.tell(_listed(completed.names, self._words.size.width))


def _listed(names: Sequence[str], width: int) -> str:
    """Some of the names in one line, and how many more there are."""
    shown: list[str] = []
    used = 0
    for name in names:
        used += cell_len(name) + 2
        if used > width - 14 and shown:
            return f"{'  '.join(shown)}  and {len(names) - len(shown):,} more"
        shown.append(name)
    return "  ".join(shown)
