"""Where a source is chosen: the screen to start with, and the same over a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from tracetui import __version__
from tracetui.tui.bindings import bindings_for
from tracetui.tui.widgets.chooser import Chooser, Words
from tracetui.tui.widgets.footer import KeyBar

from .box import BoxScreen

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp

__all__ = ["OpenScreen", "StartScreen"]


class StartScreen(Screen[None]):
    """What is there when no source was given.

    Args:
        recent: absolute paths of what was opened lately, and addresses or names of servers.
        servers: addresses of the servers that have names.
        ascii: use ASCII signs only.
    """

    CONTEXT = "open"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("open")]
    DEFAULT_CSS = """
    StartScreen { background: $background; layout: vertical; }
    StartScreen > #page { height: 1fr; width: 100%; max-width: 100; padding: 1 2 0 2; }
    StartScreen .line { margin: 0 1 1 1; }
    StartScreen #pipe { dock: bottom; margin: 1 1 0 1; }
    StartScreen Chooser, StartScreen Recent { height: 1fr; }
    StartScreen.-low #page { padding: 0 2; }
    StartScreen.-low .line, StartScreen.-low #pipe { display: none; }
    """

    def __init__(
        self, recent: Sequence[str], servers: Mapping[str, str] | None = None, *, ascii: bool = False
    ) -> None:
        super().__init__()
        self._chooser = Chooser(recent, servers or {}, ascii=ascii, ground="background")
        self._ascii = ascii

    @property
    def _tracetui(self) -> TraceApp:
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        title = Words(
            "background",
            (("tracetui", "strong"), (f" {__version__}", "muted")),
            (("the waterfall of a trace, and the path that made it slow", "muted"),),
            ascii=self._ascii,
        )
        title.add_class("line")
        pipe = Words(
            "background",
            (("To read a trace from a program: ", "muted"), ("curl … | tracetui -", "text")),
            ascii=self._ascii,
        )
        pipe.id = "pipe"
        with Container(id="page"):
            yield title
            yield self._chooser
            yield pipe
        yield KeyBar("open", ascii=self._ascii)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < 14, "-low")

    def on_mount(self) -> None:
        self.set_focus(self._chooser.recent if self._chooser.recent.names else self._chooser.field)

    def on_input_submitted(self) -> None:
        self._chooser.submit()

    def on_chooser_chosen(self, message: Chooser.Chosen) -> None:
        self._tracetui.opener.open(message.name, self._chooser.tell)

    def say(self, text: str) -> None:
        """Show one line below the field."""
        self._chooser.tell(text)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name == "back":
            if self._tracetui.opener.cancel():
                self._chooser.tell("stopped")
            else:
                self.set_focus(self._chooser.recent)
        else:
            self._chooser.go(name)


class OpenScreen(BoxScreen[None]):
    """Asks for another source; what is open stays until something of it is there.

    Args:
        recent: absolute paths of what was opened lately, and addresses or names of servers.
        servers: addresses of the servers that have names.
        ascii: use ASCII signs only.
    """

    CONTEXT = "open"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("open")]
    DEFAULT_CSS = """
    OpenScreen Chooser { margin: 1 0; }
    OpenScreen Recent { max-height: 12; }
    """

    def __init__(
        self, recent: Sequence[str], servers: Mapping[str, str] | None = None, *, ascii: bool = False
    ) -> None:
        super().__init__("Open a file or a server", ascii=ascii)
        self._chooser = Chooser(recent, servers or {}, ascii=ascii, ground="panel")

    @property
    def _tracetui(self) -> TraceApp:
        return self.app  # type: ignore[return-value]

    def inside(self) -> Iterable[Widget]:
        return [self._chooser]

    def on_mount(self) -> None:
        self.set_focus(self._chooser.field)

    def on_input_submitted(self) -> None:
        self._chooser.submit()

    def on_chooser_chosen(self, message: Chooser.Chosen) -> None:
        self._tracetui.opener.open(message.name, self._tell)

    def _tell(self, text: str, is_error: bool) -> None:
        if self.is_current:
            self._chooser.tell(text, is_error)

    def say(self, text: str) -> None:
        """Show one line below the field."""
        self._chooser.tell(text)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry."""
        if name != "back":
            self._chooser.go(name)
        elif self._tracetui.opener.cancel():
            self._chooser.tell("stopped")
        else:
            self.dismiss()
