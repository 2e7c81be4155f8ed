"""The form in which a pane's text is built: lines of pieces with roles, made as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from tracetui.model.attributes import AttributeValue
from tracetui.text import cell_len, neutralise

__all__ = ["Entry", "LazyLines", "Line", "Piece", "clean", "cuts", "take", "wrap"]


class Piece(NamedTuple):
    """Neutralised text, and what it is: a role of the theme, `key`, `keyword`, `string`, `number` or
    `service:<name>`."""

    text: str
    role: str = "text"


class Entry(Struct, frozen=True):
    """The thing that a line tells of, for what can be done with it: open it whole, copy it, follow it.

    Attributes:
        key: The attribute's name, or what stands for it.
        value: The value as the model has it, never neutralised.
        link: Trace id and span id, where it points to another span.
        cut: Whether the lines show less than there is.
    """

    key: str
    value: AttributeValue
    link: tuple[str, str] | None = None
    cut: bool = False


class Line(NamedTuple):
    """One line of a pane."""

    pieces: tuple[Piece, ...] = ()
    entry: Entry | None = None

    @property
    def text(self) -> str:
        """The line without its roles."""
        return "".join(piece.text for piece in self.pieces)


class LazyLines:
    """Lines that are taken from their maker only as far as somebody looks.

    A span may have a hundred thousand events and a value ten million characters; what is on the screen is
    forty lines.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._source: Iterator[Line] | None = iter(lines)
        self._lines: list[Line] = []

    def __len__(self) -> int:
        """How many lines are made so far."""
        return len(self._lines)

    @property
    def exhausted(self) -> bool:
        """Whether `len` is all there is."""
        return self._source is None

    def ensure(self, count: int) -> int:
        """Make lines until there are `count` or no more; returns how many there are."""
        lines = self._lines
        if self._source is not None:
            for _ in range(count - len(lines)):
                line = next(self._source, None)
                if line is None:
                    self._source = None
                    break
                lines.append(line)
        return len(lines)

    def get(self, index: int) -> Line | None:
        """The line at `index`, made if need be; None behind the last."""
        return self._lines[index] if 0 <= index < self.ensure(index + 1) else None


def take(text: str, width: int) -> str:
    """The longest beginning of neutralised `text` in `width` cells, and at least one character of it."""
    if text.isascii():
        return text[: max(1, width)]
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > width and index:
            return text[:index]
    return text


def wrap(text: str, width: int) -> Iterator[str]:
    """Cut neutralised text of one line into parts of at most `width` cells, at a space where one is near."""
    return (text[start:end] for start, end in cuts(text, width))


def cuts(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where `wrap` cuts: start and end of each part; a blank at a cut may stand between two of them."""
    start = 0
    width = max(1, width)
    while True:
        part = take(text[start : start + width], width)
        end = start + len(part)
        if end >= len(text):
            yield start, end
            return
        blank = part.rfind(" ")
        if text[end] != " " and blank >= len(part) // 2:
            end = start + blank + 1
        yield start, end
        start = end + (text[end] == " ")
        if start >= len(text):
            return


def clean(text: str, limit: int = 400) -> str:
    """A name or an id on one line: neutralised, and cut where nobody would read on."""
    shown = neutralise(text[:limit])
    return shown + "…" if len(text) > limit else shown
