"""The help page: made from the list of actions, so that it never says anything else than the keys do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from tracetui.text import cell_len
from tracetui.tui.bindings import ACTIONS, GLOBAL, GROUPS, Action, actions_for, key_label
from tracetui.tui.detail.lines import Line, Piece, wrap

__all__ = ["PLACES", "build"]

PLACES = {
    "waterfall": "the waterfall",
    "detail": "the detail pane",
    "traces": "the list of traces",
    "pager": "a long value",
    "help": "this page",
    "open": "the choice of a file",
    "issues": "the import report",
    "path": "the critical path",
    "search": "the search screen",
    "why": "the findings",
}
_WIDE = 96  # from here on the page has two columns
_GUTTER = 3
_KEYS = 12

Legend = tuple[str, str, str, str]
"""Sign, its form in ASCII, role, meaning."""
Sign = tuple[str, str, str]
"""Sign, role, meaning."""

_BARS: tuple[Legend, ...] = (
    ("█████", "#####", "service:frontend", "on the critical path: the trace was waiting for this span"),
    ("█████", "-----", "dimmed:frontend", "off the critical path: nobody waited for it then"),
    ("✗", "x", "error", "an error: the span's status, or an exception on its bar"),
    ("┃", ":", "text", "an event on the bar"),
    ("╶──╴", "[--]", "warning", "a missing span: named as parent, but not in the trace"),
    ("▸ ▾", "+ -", "muted", "folded, unfolded"),
    ("‹ ›", "< >", "muted", "the span lies outside the time on view"),
    ("◆", "*", "warning", "marked"),
    ("~", "~", "warning", "moved, as its clock was adjusted"),
)


def build(
    contexts: Sequence[str],
    width: int,
    *,
    ascii: bool = False,
    shapes: bool = False,
    actions: Sequence[Action] = ACTIONS,
) -> Iterator[Line]:
    """The lines of the help page.

    Args:
        contexts: Where the user is, the innermost place first; its keys stand first.
        width: Cells of a line.
        ascii: Show the ASCII forms of the signs.
        shapes: Path and rest differ in shape, as colours cannot tell them.
        actions: All there are, with the keys they have now.
    """
    width = max(20, width)
    columns = 2 if width >= _WIDE else 1
    room = (width - _GUTTER * (columns - 1)) // columns
    blocks = [list(block) for block in _blocks(contexts, room, _signs(ascii, shapes), actions)]
    if columns == 1:
        for block in blocks:
            yield from block
            yield Line()
        return
    yield from _beside(blocks, room)


def _blocks(
    contexts: Sequence[str], room: int, signs: Sequence[Sign], actions: Sequence[Action]
) -> Iterator[Iterator[Line]]:
    """Parts that stay together: the groups of the keys that work here, the legend, keys of other places."""
    here = _working(contexts or (GLOBAL,), actions)
    told = {action.id for action in here}
    for group in GROUPS:
        listed = [action for action in here if action.group == group]
        if listed:
            yield _group(group, listed, room)
    if not contexts or contexts[0] in ("waterfall", "detail"):
        yield _legend(room, signs)
    for place, words in PLACES.items():
        others = [action for action in actions if place in action.contexts and action.id not in told]
        told.update(action.id for action in others)
        if others:
            yield _group(f"in {words}", others, room)


def _working(contexts: Sequence[str], actions: Sequence[Action]) -> list[Action]:
    """The actions that work in a place within others; a key is that of the innermost one."""
    found: dict[str, Action] = {}
    taken: set[str] = set()
    for context in contexts:
        fresh = [action for action in actions_for(context, actions) if not taken.issuperset(action.keys)]
        found.update((action.id, action) for action in fresh)
        taken.update(key for action in fresh for key in action.keys)
    return list(found.values())


def _group(title: str, actions: Iterable[Action], room: int) -> Iterator[Line]:
    yield Line((Piece(title, "strong"),))
    for action in actions:
        keys = "  ".join(key_label(key) for key in action.keys)
        yield from _entry(keys, "keyword", action.help.rstrip("."), room)


def _signs(ascii: bool, shapes: bool) -> list[Sign]:
    signs = []
    for sign, plain, role, meaning in _BARS:
        if shapes and role.startswith("dimmed:"):
            sign = "░░░░░"
        signs.append((plain if ascii else sign, role, meaning))
    if not shapes:
        signs.append(("", "text", "a service has one colour, the same in every trace"))
    return signs


def _legend(room: int, signs: Iterable[Sign]) -> Iterator[Line]:
    yield Line((Piece("What the signs mean", "strong"),))
    for sign, role, meaning in signs:
        yield from _entry(sign, role, meaning, room)


def _entry(sign: str, role: str, words: str, room: int) -> Iterator[Line]:
    """A sign or key and what it does, in two columns of their own."""
    first = sign + " " * (_KEYS - cell_len(sign))
    for part in wrap(words, max(8, room - _KEYS - 1)):
        yield Line((Piece(" " + first, role), Piece(part.rstrip())))
        first, role = " " * _KEYS, "text"


def _beside(blocks: list[list[Line]], room: int) -> Iterator[Line]:
    """Blocks in two columns of about the same height, read down the left one first."""
    total = sum(len(block) + 1 for block in blocks)
    left: list[Line] = []
    while blocks and (not left or len(left) + len(blocks[0]) // 2 <= total // 2):
        left += [*blocks.pop(0), Line()]
    right = [line for block in blocks for line in [*block, Line()]]
    for a, b in zip_longest(left, right, fillvalue=Line()):
        pad = Piece(" " * (room + _GUTTER - cell_len(a.text)))
        yield Line((*a.pieces, pad, *b.pieces))
