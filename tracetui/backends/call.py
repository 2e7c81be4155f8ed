"""What passes between who asks a backend and the request under way: how far it is, the wish to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from msgspec import Struct

from tracetui import format as fmt
from tracetui.errors import BackendError, Cancelled

MAX_REQUESTS = 12
"""Requests that one call may cost, over all endpoints, redirects and repeats counted."""
_ASK_S = 0.05


class Phase(Struct, frozen=True):
    """What a call is doing.

    Attributes:
        what: "connecting", "waiting", "receiving" or "pausing" (before another try).
        host: The server's name and port.
        bytes_read: Bytes of the answer so far, as they came over the wire.
        bytes_total: How many there will be, None where the server does not say.
        attempt: 1 for the first try of this request.
        pause_s: How long a pause lasts.
    """

    what: str
    host: str
    bytes_read: int = 0
    bytes_total: int | None = None
    attempt: int = 1
    pause_s: float = 0.0

    def __str__(self) -> str:
        if self.what == "pausing":
            return f"{self.host} is busy, trying again in {self.pause_s:.1f} s"
        again = f", try {self.attempt}" if self.attempt > 1 else ""
        if self.what == "receiving":
            of = f" of {fmt.size(self.bytes_total)}" if self.bytes_total else ""
            return f"receiving from {self.host}{again}: {fmt.size(self.bytes_read)}{of}"
        told = "connecting to" if self.what == "connecting" else "waiting for"
        return f"{told} {self.host}{again}"


class Call:
    """One thing that somebody wants of a backend, which may cost several requests.

    Make a new one for each search, each trace that is opened, each list that is fetched. Methods may be
    called from any thread; `cancel()` ends what is under way within 0.2 s, by `Cancelled` where it is waited
    for.

    Args:
        on_phase: Told what is going on, from another thread and at most every 50 ms while receiving.
        max_requests: How many requests it may cost.
        cancelled: Asked every 50 ms while something waits; true is as good as `cancel()`.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        on_phase: Callable[[Phase], None] | None = None,
        *,
        max_requests: int = MAX_REQUESTS,
        cancelled: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_phase = on_phase
        self._left = max_requests
        self._max = max_requests
        self._cancelled = threading.Event()
        self._asked = cancelled
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._clock = clock
        self.started = clock()

    def cancel(self) -> None:
        """The answer is no longer wanted."""
        with self._lock:
            self._cancelled.set()
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @property
    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        if self._asked is not None and not self._cancelled.is_set() and self._asked():
            self.cancel()
        return self._cancelled.is_set()

    @property
    def waiting_s(self) -> float | None:
        """How long to wait at a time before `cancelled` is to be looked at; None where nobody need ask."""
        return None if self._asked is None else _ASK_S

    def check(self) -> None:
        """Go on only if the answer is still wanted.

        Raises:
            Cancelled: It is not.
        """
        if self.cancelled:
            raise Cancelled("cancelled")

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called once when the call is cancelled, at once if it was.

        Returns:
            What takes the listener off again.
        """
        with self._lock:
            self._listeners.append(listener)
            late = self._cancelled.is_set()
        if late:
            listener()

        def forget() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return forget

    def count(self, source: str) -> None:
        """One more request is about to be sent.

        Raises:
            BackendError: That would be one too many.
            Cancelled: The answer is no longer wanted.
        """
        self.check()
        with self._lock:
            self._left -= 1
            if self._left < 0:
                raise BackendError(f"gave up after {self._max} requests", source=source)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._max - max(self._left, 0)

    @property
    def left(self) -> int:
        """How many requests may still be sent."""
        return max(self._left, 0)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call was made."""
        return self._clock() - self.started

    def tell(self, phase: Phase) -> None:
        """Say what is going on."""
        if self._on_phase is not None and not self.cancelled:
            self._on_phase(phase)


def call_of(tell: Callable[[str, int, int | None], None], cancelled: Callable[[], bool] | None) -> Call:
    """The call of a load; see `loaders.remote.Fetch`.

    Args:
        tell: Takes what is going on, bytes that came, and how many there will be.
        cancelled: Whether the answer is no longer wanted.
    """

    def on_phase(phase: Phase) -> None:
        tell(str(phase), phase.bytes_read, phase.bytes_total)

    return Call(on_phase, cancelled=cancelled)
