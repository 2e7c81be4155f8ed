"""One span: a flyweight that reads the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from tracetui.model.attributes import Attributes, Event, Link, Scope
from tracetui.model.store import Flag, Kind, SpanStore, Status


class Span:
    """One span: a view of one row of the store.

    Times are integer nanoseconds since the Unix epoch, durations integer nanoseconds.
    """

    __slots__ = ("row", "store")

    def __init__(self, store: SpanStore, row: int) -> None:
        self.store = store
        self.row = row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and other.store is self.store and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.store), self.row))

    def __repr__(self) -> str:
        return f"<Span {self.key} {self.service!r} {self.name!r}>"

    @property
    def key(self) -> str:
        """Unique within the trace: the span id, numbered where it repeats."""
        return self.store.key(self.row)

    @property
    def span_id(self) -> str:
        """16 hex digits, or the text as found; "" if it has none."""
        return self.store.id_text(self.row)

    @property
    def parent_span_id(self) -> str:
        """The parent's id as recorded; "" if none is."""
        return self.store.parent_id_text(self.row)

    @property
    def parent(self) -> Span | None:
        """The span it hangs under; None for roots and fragment roots."""
        row = int(self.store.parent[self.row])
        return Span(self.store, row) if row >= 0 else None

    @property
    def children(self) -> list[Span]:
        """The spans that hang under it, by start."""
        found, at = [], self.row + 1
        end = self.row + int(self.store.size[self.row])
        while at < end:
            found.append(Span(self.store, at))
            at += int(self.store.size[at])
        return found

    @property
    def depth(self) -> int:
        """0 for roots."""
        return int(self.store.depth[self.row])

    @property
    def service(self) -> str:
        """The service's name; "" if it has none."""
        return self.store.strings[int(self.store.service[self.row])]

    @property
    def name(self) -> str:
        """The operation's name; "" if it has none."""
        return self.store.strings[int(self.store.name[self.row])]

    @property
    def kind(self) -> str:
        """unspecified, internal, server, client, producer or consumer."""
        return Kind(int(self.store.kind[self.row])).name.lower()

    @property
    def status(self) -> str:
        """unset, ok or error."""
        return Status(int(self.store.status[self.row])).name.lower()

    @property
    def is_error(self) -> bool:
        """Whether its status is error."""
        return int(self.store.status[self.row]) == Status.ERROR

    @property
    def is_orphan(self) -> bool:
        """Whether it names a parent that is not in the trace."""
        return bool(int(self.store.flags[self.row]) & Flag.ORPHAN)

    @property
    def start_ns(self) -> int:
        """When it started."""
        return int(self.store.start_ns[self.row])

    @property
    def duration_ns(self) -> int:
        """How long it took."""
        return int(self.store.duration_ns[self.row])

    @property
    def end_ns(self) -> int:
        """When it ended."""
        return self.start_ns + self.duration_ns

    @property
    def status_message(self) -> str:
        """What the status says in words."""
        return self.store.details(self.row).status_message

    @property
    def attributes(self) -> Attributes:
        """The span's own attributes."""
        return self.store.details(self.row).attributes

    @property
    def events(self) -> list[Event]:
        """In order of time."""
        return self.store.details(self.row).events

    @property
    def links(self) -> list[Link]:
        """Pointers to other spans; the reference that became the parent is not among them."""
        return links_beside_parent(self.store.details(self.row).links, self.parent_span_id)

    @property
    def resource(self) -> Attributes:
        """The attributes of its resource."""
        return self.store.resource_attributes(self.row)

    @property
    def scope(self) -> Scope:
        """The instrumentation scope."""
        return self.store.scope_of(self.row)

    @property
    def warnings(self) -> list[str]:
        """What the backend, or the decoding of this record, noted."""
        return self.store.details(self.row).warnings

    @property
    def dropped(self) -> dict[str, int]:
        """How many attributes, events or links the SDK left out."""
        return self.store.details(self.row).dropped


def links_beside_parent(links: list[Link], parent: str) -> list[Link]:
    """Links without the first reference to the parent's id, which became the parent."""
    found: list[Link] = []
    taken = False
    for link in links:
        if link.reference and link.span_id == parent and not taken:
            taken = True
        else:
            found.append(link)
    return found


class Spans(Sequence[Span]):
    """The spans of a trace in waterfall order, made when they are looked at."""

    def __init__(self, store: SpanStore, first: int, last: int) -> None:
        self._store, self._rows = store, range(first, last)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Span: ...
    @overload
    def __getitem__(self, index: slice) -> list[Span]: ...
    def __getitem__(self, index: int | slice) -> Span | list[Span]:
        if isinstance(index, slice):
            return [Span(self._store, row) for row in self._rows[index]]
        return Span(self._store, self._rows[index])

    def __iter__(self) -> Iterator[Span]:
        return (Span(self._store, row) for row in self._rows)
