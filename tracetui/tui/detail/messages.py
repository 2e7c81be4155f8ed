"""Messages to and from a model, as paragraphs to read instead of JSON.

Two forms are known: that of OpenTelemetry's `gen_ai.*.messages` (`parts` of types `text`, `tool_call`...) and
the one that many APIs share (`content` as a text or a list of parts, `tool_calls`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import orjson

from tracetui.model.attributes import AttributeValue
from tracetui.text import neutralise
from tracetui.tui.detail.lines import Piece, clean
from tracetui.tui.detail.values import LAID_OUT_LINES, PREVIEW, PieceLine, Shown, plain, wrap_pieces

__all__ = ["KEYS", "conversation", "paragraphs"]

KEYS: Final = frozenset(
    {
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.prompt",
        "gen_ai.completion",
        "llm.input_messages",
        "llm.output_messages",
    }
)
_JSON_LIMIT: Final = 1_000_000
_INDENT: Final = "  "


def conversation(key: str, value: AttributeValue, width: int) -> Shown | None:
    """The beginning of a list of messages, for the pane; None for what is none.

    Args:
        key: The attribute's name.
        value: A list of messages, or the JSON text of one.
        width: Cells of a line, at least 1.
    """
    messages = _messages(key, value)
    if messages is None:
        return None
    lines = list(islice(_lines(messages, width, PREVIEW), LAID_OUT_LINES + 1))
    if len(lines) <= LAID_OUT_LINES:
        return Shown(lines, any(piece.text == _MORE.text for line in lines for piece in line))
    return Shown([*lines[:LAID_OUT_LINES], [_MORE]], True)


def paragraphs(key: str, value: AttributeValue, width: int) -> Iterator[PieceLine] | None:
    """All lines of a list of messages, for the pager; None for what is none."""
    messages = _messages(key, value)
    return None if messages is None else _lines(messages, width, _JSON_LIMIT)


_MORE: Final = Piece("… more", "muted")


def _messages(key: str, value: AttributeValue) -> list[dict[str, AttributeValue]] | None:
    if key not in KEYS:
        return None
    if isinstance(value, str):
        if value[:64].lstrip()[:1] not in ("[", "{") or len(value) > _JSON_LIMIT:
            return None
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not value:
        return None
    found = [
        message for message in value if isinstance(message, dict) and ("role" in message or "type" in message)
    ]
    return found if len(found) == len(value) else None


def _lines(messages: list[dict[str, AttributeValue]], width: int, most: int) -> Iterator[PieceLine]:
    """One paragraph for each part of each message, the first one behind the name of who speaks."""
    for message in messages:
        role = message.get("role")
        lead = [Piece(clean(role, 40), "keyword")] if isinstance(role, str) and role else []
        for pieces, text in _parts(message):
            yield from _paragraph(
                [*lead, *([Piece(" ")] if lead and pieces else []), *pieces], text, width, most
            )
            lead = []
        if lead:
            yield from wrap_pieces(lead, width)


def _paragraph(lead: PieceLine, text: str, width: int, most: int) -> Iterator[PieceLine]:
    """A text behind its lead; further lines stand in below it."""
    margin = _INDENT if lead and width > 12 else ""
    first, *rest = text[:most].splitlines() or [""]
    head = [*lead, *([Piece(": ")] if lead and first else []), Piece(neutralise(first, multiline=True))]
    within = max(1, width - len(margin))
    for number, part in enumerate(wrap_pieces(head, within)):
        yield [Piece(margin), *part] if number else part
    for raw in rest:
        body = [Piece(neutralise(raw, multiline=True))]
        yield from ([Piece(margin), *part] for part in wrap_pieces(body, within))
    if len(text) > most:
        yield [Piece(margin), _MORE]


def _parts(message: dict[str, AttributeValue]) -> Iterator[tuple[PieceLine, str]]:
    """What leads each part of a message, and its text."""
    parts = message.get("parts", message.get("content"))
    if "role" not in message:
        parts = [message]
    for part in parts if isinstance(parts, list) else [parts]:
        if part is not None and part != "":
            yield _part(part)
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        yield _call(call)


def _part(part: AttributeValue) -> tuple[PieceLine, str]:
    if not isinstance(part, dict):
        return [], plain(part)
    kind = part.get("type")
    if kind in ("tool_call", "function", "tool_use"):
        return _call(part)
    if kind in ("tool_call_response", "tool_result"):
        told = next((part[name] for name in ("response", "result", "content") if name in part), None)
        return [Piece("result", "muted")], plain(told)
    told = next((part[name] for name in ("content", "text", "uri") if name in part), None)
    lead = [] if kind == "text" else [Piece(clean(str(kind), 40), "muted")]
    return lead, plain(part if told is None else told)


def _call(call: AttributeValue) -> tuple[PieceLine, str]:
    """A call of a tool: its name, and what it is called with."""
    if not isinstance(call, dict):
        return [Piece("call", "muted")], plain(call)
    function = call.get("function")
    told = function if isinstance(function, dict) else call
    name = told.get("name")
    arguments = next((told[key] for key in ("arguments", "input") if key in told), "")
    lead = [Piece("call ", "muted"), Piece(clean(name, 100) if isinstance(name, str) else "?", "strong")]
    return lead, plain(arguments)
