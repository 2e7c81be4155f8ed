"""What could not be read, on lines of its own over what could: a part is never shown as the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bindings import key_of
from .screens.waterfall import WaterfallScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from .showing import ShowingApp
    from .theme import Role

__all__ = ["tell_failures"]


def tell_failures(app: ShowingApp) -> None:
    """Have the failures of the collection stand on the screens that show it; none once there are none."""
    told = _failures(app)
    screens: list[Screen[Any]] = [one for one in app.screen_stack if isinstance(one, WaterfallScreen)]
    listed = app._list_screen()
    for screen in [*screens, listed] if listed is not None else screens:
        noted = screen.query("Notes")
        if not told and not noted:
            continue
        if not screen.children:
            screen.call_after_refresh(tell_failures, app)  # it is being made
            continue
        from .widgets.notes import Notes

        if not noted:
            screen.mount(Notes(ascii=app.ascii), after=0)
        screen.query_one(Notes).tell(told)


def _failures(app: ShowingApp) -> list[tuple[str, Role]]:
    collection = app.collection
    if collection is None or not collection.failures:
        return []
    # What is alone on the screen has its name there already.
    alone = len(collection.sources) == len(collection.failures) == 1
    lines = [
        str(error).removeprefix(f"{error.source}: ") if alone else str(error) for error in collection.failures
    ]
    again = f" · {key_of(app, 'reload')} reads it again" if alone else ""
    return [(line + again, "error") for line in lines]
