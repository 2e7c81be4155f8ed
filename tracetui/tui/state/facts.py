"""What is computed about a trace for its screens: made in a worker, read by the screens, never changed."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from tracetui.analysis import CriticalPaths, Mode, critical_paths, on_path_ns, path_by_service, self_times
from tracetui.model.store import Flag, Status
from tracetui.model.trace import Trace

from .forest import Forest, Int32, Int64, build_forest
from .runs import with_runs
from .savings import Savings
from .sections import Sections
from .view import Window

SLOWEST = 500
"""How far down the ranking of self times the keys go."""


class Facts(Struct, frozen=True):
    """A trace, its rows in display order, and (once analysed) its critical path and self times.

    Attributes:
        trace: the trace.
        first: its first row in the store.
        forest: its nodes.
        origins: int32[k], nodes with an error below which there is no other.
        hidden_errors: int32[n + 1], errors before each node, so that a difference counts those of a subtree.
        services: names of the trace's services.
        self_ns: int64[rows], by row of the trace, or None while not analysed.
        on_path_ns: int64[rows], likewise.
        paths: the critical paths, rows as in the store, or None.
        sections: the same by node, or None.
        slowest: int32[k], nodes by self time, largest first.
        shares: service and time on the primary root's path, largest first.
        savings: what spans would save, or None while not analysed.
    """

    trace: Trace
    first: int
    forest: Forest
    origins: Int32
    hidden_errors: Int32
    services: tuple[str, ...] = ()
    self_ns: Int64 | None = None
    on_path_ns: Int64 | None = None
    paths: CriticalPaths | None = None
    sections: Sections | None = None
    slowest: Int32 | None = None
    shares: tuple[tuple[str, int], ...] = ()
    savings: Savings | None = None

    @property
    def whole(self) -> Window:
        start = int(self.trace.start_ns)
        return Window(start, max(int(self.trace.end_ns), start + 1))

    def row(self, node: int) -> int:
        """Return the store's row of a node; negative for missing spans and runs."""
        row = self.forest.row(node)
        return row if row < 0 else row + self.first

    def find(self, span_id: str) -> int:
        """Return the node of a span by its id as text, or -1; of those that share an id the first."""
        store, last = self.trace.store, int(self.trace.last)
        ids = store.span_id[self.first : last]
        try:
            rows = np.flatnonzero(ids == np.uint64(int(span_id, 16)))
        except (ValueError, OverflowError):
            rows = np.flatnonzero(store.flags[self.first : last] & Flag.OPAQUE_ID)
        found = (row for row in rows.tolist() if store.id_text(self.first + row) == span_id)
        row = next(found, -1)
        return self.forest.node(row) if row >= 0 else -1

    def errors_below(self, node: int) -> int:
        """Return how many spans below a node (itself not counted) have an error."""
        return int(self.hidden_errors[self.forest.last(node)] - self.hidden_errors[node + 1])

    def is_on_path(self, node: int) -> bool:
        run = self.forest.run(node)
        if run is not None:
            return self.on_path_ns is None or bool(self.on_path_ns[run.row : run.last].any())
        row = self.forest.row(node)
        return row >= 0 and (self.on_path_ns is None or bool(self.on_path_ns[row]))


def lay_out(trace: Trace, *, runs: bool = True) -> Facts:
    """Put the rows of a trace in display order: all that is needed for a first picture of it.

    Args:
        trace: The trace.
        runs: Have like siblings in a row be one.
    """
    store, first, last = trace.store, int(trace.first), int(trace.last)
    flags = store.flags[first:last]
    parent = store.parent[first:last]
    if first:
        parent = np.where(parent >= 0, parent - first, -1).astype(np.int32)
    forest = build_forest(
        parent,
        store.depth[first:last],
        store.size[first:last],
        store.start_ns[first:last],
        store.duration_ns[first:last],
        store.status[first:last] == Status.ERROR,
        (flags & Flag.ORPHAN) != 0,
        store.parent_id[first:last],
        (flags & Flag.OPAQUE_PARENT) != 0,
    )
    if runs:
        forest = with_runs(forest, trace)
    errors = np.zeros(len(forest) + 1, np.int32)
    np.cumsum(forest.error, out=errors[1:])
    failed = np.flatnonzero(forest.error)
    after = failed + forest.size[failed]
    origins = failed[errors[after] - errors[failed] == 1].astype(np.int32)
    seen = np.zeros(len(store.strings), bool)
    seen[store.service[first:last]] = True
    services = tuple(store.strings[code] for code in np.flatnonzero(seen).tolist())
    return Facts(trace, first, forest, origins, errors, services)


def analyse(facts: Facts, mode: Mode = Mode.DEFAULT) -> Facts:
    """Add critical paths, self times and what follows from them."""
    trace, first = facts.trace, facts.first
    store, last = trace.store, int(trace.last)
    own = self_times(store, first, last)
    return _placed(
        replace(
            facts,
            self_ns=own,
            paths=(paths := critical_paths(store, first, last, mode)),
            on_path_ns=on_path_ns(paths, store, first, last),
            shares=tuple(path_by_service(paths, store, int(trace.root.row))) if len(facts.forest) else (),
            savings=Savings(trace, mode),
        )
    )


def rearrange(facts: Facts, *, runs: bool) -> Facts:
    """The same trace with or without runs; what was computed about its rows stays."""
    fresh = lay_out(facts.trace, runs=runs)
    placed = replace(
        fresh,
        self_ns=facts.self_ns,
        paths=facts.paths,
        on_path_ns=facts.on_path_ns,
        shares=facts.shares,
        savings=facts.savings,
    )
    return placed if facts.paths is None else _placed(placed)


def _placed(facts: Facts) -> Facts:
    """Find the nodes of the path's sections and of the slowest spans."""
    paths, own, first, forest = facts.paths, facts.self_ns, facts.first, facts.forest
    assert paths is not None and own is not None
    nodes = forest.nodes_of((paths.span - first).astype(np.int32))
    by_node = forest.by_node(own)
    return replace(
        facts,
        sections=Sections.build(nodes, paths.start_ns, paths.end_ns),
        slowest=_largest(by_node, SLOWEST),
    )


def _largest(values: Int64, count: int) -> Int32:
    """Return the indices of the largest values above 0, largest first, equal ones in order."""
    if len(values) > count:
        limit = np.partition(values, len(values) - count)[len(values) - count]
        chosen = np.flatnonzero(values >= max(int(limit), 1))
    else:
        chosen = np.flatnonzero(values > 0)
    order = np.argsort(-values[chosen], kind="stable")
    return chosen[order][:count].astype(np.int32)
