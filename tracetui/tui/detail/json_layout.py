"""JSON indented for reading, token by token.

Nothing is decoded and written again: numbers, escapes and doubled keys stay as they were found. Nothing
recurses, so depth does not matter.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from tracetui import format as fmt
from tracetui.model.attributes import AttributeValue
from tracetui.text import cell_len, neutralise
from tracetui.tui.detail.lines import Piece, take

__all__ = ["Layout", "layout", "tokens_in", "tokens_of"]

Token = tuple[str, str]
"""Text and role; the role of brackets, commas and colons is `muted`."""

_INDENT: Final = 2
_DEEPEST: Final = 30  # columns of indentation end here: deeper levels stand under each other

_TOKEN: Final = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")(\s*:)?|([{}\[\],])|([^\s{}\[\],:"]+))', re.DOTALL)


class Layout(NamedTuple):
    """Lines, and whether they hold all."""

    lines: list[list[Piece]]
    complete: bool


def tokens_in(text: str) -> Iterator[Token]:
    """The tokens of valid JSON text, as they stand in it."""
    at = 0
    while (found := _TOKEN.match(text, at)) is not None:
        string, colon, mark, word = found.groups()
        at = found.end()
        if string is not None:
            yield string, ("key" if colon else "string")
            if colon:
                yield ": ", "muted"
        elif mark is not None:
            yield mark, "muted"
        else:
            yield word, "number"


def tokens_of(value: AttributeValue) -> Iterator[Token]:
    """The tokens that a value would have as JSON; integers of any size and other floats keep their digits."""
    stack: list[Iterator[Token | tuple[None, AttributeValue]]] = [iter([(None, value)])]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
        elif item[0] is not None:
            yield item
        elif isinstance(item[1], dict):
            stack.append(_of_dict(item[1]))
        elif isinstance(item[1], list):
            stack.append(_of_list(item[1]))
        else:
            yield _of_scalar(item[1])


def _of_dict(value: dict[str, AttributeValue]) -> Iterator[Token | tuple[None, AttributeValue]]:
    yield "{", "muted"
    for index, (key, member) in enumerate(value.items()):
        if index:
            yield ",", "muted"
        yield json.dumps(key, ensure_ascii=False), "key"
        yield ": ", "muted"
        yield None, member
    yield "}", "muted"


def _of_list(value: list[AttributeValue]) -> Iterator[Token | tuple[None, AttributeValue]]:
    yield "[", "muted"
    for index, member in enumerate(value):
        if index:
            yield ",", "muted"
        yield None, member
    yield "]", "muted"


def _of_scalar(value: object) -> Token:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False), "string"
    if isinstance(value, bytes):
        return json.dumps(base64.b64encode(value).decode("ascii")), "string"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value], "number"
    if isinstance(value, int) and value.bit_length() > 4096:
        return hex(value), "number"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity", "number"
    return repr(value), "number"


def layout(
    tokens: Iterable[Token], width: int, most: int, most_tokens: int = 4000, longest: int = 4096
) -> Layout:
    """Lay out tokens in lines of `width` cells: what fits stands in one line, the rest one member a line.

    Args:
        tokens: From `tokens_in` or `tokens_of`.
        width: Cells of a line. A single token that is wider is cut over several lines.
        most: Lines to make at most.
        most_tokens: Tokens to take at most.
        longest: Characters of one token to show at most; what is left out is said.
    """
    source = iter(tokens)
    found = []
    complete = True
    for text, role in islice(source, most_tokens):
        if len(text) > longest:
            complete = False
            text = f"{text[:longest]}… {fmt.size(len(text) - longest)} more"
        found.append((neutralise(text), role))
    complete = complete and next(source, None) is None
    closes = _closing(found)
    flat = [0]
    for text, _ in found:
        flat.append(flat[-1] + cell_len(text) + (text == ","))
    writer = _Writer(width, most)
    depth = 0
    index = 0
    while index < len(found) and not writer.full:
        text, role = found[index]
        opens = role == "muted" and text in "{["
        close = closes.get(index)
        if opens and close is not None and flat[close + 1] - flat[index] + writer.column <= width:
            for part, part_role in found[index : close + 1]:
                writer.put(part + " " if part_role == "muted" and part == "," else part, part_role)
            index = close
        elif opens:
            depth += 1
            writer.put(text, role)
            writer.line(depth)
        elif role == "muted" and text in "}]":
            depth -= 1
            writer.line(depth)
            writer.put(text, role)
        else:
            writer.put(text, role)
            if role == "muted" and text == ",":
                writer.line(depth)
        index += 1
    return Layout(writer.done(), complete and index >= len(found) and not writer.full)


def _closing(tokens: list[Token]) -> dict[int, int]:
    """The index of the bracket that closes each opening one."""
    closes: dict[int, int] = {}
    stack: list[int] = []
    for index, (text, role) in enumerate(tokens):
        if role != "muted":
            continue
        if text in "{[":
            stack.append(index)
        elif text in "}]" and stack:
            closes[stack.pop()] = index
    return closes


class _Writer:
    """Puts pieces into lines, and cuts those wider than a line."""

    def __init__(self, width: int, most: int) -> None:
        self._width = max(1, width)
        self._most = most
        self._lines: list[list[Piece]] = [[]]
        self._indent = 0
        self.column = 0

    @property
    def full(self) -> bool:
        return len(self._lines) > self._most

    def line(self, depth: int) -> None:
        """Begin a line; one that is still blank is used."""
        indent = min(depth * _INDENT, _DEEPEST, self._width // 2)
        if self._lines[-1] and self.column > self._indent:
            self._lines.append([])
        self._lines[-1] = [Piece(" " * indent)] if indent else []
        self._indent = self.column = indent

    def put(self, text: str, role: str) -> None:
        while text and not self.full:
            room = self._width - self.column
            cells = cell_len(text)
            if cells <= room or (self.column == 0 and self._width == 1 and cells == 1):
                self._lines[-1].append(Piece(text, role))
                self.column += cells
                return
            if room < min(8, cells) and self.column > self._indent:
                indent = self._indent
                self._lines.append([Piece(" " * indent)] if indent else [])
                self.column = indent
                continue
            part = take(text, max(1, room))
            self._lines[-1].append(Piece(part, role))
            text = text[len(part) :]
            self._lines.append([Piece(" " * self._indent)] if self._indent else [])
            self.column = self._indent

    def done(self) -> list[list[Piece]]:
        lines = self._lines[: self._most]
        while lines and not "".join(piece.text for piece in lines[-1]).strip():
            lines.pop()
        return lines
