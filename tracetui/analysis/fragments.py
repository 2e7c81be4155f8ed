"""Where a trace broke: a guess at the call below which a fragment would hang if its parent were there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from tracetui.analysis.columns import end_times, local_parents
from tracetui.model.store import Flag, Kind, SpanStore
from tracetui.model.trace import Trace

PEERS: Final = ("peer.service", "server.address", "net.peer.name", "peer.hostname", "peer.address")
"""Attributes that say whom a call was for."""
_MOST: Final = 100
"""Calls that are looked at for one missing span, those that fit most closely first."""


def guess_caller(trace: Trace, fragments: Iterable[int]) -> int | None:
    """Guess which span called what is missing above some fragments.

    It is a client or producer span of another service, without a child in another service, that was running
    all the time the fragments were, and that names their service as its peer. Of several the shortest.

    Args:
        trace: The trace.
        fragments: Rows of fragment roots that name the same missing parent.

    Returns:
        Row of the call; None where none fits. It is a guess, and has to be told as one.
    """
    store, first, last = trace.store, trace.first, trace.last
    rows = np.array(sorted(fragments), np.intp)
    start, end = store.start_ns[first:last], end_times(store, slice(first, last))
    low, high = int(store.start_ns[rows].min()), int(end[rows - first].max())
    services = {store.strings[int(store.service[row])] for row in rows.tolist()}
    kind = store.kind[first:last]
    fits = ((kind == Kind.CLIENT) | (kind == Kind.PRODUCER)) & (start <= low)
    fits &= (end >= high) | (kind == Kind.PRODUCER)
    codes = list(set(store.service[rows].tolist()))
    fits &= ~np.isin(store.service[first:last], codes)
    for row in rows.tolist():
        fits[row - first : row - first + int(store.size[row])] = False
    parent = local_parents(store, first, last)
    child = np.flatnonzero(parent >= 0)
    remote = child[store.service[first:last][child] != store.service[first:last][parent[child]]]
    fits[parent[remote]] = False
    calls = np.flatnonzero(fits)
    calls = calls[np.lexsort((store.span_id[first:last][calls], store.duration_ns[first:last][calls]))][
        :_MOST
    ]
    named = (row + first for row in calls.tolist() if _names(store, row + first, services))
    return next(named, None)


def last_seen(trace: Trace, fragments: Iterable[int]) -> int | None:
    """The last that is known before some fragments: a weaker guess, for where no call names their service.

    It is a span without children below the primary root that was running all the time the largest fragment
    was. Of several the shortest.

    Args:
        trace: The trace.
        fragments: Rows of fragment roots that name the same missing parent.

    Returns:
        Row of the span; None where the root is missing, or none fits.
    """
    store, root = trace.store, trace.root.row
    if store.flags[root] & np.uint16(Flag.HAS_PARENT):
        return None
    largest = max(fragments, key=lambda row: (int(store.size[row]), store.id_text(row)))
    below = np.arange(root, root + int(store.size[root]))
    fits = (store.size[below] == 1) & (store.start_ns[below] <= store.start_ns[largest])
    fits &= end_times(store, below) >= end_times(store, slice(largest, largest + 1))
    below = below[fits]
    if not len(below):
        return None
    return int(below[np.lexsort((store.span_id[below], store.duration_ns[below]))[0]])


def fragments_by_parent(trace: Trace) -> dict[str, list[int]]:
    """Rows of fragment roots by the id of the parent that they miss, in row order."""
    store = trace.store
    lost = np.flatnonzero((store.flags[trace.first : trace.last] & np.uint16(Flag.ORPHAN)) != 0)
    found: dict[str, list[int]] = {}
    for row in (lost + trace.first).tolist():
        found.setdefault(store.parent_id_text(row), []).append(row)
    return found


def _names(store: SpanStore, row: int, services: set[str]) -> bool:
    """Whether a call says that it is for one of some services: by name, or as the first part of a host's."""
    attributes = store.details(row).attributes
    for key in PEERS:
        peer = attributes.get(key)
        if isinstance(peer, str) and {peer, peer.partition(".")[0].partition(":")[0]} & services:
            return True
    return False
