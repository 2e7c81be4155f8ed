"""One value of any size as lines, made as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

from tracetui import format as fmt
from tracetui.model.attributes import AttributeValue
from tracetui.text import neutralise
from tracetui.tui.detail import sql
from tracetui.tui.detail.json_layout import stream, tokens_in, tokens_of
from tracetui.tui.detail.lines import Entry, Line, Piece, clean, wrap
from tracetui.tui.detail.messages import paragraphs
from tracetui.tui.detail.values import is_json, plain, wrap_pieces

__all__ = ["laid_out", "pages", "summary"]

_JSON_LIMIT = 1_000_000
_SQL_LIMIT = 20_000
_WINDOW = 65_536


def summary(entry: Entry) -> tuple[Piece, ...]:
    """The pager's title: the name, what kind of value it is and how much of it."""
    value = entry.value
    if isinstance(value, str | bytes):
        length = len(value.encode("utf-8", "replace")) if isinstance(value, str) else len(value)
        what = fmt.size(length) + ("" if isinstance(value, str) else ", base64")
    elif isinstance(value, dict | list):
        what = fmt.plural(len(value), "member")
    else:
        what = type(value).__name__
    return Piece(clean(entry.key, 200), "strong"), Piece(f"  {what}", "muted")


def pages(entry: Entry, width: int) -> Iterator[Line]:
    """The whole of a value in lines of at most `width` cells: JSON and SQL laid out, other text as it is."""
    found = _structured(entry, width)
    if found is not None:
        yield from _pieces(found)
    elif isinstance(entry.value, list | dict):
        for text in _windows(entry.value):
            yield from _text(text, width)
    else:
        yield from _text(plain(entry.value), width)


def laid_out(entry: Entry, width: int) -> str:
    """The whole of a value as one harmless text, laid out for a width where it has a structure."""
    found = _structured(entry, width)
    if found is None:
        return neutralise(plain(entry.value), multiline=True)
    return "".join("".join(piece.text for piece in line) + "\n" for line in found)


def _structured(entry: Entry, width: int) -> Iterable[list[Piece]] | None:
    """Lines of JSON or SQL; None for other text, and for what is too long."""
    value = entry.value
    told = paragraphs(entry.key, value, width)
    if told is not None:
        return told
    if isinstance(value, dict | list):
        if _is_short(value):
            return stream(tokens_of(value), width)
    elif isinstance(value, str):
        text = value
        if text[:64].lstrip()[:1] in ("{", "[") and len(text) <= _JSON_LIMIT and is_json(text):
            return stream(tokens_in(text), width)
        if entry.key in sql.KEYS and len(text) <= _SQL_LIMIT and sql.is_sql(text):
            return [part for line in sql.layout(text) for part in wrap_pieces(line, width)]
    return None


def _is_short(value: list[AttributeValue] | dict[str, AttributeValue]) -> bool:
    """Whether a value is no more text than is laid out; of a longer one no more than that is looked at."""
    lengths = accumulate(len(token) for token, _ in tokens_of(value))
    return all(length <= _JSON_LIMIT for length in lengths)


def _windows(value: list[AttributeValue] | dict[str, AttributeValue]) -> Iterator[str]:
    """The text of a value in pieces, made as they are read."""
    pieces: list[str] = []
    held = 0
    for token, _ in tokens_of(value):
        pieces.append(token)
        held += len(token)
        if held >= _WINDOW:
            yield "".join(pieces)
            pieces, held = [], 0
    yield "".join(pieces)


def _pieces(lines: Iterable[list[Piece]]) -> Iterator[Line]:
    for line in lines:
        yield Line(tuple(line))


def _text(text: str, width: int) -> Iterator[Line]:
    """Lines of plain text, from one window of it after another: a line may be as long as the value."""
    start, end = 0, len(text)
    while start < end:
        stop = text.find("\n", start, start + _WINDOW)
        if stop < 0:
            stop = min(start + _WINDOW, end)
            following = stop
        else:
            following = stop + 1
        raw = text[start:stop]
        for part in wrap(neutralise(raw.removesuffix("\r"), multiline=True), width):
            yield Line((Piece(part),))
        start = following
