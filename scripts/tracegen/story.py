"""A trace as it is told: spans with times in microseconds after the first, before any format is chosen."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

AttributeValue = str | bool | int | float | list[str]
Attributes = dict[str, AttributeValue]

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = "internal", "server", "client", "producer", "consumer"


@dataclass(slots=True)
class Event:
    """Something that happened at `at_us` microseconds after the story's start."""

    at_us: int
    name: str
    attributes: Attributes


@dataclass(slots=True)
class Span:
    """One span; `at_us` counts from the story's start, `error` is the status message (None: no error).

    `dropped` is how many attributes its SDK left out.
    """

    span_id: str
    parent: Span | None
    parent_id: str
    service: str
    name: str
    kind: str
    at_us: int
    lasts_us: int
    attributes: Attributes
    scope: tuple[str, str]
    error: str | None = None
    events: list[Event] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    dropped: int = 0

    @property
    def end_us(self) -> int:
        """The end, in microseconds after the story's start."""
        return self.at_us + self.lasts_us

    def event(self, at_us: int, name: str, **attributes: AttributeValue) -> Span:
        """Add an event at `at_us` microseconds after the story's start; `__` in a key stands for a dot."""
        self.events.append(Event(at_us, name, {k.replace("__", "."): v for k, v in attributes.items()}))
        return self

    def fail(self, message: str, *, exception: tuple[str, str, str] | None = None, at_us: int = -1) -> Span:
        """Give the span the status error and, if there was one, the event of the exception.

        Args:
            message: The status message.
            exception: Type, message and stack trace.
            at_us: When it was thrown; by default 300 µs before the span's end.
        """
        self.error = message
        if exception is not None:
            kind, text, stack = exception
            attributes: Attributes = {"exception.type": kind, "exception.message": text}
            if stack:
                attributes["exception.stacktrace"] = stack
            self.events.append(Event(self.end_us - 300 if at_us < 0 else at_us, "exception", attributes))
        return self


class Story:
    """One trace while it is told. Ids come from a seed, so that a story is the same each time.

    Args:
        trace_id: 32 hex digits.
        start_us: The start in microseconds since 1970.
        first_id: The id of the first span, counted up from there; None for ids that look drawn by lot.
    """

    def __init__(self, trace_id: str, start_us: int, *, first_id: int | None = None) -> None:
        self.trace_id = trace_id
        self.start_us = start_us
        self.spans: list[Span] = []
        self.resources: dict[str, Attributes] = {}
        self._next_id = first_id
        self._random = random.Random(int(trace_id, 16))

    def span(
        self,
        service: str,
        name: str,
        kind: str,
        at_us: int,
        lasts_us: int,
        *,
        under: Span | None = None,
        parent_id: str = "",
        attributes: Mapping[str, AttributeValue] | None = None,
        scope: tuple[str, str] = ("", ""),
    ) -> Span:
        """Tell the next span.

        Args:
            service: The service that recorded it.
            name: The operation.
            kind: One of the kinds of OpenTelemetry, lower case.
            at_us: Start, in microseconds after the story's.
            lasts_us: Duration in microseconds.
            under: The parent.
            parent_id: The id of a parent that nobody recorded.
            attributes: The span's attributes.
            scope: Name and version of the instrumentation.

        Returns:
            The span, to hang others under it.
        """
        told = Span(
            self._id(),
            under,
            under.span_id if under is not None else parent_id,
            service,
            name,
            kind,
            at_us,
            lasts_us,
            dict(attributes or {}),
            scope,
        )
        self.spans.append(told)
        return told

    def resource(self, service: str, language: str, version: str, pod: str, **more: AttributeValue) -> None:
        """Say what runs a service: SDK language, service version, pod; `__` in a further key is a dot."""
        self.resources[service] = {
            "service.version": version,
            "service.namespace": "shop",
            "deployment.environment.name": "production",
            "k8s.namespace.name": "shop",
            "k8s.pod.name": pod,
            "telemetry.sdk.name": "opentelemetry",
            "telemetry.sdk.language": language,
            **{key.replace("__", "."): value for key, value in more.items()},
        }

    def lost_id(self) -> str:
        """The id of a span that was never recorded."""
        return self._id()

    def _id(self) -> str:
        if self._next_id is None:
            return f"{self._random.getrandbits(64) | 1 << 60:016x}"
        self._next_id += 1
        return f"{self._next_id - 1:016x}"
