"""What a span says beyond the columns: decoded only when the span is looked at."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

AttributeValue: TypeAlias = (
    "str | bool | int | float | bytes | list[AttributeValue] | dict[str, AttributeValue] | None"
)
Attributes: TypeAlias = dict[str, AttributeValue]
LinkType = Literal["link", "follows_from", "child_of"]


class Event(Struct):
    """Something that happened at one instant of a span.

    Attributes:
        time_ns: When, in nanoseconds since the Unix epoch.
        name: What, as recorded; "" if it has no name.
        attributes: Further facts.
    """

    time_ns: int
    name: str
    attributes: Attributes = field(default_factory=dict)


class Link(Struct):
    """A span's pointer to another span, of this trace or of another.

    Attributes:
        trace_id: The other trace, as lower-case hex where it decodes.
        span_id: The other span, likewise.
        type: What kind of pointer it is.
        attributes: Further facts.
        reference: True when the record gave it as a parent reference: the span's parent is one of these.
    """

    trace_id: str
    span_id: str
    type: LinkType = "link"
    attributes: Attributes = field(default_factory=dict)
    reference: bool = False


class Scope(Struct):
    """The instrumentation library that made a span."""

    name: str = ""
    version: str = ""
    attributes: Attributes = field(default_factory=dict)


class SpanDetails(Struct):
    """One span's record, decoded.

    Attributes:
        attributes: The span's own attributes.
        events: In order of time.
        links: Pointers to other spans, parent references included (`Link.reference`).
        status_message: What the status says in words.
        warnings: What the backend noted on this span.
        dropped: How many attributes, events or links the SDK itself left out, by what.
        resource: Resource attributes that stand in the record itself, if the format puts them there.
        scope: The scope, if the format puts it into the record itself.
        lost: Whether the record could not be read any more; a warning then says why.
    """

    attributes: Attributes = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    status_message: str = ""
    warnings: list[str] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    resource: Attributes | None = None
    scope: Scope | None = None
    lost: bool = False

    def merge(self, other: SpanDetails) -> None:
        """Take in what another report of the same span says; what is here already stays."""
        for key, value in other.attributes.items():
            self.attributes.setdefault(key, value)
        self.events = sorted(self.events + other.events, key=lambda event: event.time_ns)
        self.links += [link for link in other.links if link not in self.links]
        self.status_message = self.status_message or other.status_message
        self.warnings += other.warnings
        self.resource = self.resource or other.resource
        self.scope = self.scope or other.scope
        self.lost = self.lost or other.lost
