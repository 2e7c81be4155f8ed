"""The detail pane: everything one span says."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tracetui.errors import Cancelled
from tracetui.model.backlinks import Backlinks
from tracetui.text import neutralise
from tracetui.tui.bindings import bindings_for, key_of
from tracetui.tui.detail.content import build
from tracetui.tui.detail.lines import Entry, Line, Piece
from tracetui.tui.detail.run_lines import run_lines
from tracetui.tui.detail.subject import Figures, Subject, subject_of
from tracetui.tui.later import after
from tracetui.tui.runner import Runner, Tell
from tracetui.tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from tracetui.model.span import Span
    from tracetui.model.store import SpanStore
    from tracetui.tui.state.forest import Run

__all__ = ["DetailPane"]

_REST_S = 0.04
"""While rows go by faster than this, only the last one is decoded and laid out."""


class DetailPane(LinesView):
    """Shows one span; `show` may be called at each move of a cursor.

    Nothing is decoded while the pane is hidden, and rows that only flash by are passed over.
    """

    BINDINGS = [*bindings_for("detail")]

    DEFAULT_CSS = """
    DetailPane { width: 1fr; height: 1fr; }
    """

    class Opened(Message):
        """A value is to be read whole."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Followed(Message):
        """A link is to be followed."""

        def __init__(self, trace_id: str, span_id: str) -> None:
            super().__init__()
            self.trace_id = trace_id
            self.span_id = span_id

    class Pinned(Message):
        """An attribute is to have a column, or no longer."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, ascii: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(ascii=ascii, id=id, classes=classes)
        self._asked: tuple[Span | None, Figures] | None = None
        self._run: tuple[Span, Run] | None = None
        self._stale = False
        self._shown: tuple[str, str] | None = None
        self._subject: Subject | None = None
        self._figures = Figures()
        self._hint: Sequence[Line] = ()
        self._wanted = ""
        self._pinned: tuple[str, ...] = ()
        self._typing = False
        self._timer: TimerHandle | None = None
        self._built_at = 0.0
        self._backlinks: Backlinks | None = None
        self._indexed: SpanStore | None = None
        self.may_index = True
        """Whether the spans of a collection may be asked for their links: not while more of them come."""
        self._indexer = Runner(self, "backlinks")

    @property
    def subject(self) -> Subject | None:
        """The span on show."""
        return self._subject

    @property
    def is_stale(self) -> bool:
        """Whether another span was asked for than is on show."""
        return self._stale

    def show(
        self,
        span: Span | None,
        figures: Figures = Figures(),  # noqa: B008  # frozen
        hint: Sequence[Line] = (),
    ) -> None:
        """Show a span, soon.

        Args:
            span: The span; None for one that is missing from its trace.
            figures: What analysis says of it.
            hint: Lines about one that is missing.
        """
        self._run = None
        self._asked = (span, figures)
        self._hint = hint
        self._stale = True
        self._soon()

    def show_run(self, first: Span, run: Run) -> None:
        """Show a run of like siblings by its figures.

        Args:
            first: The first of them.
            run: What is said of them together.
        """
        self._run = (first, run)
        self._asked, self._subject, self._shown, self._stale = (None, Figures()), None, None, False
        self.rebuild()

    def clear(self) -> None:
        """Show nothing."""
        self._asked = self._shown = self._subject = None
        self._stale = False
        self.rebuild()

    def _soon(self) -> None:
        if not (self._stale and self.is_mounted and self.display and self.scrollable_content_region.width):
            return
        wait = self._built_at + _REST_S - monotonic()
        if wait <= 0:
            self._gather()
        elif self._timer is None:
            self._timer = after(self, wait, self._after_rest)

    def _after_rest(self) -> None:
        self._timer = None
        if self._stale and self.display:
            self._gather()

    def _gather(self) -> None:
        """Decode the span that was asked for last, and lay it out."""
        if self._asked is None:
            return
        span, self._figures = self._asked
        self._stale = False
        self._subject = None if span is None else subject_of(span)
        shown = (self._subject.trace_id, self._subject.key) if self._subject is not None else None
        if span is not None:
            self._add_backlinks(span)
        self.rebuild(keep=shown is not None and shown == self._shown)
        self._shown = shown
        self._built_at = monotonic()

    def _add_backlinks(self, span: Span) -> None:
        """Tell which spans link to this one; the first span of a collection sets off the search for them."""
        if self._backlinks is not None and self._backlinks.store is span.store:
            assert self._subject is not None
            self._subject.linked_from = self._backlinks.to(span.row)
        elif self.may_index and self._indexed is not span.store:
            self._indexed, self._backlinks = span.store, None
            self._indexer.start(partial(_index, span.store), self._take_backlinks, lambda error: None)

    def _take_backlinks(self, found: Backlinks) -> None:
        self._backlinks = found
        span = self._asked[0] if self._asked is not None and not self._stale else None
        if span is not None and self._subject is not None and span.store is found.store:
            self._add_backlinks(span)
            if self._subject.linked_from:
                self.rebuild(keep=True)

    def make_lines(self, width: int) -> Iterable[Line]:
        if self._subject is not None:
            lines = build(self._subject, self._figures, width, self._wanted, self._pinned)
            return chain((self._filter_line(),), lines) if self._typing or self._wanted else lines
        if self._run is not None:
            return run_lines(*self._run, key_of(self.app, "right"), key_of(self.app, "runs"))
        if self._asked is None:
            return (Line((Piece("no span is selected", "muted"),)),)
        return (
            Line((Piece("missing span", "strong"),)),
            Line((Piece("Its children name it as their parent,", "muted"),)),
            Line((Piece("but no record of it is in this trace.", "muted"),)),
            *self._hint,
        )

    def _filter_line(self) -> Line:
        hint = "  enter keeps, esc shows all" if self._typing else f"  {key_of(self.app, 'back')} shows all"
        caret = ("_" if self.ascii else "▏") if self._typing else ""
        return Line(
            (
                Piece("filter ", "keyword"),
                Piece(neutralise(self._wanted) + caret, "strong"),
                Piece(hint, "muted"),
            )
        )

    def set_pinned(self, names: Sequence[str]) -> None:
        """Mark the attributes that have a column."""
        if tuple(names) != self._pinned:
            self._pinned = tuple(names)
            self.rebuild(keep=True)

    def _pin(self) -> None:
        subject, entry = self._subject, self.entry
        held = entry is not None and any(
            entry.key in attributes and entry.value is attributes[entry.key]
            for attributes in ((subject.attributes, subject.resource) if subject is not None else ())
        )
        if entry is None or not held:
            self.screen.say("only an attribute of the span or its resource can be pinned")  # type: ignore[attr-defined]
        else:
            self.post_message(self.Pinned(entry.key))

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if event.chain > 1:
            self.action_run("open-value")

    def filter(self, wanted: str) -> None:
        """Show only attributes, events and links that hold `wanted`; "" shows all."""
        self._wanted = wanted
        self.rebuild()

    def on_key(self, event: events.Key) -> None:
        """While a filter is typed, keys are letters."""
        if not self._typing:
            return
        if event.key in ("enter", "escape"):
            self._typing = False
            self.filter("" if event.key == "escape" else self._wanted)
        elif event.key == "backspace":
            self.filter(self._wanted[:-1])
        elif event.key == "ctrl+u":
            self.filter("")
        elif event.is_printable and event.character:
            self.filter(self._wanted + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self._typing:
            self.filter(self._wanted + " ".join(event.text.split())[:200])
            event.stop()

    def on_blur(self) -> None:
        super().on_blur()
        if self._typing:
            self._typing = False
            self.rebuild()

    def _catch_up(self) -> None:
        if self._stale:
            self._soon()
        else:
            super()._catch_up()

    def on_show(self, event: events.Show) -> None:
        self._soon()

    def on_resize(self, event: events.Resize) -> None:
        if self._stale:
            self._soon()
        super().on_resize(event)

    def action_run(self, name: str) -> None:
        """Carry out an action of the registry; what is not the pane's is the screen's."""
        if self.move(name):
            return
        if name == "filter-attributes" and self._subject is not None:
            self._typing = True
            self.rebuild()
            return
        if name == "pin":
            self._pin()
            return
        if name in ("back", "all-attributes") and self._wanted:
            self.filter("")
            return
        entry = self.entry
        if name == "open-value" and entry is not None:
            if entry.link is not None:
                self.post_message(self.Followed(*entry.link))
            else:
                self.post_message(self.Opened(entry))
            return
        self.screen.action_run("clear-filter" if name == "all-attributes" else name)  # type: ignore[attr-defined]

    @property
    def label(self) -> str:
        """The span on show in a few words, neutralised."""
        subject = self._subject
        return neutralise(f"{subject.service} {subject.name}".strip()) if subject else ""


def _index(store: SpanStore, cancelled: Callable[[], bool], tell: Tell) -> Backlinks:
    """Turn the links of a store round; runs in a thread."""
    found = Backlinks(store)
    while found.step():
        if cancelled():
            raise Cancelled("another collection is on show")
    return found
