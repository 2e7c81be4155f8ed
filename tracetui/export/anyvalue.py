"""Attribute values in the form that OTLP JSON has for them."""

from __future__ import annotations

import base64
import math
from collections import Counter
from typing import Any, Final

from tracetui.model.attributes import Attributes, AttributeValue

__all__ = ["BIG_INTEGER", "any_value", "attribute_list"]

BIG_INTEGER: Final = "integer"
"""What integers beyond 64 bits are counted under."""
_INT64: Final = range(-(1 << 63), 1 << 63)
_BIG: Final = 1 << 62


def attribute_list(attributes: Attributes, counts: Counter[str]) -> list[dict[str, Any]]:
    """Attributes as OTLP's list of key and value.

    Args:
        attributes: The attributes.
        counts: Counts what could not be expressed: `BIG_INTEGER`.
    """
    found = []
    for key, value in attributes.items():
        kind = type(value)
        if kind is str:  # most are, and need no more than this
            found.append({"key": key, "value": {"stringValue": value}})
        elif kind is int and -_BIG < value < _BIG:  # type: ignore[operator]  # narrowed by its type
            found.append({"key": key, "value": {"intValue": str(value)}})
        else:
            found.append({"key": key, "value": any_value(value, counts)})
    return found


def any_value(value: AttributeValue, counts: Counter[str]) -> dict[str, Any]:
    """One value as an AnyValue, whatever its depth; see `attribute_list`."""
    result: dict[str, Any] = {}
    todo: list[tuple[AttributeValue, dict[str, Any]]] = [(value, result)]
    while todo:
        item, place = todo.pop()
        if isinstance(item, list):
            elements: list[dict[str, Any]] = [{} for _ in item]
            place["arrayValue"] = {"values": elements}
            todo.extend(zip(item, elements, strict=True))
        elif isinstance(item, dict):
            members: list[dict[str, Any]] = [{"key": str(key), "value": {}} for key in item]
            place["kvlistValue"] = {"values": members}
            todo.extend(zip(item.values(), (member["value"] for member in members), strict=True))
        else:
            _scalar(item, place, counts)
    return result


def _scalar(
    item: str | bool | int | float | bytes | None, place: dict[str, Any], counts: Counter[str]
) -> None:
    if isinstance(item, str):
        place["stringValue"] = item
    elif isinstance(item, bool):
        place["boolValue"] = item
    elif isinstance(item, int):
        if item in _INT64:
            place["intValue"] = str(item)
        else:
            counts[BIG_INTEGER] += 1
            # Python writes no decimal number of more than 4300 digits.
            place["stringValue"] = str(item) if item.bit_length() < 14_000 else hex(item)
    elif isinstance(item, float):
        words = "NaN" if math.isnan(item) else "Infinity" if item > 0 else "-Infinity"
        place["doubleValue"] = item if math.isfinite(item) else words
    elif isinstance(item, bytes):
        place["bytesValue"] = base64.b64encode(item).decode()
