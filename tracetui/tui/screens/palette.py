"""The palette: every action that works here, and the themes, found by a few letters of their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tracetui.tui.bindings import actions_for, actions_of, key_label
from tracetui.tui.settings import name_of

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp


def open_palette(app: TraceApp) -> None:
    """Open the palette over the screen that is on."""
    screen = app.screen
    context = str(getattr(screen, "CONTEXT", "help"))

    def runner(call: str) -> Callable[[], object]:
        async def run() -> None:
            await app.run_action(call, screen)

        return run

    def chooser(name: str) -> Callable[[], object]:
        def choose() -> None:
            app.theme = name

        return choose

    listed = [action for action in actions_for(context, actions_of(app)) if action.id != "palette"]
    column = max(len(action.description) for action in listed) + 3
    # One line each, the key in a column of its own: what an action does in a sentence is told by the help.
    commands: list[tuple[str, Callable[[], object]]] = [
        (f"{action.description:<{column}}{key_label(action.keys[0])}", runner(action.call))
        for action in listed
    ]
    commands += [(f"Theme: {name_of(name)}", chooser(name)) for name in app.themes]
    app.search_commands(commands, placeholder="an action")
