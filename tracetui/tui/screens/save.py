"""Saving a trace: where to, and in which form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tracetui.errors import TracetuiError
from tracetui.export.save import Saved, proposed_name, save_trace, source_alone
from tracetui.model.trace import Collection, Trace
from tracetui.text import fit, neutralise, to_ascii
from tracetui.tui.theme import paint
from tracetui.tui.widgets.line import Line

from .box import BoxScreen

__all__ = ["SaveScreen"]

_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f]*"


class _Lines(Widget):
    """The form, and what there is to say. A click changes the form."""

    DEFAULT_CSS = "_Lines { height: 3; margin: 0 1; }"

    class Clicked(Message):
        """The form is to be changed."""

    def __init__(self, *, both: bool, ascii: bool) -> None:
        super().__init__()
        self.both = both
        self.as_it_came = both
        self.ascii = ascii
        self.trouble = ""
        self.note = ""

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("panel"))
        strong, muted = styles.style("strong", on="panel", bold=True), styles.style("muted", on="panel")
        if y == 0 and self.both:
            on, off = ("(x) ", "( ) ") if self.ascii else ("● ", "○ ")
            for chosen, words in ((self.as_it_came, "as it came"), (not self.as_it_came, "OTLP JSON")):
                self._add(line, (on if chosen else off) + words + "   ", strong if chosen else muted)
        elif y == 0:
            self._add(line, "OTLP JSON", strong)
            self._add(line, "   the source holds more than this trace", muted)
        elif y == 1 and self.trouble:
            self._add(line, f"✗ {self.trouble}", styles.style("error", on="panel"))
        elif y == 1:
            self._add(line, self.note, muted)
        elif y == 2:
            keys = "enter saves" + (" · tab changes the form" if self.both else "") + " · esc back"
            self._add(line, keys, muted)
        return line.strip()

    def _add(self, line: Line, text: str, style: Style) -> None:
        shown = neutralise(text)
        if self.ascii:
            shown = fit(to_ascii(shown), line.room, pad=False, ellipsis="..") if line.room else ""
        line.add(shown, style)

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self.post_message(self.Clicked())


class SaveScreen(BoxScreen[Saved | None]):
    """Asks for a path and saves; gives what was saved, or None.

    Args:
        collection: What is loaded.
        trace: The trace to save.
        ascii: Use ASCII signs only.
    """

    CONTEXT = "help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "run('back')", "Back", show=False),
        Binding("tab,shift+tab", "run('form')", "Form", show=False),
    ]
    DEFAULT_CSS = """
    SaveScreen Input { border: none; height: 1; margin: 0 1 1 1; padding: 0; }
    SaveScreen Input, SaveScreen Input:focus { background: $panel; }
    """

    def __init__(self, collection: Collection, trace: Trace, *, ascii: bool = False) -> None:
        super().__init__("Save", ascii=ascii)
        self._collection, self._trace = collection, trace
        self._field = Input(
            proposed_name(trace.trace_id), restrict=_NO_CONTROLS, select_on_focus=False, compact=True
        )
        self._lines = _Lines(both=source_alone(collection, trace) is not None, ascii=ascii)
        self._stop = Event()
        self._saving = False

    def inside(self) -> Iterable[Widget]:
        return [self._field, self._lines]

    def on_mount(self) -> None:
        self.set_focus(self._field)

    def on_unmount(self) -> None:
        self._stop.set()

    def on__lines_clicked(self) -> None:
        self.action_run("form")

    def on_input_changed(self) -> None:
        self._tell("")

    def on_input_submitted(self) -> None:
        name = self._field.value
        if self._saving:
            return
        if not name.strip():
            self._tell("give a file name")
            return
        try:
            path = Path(name).expanduser()
        except RuntimeError:  # ~nobody
            self._tell("there is no such home folder")
            return
        self._saving = True
        self._stop.clear()
        self._tell("", "writing…")
        as_it_came = self._lines.as_it_came
        self.run_worker(lambda: self._save(path, as_it_came), thread=True, group="save")

    def _save(self, path: Path, as_it_came: bool) -> None:
        """Write, in a thread."""
        try:
            saved = save_trace(
                self._collection, self._trace, path, as_it_came=as_it_came, cancelled=self._stop.is_set
            )
        except TracetuiError as error:
            self.app.call_from_thread(self._failed, str(error))
        else:
            self.app.call_from_thread(self._done, saved)

    def _failed(self, why: str) -> None:
        self._saving = False
        self._tell(why)

    def _done(self, saved: Saved) -> None:
        self._saving = False
        if self.is_current:
            self.dismiss(saved)

    def _tell(self, trouble: str, note: str = "") -> None:
        self._lines.trouble, self._lines.note = trouble, note
        self._lines.refresh()

    def action_run(self, name: str) -> None:
        """Change the form, or go back; while something is written, back gives that up."""
        if name == "form" and self._lines.both and not self._saving:
            self._lines.as_it_came = not self._lines.as_it_came
            self._tell("")
        elif name == "back" and self._saving:
            self._stop.set()
        elif name == "back":
            self.dismiss(None)
