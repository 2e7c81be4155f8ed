"""What a list shows of each trace: of traces that were read, or of what a search says of those it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.model.trace import Collection

__all__ = ["UNKNOWN", "Listing", "listing_of"]

Int64 = npt.NDArray[np.int64]
UNKNOWN: Final = -1
"""A figure that nobody has said."""


class Listing(Struct, frozen=True, eq=False):
    """One line a trace, by number; in durations and counts `UNKNOWN` stands for what was not said.

    Attributes:
        ids: their ids.
        strings: names of services and operations, each once.
        service: int64[t], the primary root's service, an index into `strings`.
        name: int64[t], likewise its operation.
        start_ns: int64[t], the first start, nanoseconds since the Unix epoch.
        duration_ns: int64[t], the primary root's duration, or what a backend gives for it.
        span_count: int64[t].
        service_count: int64[t].
        error_count: int64[t], spans with status error.
        issues: int64[t], what was wrong with each trace.
    """

    ids: Sequence[str]
    strings: Sequence[str]
    service: Int64
    name: Int64
    start_ns: Int64
    duration_ns: Int64
    span_count: Int64
    service_count: Int64
    error_count: Int64
    issues: Int64

    def __len__(self) -> int:
        return len(self.ids)

    def names(self, number: int) -> tuple[str, str]:
        """The service and the operation of a trace."""
        return self.strings[int(self.service[number])], self.strings[int(self.name[number])]

    def name_ranks(self) -> Int64:
        """int64[t], the place of each trace's service and operation in alphabetical order."""
        if not len(self):
            return np.empty(0, np.int64)
        pairs = self.service * len(self.strings) + self.name
        unique, inverse = np.unique(pairs, return_inverse=True)
        texts = [
            (self.strings[service].casefold(), self.strings[name].casefold())
            for service, name in (divmod(pair, len(self.strings)) for pair in unique.tolist())
        ]
        rank = np.empty(len(texts), np.int64)
        rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        ranks: Int64 = rank[inverse.reshape(-1)]
        return ranks


def listing_of(collection: Collection) -> Listing:
    """What a list shows of the traces of a collection."""
    table, store = collection.table, collection.store
    logs = collection.trace_logs
    issues = np.zeros(len(store.trace_ids), np.int64)
    for number, log in enumerate(logs):
        if log:
            issues[number] = log.reckoned
    return Listing(
        ids=store.trace_ids,
        strings=store.strings,
        service=store.service[table.root_row].astype(np.int64),
        name=store.name[table.root_row].astype(np.int64),
        start_ns=table.start_ns,
        duration_ns=table.root_duration_ns,
        span_count=table.span_count,
        service_count=table.service_count,
        error_count=table.error_count,
        issues=issues,
    )
