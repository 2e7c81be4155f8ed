"""What passes between a load and the loader at work: progress out, the wish to stop in."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from tracetui.model.builder import StoreBuilder
from tracetui.model.trace import Collection
from tracetui.sources.base import ByteSource, Stopped

__all__ = ["PARTIAL_PAUSE_S", "Control", "Progress", "Stopped"]

PARTIAL_PAUSE_S = 0.5
TICK_S = 0.1


class Progress(Struct, frozen=True):
    """How far a load has come.

    Attributes:
        source: Name of the source being read.
        bytes_read: Raw bytes consumed of it.
        bytes_total: How many there are, None if that cannot be known.
        spans: Spans read so far, over all sources.
        note: What is waited for, where a source comes over a network; "" while it is read.
    """

    source: str
    bytes_read: int
    bytes_total: int | None
    spans: int
    note: str = ""


class Control:
    """A loader calls `step()` after each batch that it has appended.

    Args:
        builder: What is being filled.
        source: What is being read.
        on_progress: Told after each batch.
        on_partial: Given a usable view after the first batch, then whenever the spans have doubled.
        cancelled: Asked after each batch.
        clock: Seconds that only go forward.
        second: Whether a second process may help.

    Attributes:
        second: As given.
        foreign: First byte and end of the documents that a loader met and left to others.
    """

    def __init__(
        self,
        builder: StoreBuilder,
        source: ByteSource | None = None,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_partial: Callable[[Collection], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
        second: bool = False,
    ) -> None:
        self.builder = builder
        self.second = second
        self.source = source
        self.foreign: list[tuple[int, int]] = []
        self._on_progress = on_progress
        self._on_partial = on_partial
        self._cancelled = cancelled
        self._clock = clock
        self._is_first: bool | None = None if source is None else True
        self._next_partial = 1
        self._last_partial = float("-inf")
        self._last_tick = float("-inf")

    def next_source(self, source: ByteSource | None) -> None:
        """Go on with another source; None while it is being opened."""
        if source is not None:
            self._is_first = self.source is None and self._is_first is None
        self.source = source

    def tick(self) -> None:
        """Something is under way that may take long: looking for files, waiting for bytes, decompressing.

        Raises:
            Stopped: The load was cancelled. Let it pass.
        """
        if self._cancelled is not None and self._cancelled():
            raise Stopped
        if self._on_progress is not None and self.source is not None:
            now = self._clock()
            if now - self._last_tick >= TICK_S:
                self._last_tick = now
                self._tell_progress(self.source)

    def _tell_progress(self, source: ByteSource) -> None:
        if self._on_progress is not None:
            read, total = source.progress()
            self._on_progress(Progress(source.name, read, total, self.builder.span_count))

    def step(self) -> None:
        """A batch was appended.

        Raises:
            Stopped: The load was cancelled. Let it pass.
        """
        if self.source is not None:
            self._tell_progress(self.source)
        if self._cancelled is not None and self._cancelled():
            raise Stopped
        if self._on_partial is not None and self.builder.span_count >= self._next_partial:
            now = self._clock()
            if now - self._last_partial >= PARTIAL_PAUSE_S and not self._soon_read():
                self._on_partial(self.builder.finish(complete=False, partial_view=True))
                self._last_partial = self._clock()
                self._next_partial = 2 * self.builder.span_count

    def _soon_read(self) -> bool:
        """Whether the first source needs no longer for its rest than it took so far: no view comes before."""
        if self.source is None or not self._is_first or self._last_partial > float("-inf"):
            return False
        read, total = self.source.progress()
        return total is not None and 2 * read >= total
