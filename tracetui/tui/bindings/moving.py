"""Moving the cursor, folding, jumping."""

from __future__ import annotations

from .action import EVERY_PANE, WATERFALL, Action, action

ACTIONS: tuple[Action, ...] = (
    action("down", "j down", "Down", "Move", "Move to the next line.", EVERY_PANE),
    action("up", "k up", "Up", "Move", "Move to the previous line.", EVERY_PANE),
    action("half-page-down", "ctrl+d", "Half a page down", "Move", "Move down by half a screen.", EVERY_PANE),
    action("half-page-up", "ctrl+u", "Half a page up", "Move", "Move up by half a screen.", EVERY_PANE),
    action("page-down", "pagedown", "Page down", "Move", "Move down by a screen.", EVERY_PANE),
    action("page-up", "pageup", "Page up", "Move", "Move up by a screen.", EVERY_PANE),
    action("top", "g home", "To the top", "Move", "Move to the first line.", EVERY_PANE),
    action("bottom", "G end", "To the bottom", "Move", "Move to the last line.", EVERY_PANE),
    action("next-sibling", "J", "Next sibling", "Move", "Go to the next span with the same parent."),
    action(
        "previous-sibling", "K", "Previous sibling", "Move", "Go to the previous span with the same parent."
    ),
    action("right", "l right", "Unfold", "Fold", "Unfold this span; once unfolded, go to its first child."),
    action("left", "h left", "Fold", "Fold", "Fold this span; once folded, go to its parent."),
    action("unfold-below", "L", "Unfold all below", "Fold", "Unfold this span and everything below it."),
    action("fold-below", "H", "Fold all below", "Fold", "Fold this span and everything below it."),
    action(
        "unfold-level",
        "plus",
        "Unfold one level",
        "Fold",
        "Unfold the topmost folded level of the whole trace.",
    ),
    action(
        "fold-level", "minus", "Fold one level", "Fold", "Fold the deepest unfolded level of the whole trace."
    ),
    action(
        "runs",
        "u",
        "Runs",
        "Fold",
        "Show like siblings in a row as one, with their count and times together; or one by one.",
    ),
    action(
        "next-section",
        "right_square_bracket",
        "Next on critical path",
        "Jump",
        "Go to the next section of the critical path, unfolding what hides it.",
        WATERFALL,
        "path",
        "previous-section",
    ),
    action(
        "previous-section",
        "left_square_bracket",
        "Previous on critical path",
        "Jump",
        "Go to the previous section of the critical path, unfolding what hides it.",
    ),
    action(
        "next-error",
        "e",
        "Next error",
        "Jump",
        "Go to the next span where an error began; those it bubbled up to are passed over.",
        WATERFALL,
        "error",
    ),
    action("previous-error", "E", "Previous error", "Jump", "Go to the previous span where an error began."),
    action(
        "slowest",
        "s",
        "Next slowest self time",
        "Jump",
        "Go to the span with the largest self time, then to the next largest.",
        WATERFALL,
        "slowest",
    ),
    action(
        "less-slow", "S", "Previous slowest", "Jump", "Go back towards the span with the largest self time."
    ),
    action(
        "why",
        "w",
        "Why",
        "Jump",
        "Go to the findings: what made it slow, ranked by what fixing each would save; and back.",
        ("waterfall", "detail", "why", "traces"),
        "why",
        footer_in=("waterfall", "detail", "traces"),
    ),
    action("next-mark", "apostrophe", "Next mark", "Jump", "Go to the next marked span."),
    action("mark", "m", "Mark", "Jump", "Mark this span, or take its mark away."),
)
