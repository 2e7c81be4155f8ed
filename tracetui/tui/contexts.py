"""Where the user is on a screen, and who carries out the actions of that place."""

from __future__ import annotations

from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen

__all__ = ["contexts_of", "owner_of"]


def contexts_of(screen: Screen[Any]) -> tuple[str, ...]:
    """Return the contexts of the list of actions that a screen is in, that of the focus first."""
    outer = str(getattr(screen, "CONTEXT", "help"))
    inner = str(getattr(screen, "context", outer))
    return (inner,) if inner == outer else (inner, outer)


def owner_of(screen: Screen[Any]) -> DOMNode:
    """Return who carries out what is chosen without its key: what has the focus, or else the screen."""
    focused = screen.focused
    return focused if focused is not None and hasattr(focused, "action_run") else screen
