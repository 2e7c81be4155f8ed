"""How keys are written for people."""

from __future__ import annotations

_LABELS = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "colon": ":",
    "apostrophe": "'",
    "exclamation_mark": "!",
    "dollar_sign": "$",
    "question_mark": "?",
    "slash": "/",
    "asterisk": "*",
    "vertical_line": "|",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "esc",
    "f1": "F1",
}


class Keyed(str):
    """A text of our own that names actions in braces in the place of their keys: `{reload} reads it again`.

    It comes from where no application is known, whose settings may have given them other keys; `KeyBar`
    puts these in.
    """

    __slots__ = ()


def key_label(key: str) -> str:
    """Return how a key is written for people: `↓`, `]`, `ctrl+d`."""
    return _LABELS.get(key, key)


def key_cell(key: str) -> str:
    """Return how a key is written between backticks in a table of Markdown, where `|` would end a cell."""
    return key_label(key).replace("|", "\\|")
