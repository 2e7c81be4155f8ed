"""Columns of attributes between the names and the bars, as the settings pin them."""

from __future__ import annotations

from tracetui.format import duration
from tracetui.model.store import SpanStore
from tracetui.text import fit, neutralise, to_ascii
from tracetui.tui.detail.values import plain
from tracetui.tui.state.facts import Facts

from .layout import PINNED, SAVES

_MOST = 200  # characters of a value that are looked at


def heading(name: str, *, ascii: bool = False) -> str:
    """The name of an attribute over its column, shortened in the middle."""
    return _cell("saves" if name == SAVES else name, ascii, middle=True)


def value_of(store: SpanStore, row: int, name: str, *, ascii: bool = False) -> str:
    """An attribute of a span, or else of its resource, as wide as its column; blank where it has none."""
    details = store.details(row)
    for attributes in (details.attributes, details.resource or {}):
        if name in attributes:
            value = attributes[name]
            return _cell(value[:_MOST] if isinstance(value, str) else plain(value)[:_MOST], ascii)
    return " " * PINNED


def saves_of(facts: Facts, row: int, *, ascii: bool = False) -> str:
    """What a span would save, as wide as its column; blank where that is nothing."""
    if facts.savings is None or not facts.savings.is_ready(row):
        return _cell("..." if ascii else "…", ascii)
    saves = facts.savings.of(row).saves_ns
    return _cell(duration(saves, ascii=ascii) if saves else "", ascii)


def _cell(text: str, ascii: bool, *, middle: bool = False) -> str:
    text = neutralise(text)
    text = to_ascii(text) if ascii else text
    return fit(text, PINNED - 1, middle=middle, ellipsis=".." if ascii else "…") + " "
