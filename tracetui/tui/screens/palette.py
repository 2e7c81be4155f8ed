"""The palette: every action that works here, and the themes, found by a few letters of their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.command import CommandListItem, CommandPalette, SimpleProvider

from tracetui.tui.bindings import actions_for, actions_of, key_label
from tracetui.tui.contexts import contexts_of, owner_of
from tracetui.tui.settings import name_of

if TYPE_CHECKING:
    from tracetui.tui.app import TraceApp


class Palette(CommandPalette):
    """Textual's palette in this program's looks."""

    CSS = """
    Palette > Vertical { width: 64; max-width: 100%; margin-top: 2; background: $surface; }
    Palette #--input { height: 3; padding: 1; border: none; background: $panel; }
    Palette #--input.--list-visible { border: none; }
    Palette SearchIcon { display: none; }
    Palette CommandInput, Palette CommandInput:focus { border: none; height: 1; padding: 0 1; }
    Palette CommandList { max-height: 60vh; border: none; background: $surface; }
    Palette CommandList > .option-list--option { text-style: none; }
    Palette LoadingIndicator { border: none; }
    """


def open_palette(app: TraceApp) -> None:
    """Open the palette over the screen that is on."""
    screen = app.screen
    owner, actions = owner_of(screen), actions_of(app)

    def runner(call: str) -> Callable[[], object]:
        async def run() -> None:
            await app.run_action(call, owner)

        return run

    def chooser(name: str) -> Callable[[], object]:
        def choose() -> None:
            app.theme = name

        return choose

    here = {action.id: action for context in contexts_of(screen) for action in actions_for(context, actions)}
    listed = [action for id, action in here.items() if id != "palette"]
    column = max(len(action.description) for action in listed) + 3
    # One line each, the key in a column of its own: what an action does in a sentence is told by the help.
    commands: list[CommandListItem] = [
        (f"{action.description:<{column}}{key_label(action.keys[0])}", runner(action.call))
        for action in listed
    ]
    commands += [(f"Theme: {name_of(name)}", chooser(name)) for name in app.themes]
    provider = SimpleProvider(screen, commands)
    app.push_screen(Palette(providers=[provider], placeholder="an action"))  # type: ignore[list-item]  # as Textual does
