"""Queue waits: a message lay there before anybody worked on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tracetui import format as fmt
from tracetui.analysis import conventions as conv
from tracetui.analysis.conventions import first_number, first_text
from tracetui.analysis.findings.context import MS, Context
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule
from tracetui.analysis.findings.words import shortened
from tracetui.model.store import Flag
from tracetui.model.store import Kind as SpanKind

_PARTITION: Final = (
    "messaging.destination.partition.id",
    "messaging.kafka.destination.partition",
    "messaging.kafka.partition",
)
_BATCH: Final = ("messaging.batch.message_count",)
_MOST_LINKED: Final = 200


def _detect(context: Context) -> Iterator[Draft]:
    pairs = [*_by_parent(context), *_by_link(context)]
    waits: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    least = context.thresholds.queue_wait_ms * MS
    for producer, consumer in pairs:
        wait = int(context.start[consumer] - context.end[producer])
        whole = max(int(context.end[consumer]) - int(context.start[context.root]), context.root_ns)
        if wait > least and wait * 100 > whole * context.thresholds.queue_wait_percent:
            key = context.who(producer), context.who(consumer)
            waits.setdefault(key, []).append((wait, producer, consumer))
    for found in waits.values():
        found.sort(key=lambda one: (-one[0], context.rank[one[2]]))
        yield _draft(context, found)


def _by_parent(context: Context) -> Iterator[tuple[int, int]]:
    consumers = np.flatnonzero(context.of_kind(SpanKind.CONSUMER) & (context.parent >= 0))
    for row in consumers.tolist():
        above = int(context.parent[row])
        if context.kind_is(above, SpanKind.PRODUCER) or (
            context.kind_is(above, SpanKind.CLIENT, SpanKind.UNSPECIFIED)
            and context.end[above] <= context.start[row] + context.eps
        ):
            yield above, row


def _by_link(context: Context) -> Iterator[tuple[int, int]]:
    """Consumers that link to the producer of each message."""
    linked = context.of_kind(SpanKind.CONSUMER) & ((context.flags & np.uint16(Flag.LINKS)) != 0)
    rows = np.flatnonzero(linked)[:_MOST_LINKED]
    if not len(rows):
        return
    store, first = context.store, context.first
    producers = np.flatnonzero(context.kind == SpanKind.PRODUCER)
    by_id = {store.id_text(row + first): row for row in producers.tolist()}
    for row, facts in context.reader.read(rows.tolist()).items():
        for link in facts.details.links:
            producer = by_id.get(link.span_id)
            if producer is not None and not link.reference and context.parent[row] != producer:
                yield producer, row


def _draft(context: Context, found: list[tuple[int, int, int]]) -> Draft:
    wait, producer, consumer = found[0]
    facts = context.facts(consumer)
    published = context.facts(producer)
    topic = first_text(facts.attributes, conv.MESSAGING_DESTINATION) or first_text(
        published.attributes, conv.MESSAGING_DESTINATION
    )
    worked = int(context.duration[consumer])
    evidence: Evidence = {
        "topic": topic,
        "wait_nano": wait,
        "processing_nano": worked,
        "end_to_end_nano": int(context.end[consumer] - context.start[producer]),
        "messages": len(found),
    }
    partition = first_text(facts.attributes, _PARTITION)
    if partition:
        evidence["partition"] = partition
    batch = first_number(facts.attributes, _BATCH)
    if batch is not None:
        evidence["batch"] = batch
    topic_words = f" in {shortened(topic, 32)}" if topic else " in a queue"
    count = (
        f"{len(found)} messages lay{topic_words}, the longest"
        if len(found) > 1
        else f"a message lay{topic_words}"
    )
    gaps = [gap for _, one, other in found for gap in _waited(context, one, other)]
    return Draft(
        title=f"{count} {fmt.duration(wait)} before "
        f"{context.service_of(consumer) or context.name_of(consumer)} took it up",
        detail=f"{context.who(producer)} → {context.who(consumer)}: waited {fmt.duration(wait)}, "
        f"then {fmt.duration(worked)} of work",
        rows=[row for _, one, other in found for row in (one, other)],
        evidence=evidence,
        gaps=gaps,
        badge="queued",
    )


def _waited(context: Context, producer: int, consumer: int) -> Iterator[tuple[int, int, int]]:
    """Where spans above both waited for the consumer to be done: the wait is theirs, if they outlast it."""
    low, high = int(context.end[producer]), int(context.start[consumer])
    above = int(context.parent[producer])
    while above >= 0:
        if context.end[above] >= context.end[consumer] - context.eps and context.own_path[above]:
            yield above, low, high
        above = int(context.parent[above])


RULE: Final = Rule(
    kind=Kind.QUEUE_WAIT,
    headline="A message lay in a queue before its consumer took it up.",
    looks="A short producer's bar, then nothing, then a consumer's bar far to the right of it.",
    rule="A consumer below a producer, or linked to it, starts more than {queue_wait_ms} ms and "
    "{queue_wait_percent} % of the whole after the producer ended. It saves something where a span "
    "above both waited for the consumer to be done.",
    guards="Of several consumers of one sort the longest wait is told, with their number.",
    caveat="Producer and consumer may have two clocks; a wait below their difference is none.",
    disproof="The consumer runs at set times, or the delay is wanted.",
    fix="Look at the consumer's lag: more consumers or partitions, smaller batches, a shorter poll; or "
    "a call in place of a message where somebody waits for the answer.",
    detect=_detect,
)
