"""The list of traces, and the files that they come from."""

from __future__ import annotations

from .action import EVERYWHERE, Action, action

ACTIONS: tuple[Action, ...] = (
    action(
        "save",
        "ctrl+s",
        "Save",
        "Traces",
        "Save this trace to a file, never over another.",
        ("waterfall", "detail", "traces"),
    ),
    action(
        "open-trace",
        "enter",
        "Open trace",
        "Traces",
        "Open the trace of this line.",
        ("traces", "search"),
        "open",
        same_as="open",
    ),
    action("next-trace", "right_curly_bracket", "Next trace", "Traces", "Open the next trace of the list."),
    action(
        "previous-trace",
        "left_curly_bracket",
        "Previous trace",
        "Traces",
        "Open the previous trace of the list.",
    ),
    action(
        "sort",
        "x",
        "Sort by next column",
        "Traces",
        "Sort the list by the next column; a click on a column's name sorts by it.",
        ("traces", "search"),
        "sort",
    ),
    action(
        "sort-back",
        "X",
        "Sort by previous column",
        "Traces",
        "Sort the list by the previous column.",
        ("traces", "search"),
    ),
    action(
        "sort-reverse",
        "v",
        "Turn the order round",
        "Traces",
        "Turn the order of the list round.",
        ("traces", "search"),
    ),
    action(
        "open-recent", "enter", "Open file", "Traces", "Open this file.", ("open",), "open", same_as="open"
    ),
    action(
        "edit-path",
        "tab",
        "Path",
        "Traces",
        "Type a path; in it: complete it.",
        ("open",),
        "path",
        same_as="next-pane",
    ),
    action("open-file", "ctrl+o", "Open a file", "Traces", "Open another file in this viewer.", EVERYWHERE),
    action("reload", "R", "Reload", "Traces", "Read the sources again.", EVERYWHERE),
)
