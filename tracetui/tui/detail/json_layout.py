"""JSON indented for reading, token by token.

Nothing is decoded and written again: numbers, escapes and doubled keys stay as they were found. Nothing
recurses, so depth does not matter.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from tracetui import format as fmt
from tracetui.model.attributes import AttributeValue
from tracetui.text import cell_len, neutralise
from tracetui.tui.detail.lines import Piece, take

__all__ = ["Layout", "layout", "stream", "tokens_in", "tokens_of"]

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
    """Lay out tokens, see `stream`, as few as are to be shown.

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
        found.append((text, role))
    complete = complete and next(source, None) is None
    lines = list(islice(stream(found, width), most + 1))
    complete = complete and len(lines) <= most
    lines = lines[:most]
    while lines and not "".join(piece.text for piece in lines[-1]).strip():
        lines.pop()
    return Layout(lines, complete)


def stream(tokens: Iterable[Token], width: int) -> Iterator[list[Piece]]:
    """Lines of `width` cells, made as they are read: what fits stands in one, the rest one member a line.

    To see whether a list or an object fits, no more tokens are looked at than a line can hold.

    Args:
        tokens: From `tokens_in` or `tokens_of`.
        width: Cells of a line. A single token that is wider is cut over several lines.
    """
    ahead = _Ahead(tokens)
    writer = _Writer(width)
    depth = 0
    while (token := ahead.take()) is not None:
        text, role = token
        if role != "muted" or text not in "{}[],":
            yield from writer.put(text, role)
        elif text in "{[":
            inner = ahead.take_rest(max(1, width) - writer.column - 1)
            if inner is None:
                depth += 1
                yield from writer.put(text, role)
                yield from writer.line(depth)
                continue
            for part, part_role in (token, *inner):
                comma = part_role == "muted" and part == ","
                yield from writer.put(part + " " if comma else part, part_role)
        elif text in "}]":
            depth -= 1
            yield from writer.line(depth)
            yield from writer.put(text, role)
        else:
            yield from writer.put(text, role)
            yield from writer.line(depth)
    yield from writer.end()


class _Ahead:
    """Neutralised tokens, and a look at those to come."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._source = iter(tokens)
        self._seen: deque[Token] = deque()

    def take(self) -> Token | None:
        """The next token."""
        if self._seen:
            return self._seen.popleft()
        return self._more()

    def _more(self) -> Token | None:
        found = next(self._source, None)
        if found is None or found[1] == "muted":  # marks of JSON's own
            return found
        return neutralise(found[0]), found[1]

    def take_rest(self, room: int) -> list[Token] | None:
        """What stands behind an opening bracket, to the one that closes it; None if `room` is too small."""
        depth = 1
        at = 0
        while room >= 0:
            if at == len(self._seen):
                token = self._more()
                if token is None:
                    return None
                self._seen.append(token)
            text, role = self._seen[at]
            at += 1
            room -= cell_len(text) if len(text) <= 5 * room + 5 else room + 1
            if role == "muted":
                room -= text == ","
                depth += (text in "{[") - (text in "}]")
                if not depth:
                    return [self._seen.popleft() for _ in range(at)] if room >= 0 else None
        return None


class _Writer:
    """Puts pieces into lines, and cuts those wider than one; each method gives the lines that it filled."""

    def __init__(self, width: int) -> None:
        self._width = max(1, width)
        self._line: list[Piece] = []
        self._indent = 0
        self.column = 0

    def line(self, depth: int) -> Iterator[list[Piece]]:
        """Begin a line; one that is still blank is used."""
        if self.column > self._indent:
            yield self._line
        self._indent = min(depth * _INDENT, _DEEPEST, self._width // 2)
        self._begin()

    def _begin(self) -> None:
        self._line = [Piece(" " * self._indent)] if self._indent else []
        self.column = self._indent

    def put(self, text: str, role: str) -> Iterator[list[Piece]]:
        """Put a token, over as many lines as it needs."""
        room = self._width - self.column
        if len(text) <= room and text.isascii():
            self._line.append(Piece(text, role))
            self.column += len(text)
            return
        at = 0
        while at < len(text):
            room = self._width - self.column
            window = text[at : at + 5 * room + 8]  # a cell may hold a letter and four marks
            cells = cell_len(window)
            if at + len(window) == len(text) and (
                cells <= room or (self.column == 0 and self._width == 1 and cells == 1)
            ):
                self._line.append(Piece(window, role))
                self.column += cells
                return
            if room < min(8, cells) and self.column > self._indent:
                yield self._line
                self._begin()
                continue
            part = take(window, max(1, room))
            self._line.append(Piece(part, role))
            yield self._line
            at += len(part)
            self._begin()

    def end(self) -> Iterator[list[Piece]]:
        """The last line, if there is anything in it."""
        if self.column > self._indent:
            yield self._line
