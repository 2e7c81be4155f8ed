"""Open files, no more at a time than a process may have."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LIMIT: Final = 64


class Handles:
    """Keeps the descriptors that were used last; others are closed, and opened again when they are wanted.

    Args:
        limit: How many are kept open while nobody reads.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lock = threading.RLock()  # a source may be collected, and closed, in the middle
        self._open: OrderedDict[int, int] = OrderedDict()
        self._readers: dict[int, int] = {}
        self._next = 0

    def add(self, descriptor: int) -> int:
        """Take over a descriptor.

        Returns:
            What it is asked for by.
        """
        with self._lock:
            self._next += 1
            self._open[self._next] = descriptor
            self._close_some()
            return self._next

    @contextmanager
    def reading(self, key: int, reopen: Callable[[], int]) -> Iterator[int]:
        """A descriptor that stays open meanwhile.

        Args:
            key: What `add` returned.
            reopen: Opens it again where it was closed; what this raises passes.
        """
        with self._lock:
            descriptor = self._open.get(key, -1)
            if descriptor < 0:
                descriptor = self._open[key] = reopen()
            self._open.move_to_end(key)
            self._readers[key] = self._readers.get(key, 0) + 1
        try:
            yield descriptor
        finally:
            with self._lock:
                self._readers[key] -= 1
                if not self._readers[key]:
                    del self._readers[key]
                self._close_some()

    def drop(self, key: int) -> None:
        """Close a descriptor for good."""
        with self._lock:
            descriptor = self._open.pop(key, -1)
            if descriptor >= 0:
                os.close(descriptor)

    def _close_some(self) -> None:
        if len(self._open) <= self._limit:
            return
        for key in [key for key in self._open if key not in self._readers][: len(self._open) - self._limit]:
            os.close(self._open.pop(key))
