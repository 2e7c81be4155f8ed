"""One piece of work at a time in a thread; a newer one ends the older."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from textual.worker import get_current_worker

from tracetui.errors import Cancelled, TracetuiError

if TYPE_CHECKING:
    from textual.dom import DOMNode

PROGRESS_SECONDS = 0.1
"""How often, at most, what was found so far is told."""

Tell: TypeAlias = Callable[[Callable[[], Any]], None]
"""Takes what makes a picture of the state of the work; it is called only if the picture is wanted."""
Job: TypeAlias = Callable[[Callable[[], bool], Tell], Any]
"""Gets what tells whether to stop, and what to report to; returns the result."""


class Runner:
    """Runs jobs, and brings what they have to say to the thread of the screen while it is still wanted.

    Args:
        host: the screen that the results are for.
        group: the name of the workers.
    """

    def __init__(self, host: DOMNode, group: str) -> None:
        self._host = host
        self._group = group
        self._wanted = 0
        self._one_at_a_time = Lock()
        self.busy = False

    def start(self, job: Job, show: Callable[[Any], None], fail: Callable[[TracetuiError], None]) -> None:
        """Start a job; the one before it is stopped and no more is heard of it.

        Args:
            job: runs in a thread, one job at a time.
            show: gets each picture and the result.
            fail: gets the error that ended it.
        """
        self._wanted += 1
        number = self._wanted
        self.busy = True
        last = -PROGRESS_SECONDS

        def work() -> None:
            worker = get_current_worker()

            def cancelled() -> bool:
                return number != self._wanted or worker.is_cancelled

            def tell(picture: Callable[[], Any]) -> None:
                nonlocal last
                now = monotonic()
                if now - last >= PROGRESS_SECONDS and not cancelled():
                    last = now
                    self._host.call_later(self._deliver, number, show, picture(), False)

            with self._one_at_a_time:
                if cancelled():
                    return
                try:
                    result = job(cancelled, tell)
                except Cancelled:
                    return
                except TracetuiError as error:
                    self._host.call_later(self._deliver, number, fail, error, True)
                    return
            if not cancelled():
                self._host.call_later(self._deliver, number, show, result, True)

        self._host.run_worker(work, thread=True, group=self._group, exclusive=True)

    def _deliver(self, number: int, to: Callable[[Any], None], what: Any, ended: bool) -> None:
        if number == self._wanted:
            self.busy = self.busy and not ended
            to(what)

    def stop(self) -> None:
        """Stop what runs."""
        self._wanted += 1
        self.busy = False
