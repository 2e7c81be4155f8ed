"""Whether spans have an attribute, and how its value compares: resources first, then bytes, then decoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tracetui.model.attributes import AttributeValue, SpanDetails
from tracetui.model.store import SpanStore
from tracetui.query.ast import Compare, Has, Op
from tracetui.query.glance import Glance
from tracetui.query.hidden import Finder
from tracetui.query.patterns import Pattern
from tracetui.query.records import Cancelled, Pace, Ranges, hits, settle, windows
from tracetui.query.texts import MADE_KEYS, scalar_text, values_at
from tracetui.query.values import number, spellings

Bools = npt.NDArray[np.bool_]
Test = Callable[[AttributeValue], bool]

_TYPED_WORDS: Final = frozenset({"true", "false"})
_SHORTEST_VALUE: Final = 2
_SETTLED_AT_ONCE: Final = 256


class Stopped(Exception):
    """The user gave up."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """An attribute that is looked for.

    Attributes:
        key: Its key.
        test: Whether a value of it is a hit.
        likely: What to look for in the bytes first: one of them is in each record with a hit.
        sure: What must be in a record with a hit as well.
    """

    key: str
    test: Test
    likely: tuple[Finder, ...]
    sure: tuple[Finder, ...] = ()

    def in_attribute(self, key: str | None, value: AttributeValue) -> bool:
        """Whether an attribute is a hit."""
        return key == self.key and self.test(value)

    def in_details(self, details: SpanDetails) -> bool:
        """Whether a decoded record holds a hit."""
        return any(map(self.test, values_at(details, self.key)))

    def in_record(self, record: bytes) -> bool:
        """Whether a record that holds one of `likely` may be a hit."""
        return not self.sure or any(finder.may_be_in(record) for finder in self.sure)


def key_finders(key: str) -> tuple[Finder, ...]:
    """What finds the records that may have an attribute with this key."""
    return tuple(Finder(name, whole=True) for name in (key, *MADE_KEYS.get(key, ())))


def lookup_of(node: Compare | Has) -> Lookup:
    """The lookup that settles a comparison of an attribute; for `!=` and `!~` that of its opposite."""
    if isinstance(node, Has):
        return Lookup(node.key, lambda value: True, key_finders(node.key))
    key, value = node.field.key, str(node.value)
    keys = key_finders(key)
    if node.pattern is not None:
        literal = _literal_finder(node.pattern)
        test = _matching(node.pattern)
        return Lookup(key, test, (literal,), keys) if literal else Lookup(key, test, keys)
    if node.op.orders:
        return Lookup(key, _ordered(node.op, value), keys)
    test = _equal(value)
    amount = number(value)
    if len(value) < _SHORTEST_VALUE:
        return Lookup(key, test, keys)
    if amount is None:
        return Lookup(key, test, (Finder(value, whole=value not in _TYPED_WORDS),), keys)
    texts = spellings(amount)
    if not any(text in value for text in texts):
        texts.append(value)
    if len(min(texts, key=len)) < _SHORTEST_VALUE:
        return Lookup(key, test, keys)
    return Lookup(key, test, tuple(map(Finder, texts)), keys)


def _literal_finder(pattern: Pattern) -> Finder | None:
    if len(pattern.literal) <= _SHORTEST_VALUE:
        return None
    return Finder(pattern.literal, ignore_case=pattern.ignore_case)


def _each(test: Test) -> Test:
    """A list passes if one of its elements does."""

    def passes(value: AttributeValue) -> bool:
        if isinstance(value, list):
            return any(test(item) for item in value if not isinstance(item, list))
        return test(value)

    return passes


def _equal(text: str) -> Test:
    amount = number(text)

    def equal(value: AttributeValue) -> bool:
        if isinstance(value, str):
            return value == text
        if amount is not None and isinstance(value, int | float) and not isinstance(value, bool):
            return value == amount
        return scalar_text(value) == text

    return _each(equal)


def _ordered(op: Op, text: str) -> Test:
    limit = number(text)
    assert limit is not None  # the grammar has seen to it

    def ordered(value: AttributeValue) -> bool:
        if isinstance(value, str):
            found = number(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = value
        else:
            return False
        if found is None:
            return False
        if op is Op.LT:
            return found < limit
        if op is Op.LE:
            return found <= limit
        return found > limit if op is Op.GT else found >= limit

    return _each(ordered)


def _matching(pattern: Pattern) -> Test:
    def matching(value: AttributeValue) -> bool:
        text = scalar_text(value)
        return text is not None and pattern.matches(text)

    return _each(matching)


def find_attribute(
    store: SpanStore,
    ranges: Callable[[Bools], Ranges],
    lookup: Lookup,
    first: int,
    wanted: Bools,
    cancelled: Cancelled | None,
) -> Bools:
    """Which rows have a value under a key that passes a test.

    Args:
        store: The columns.
        ranges: Gives the byte ranges of the rows of a mask.
        lookup: What is looked for.
        first: The row that `wanted[0]` is about.
        wanted: bool[n], the rows in question.
        cancelled: Asked after every few milliseconds of work.

    Returns:
        bool[n], the rows in question for which it holds.

    Raises:
        Stopped: `cancelled` said so.
    """
    found = in_resources(store, lookup, first, wanted)
    rest = wanted & ~found
    if not rest.any():
        return found
    spans = ranges(rest)
    pace, glance = Pace(cancelled), Glance(lookup.in_attribute, keyed=True)
    settled = 0
    for window in windows(store, spans):
        if pace.due(window) and pace.stopped():
            raise Stopped
        found_hits = hits(window, lookup.likely)
        for index in found_hits.indexes:
            if lookup.sure and not lookup.in_record(window.record(index)):
                continue
            settled += 1
            if settled % _SETTLED_AT_ONCE == 0 and pace.stopped():
                raise Stopped
            if settle(store, window, index, found_hits.seekers, glance, lookup.in_details):
                found[spans.row[index] - first] = True
    return found


def in_resources(store: SpanStore, lookup: Lookup, first: int, wanted: Bools) -> Bools:
    """Which of the rows in question have a resource with a value that passes."""
    resource = store.resource[first : first + len(wanted)]
    in_use = np.bincount(resource[wanted] + 1, minlength=1)[1:]
    passes = np.zeros(len(in_use) + 1, np.bool_)  # one more, false, for -1
    for code in np.flatnonzero(in_use).tolist():
        attributes = store.resources.decode[code]()
        passes[code] = lookup.key in attributes and lookup.test(attributes[lookup.key])
    found = np.zeros(len(wanted), np.bool_)
    found[wanted] = passes[resource[wanted]]
    return found
