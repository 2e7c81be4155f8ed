"""Searching, filtering, and what of a trace is on view."""

from __future__ import annotations

from .action import LISTED, WATERFALL, Action, action

ACTIONS: tuple[Action, ...] = (
    action(
        "search",
        "slash",
        "Search",
        "Find",
        "Search names, ids, attributes and events as you type; matches are marked.",
        LISTED,
        "search",
    ),
    action("next-match", "n", "Next match", "Find", "Go to the next match, unfolding what hides it.", LISTED),
    action(
        "previous-match",
        "N",
        "Previous match",
        "Find",
        "Go to the previous match, unfolding what hides it.",
        LISTED,
    ),
    action(
        "filter",
        "f",
        "Filter",
        "Find",
        "Hide what does not match a filter such as: cart >50ms !db.system=redis.",
        LISTED,
        "filter",
    ),
    action("clear-filter", "F", "No filter", "Find", "Show again what the filter hides.", LISTED),
    action(
        "zoom-span",
        "z",
        "Zoom to span",
        "Look",
        "Zoom to this span; again: to its parent.",
        WATERFALL,
        "zoom",
    ),
    action("zoom-whole", "Z", "Zoom to the whole trace", "Look", "Show the whole trace."),
    action("zoom-in", "i", "Zoom in", "Look", "Halve the time on view, around this span."),
    action("zoom-out", "o", "Zoom out", "Look", "Double the time on view, around this span."),
    action("pan-left", "comma", "Pan earlier", "Look", "Move the time on view a quarter towards the start."),
    action("pan-right", "full_stop", "Pan later", "Look", "Move the time on view a quarter towards the end."),
    action(
        "only-path",
        "c",
        "Only the critical path",
        "Look",
        "Show only the spans of the critical path, with their ancestors; again: show all.",
        WATERFALL,
        "only path",
    ),
    action("set-root", "r", "This span as root", "Look", "Show this span and what is below it alone."),
    action(
        "clear-root",
        "backspace",
        "Whole trace again",
        "Look",
        "Go back from a span as root to the whole trace.",
    ),
    action("narrower-tree", "less_than_sign", "Narrower tree", "Look", "Give the bars four more columns."),
    action("wider-tree", "greater_than_sign", "Wider tree", "Look", "Give the names four more columns."),
    action(
        "clock",
        "t",
        "Clock",
        "Look",
        "Show times relative, in local time, or in UTC.",
        ("waterfall", "traces", "search"),
    ),
)
