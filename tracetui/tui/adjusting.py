"""Times as recorded or by adjusted clocks: going from one to the other, cursor and folds being kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tracetui.format import plural
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Collection

from .state.facts import Facts

if TYPE_CHECKING:
    from .app import TraceApp


class Adjuster:
    """A part of the application in a room of its own.

    Args:
        app: whose collection it is.
    """

    def __init__(self, app: TraceApp) -> None:
        self._app = app
        self._adjusted: Collection | None = None

    def toggle(self) -> None:
        """Show the other times, once a worker has them ready."""
        app = self._app
        if app.collection is None or not app.finished or app.opener.is_reading:
            app.say("still reading")
            return
        work = partial(self._prepare, app.collection, tuple(app._kept))
        app.run_worker(work, thread=True, exclusive=True, group="clocks")

    def _prepare(self, before: Collection, wanted: Sequence[str]) -> None:
        after = before.raw or self._adjust(before)
        if after is before:
            self._app.call_from_thread(self._say_why_not, before)
            return
        _ = after.table  # is made when first asked for: here, not in the thread of the screen
        facts = self._app.opener.facts_of(after, wanted)
        self._app.call_from_thread(self._show, before, after, facts)

    def _adjust(self, raw: Collection) -> Collection:
        if self._adjusted is None or self._adjusted.raw is not raw:
            from tracetui.analysis.adjusted import adjust

            self._adjusted = adjust(raw)
        return self._adjusted

    def _show(self, before: Collection, after: Collection, facts: Sequence[Facts]) -> None:
        app = self._app
        if app.collection is not before:  # something else was opened meanwhile
            return
        app.loading.adjusted = after.raw is not None
        app.opener.renew(after, facts)
        clocks = sum(map(len, after.adjusted.values()))
        app.say(
            f"{plural(clocks, 'clock')} adjusted; rows with ~ were moved" if clocks else "times as recorded"
        )

    def _say_why_not(self, collection: Collection) -> None:
        codes = {
            issue.code for trace in self._looked_at(collection) for issue in collection.traces[trace].issues
        }
        if IssueCode.ALREADY_ADJUSTED in codes:
            self._app.say("the backend has adjusted these clocks already; they are not moved again")
        elif IssueCode.SKEW in codes:
            self._app.say("calls between these clocks contradict each other: nothing is moved")
        else:
            self._app.say("no clocks are apart, as far as calls tell")

    def _looked_at(self, collection: Collection) -> Sequence[int]:
        return [self._app._open] if self._app._open >= 0 else range(min(100, len(collection.traces)))
