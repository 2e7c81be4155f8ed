"""Messages to and from a model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tracetui.text import cell_len
from tracetui.tui.detail.lines import Entry
from tracetui.tui.detail.messages import conversation
from tracetui.tui.detail.pager import pages

KEY = "gen_ai.input.messages"


def text(value: Any, width: int = 60, key: str = KEY) -> list[str]:
    shown = conversation(key, value, width)
    assert shown is not None
    return ["".join(piece.text for piece in line) for line in shown.lines]


PARTS = [
    {"role": "user", "parts": [{"type": "text", "content": "Why is it slow?\n\nSince noon."}]},
    {
        "role": "assistant",
        "parts": [
            {"type": "reasoning", "content": "Look first."},
            {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"window": "1h"}},
        ],
        "finish_reason": "tool_call",
    },
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "42 rows"}]},
]
PARAGRAPHS = [
    "user: Why is it slow?",
    "  ",
    "  Since noon.",
    "assistant reasoning: Look first.",
    'call search: {"window": "1h"}',
    "tool result: 42 rows",
]


@pytest.mark.parametrize("value", [PARTS, json.dumps(PARTS)])
def test_parts_are_paragraphs(value: Any) -> None:
    assert text(value) == PARAGRAPHS
    assert [line.text for line in pages(Entry(KEY, value), 60)] == PARAGRAPHS


def test_messages_with_content_and_tool_calls() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": '{"a":1}'}}
    value = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hello"}, {"type": "image_url", "n": 1}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "assistant"},
    ]
    assert text(value) == [
        "system: Be brief.",
        "user: Hello",
        'image_url: {"type": "image_url","n": 1}',
        'assistant call search: {"a":1}',
        "assistant",
    ]


def test_instructions_are_parts_of_nobody() -> None:
    value = '[{"type":"text","content":"Use the tools."}]'
    assert text(value, key="gen_ai.system_instructions") == ["Use the tools."]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("other", PARTS),
        (KEY, "plain text"),
        (KEY, "[1, 2]"),
        (KEY, "[]"),
        (KEY, "[{"),
        (KEY, '[{"no": "message"}]'),
        (KEY, "[" * 5000),
        (KEY, 5),
    ],
)
def test_what_is_no_list_of_messages_is_left_to_others(key: str, value: Any) -> None:
    assert conversation(key, value, 40) is None


def test_long_messages_are_cut_in_the_pane_and_whole_in_the_pager() -> None:
    value = [{"role": "user", "content": "word " * 5000}]
    shown = conversation(KEY, value, 50)
    assert shown is not None and shown.cut and len(shown.lines) <= 41
    assert sum(line.text.count("word") for line in pages(Entry(KEY, value), 50)) == 5000


@pytest.mark.parametrize("width", [1, 5, 13, 30])
def test_lines_fit_and_nothing_is_raw(width: int) -> None:
    value = [{"role": "a\x1b" * 30, "content": "漢字" * 20 + "\x1b[2J\u202e\n" + "x" * 50}, *PARTS]
    for line in text(value, width):
        assert cell_len(line) <= max(width, 2) or line == "… more"
        assert "\x1b" not in line and "\u202e" not in line
