"""Searching a backend: its form, and the traces that it found."""

from __future__ import annotations

from .action import Action, action

ACTIONS: tuple[Action, ...] = (
    action(
        "edit-search",
        "tab",
        "Edit the search",
        "Find",
        "Go to the form of the search.",
        ("search",),
        "form",
        same_as="next-pane",
    ),
    action(
        "more-results",
        "M",
        "More results",
        "Traces",
        "Fetch the traces before these.",
        ("search",),
        "more",
    ),
    action(
        "follow",
        "T",
        "Follow",
        "Traces",
        "Show new traces as they come; again: no longer.",
        ("search",),
        "follow",
    ),
    action(
        "recent-searches",
        "ctrl+r",
        "Recent searches",
        "Find",
        "Choose from the searches made lately.",
        ("search",),
        "recent",
    ),
)
