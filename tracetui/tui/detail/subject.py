"""What the detail pane has to know of a span, gathered once when the span is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from tracetui.model.attributes import Attributes, Event, Link, Scope
from tracetui.model.backlinks import Backlink
from tracetui.model.span import Span
from tracetui.model.store import Flag

__all__ = ["Figures", "Subject", "subject_of"]


class Figures(Struct, frozen=True):
    """What analysis says of a span, in nanoseconds; None for what is not known (yet).

    Attributes:
        self_ns: Time in which none of its children ran.
        on_path_ns: Time that it stands on the critical path.
        saves_ns: How much earlier its root would end if it took no time; None for a root itself.
        slack_ns: How much longer it may take before its root ends later; -1 where nobody waits for it.
        root_ns: How long its root takes.
        half_ns: How long its root would take with this span at half.
    """

    self_ns: int | None = None
    on_path_ns: int | None = None
    saves_ns: int | None = None
    slack_ns: int | None = None
    root_ns: int | None = None
    half_ns: int | None = None


class Subject(Struct):
    """One span as the pane tells it; texts are as found, times in nanoseconds.

    Attributes:
        offset_ns: Its start after the trace's start.
        notes: What was repaired or is odd, in words.
        dropped: How many attributes, events or links the SDK left out, by what.
        status: `unset`, `ok` or `error`.
        linked_from: The spans that link to it, as far as they are known yet.
        lost: Whether its record cannot be read any more, so that only what the waterfall shows is known.
    """

    service: str
    name: str
    kind: str = "unspecified"
    status: str = "unset"
    status_message: str = ""
    start_ns: int = 0
    duration_ns: int = 0
    offset_ns: int = 0
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    key: str = ""
    attributes: Attributes = field(default_factory=dict)
    resource: Attributes = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    linked_from: Sequence[Backlink] = ()
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    lost: bool = False

    @property
    def is_error(self) -> bool:
        """Whether its status says error."""
        return self.status == "error"


_NOTES = (
    (Flag.CYCLE, "was its own ancestor; the cycle of parents was cut here"),
    (Flag.NO_ID, "has no id of its own"),
    (Flag.UNFINISHED, "no end is recorded"),
    (Flag.NO_TIME, "no start is recorded"),
    (Flag.FOLLOWS_FROM, "follows from its parent, which did not wait for it"),
    (Flag.SHARED, "the server half of a span id that client and server share"),
    (Flag.MERGED, "joined from several reports of this span"),
)


def subject_of(span: Span) -> Subject:
    """Gather what is known of a span; this decodes its record."""
    store, row = span.store, span.row
    number = store.trace_of(row)
    first, last = store.trace_first[number : number + 2].tolist()
    flags = Flag(int(store.flags[row]))
    notes = [words for flag, words in _NOTES if flags & flag]
    if flags & Flag.ORPHAN:
        notes.insert(0, f"its parent {span.parent_span_id} is not in this trace")
    return Subject(
        service=span.service,
        name=span.name,
        kind=span.kind,
        status=span.status,
        status_message=span.status_message,
        start_ns=span.start_ns,
        duration_ns=span.duration_ns,
        offset_ns=span.start_ns - int(store.start_ns[first:last].min()),
        trace_id=store.trace_ids[number],
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        key=span.key,
        attributes=span.attributes,
        resource=span.resource,
        scope=span.scope,
        events=span.events,
        links=span.links,
        warnings=span.warnings,
        notes=notes,
        dropped=span.dropped,
        lost=span.store.details(row).lost,
    )
