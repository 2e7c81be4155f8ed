"""From sources to one collection of traces, whatever their formats."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from typing import Final

from msgspec import Struct

from tracetui.errors import InputError
from tracetui.loaders.collecting import Collecting
from tracetui.loaders.control import Control, Progress, Stopped
from tracetui.loaders.fetched import Fetched
from tracetui.loaders.memory import while_loading
from tracetui.loaders.remote import Fetch, Remote, is_address, plain_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.trace import Collection
from tracetui.sources import ByteSource

__all__ = ["LoadOptions", "Progress", "load", "read_sources"]


class LoadOptions(Struct, frozen=True):
    """How to load.

    Attributes:
        input_format: Name of a format, if it is not to be found out.
        max_bytes: Limit for what is decoded or streamed.
        trace_ids: Keep these traces only.
        fetch: Gets what an address stands for; without it, addresses are no sources.
        second: Whether a second process may read parts of a large file, if there is a core for it.
    """

    input_format: str | None = None
    max_bytes: int | None = None
    trace_ids: tuple[str, ...] = ()
    fetch: Fetch | None = None
    second: bool = True


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
        names: Files, directories, globs, addresses, or "-" for standard input.
        options: How to load.
        on_progress: Told after each batch, on the calling thread.
        on_partial: Given a usable view of what was read so far, after the first batch and whenever the spans
            have doubled.
        cancelled: Asked after each batch; when true, what was read is returned with `complete` False.

    Raises:
        InputError: No source could be read, or none holds a trace that was asked for.
        BackendError: That went wrong with one from a network, and nothing of it came. What did come is given,
            the error among its failures.
    """
    builder = StoreBuilder()
    control = Control(
        builder,
        on_progress=on_progress,
        on_partial=on_partial,
        cancelled=cancelled,
        second=options.second,
    )
    run = Collecting(builder, control, input_format=options.input_format, max_bytes=options.max_bytes)
    fetched = Fetched(builder, run)
    with while_loading():
        complete = True
        try:
            for name in names:
                if options.fetch is not None and is_address(name) and not os.path.lexists(name):
                    fetched.read_address(name, options.fetch, options.trace_ids, on_progress, cancelled)
                else:
                    run.read(name)
        except Stopped:
            complete = False
        collection = fetched.finish(run.finish(complete))
        return _chosen(collection, options.trace_ids, fetched.asked_for)


def read_sources(
    sources: Sequence[ByteSource],
    *,
    on_partial: Callable[[Collection], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collection:
    """Read sources that come over a network and are open. Arguments as of `load`.

    Raises:
        BackendError: One broke off, or holds no trace.
    """
    builder = StoreBuilder()
    control = Control(builder, on_partial=on_partial, cancelled=cancelled)
    run = Collecting(builder, control)
    fetched = Fetched(builder, run)
    with while_loading():
        complete = True
        try:
            fetched.read(Remote(sources))
        except Stopped:
            complete = False
        return fetched.finish(run.finish(complete))


def _chosen(collection: Collection, trace_ids: Sequence[str], asked_for: Set[str]) -> Collection:
    if not trace_ids:
        return collection
    wanted = {plain_id(text) for text in trace_ids}
    ids = collection.store.trace_ids
    numbers = [number for number, id in enumerate(ids) if plain_id(id) in wanted or id in asked_for]
    if not numbers and collection.failures:
        raise collection.failures[0]
    if not numbers and collection.complete:
        told = f"trace {', '.join(trace_ids)} is not among the {len(ids)} traces read"
        raise InputError(told, hint="check the id")
    return collection.select(numbers)
