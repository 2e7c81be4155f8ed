"""Memory while much is read: kept from batch to batch, given back when they are over."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_KEPT: Final = 4000 << 10
_MANY: Final = 200_000
"""Spans from which on memory is given back: doing so takes some milliseconds."""


@contextmanager
def while_loading() -> Iterator[None]:
    """No garbage collection: it would walk all that was read, over and over.

    Freeing one large block also tells glibc to keep smaller ones when they are freed, instead of giving each
    batch's buffers back to the system and asking for them again.
    """
    was_on = gc.isenabled()
    bytes(_KEPT)
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back(spans: int) -> None:
    """Return what the allocator has kept to the system, if that is worth while and it can (glibc).

    Args:
        spans: How many were read.
    """
    if spans < _MANY:
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
