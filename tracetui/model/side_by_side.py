"""Work on large arrays by two threads: numpy lets go of the interpreter's lock while it sorts and copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

WORTH: Final = 1 << 17
"""Rows from which on threads are worth their start."""
_THREADS: Final = 2

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(function: Callable[[T], R], items: Iterable[T], rows: int) -> list[R]:
    """What a function makes of each item.

    Args:
        function: Must not care what it has done for the other items.
        items: What it is called with.
        rows: How much there is to do; a little is done by this thread alone.
    """
    if rows < WORTH:
        return [function(item) for item in items]
    # Only a large load pays for this import.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(function, items))
