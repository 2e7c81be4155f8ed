"""From sources to one collection of traces, whatever their formats."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from tracetui.errors import InputError
from tracetui.loaders.collecting import Collecting
from tracetui.loaders.control import Control, Progress, Stopped
from tracetui.loaders.values import trace_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.trace import Collection

__all__ = ["LoadOptions", "Progress", "load"]


_KEPT: Final = 2000 << 10


class LoadOptions(Struct, frozen=True):
    """How to load.

    Attributes:
        input_format: Name of a format, if it is not to be found out.
        max_bytes: Limit for what is decoded or streamed.
        trace_ids: Keep these traces only.
    """

    input_format: str | None = None
    max_bytes: int | None = None
    trace_ids: tuple[str, ...] = ()


_DEFAULTS: Final = LoadOptions()


def load(
    names: Sequence[str],
    options: LoadOptions = _DEFAULTS,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_partial: Callable[[Collection], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collection:
    """Read sources into one collection.

    Args:
        names: Files, directories, globs, or "-" for standard input.
        options: How to load.
        on_progress: Told after each batch, on the calling thread.
        on_partial: Given a usable view of what was read so far, after the first batch and whenever the spans
            have doubled.
        cancelled: Asked after each batch; when true, what was read is returned with `complete` False.

    Raises:
        InputError: No source could be read, or none holds a trace that was asked for.
    """
    builder = StoreBuilder()
    control = Control(builder, on_progress=on_progress, on_partial=on_partial, cancelled=cancelled)
    run = Collecting(builder, control, input_format=options.input_format, max_bytes=options.max_bytes)
    with _without_gc():
        complete = True
        try:
            for name in names:
                run.read(name)
        except Stopped:
            complete = False
        return _chosen(run.finish(complete), options.trace_ids)


def _chosen(collection: Collection, trace_ids: Sequence[str]) -> Collection:
    if not trace_ids:
        return collection
    wanted = {_plain(text) for text in trace_ids}
    ids = collection.store.trace_ids
    numbers = [number for number, text in enumerate(ids) if _plain(text) in wanted]
    if not numbers and collection.complete:
        told = f"trace {', '.join(trace_ids)} is not among the {len(ids)} traces read"
        raise InputError(told, hint="check the id")
    return collection.select(numbers)


def _plain(text: str) -> str:
    """An id without what may be left out: leading zeros and case."""
    return trace_id(text.strip().lower()).lstrip("0").lower()


@contextmanager
def _without_gc() -> Iterator[None]:
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
