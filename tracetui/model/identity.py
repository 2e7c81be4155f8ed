"""Which record is which span, and which span is whose parent.

Ids repeat in real data: a record that was sent twice, client and server sharing an id (Zipkin), partial
reports of one span, plain mistakes. Here each repeat is dropped, joined or numbered, and parents are found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from tracetui.model.id_index import IdIndex
from tracetui.model.side_by_side import side_by_side
from tracetui.model.store import Flag, Kind

Columns = dict[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int64]
AnyRows = npt.NDArray[np.integer[Any]]
_AT_ONCE = 1 << 16
"""Parents looked up in one go: enough to be quick, few enough to need little memory."""
Reference = tuple[bool, int, bool]
"""A parent reference: is CHILD_OF (else FOLLOWS_FROM), the id, the id is opaque."""
Digests = Callable[[Rows], list[int]]
"""Numbers that are equal for rows whose records are equal byte for byte, and for no others."""
_MOST_MISSES = 64
"""After so many looks in vain for a span that a report is a part of, its id stands for many spans."""


class Clocks(Struct, frozen=True):
    """Which rows may have been recorded by one process.

    Attributes:
        resource: int32[n], each row's resource, -1 for none.
        clock: int32[k] by resource.
        address: int32[k] by resource, -1 for none.
    """

    resource: npt.NDArray[np.int32]
    clock: npt.NDArray[np.int32]
    address: npt.NDArray[np.int32]

    def same(self, one: AnyRows, other: AnyRows) -> npt.NDArray[np.bool_]:
        """Whether rows pairwise share a clock; a row without a resource shares none."""
        if not len(self.clock):
            return np.zeros(len(one), np.bool_)
        a, b = self.resource[one], self.resource[other]
        addresses = self.address[a], self.address[b]
        known = (addresses[0] >= 0) & (addresses[1] >= 0)
        same: npt.NDArray[np.bool_] = (a >= 0) & (b >= 0) & (self.clock[a] == self.clock[b])
        same &= ~known | (addresses[0] == addresses[1])
        return same


class Identity(Struct):
    """What the ids say.

    Attributes:
        parent: int32[n], row of each row's parent, -1 for none.
        repeat: int32[n], the n of keys that end in `_n`, 0 for the others.
        dropped: Rows that repeat another record byte for byte, with the row of that one.
        merged: Rows joined into another, with the row that took them in.
        server_of: For rows of client halves, the server half with the same id.
    """

    parent: npt.NDArray[np.int32]
    repeat: npt.NDArray[np.int32]
    dropped: dict[int, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    server_of: dict[int, int] = field(default_factory=dict)


def identify(
    columns: Columns,
    alternatives: dict[int, list[Reference]],
    clocks: Clocks,
    digests: Digests,
    partial: npt.NDArray[np.bool_],
) -> Identity:
    """Settle repeats and find parents.

    Args:
        columns: The loader's columns, n rows in source order; what was joined is filled in, in place.
        alternatives: For rows with several parent references: is CHILD_OF, id, id is opaque.
        clocks: Which rows were recorded by one process.
        digests: Tells records that are equal byte for byte.
        partial: bool[n], rows whose format may report one span in several parts (Zipkin).

    Returns:
        Parents by row and what became of repeats. Cycles are still in `parent`.
    """
    flags = columns["flags"]
    rows = len(flags)
    index = IdIndex(columns)
    identity = Identity(np.full(rows, -1, np.int32), np.zeros(rows, np.int32))
    stands_for = _settle_repeats(index, columns, identity, clocks, digests, partial)
    _choose_among(index, columns, alternatives)
    _drop_self_references(columns)

    def find_parents(first: int) -> None:
        child = np.flatnonzero((flags[first : first + _AT_ONCE] & Flag.HAS_PARENT) != 0) + first
        opaque = (flags[child] & Flag.OPAQUE_PARENT) != 0
        found = index.find(columns["trace"][child], columns["parent_id"][child], opaque)
        if stands_for is not None:
            found = np.where(found >= 0, stands_for[found], np.int32(-1))
        identity.parent[child] = found

    side_by_side(find_parents, range(0, rows, _AT_ONCE), rows)
    _hang_halves(columns, identity, clocks)
    return identity


def _settle_repeats(
    index: IdIndex,
    columns: Columns,
    identity: Identity,
    clocks: Clocks,
    digests: Digests,
    partial: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int32] | None:
    """Drop, join, pair or number the rows of each repeated id.

    Returns:
        int32[n], for the first row of an id the one that children hang under; None if nothing repeats.
    """
    if not len(index.repeats):
        return None
    stands_for = np.arange(len(identity.parent), dtype=np.int32)
    first, clients, servers = _plain_pairs(index, columns)
    identity.server_of = dict(zip(clients.tolist(), servers.tolist(), strict=True))
    identity.repeat[servers] = 1
    stands_for[first] = clients
    groups = index.groups(without=first)
    rows = np.sort(np.array([row for group in groups for row in group], np.int64))
    digest = dict(zip(rows.tolist(), digests(rows), strict=True))
    for group in groups:
        kept: list[int] = []
        known: dict[int, int] = {}
        misses = 0
        for row in group:
            twin = known.get(digest[row])
            if twin is not None:
                identity.dropped[row] = twin
                continue
            hosts = kept if partial[row] and misses < _MOST_MISSES else ()
            host = next((other for other in hosts if _one_span(columns, other, row, clocks)), None)
            misses += len(hosts) if host is None else 0
            known[digest[row]] = row if host is None else host
            if host is None:
                kept.append(row)
            else:
                identity.merged[row] = host
                _take_in(columns, host, row)
        stands_for[group[0]] = _number(columns, kept, identity)
    return stands_for


def _plain_pairs(index: IdIndex, columns: Columns) -> tuple[Rows, Rows, Rows]:
    """Ids that stand twice, once with a client and once with a server: first rows, clients, servers."""
    repeats = index.repeats
    apart = np.diff(repeats, prepend=-2, append=len(columns["flags"]) + 1) > 1
    lone = repeats[apart[:-1] & apart[1:]]
    one, two = index.rows(lone), index.rows(lone + 1)
    real = np.ones(len(one), np.bool_)
    for name in ("trace", "span_id"):
        real &= columns[name][one] == columns[name][two]
    real &= ((columns["flags"][one] ^ columns["flags"][two]) & Flag.OPAQUE_ID) == 0
    kinds = columns["kind"]
    forward = real & (kinds[one] == Kind.CLIENT) & (kinds[two] == Kind.SERVER)
    backward = real & (kinds[one] == Kind.SERVER) & (kinds[two] == Kind.CLIENT)
    either = forward | backward
    clients = np.where(forward, one, two)[either]
    servers = np.where(forward, two, one)[either]
    return one[either], clients, servers


def _one_span(columns: Columns, host: int, row: int, clocks: Clocks) -> bool:
    """Zipkin's partial reports: same kind or none, same endpoint or none, nothing on which both disagree."""
    kinds = int(columns["kind"][host]), int(columns["kind"][row])
    if kinds[0] and kinds[1] and kinds[0] != kinds[1]:
        return False
    flags = int(columns["flags"][host]), int(columns["flags"][row])
    resources = int(columns["resource"][host]), int(columns["resource"][row])
    if min(resources) >= 0 and not clocks.same(np.array([host]), np.array([row]))[0]:
        return False
    for name, absent in (("name", 0), ("start_ns", Flag.NO_TIME), ("duration_ns", Flag.UNFINISHED)):
        if absent and (flags[0] | flags[1]) & absent:
            continue
        values = int(columns[name][host]), int(columns[name][row])
        if values[0] != values[1] and (absent or (values[0] and values[1])):
            return False
    return True


