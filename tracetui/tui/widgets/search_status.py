"""What is said of a search: its server and how it stands, and what can be done where nothing was found."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tracetui import format as fmt
from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.bindings import Keyed, key_of
from tracetui.tui.search_session import SearchSession, Stage
from tracetui.tui.theme import Role, paint

from .line import Line

__all__ = ["SearchHead", "advice"]

_SPINNER: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_ASCII_SPINNER: Final = "|/-\\"


class SearchHead(Widget):
    """The first line: the server on the left; on the right what is going on, or what there is."""

    DEFAULT_CSS = "SearchHead { height: 1; }"

    class StopWanted(Message):
        """What is going on was clicked."""

    def __init__(self, session: SearchSession, *, ascii: bool) -> None:
        super().__init__()
        self._session = session
        self._ascii = ascii
        self._opening = ""
        self._turn = 0

    def tell_opening(self, text: str) -> None:
        """Say that a trace is being fetched; "" takes it away."""
        if text != self._opening:
            self._opening = text
            self.refresh()

    def turn(self) -> None:
        """A tick has gone by."""
        self._turn += 1
        self.refresh()

    @property
    def is_busy(self) -> bool:
        """Whether it tells of something that is going on."""
        return bool(self._opening) or (self._session.is_running and not self._session.is_polling)

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        session = self._session
        line = Line(self.size.width, styles.ground("background"))
        right = self._right()
        room = line.width - sum(cell_len(text) for text, _, _ in right) - 3
        line.add(" ", None, 1)
        named = self._shown(session.backend.dialect)
        line.add(
            fit(named, min(cell_len(named), max(0, room)), pad=False),
            styles.style("strong", on="background", bold=True),
        )
        address = self._shown(session.backend.address)
        left = room - line.used - 2
        if left >= 8:
            line.add("  ")
            line.add(
                fit(address, min(cell_len(address), left), middle=True, pad=False),
                styles.style("muted", on="background"),
            )
        line.pad_to(line.width - sum(cell_len(text) for text, _, _ in right) - 1)
        for text, role, bold in right:
            line.add(text, styles.style(role, on="background", bold=bold))
        return line.strip()

    def _right(self) -> list[tuple[str, Role, bool]]:
        session = self._session
        if self.is_busy:
            signs = _ASCII_SPINNER if self._ascii else _SPINNER
            told = self._shown(self._opening or session.phase)
            found = f"{fmt.plural(len(session.results), 'trace')} so far  " if len(session.results) else ""
            found = "" if self._opening else found
            return [
                (found, "strong", True),
                (f"{signs[self._turn % len(signs)]} {told}  ", "accent", False),
                (f"{key_of(self.app, 'back')} cancels", "muted", False),
            ]
        parts: list[tuple[str, Role, bool]] = []
        if session.following:
            fresh = f", {fmt.count(session.fresh)} new" if session.fresh else ""
            parts.append((f"{'o' if self._ascii else '●'} following{fresh}   ", "good", True))
        count = len(session.results)
        if session.stage is Stage.IDLE or (session.stage is Stage.FAILED and not count):
            return parts
        if session.stage is Stage.STOPPED:
            parts.append(("stopped   ", "warning", True))
        elif session.more is not None and count:
            parts.append(("the newest ", "muted", False))
        failed = int((session.results.listing().error_count > 0).sum())
        matches = session.state.matches
        of = "" if matches is None else f"{fmt.count(len(session.state))} of "
        parts.append((of + fmt.plural(count, "trace"), "strong", True))
        if failed:
            parts.append((f"   {fmt.count(failed)} with errors", "error", False))
        return parts

    def _shown(self, text: str) -> str:
        return to_ascii(neutralise(text)) if self._ascii else neutralise(text)

    def on_click(self, event: events.Click) -> None:
        if self.is_busy and event.x > self.size.width // 2:
            self.post_message(self.StopWanted())


def advice(session: SearchSession, described: str) -> list[tuple[str, Role]]:
    """What stands in the place of traces where there are none; `Keyed` where it names actions.

    Args:
        session: the search.
        described: what was asked, in a line.
    """
    match session.stage:
        case Stage.IDLE:
            return [
                ("Which traces?", "strong"),
                ("fill in what you know and press enter; an empty field asks for anything", "muted"),
            ]
        case Stage.RUNNING:
            return [("searching…", "muted")]
        case Stage.STOPPED:
            return [
                ("Stopped before anything came", "strong"),
                (Keyed("{reload} searches again · {edit-search} changes the search"), "muted"),
            ]
        case Stage.FAILED:
            return [
                ("No answer", "strong"),
                (Keyed("{reload} tries again · {edit-search} changes the search"), "muted"),
            ]
    told: list[tuple[str, Role]] = [("No trace matches", "strong"), (described, "text")]
    query = session.query
    if query is None:
        return told
    wider = []
    if query.end_ns is None and query.start_ns is None:
        wider.append("a longer time, such as 24h")
    elif query.start_ns is not None:
        wider.append("another time range")
    if query.tags:
        wider.append("fewer tags")
    if query.min_duration_ns is not None or query.max_duration_ns is not None:
        wider.append("no limits of duration")
    if query.operation is not None:
        wider.append("any operation")
    told.append(("try " + ", ".join(wider), "muted"))
    keys = "{edit-search} changes the search · {reload} searches again · {follow} waits for new traces"
    told.append((Keyed(keys), "muted"))
    return told
