"""The part of the waterfall's screen that answers why: findings are looked for, and shown in a pane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from tracetui.errors import Cancelled, TracetuiError
from tracetui.tui.later import after
from tracetui.tui.runner import Runner, Tell
from tracetui.tui.state.facts import Facts
from tracetui.tui.widgets.waterfall import Waterfall

from .paned import PanedScreen

if TYPE_CHECKING:
    from tracetui.analysis import Mode
    from tracetui.analysis.finding import Finding
    from tracetui.tui.state.why import Why
    from tracetui.tui.widgets.why import WhyPane


PAUSE_SECONDS = 0.05
"""What a trace's rows have for themselves before findings are looked for."""


class ExplainedScreen(PanedScreen):
    """A screen with panes, of which one tells what was found about the trace."""

    def __init__(self, *, ascii: bool, pinned: tuple[str, ...]) -> None:
        super().__init__(ascii=ascii, pinned=pinned)
        self._finder = Runner(self, "findings")
        self._found_for: Facts | None = None
        self._sought: Facts | None = None  # what findings are to be looked for in as soon as it is drawn
        self._at_span = (-1, -1)  # the finding whose spans are gone through, and the last one of them

    def _after_drawing(self) -> None:
        self._waterfall.tell_drawn()

    def _explain(self) -> None:
        """Have findings be looked for, once the trace on show is whole and its picture is drawn."""
        facts, view = self._facts, self._view
        if facts is None or view is None:
            return
        known = self._tracetui.answers.get(facts.trace.trace_id)
        if known is not None and known[0] is facts.trace.store:
            self._take(facts, known[1])
        elif facts.paths is not None and self._tracetui.whole and self._found_for is not facts:
            self._found_for, self._why_trouble = facts, ""
            self._show_why(None)
            self._sought = facts
            if self._waterfall.drawn:
                self._seek()

    @on(Waterfall.Drawn)
    def _seek(self) -> None:
        """Look for what is to be found as soon as that keeps no picture waiting."""
        if self._sought is not None:
            after(self, PAUSE_SECONDS, partial(self._look_for, self._sought))
            self._sought = None

    def _look_for(self, facts: Facts) -> None:
        if facts is self._facts:
            job = partial(_find, facts, self._tracetui.mode, self._tracetui.keeper.settings.findings)
            self._finder.start(job, partial(self._take, facts), self._not_found_out)

    def _not_found_out(self, error: TracetuiError) -> None:
        """The trace cannot be read any more."""
        self._found_for = None  # whoever comes back to it tries again
        self._why_trouble = str(error)
        self._show_why(None)

    def _take(self, facts: Facts, found: tuple[Finding, ...]) -> None:
        """Show what was found."""
        self._tracetui.keep_answers(facts.trace, found)
        if facts is self._facts and self._view is not None:
            from tracetui.tui.state.why import Why

            why = Why.of(facts, found)
            self._view.set_badges(why.badges)
            self._waterfall.rebadge()
            self._measure()
            self._show_why(why)
            self._waterfall.sync()

    def _show_why(self, why: Why | None) -> None:
        self._why = why
        self._tell_why()

    def _to_why(self) -> None:
        """Go to the findings, or back from them."""
        if self._why_pane is not None and self._why_pane.has_focus:
            self._close_why()
            return
        self._open_why()

    def open_why(self) -> None:
        """Go to the findings; where the screen is not made yet, as soon as it is."""
        if self._composed:
            self._open_why()
        else:
            self.call_after_refresh(self._open_why)

    def on_why_pane_chosen(self, event: WhyPane.Chosen) -> None:
        """Go to the spans of a finding, one after the other."""
        facts, why = self._facts, self._why
        if facts is None or why is None or not event.number < len(why.findings):
            return
        spans = why.findings[event.number].spans
        number, at = self._at_span
        at = (at + 1) % len(spans) if number == event.number else 0
        self._at_span = (event.number, at)
        self.go_to_row(spans[at])
        self._after_choice()
        count = f"span {at + 1:,} of {len(spans):,} of " if len(spans) > 1 else ""
        self.say(f"{count}finding {event.number + 1} of {len(why.findings)}")

    def go_to_row(self, row: int) -> None:
        """Go to a span by its row in the store."""
        raise NotImplementedError


def _find(
    facts: Facts, mode: Mode, table: Mapping[str, int], cancelled: Callable[[], bool], tell: Tell
) -> tuple[Finding, ...]:
    """Look for findings; runs in a thread, which also imports what finds them."""
    from tracetui.analysis.findings import Stopped, Thresholds, find

    thresholds = Thresholds.of(table)
    try:
        found = find(facts.trace, mode=mode, thresholds=thresholds, paths=facts.paths, cancelled=cancelled)
    except Stopped:
        raise Cancelled("another trace is on show") from None
    return tuple(found)
