"""A request as a plan: who calls whom in what order, before anything has a time or an attribute's name.

A plan is laid out in time by `tell`, which writes a story by one of several conventions of attributes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from scripts.tracegen.conventions import attributes_of
from scripts.tracegen.story import CLIENT, CONSUMER, PRODUCER, SERVER, Span, Story

MS = 1_000


@dataclass(slots=True)
class What:
    """What a span does: an area, and what the conventions then write of it.

    Attributes:
        area: sql, cache, http, rpc, message, or "" for work of its own.
        verb: Method, command or operation.
        text: Statement, path, `service/method`, key or topic.
        route: A path's route.
        host: Whom it goes to.
        code: How it was answered: an HTTP status or a gRPC code.
        resend: The try's number, where a client counts them.
        masked: Leave the statement's values out.
    """

    area: str = ""
    verb: str = ""
    text: str = ""
    route: str = ""
    host: str = ""
    code: int = 0
    resend: int = -1
    masked: bool = False


@dataclass(slots=True)
class Node:
    """A span to be: its steps follow each other; those of one inner list start together.

    A step is a number of microseconds of own work, a node, or a list of nodes at once.
    """

    service: str
    name: str
    kind: str
    what: What = field(default_factory=What)
    steps: list[int | Node | list[Node]] = field(default_factory=list)
    fault: bool = False
    error: str | None = None
    exception: tuple[str, str] | None = None
    lasts_us: int = -1
    late_us: int = 0
    detached: bool = False
    tags: dict[str, str | int | float | bool] = field(default_factory=dict)
    dropped: int = 0
    lost: bool = False

    def add(self, *steps: int | Node | list[Node]) -> Node:
        """Add steps; returns the node."""
        self.steps.extend(steps)
        return self


@dataclass(slots=True)
class Told:
    """A story with the spans that are at fault."""

    story: Story
    culprits: list[str]


def tell(
    root: Node, rng: random.Random, convention: str, trace_id: str, skew: tuple[str, int] | None = None
) -> Told:
    """Lay a plan out.

    Args:
        root: The plan.
        rng: For the story's start.
        convention: One of `conventions.CONVENTIONS`.
        trace_id: 32 hex digits.
        skew: A service, and by how many microseconds its clock is off.
    """
    story = Story(trace_id, 1_795_000_000_000_000 + rng.randrange(10**9))
    culprits: list[str] = []
    _lay(story, root, None, 0, convention, culprits)
    if skew is not None:
        _shift(story, *skew)
    for service in dict.fromkeys(span.service for span in story.spans):
        story.resource(service, "go", "1.2.3", f"{service}-7c9f8b6d4-x2vqh")
    return Told(story, culprits)


def _lay(
    story: Story, node: Node, under: Span | None, at_us: int, convention: str, culprits: list[str]
) -> int:
    """Tell a node and what is below it; returns when it ends. Plans are a few levels deep."""
    attributes = attributes_of(node.what, node.kind, convention) | node.tags
    start = at_us + node.late_us
    span = story.span(node.service, node.name, node.kind, start, 0, under=under, attributes=attributes)
    if node.fault:
        culprits.append(span.span_id)
    span.dropped = node.dropped
    now = start
    for step in node.steps:
        if isinstance(step, int):
            now += step
        elif isinstance(step, list):
            now = max(_lay(story, one, span, now, convention, culprits) for one in step)
        else:
            end = _lay(story, step, span, now, convention, culprits)
            now = now if step.detached else end
    span.lasts_us = (now if node.lasts_us < 0 else start + node.lasts_us) - start
    if node.error is not None:
        exception = (*node.exception, "") if node.exception else None
        span.fail(node.error, exception=exception)
    if node.lost:
        story.spans.remove(span)
    return start + span.lasts_us


def _shift(story: Story, service: str, by_us: int) -> None:
    """Move all of a service's spans, as a clock that is off does."""
    for span in story.spans:
        if span.service == service:
            span.at_us += by_us


def call(
    caller: str, callee: str, what: What, name: str, rng: random.Random, *, way_us: int = -1
) -> tuple[Node, Node]:
    """A call between two services: the client's node with the server's in it; both are returned."""
    there = rng.randint(300, 1_500) if way_us < 0 else way_us // 2
    back = rng.randint(300, 1_500) if way_us < 0 else way_us - there
    server = Node(callee, name, SERVER, what)
    client = Node(caller, name, CLIENT, what, [there, server, back])
    return client, server


def message(sender: str, receiver: str, topic: str, wait_us: int, work_us: int) -> Node:
    """A message: the producer's node, with the consumer's that starts after a while."""
    sent = Node(sender, f"{topic} publish", PRODUCER, What("message", "publish", topic))
    taken = Node(receiver, f"{topic} process", CONSUMER, What("message", "process", topic), [work_us])
    taken.late_us, taken.detached = wait_us, True
    return sent.add(2 * MS, taken)
