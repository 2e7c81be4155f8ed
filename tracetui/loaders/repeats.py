"""Keys that stand more than once among the attributes of one span, event or link.

OpenTelemetry wants keys to be unique, and Jaeger's own screens show both; here the last value stands for the
key, and the others are told. That is found out when a record is decoded to be looked at, not while loading.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tracetui.model.attributes import AttributeValue

_MOST_KEYS: Final = 20
_MOST_VALUES: Final = 3
_LONGEST: Final = 60


def tell_repeats(what: str, pairs: Iterable[tuple[str, AttributeValue]], warnings: list[str]) -> None:
    """Tell of keys that stand more than once, with the values that are not shown.

    Args:
        what: What the format calls an attribute.
        pairs: All keys with their values, in the order of the record.
        warnings: Gets a line for each such key, and one for the rest of very many.
    """
    values: dict[str, list[AttributeValue]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    repeated = [(key, found) for key, found in values.items() if len(found) > 1]
    for key, (*before, last) in repeated[:_MOST_KEYS]:
        often = "twice" if len(before) == 1 else f"{len(before) + 1:,} times"
        others = list(dict.fromkeys(_short(value) for value in before if not _is_same(value, last)))
        told = f"{what} {key[:_LONGEST]} stands {often}"
        if others:
            told += f"; the last is shown, not {', '.join(others[:_MOST_VALUES])}"
            told += f" and {len(others) - _MOST_VALUES:,} more" if len(others) > _MOST_VALUES else ""
        else:
            told += " with the same value"
        warnings.append(told)
    if len(repeated) > _MOST_KEYS:
        warnings.append(f"{len(repeated) - _MOST_KEYS:,} more keys stand more than once")


def _is_same(one: AttributeValue, other: AttributeValue) -> bool:
    """Whether two values are one; of lists and objects, which may be of any depth, that is not known."""
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return False
    return type(one) is type(other) and one == other


def _short(value: AttributeValue) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f'"{text}"' if isinstance(value, str) else text