def _take_in(columns: Columns, host: int, row: int) -> None:
    """Fill what the first report lacks from the second."""
    flags, more = int(columns["flags"][host]), int(columns["flags"][row])
    for name, absent in (("start_ns", Flag.NO_TIME), ("duration_ns", Flag.UNFINISHED)):
        if flags & absent and not more & absent:
            columns[name][host] = columns[name][row]
            flags &= ~absent
    if not flags & Flag.HAS_PARENT and more & Flag.HAS_PARENT:
        columns["parent_id"][host] = columns["parent_id"][row]
        flags |= more & (Flag.HAS_PARENT | Flag.OPAQUE_PARENT)
    for name, none in (("name", 0), ("kind", 0), ("resource", -1)):
        if int(columns[name][host]) == none:
            columns[name][host] = columns[name][row]
    columns["status"][host] = max(int(columns["status"][host]), int(columns["status"][row]))
    columns["flags"][host] = flags | (more & (Flag.EVENTS | Flag.LINKS | Flag.WARNINGS)) | Flag.MERGED


def _number(columns: Columns, rows: list[int], identity: Identity) -> int:
    """Give repeats their keys; a server half that shares its client's id becomes that client's child.

    Returns:
        The row that keeps the id as its key.
    """
    kinds = [int(columns["kind"][row]) for row in rows]
    if kinds.count(Kind.CLIENT) == 1 and kinds.count(Kind.SERVER) == 1:
        client, server = rows[kinds.index(Kind.CLIENT)], rows[kinds.index(Kind.SERVER)]
        identity.server_of[client] = server
        rows = [client, server, *(row for row in rows if row not in (client, server))]
    for number, row in enumerate(rows):
        identity.repeat[row] = number
    return rows[0]


