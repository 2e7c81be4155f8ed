"""Columns of attributes between the names and the bars, as the settings pin them."""

from __future__ import annotations

from tracetui.model.store import SpanStore
from tracetui.text import fit, neutralise, to_ascii
from tracetui.tui.detail.values import plain

from .layout import PINNED

_MOST = 200  # characters of a value that are looked at


def heading(name: str, *, ascii: bool = False) -> str:
    """The name of an attribute over its column, shortened in the middle."""
    return _cell(name, ascii, middle=True)


def value_of(store: SpanStore, row: int, name: str, *, ascii: bool = False) -> str:
    """An attribute of a span, or else of its resource, as wide as its column; blank where it has none."""
    details = store.details(row)
    for attributes in (details.attributes, details.resource or {}):
        if name in attributes:
            value = attributes[name]
            return _cell(value[:_MOST] if isinstance(value, str) else plain(value)[:_MOST], ascii)
    return " " * PINNED


def _cell(text: str, ascii: bool, *, middle: bool = False) -> str:
    text = neutralise(text)
    text = to_ascii(text) if ascii else text
    return fit(text, PINNED - 1, middle=middle, ellipsis=".." if ascii else "…") + " "
