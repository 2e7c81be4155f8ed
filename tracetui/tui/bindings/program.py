"""What works everywhere."""

from __future__ import annotations

from .action import EVERY_PANE, EVERYWHERE, Action, action

ACTIONS: tuple[Action, ...] = (
    action(
        "back",
        "escape",
        "Back",
        "Program",
        "Go back one level; while loading: stop.",
        EVERY_PANE,
        "back",
        footer_in=("detail", "pager", "help", "issues", "path", "why"),
    ),
    action(
        "help", "question_mark f1", "Help", "Program", "Show the keys that work here.", EVERYWHERE, "help"
    ),
    action("palette", "colon ctrl+p", "Palette", "Program", "Find an action by its name.", EVERYWHERE),
    action("quit", "q", "Quit", "Program", "Leave at once.", EVERYWHERE),
    action("interrupt", "ctrl+c", "Interrupt", "Program", "Leave at once, with exit code 130.", EVERYWHERE),
    action(
        "suspend",
        "ctrl+z",
        "Suspend",
        "Program",
        "Put the viewer in the background of the shell.",
        EVERYWHERE,
    ),
)
