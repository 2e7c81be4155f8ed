"""From a filter to the rows for which it holds.

What columns can tell is asked first; attributes are looked up only for the rows that are still in question:

    service=cart  >50ms  db.system=redis
    ████████████  rows
    █░░█░░░█░░█░  of that service          a mask over columns
    █░░░░░░█░░░░  longer than 50ms         another one
      ?      ?    db.system?               reads these byte ranges, decodes what holds both texts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracetui.errors import Cancelled as CancelledError
from tracetui.model.store import Flag, SpanStore
from tracetui.query.ast import And, Compare, Has, Node, Not, Op, Or, Place, Query, Text
from tracetui.query.attributes import Bools, Stopped, find_attribute, lookup_of
from tracetui.query.errors import QueryError
from tracetui.query.records import Cancelled, Ranges, ranges_of

Columns = Mapping[str, npt.NDArray[np.int64]]

_ORDERS: Final[dict[Op, Callable[[Any, Any], Any]]] = {
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.GT: np.greater,
    Op.GE: np.greater_equal,
}
_LARGEST = np.iinfo(np.int64).max


def evaluate(
    query: Query,
    store: SpanStore,
    rows_first: int = 0,
    rows_last: int | None = None,
    *,
    columns: Columns | None = None,
    cancelled: Cancelled | None = None,
) -> Bools:
    """Which rows a filter holds for.

    Args:
        query: The filter.
        store: The columns.
        rows_first: First row.
        rows_last: Row after the last; the end of the store if not given.
        columns: What analysis knows of these rows, int64[n] nanoseconds each: `self`.
        cancelled: Asked after every few milliseconds of work; true makes it stop.

    Returns:
        bool[n], for rows `rows_first` to `rows_last`.

    Raises:
        QueryError: The filter asks for a column that was not given.
        Cancelled: `cancelled` said so.
        InputError: A source can no longer be read.
    """
    last = len(store) if rows_last is None else rows_last
    evaluation = Evaluation(store, rows_first, last, columns or {}, cancelled)
    try:
        return evaluation.holds(query.root, np.ones(last - rows_first, np.bool_))
    except Stopped:
        raise CancelledError("the filter was stopped") from None


def keep_ancestors(mask: Bools, store: SpanStore, first: int = 0) -> Bools:
    """The rows of a mask and all their ancestors.

    In depth-first order a row's subtree is a slice, so a running sum tells whether it holds a match.

    Args:
        mask: bool[n], for whole subtrees (of a trace, of several, or of one span).
        store: The columns.
        first: The row that `mask[0]` is about.

    Returns:
        bool[n].
    """
    count = len(mask)
    before = np.zeros(count + 1, np.int32)
    np.cumsum(mask, out=before[1:])
    ends = np.arange(count, dtype=np.int32) + store.size[first : first + count]
    kept: Bools = before[np.minimum(ends, count)] > before[:-1]
    return kept


@dataclass
class Evaluation:
    """One run of a filter over some rows.

    Attributes:
        store: The columns.
        first: First row.
        last: Row after the last.
        columns: What analysis knows of the rows.
        cancelled: Asked now and then.
    """

    store: SpanStore
    first: int
    last: int
    columns: Columns
    cancelled: Cancelled | None
    _ranges: Ranges | None = field(default=None, repr=False)

    def holds(self, node: Node, wanted: Bools) -> Bools:
        """Which of the rows in question a node holds for.

        Args:
            node: The node.
            wanted: bool[n], rows in question; the answer is false for the others.
        """
        if isinstance(node, And):
            for operand in sorted(node.operands, key=cost):
                wanted = self.holds(operand, wanted)
            return wanted
        if isinstance(node, Or):
            found = np.zeros(len(wanted), np.bool_)
            for operand in sorted(node.operands, key=cost):
                found |= self.holds(operand, wanted & ~found)
            return found
        if not wanted.any():
            return wanted
        if isinstance(node, Not):
            return wanted & ~self.holds(node.operand, wanted)
        if isinstance(node, Text):
            return wanted & (
                self._matching(node.pattern.matches, "service") | self._matching(node.pattern.matches, "name")
            )
        if isinstance(node, Has) or node.field.place is Place.ATTRIBUTE:
            return self._attribute(node, wanted)
        return wanted & self._column(node)

    def _column(self, node: Compare) -> Bools:
        """Compare a column."""
        store, rows, place = self.store, slice(self.first, self.last), node.field.place
        if place in (Place.SERVICE, Place.NAME):
            return self._text_column(node)
        if place in (Place.ID, Place.TRACE):
            same = self._ids(str(node.value)) if place is Place.ID else self._traces(str(node.value))
            return same if node.op is Op.EQ else ~same
        if place is Place.DURATION:
            values: npt.NDArray[Any] = store.duration_ns[rows]
        elif place is Place.SELF:
            if place.value not in self.columns:
                raise QueryError("self time is not known here", node.column)
            values = self.columns[place.value]
        else:
            values = store.kind[rows] if place is Place.KIND else store.status[rows]
        compared: Bools = _ORDERS[node.op](values, min(int(node.value), _LARGEST))
        return compared

    def _text_column(self, node: Compare) -> Bools:
        if node.pattern is not None:
            found = self._matching(node.pattern.matches, node.field.place.value)
        else:
            found = self._matching(lambda text: text == node.value, node.field.place.value)
        return found if node.op in (Op.EQ, Op.MATCH) else ~found

    def _matching(self, matches: Callable[[str], bool], column: str) -> Bools:
        texts = np.fromiter(map(matches, self.store.strings), np.bool_, len(self.store.strings))
        codes: npt.NDArray[np.int32] = getattr(self.store, column)[self.first : self.last]
        found: Bools = texts[codes]
        return found

    def _ids(self, text: str) -> Bools:
        """Spans with an id, leading zeros optional, or with that text as id."""
        store, rows = self.store, slice(self.first, self.last)
        flags, ids = store.flags[rows], store.span_id[rows]
        opaque = (flags & Flag.OPAQUE_ID) != 0
        found = np.zeros(len(ids), np.bool_)
        codes = [code for code, known in enumerate(store.strings) if known == text] if opaque.any() else []
        found[opaque] = np.isin(ids[opaque], np.array(codes, np.uint64))
        try:
            wanted = int(text, 16) if len(text) <= 16 else -1
        except ValueError:
            wanted = -1
        if wanted >= 0:
            found |= (ids == np.uint64(wanted)) & ~opaque & ((flags & Flag.NO_ID) == 0)
        return found

    def _traces(self, text: str) -> Bools:
        """Spans of the trace with an id, leading zeros optional."""
        store = self.store
        wanted = text.lower().lstrip("0")
        found = np.zeros(self.last - self.first, np.bool_)
        for trace, known in enumerate(store.trace_ids):
            if known == text or known.lstrip("0") == wanted:
                low, high = (int(row) - self.first for row in store.trace_first[trace : trace + 2])
                found[max(low, 0) : max(high, 0)] = True
        return found

    def _attribute(self, node: Compare | Has, wanted: Bools) -> Bools:
        found = self._find(node, wanted)
        if isinstance(node, Compare) and node.op in (Op.NE, Op.NO_MATCH):
            # Not equal means: it is there, and none of its values is equal.
            return self._find(Has(node.field.key, node.column), wanted & ~found)
        return found

    def _find(self, node: Compare | Has, wanted: Bools) -> Bools:
        lookup = lookup_of(node)
        return find_attribute(self.store, self._ranges_of, lookup, self.first, wanted, self.cancelled)

    def _ranges_of(self, wanted: Bools) -> Ranges:
        if self._ranges is None:
            rows = (np.flatnonzero(wanted) + self.first).astype(np.int32)
            if 4 * len(rows) < len(wanted):
                return ranges_of(self.store, rows)
            self._ranges = ranges_of(self.store, np.arange(self.first, self.last, dtype=np.int32))
        return self._ranges.of(wanted, self.first)


def cost(node: Node) -> int:
    """What is asked first: 0 for columns, 1 for a value of an attribute, 2 for whether there is one."""
    if isinstance(node, And | Or):
        return max(map(cost, node.operands), default=0)
    if isinstance(node, Not):
        return cost(node.operand)
    if isinstance(node, Has):
        return 2
    if isinstance(node, Compare) and node.field.place is Place.ATTRIBUTE:
        return 1 if node.op in (Op.EQ, Op.MATCH) else 2
    return 0