def _choose_among(index: IdIndex, columns: Columns, alternatives: dict[int, list[Reference]]) -> None:
    """Of several references: the first CHILD_OF that exists, else the first FOLLOWS_FROM that exists."""
    if not alternatives:
        return
    flat = [(row, *reference) for row, references in alternatives.items() for reference in references]
    rows = np.array([row for row, _, _, _ in flat], np.int64)
    ids = np.array([span_id for _, _, span_id, _ in flat], np.uint64)
    opaque = np.array([is_opaque for _, _, _, is_opaque in flat], np.bool_)
    found = index.find(columns["trace"][rows], ids, opaque).tolist()
    best: dict[int, tuple[int, int]] = {}
    for place, (row, is_child_of, _, _) in enumerate(flat):
        exists = found[place] >= 0 and found[place] != row
        rank = (0 if is_child_of else 1) + (0 if exists else 2)
        if row not in best or rank < best[row][0]:
            best[row] = (rank, place)
    for row, (_, place) in best.items():
        _, is_child_of, span_id, is_opaque = flat[place]
        columns["parent_id"][row] = span_id
        mask = int(columns["flags"][row]) & ~(Flag.OPAQUE_PARENT | Flag.FOLLOWS_FROM)
        mask |= Flag.HAS_PARENT | (Flag.OPAQUE_PARENT if is_opaque else 0)
        columns["flags"][row] = mask | (0 if is_child_of else Flag.FOLLOWS_FROM)


def _drop_self_references(columns: Columns) -> None:
    """A span that names itself as its parent names none."""
    flags = columns["flags"]
    own = (flags & (Flag.HAS_PARENT | Flag.NO_ID)) == Flag.HAS_PARENT
    own &= columns["parent_id"] == columns["span_id"]
    own &= ((flags & Flag.OPAQUE_ID) != 0) == ((flags & Flag.OPAQUE_PARENT) != 0)
    rows = np.flatnonzero(own)
    flags[rows] &= np.uint16(~(Flag.HAS_PARENT | Flag.FOLLOWS_FROM) & 0xFFFF)
    flags[rows] |= np.uint16(Flag.CYCLE)


def _hang_halves(columns: Columns, identity: Identity, clocks: Clocks) -> None:
    """Put server halves under their client halves, and move what the server's process recorded below them."""
    if not identity.server_of:
        return
    clients = np.fromiter(identity.server_of.keys(), np.int64, len(identity.server_of))
    servers = np.fromiter(identity.server_of.values(), np.int64, len(identity.server_of))
    server_by_row = np.full(len(identity.parent), -1, np.int32)
    server_by_row[clients] = servers
    children = np.flatnonzero(identity.parent >= 0)
    server = server_by_row[identity.parent[children]]
    children, server = children[server >= 0], server[server >= 0]
    moved = clocks.same(children, server) & (children != server)
    identity.parent[children[moved]] = server[moved]
    identity.parent[servers] = clients
    columns["flags"][servers] |= np.uint16(Flag.SHARED)
