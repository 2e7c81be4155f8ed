"""The conditions of a search, applied to traces that are here: what a server left out is made good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.model.store import Kind, Status
from tracetui.model.trace import Collection
from tracetui.query.ast import And, Compare, Field, Has, Node, Not, Op, Or, Place, Query
from tracetui.query.compile import evaluate

from .base import Found, SearchQuery

Bools = npt.NDArray[np.bool_]
_SYNTHETIC: Final = ("otel.", "internal.", "w3c.")
"""Attributes that a backend makes itself: they may not stand in what it gives out."""
_STATUS: Final = {"ERROR": Status.ERROR, "OK": Status.OK}


def _is(place: Place, value: str | int) -> Node:
    return Compare(Field(place), Op.EQ, value, 0)


def _tag(key: str, value: str | None) -> Node | None:
    """The condition of one tag; None for one that cannot be looked at here."""
    if key == "error" and value in (None, "true", "false"):
        failed: Node = Or((_is(Place.STATUS, int(Status.ERROR)), *((Has(key, 0),) if value is None else ())))
        return Not(failed) if value == "false" else failed
    if key == "span.kind" and value is not None and value.upper() in Kind.__members__:
        return _is(Place.KIND, int(Kind[value.upper()]))
    if key == "otel.status_code" and value in _STATUS:
        return _is(Place.STATUS, int(_STATUS[value]))
    if key.startswith(_SYNTHETIC):
        return None
    if value is None:
        return Has(key, 0)
    return Compare(Field(Place.ATTRIBUTE, key), Op.EQ, value, 0)


class Filter:
    """The conditions of a query on whole traces.

    Args:
        query: The query.
        lower: The backend writes names of services and spans in lower case.
    """

    def __init__(self, query: SearchQuery, *, lower: bool = False) -> None:
        self._query = query
        self._lower = lower
        service = [_is(Place.SERVICE, self._name(query.service))] if query.service else []
        name = [_is(Place.NAME, self._name(query.operation))] if query.operation else []
        tags = [node for key, value in query.tags if (node := _tag(key, value)) is not None]
        self._spans: list[tuple[str, Node]] = []
        if service:
            self._spans.append(("--service", And(tuple(service))))
        if name:
            self._spans.append(("--operation", And((*service, *name))))
        if tags:
            self._spans.append(("--tag", And((*service, *tags))))
        if query.remote_service:
            self._spans.append(("the called service", _is(Place.SERVICE, self._name(query.remote_service))))

    def _name(self, text: str) -> str:
        return text.lower() if self._lower else text

    def apply(
        self, collection: Collection, first: int, last: int, cancelled: Callable[[], bool]
    ) -> tuple[Bools, dict[str, int]]:
        """Which of some traces the conditions hold for.

        Args:
            collection: The traces.
            first: Number of the first.
            last: The one after the last.
            cancelled: Asked every few milliseconds.

        Returns:
            bool[n], and for each condition how many traces it alone put out.

        Raises:
            Cancelled: `cancelled` said so.
        """
        holds = np.ones(last - first, np.bool_)
        put_out: dict[str, int] = {}
        if last <= first:
            return holds, put_out
        for what, mask in self._masks(collection, first, last, cancelled):
            dropped = int(np.count_nonzero(holds & ~mask))
            if dropped:
                put_out[what] = put_out.get(what, 0) + dropped
            holds &= mask
        return holds, put_out

    def _masks(
        self, collection: Collection, first: int, last: int, cancelled: Callable[[], bool]
    ) -> list[tuple[str, Bools]]:
        query, store = self._query, collection.store
        duration = collection.table.duration_ns[first:last]
        masks: list[tuple[str, Bools]] = []
        if query.min_duration_ns is not None:
            masks.append(("--min-duration", duration >= query.min_duration_ns))
        if query.max_duration_ns is not None:
            masks.append(("--max-duration", duration <= query.max_duration_ns))
        starts = store.trace_first[first : last + 1]
        for what, node in self._spans:
            rows = evaluate(Query("", node), store, int(starts[0]), int(starts[-1]), cancelled=cancelled)
            masks.append((what, np.logical_or.reduceat(rows, starts[:-1] - starts[0])))
        return masks


def holds_for(query: SearchQuery, found: Found) -> bool:
    """Whether the durations of a query hold for a row; where the row does not say, they may."""
    if found.duration_ns is None:
        return True
    if query.min_duration_ns is not None and found.duration_ns < query.min_duration_ns:
        return False
    return query.max_duration_ns is None or found.duration_ns <= query.max_duration_ns


def rows_of(collection: Collection, numbers: npt.NDArray[np.int64]) -> list[Found]:
    """What there is to say of some traces of a collection."""
    table, store = collection.table, collection.store
    rows = []
    for number in numbers.tolist():
        root = int(table.root_row[number])
        rows.append(
            Found(
                trace_id=store.trace_ids[number],
                service=store.strings[int(store.service[root])],
                name=store.strings[int(store.name[root])],
                start_ns=int(table.start_ns[number]),
                duration_ns=int(table.end_ns[number] - table.start_ns[number]),
                span_count=int(table.span_count[number]),
                error_count=int(table.error_count[number]),
                service_count=int(table.service_count[number]),
            )
        )
    return rows
