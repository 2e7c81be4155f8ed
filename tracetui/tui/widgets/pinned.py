"""Columns of attributes between the names and the bars, as the settings pin them.

A column is as wide as what is in it among a trace's first spans, and as what is left of its name.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.format import duration
from tracetui.model.store import SpanStore
from tracetui.text import cell_len, fit, neutralise, to_ascii
from tracetui.tui.detail.values import plain
from tracetui.tui.state.facts import Facts

from .layout import DURATION, PINNED, SAVES

_MOST = 200  # characters of a value that are looked at
_LOOKED_AT = 64
"""Spans by whose values the width of a column is found: reading each again takes a while."""
_LEAST = 6
_LEAST_HEADING = 11
"""Cells that a name may have over values that need fewer."""


def widths(facts: Facts, names: Sequence[str], *, ascii: bool = False) -> tuple[int, ...]:
    """Cells that the columns of some attributes want, the gap behind each included.

    Args:
        facts: The trace.
        names: The attributes; `SAVES` for what spans would save.
        ascii: Use ASCII signs only.
    """
    store = facts.trace.store
    cells = [0] * len(names)
    wanted = [number for number, name in enumerate(names) if name != SAVES]
    for node in range(min(_LOOKED_AT, len(facts.forest)) if wanted else 0):
        row = facts.row(node)
        if row < 0:
            continue
        for number in wanted:
            cells[number] = max(cells[number], cell_len(_text_of(store, row, names[number], ascii)))
    return tuple(
        DURATION + 1 if name == SAVES else min(PINNED, max(_LEAST, _heading_cells(name), most + 1))
        for name, most in zip(names, cells, strict=True)
    )


def _heading_cells(name: str) -> int:
    return min(cell_len(_last_parts(neutralise(name[:_MOST]), _LEAST_HEADING)), _LEAST_HEADING) + 1


def _last_parts(name: str, cells: int) -> str:
    """As many of a name's last parts as fit; the last one where even that does not."""
    while cell_len(name) > cells and "." in name:
        name = name.partition(".")[2]
    return name


def heading(name: str, cells: int, *, ascii: bool = False) -> str:
    """The name of an attribute over its column, or what fits of its end, which tells most."""
    if name == SAVES:
        return "saves".rjust(cells - 1) + " "
    return _cell(_last_parts(_shown(name[:_MOST], ascii), cells - 1), cells, ascii, middle=True)


def value_of(store: SpanStore, row: int, name: str, cells: int, *, ascii: bool = False) -> str:
    """An attribute of a span, or else of its resource, as wide as its column; blank where it has none."""
    return _cell(_text_of(store, row, name, ascii), cells, ascii)


def saves_of(facts: Facts, row: int, cells: int, *, ascii: bool = False) -> str:
    """What a span would save, as wide as its column; blank where that is nothing."""
    if facts.savings is None or not facts.savings.is_ready(row):
        text = "..." if ascii else "…"
    else:
        saves = facts.savings.of(row).saves_ns
        text = duration(saves, ascii=ascii) if saves else ""
    return _cell(text.rjust(cells - 1), cells, ascii)


def _text_of(store: SpanStore, row: int, name: str, ascii: bool) -> str:
    details = store.details(row)
    for attributes in (details.attributes, details.resource or {}):
        if name in attributes:
            value = attributes[name]
            return _shown(value[:_MOST] if isinstance(value, str) else plain(value)[:_MOST], ascii)
    return ""


def _shown(text: str, ascii: bool) -> str:
    text = neutralise(text)
    return to_ascii(text) if ascii else text


def _cell(text: str, cells: int, ascii: bool, *, middle: bool = False) -> str:
    return fit(text, cells - 1, middle=middle, ellipsis=".." if ascii else "…") + " "
