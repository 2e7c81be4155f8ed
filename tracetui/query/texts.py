"""What of a decoded span is text to be searched: keys and values, of any depth."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Mapping
from enum import IntFlag
from typing import Final

from tracetui.model.attributes import Attributes, AttributeValue, SpanDetails

MADE_KEYS: Final = {"w3c.tracestate": ("traceState", "tracestate", "trace_state")}
"""Attributes that a loader makes of a field of another name."""

_WORDS: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Part(IntFlag):
    """Where in a span a search matched."""

    NAME = 1
    SERVICE = 2
    ID = 4
    RESOURCE = 8
    """A key or value of its resource's attributes."""
    ATTRIBUTE = 16
    """A key or value of its attributes."""
    EVENT = 32
    """The name of one of its events, or a key or value of theirs."""
    STATUS = 64
    """The status message."""
    LINK = 128
    """A key or value of a link's attributes."""
    RECORD = 256
    """Its record: an attribute, event, status message or link, or a resource that stands in the record."""


def scalar_text(value: AttributeValue) -> str | None:
    """The text of a value that is neither list nor map: bytes as base64, null as nothing at all."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _WORDS[str(value)]
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:  # an integer of more digits than Python writes
            return None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return None


def texts_of(value: AttributeValue) -> Iterator[str]:
    """The texts in a value: of a list its elements, of a map its keys and values, and so on inwards."""
    todo: list[AttributeValue] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            todo.extend(item)
            todo.extend(item.values())
        else:
            text = scalar_text(item)
            if text is not None:
                yield text


def in_attribute(matches: Callable[[str], bool], key: str | None, value: AttributeValue) -> bool:
    """Whether a key, if there is one, or its value matches."""
    if key is not None and matches(key):
        return True
    if isinstance(value, str):
        return matches(value)
    return any(map(matches, texts_of(value)))


def in_attributes(attributes: Attributes, matches: Callable[[str], bool]) -> bool:
    """Whether a key or a value matches."""
    return any(in_attribute(matches, key, value) for key, value in attributes.items())


def in_details(matches: Callable[[str], bool], details: SpanDetails) -> bool:
    """Whether something in a decoded record matches."""
    return parts_of(details, matches) != 0


def parts_of(details: SpanDetails, matches: Callable[[str], bool]) -> int:
    """Where a decoded record matches: `Part` bits."""
    found = 0
    if in_attributes(details.attributes, matches):
        found |= Part.ATTRIBUTE
    for event in details.events:
        if matches(event.name) or in_attributes(event.attributes, matches):
            found |= Part.EVENT
            break
    if details.status_message and matches(details.status_message):
        found |= Part.STATUS
    if any(in_attributes(link.attributes, matches) for link in details.links):
        found |= Part.LINK
    if details.resource and in_attributes(details.resource, matches):
        found |= Part.RESOURCE
    return int(found)


def values_at(details: SpanDetails, key: str) -> Iterator[AttributeValue]:
    """The values that a record has under a key: as attribute, of its events, its links, its resource."""
    places: tuple[Mapping[str, AttributeValue], ...] = (
        details.attributes,
        *(event.attributes for event in details.events),
        *(link.attributes for link in details.links),
        details.resource or {},
    )
    return (place[key] for place in places if key in place)
