"""What a search of a server has found, as something to be searched in turn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from tracetui.model.attributes import SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, Kind, SpanStore, Status
from tracetui.model.trace import Collection
from tracetui.sources.base import MemorySource
from tracetui.tui.listing import Listing

from .find_traces import Searchable
from .results import plain_id

__all__ = ["found_traces"]

Int64 = npt.NDArray[np.int64]
_NOTHING = b"{}"


def found_traces(listing: Listing, collections: Sequence[Collection]) -> Searchable:
    """The traces of a list: their spans where they came whole, else a span that is like its line.

    Args:
        listing: what was found.
        collections: whole traces, of which some are in the list.
    """
    places = {plain_id(id): number for number, id in enumerate(listing.ids)}
    stores, numbers = [], []
    for collection in reversed(collections):  # of a trace that came twice the later
        ids = collection.store.trace_ids
        found = np.fromiter((places.pop(plain_id(id), -1) for id in ids), np.int64, len(ids))
        stores.append(collection.store)
        numbers.append(found)
    rest = np.array(sorted(places.values()), np.int64)
    return Searchable(stores, numbers, len(listing), partial(_lines, listing, rest) if len(rest) else None)


def _lines(listing: Listing, numbers: Int64) -> tuple[SpanStore, Int64]:
    """A store with one span for each of some lines."""
    builder = StoreBuilder()
    source = builder.add_source(MemorySource("what was found", _NOTHING), "search", _no_details)
    count = len(numbers)
    names = [listing.names(number) for number in numbers.tolist()]
    failed = listing.error_count[numbers] > 0
    zeros = np.zeros(count, np.int64)
    builder.append(
        trace=np.array([builder.trace(listing.ids[number]) for number in numbers.tolist()], np.int32),
        span_id=np.arange(1, count + 1, dtype=np.uint64),
        parent_id=np.zeros(count, np.uint64),
        flags=np.full(count, int(Flag(0))),
        start_ns=listing.start_ns[numbers],
        duration_ns=np.maximum(listing.duration_ns[numbers], 0),
        name=np.array([builder.strings[name] for _, name in names], np.int32),
        resource=np.array([builder.resource(service, service, dict) for service, _ in names], np.int32),
        scope=zeros - 1,
        kind=np.full(count, int(Kind.UNSPECIFIED)),
        status=np.where(failed, int(Status.ERROR), int(Status.UNSET)),
        source=np.full(count, source),
        offset=zeros,
        length=np.full(count, len(_NOTHING)),
    )
    store = builder.finish().store
    order = {plain_id(listing.ids[number]): number for number in numbers.tolist()}
    return store, np.array([order[plain_id(id)] for id in store.trace_ids], np.int64)


def _no_details(record: bytes) -> SpanDetails:
    return SpanDetails()
