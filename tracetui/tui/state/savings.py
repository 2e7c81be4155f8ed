"""What spans of a trace would save, by replay: prepared once a root, in a worker where that takes long."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from tracetui.analysis import Mode
from tracetui.model.trace import Trace

if TYPE_CHECKING:
    from tracetui.analysis.replay import Replay

SMALL = 2_000
"""Spans of a root that is replayed at once, in a few milliseconds."""


class Saving(Struct, frozen=True):
    """What a replay says of one span; all times in nanoseconds.

    Attributes:
        saves_ns: How much earlier its root ends if it takes no time.
        slack_ns: How much longer it may take before its root ends later; None where nobody waits for it.
        root_ns: How long its root takes.
        half_ns: How long its root takes with this span at half.
        is_root: It is that root itself.
    """

    saves_ns: int
    slack_ns: int | None
    root_ns: int
    half_ns: int
    is_root: bool


class Savings:
    """The replays of a trace.

    Args:
        trace: The trace.
        mode: The rules of the critical path.
    """

    def __init__(self, trace: Trace, mode: Mode) -> None:
        self._trace, self._mode = trace, mode
        self._roots = np.flatnonzero(trace.store.parent[trace.first : trace.last] < 0) + trace.first
        self._replays: dict[int, Replay] = {}
        self._lock = Lock()

    def is_ready(self, row: int) -> bool:
        """Whether the root above a row is prepared, or has so few spans that this takes no time."""
        root = self._root(row)
        return root in self._replays or int(self._trace.store.size[root]) <= SMALL

    def prepare(self) -> None:
        """Prepare all roots that are not small."""
        for root in self._roots[self._trace.store.size[self._roots] > SMALL].tolist():
            self._replay(root)

    def _replay(self, root: int) -> Replay:
        from tracetui.analysis.replay import Replay  # no part of a first picture

        with self._lock:
            if root not in self._replays:
                self._replays[root] = Replay(self._trace.store, root, self._mode)
        return self._replays[root]

    def of(self, row: int) -> Saving:
        """What a span would save.

        Args:
            row: Its row in the store.
        """
        replay = self._replay(self._root(row))
        return Saving(
            replay.saves(row),
            replay.slack(row),
            replay.duration_ns,
            replay.what_if(row, 1, 2),
            row == replay.root,
        )

    def _root(self, row: int) -> int:
        return int(self._roots[np.searchsorted(self._roots, row, "right") - 1])
