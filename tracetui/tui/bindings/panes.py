"""Panes and pagers: detail, long values, copying."""

from __future__ import annotations

from .action import Action, action

ACTIONS: tuple[Action, ...] = (
    action(
        "open",
        "enter",
        "Open",
        "Panes",
        "Open the detail of this span; in it, a long value or the span of a link.",
        ("waterfall", "detail"),
        "details",
    ),
    action(
        "filter-attributes",
        "slash",
        "Filter attributes",
        "Panes",
        "Show only the attributes, events and links that hold what you type.",
        ("detail",),
        "filter",
    ),
    action(
        "pin",
        "p",
        "Pin attribute",
        "Panes",
        "Give this attribute a column beside the names of all spans; again: take it away.",
        ("detail",),
        "pin",
    ),
    action(
        "next-pane", "tab", "Next pane", "Panes", "Go to the next pane.", ("waterfall", "detail", "search")
    ),
    action(
        "issues",
        "exclamation_mark",
        "Issues",
        "Panes",
        "List what was repaired, guessed or left out while reading, and what to do about it.",
        ("waterfall", "detail", "traces"),
    ),
    action(
        "go-to-span",
        "enter",
        "Go to span",
        "Panes",
        "Go to the span that this line is about.",
        ("issues", "path"),
        "go to span",
    ),
    action(
        "path",
        "p",
        "The path told",
        "Panes",
        "Tell the critical path: whose time it is, and why each section is there.",
    ),
    action(
        "path-of-span",
        "P",
        "This span's path",
        "Panes",
        "Tell the critical path of this span, as if it were the root.",
    ),
    action(
        "to-end",
        "e",
        "To the end of all work",
        "Panes",
        "Follow the path to the end of work that goes on after the root; again: to the root's end.",
        ("path",),
        "to end",
    ),
    action(
        "copy",
        "y",
        "Copy",
        "Panes",
        "Choose what to copy: a value, an id, the span, the critical path.",
        ("waterfall", "detail", "traces", "pager", "search"),
        "copy",
        footer_in=("detail", "pager"),
    ),
    action("pager", "P", "$PAGER", "Panes", "Read this value in $PAGER.", ("pager",), "$PAGER"),
    action(
        "editor",
        "ctrl+e",
        "$EDITOR",
        "Panes",
        "Open a copy of this value, exactly as recorded, in $EDITOR.",
        ("pager",),
        "$EDITOR",
    ),
)
