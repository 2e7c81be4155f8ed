"""What one action is: a name, its keys, its words, and where it works."""

from __future__ import annotations

from msgspec import Struct

GLOBAL = "global"
CONTEXTS = ("waterfall", "detail", "traces", "pager", "help", "open", "issues", "search", "path", "why")
TOGETHER = ("waterfall", "detail", "why")
"""Contexts that are on the screen together: the keys of the first work in the others, too."""
GROUPS = ("Move", "Fold", "Jump", "Find", "Look", "Panes", "Traces", "Program")


class Action(Struct, frozen=True):
    """One thing a user can do.

    Attributes:
        id: its name in settings; stable.
        keys: Textual key names, the first is the one shown.
        description: two or three words, for footer and palette.
        group: one of `GROUPS`.
        help: one sentence.
        contexts: where it works; `("global",)` is everywhere.
        footer: the words beside its key in the footer; empty where it is not shown there.
        footer_with: id of an action whose key stands before its own in the footer.
        footer_in: contexts in whose footer it stands; empty for all of its contexts.
        same_as: id of the action that its keys stand for in other contexts; empty where it has its own.
    """

    id: str
    keys: tuple[str, ...]
    description: str
    group: str
    help: str
    contexts: tuple[str, ...]
    footer: str = ""
    footer_with: str = ""
    footer_in: tuple[str, ...] = ()
    same_as: str = ""

    @property
    def meaning(self) -> str:
        """What its keys mean: one thing in all contexts."""
        return self.same_as or self.id

    @property
    def call(self) -> str:
        """What Textual runs for it."""
        return f"app.run('{self.id}')" if self.contexts == (GLOBAL,) else f"run('{self.id}')"


EVERY_PANE = CONTEXTS
WATERFALL = ("waterfall",)
EVERYWHERE = (GLOBAL,)
LISTED = ("waterfall", "traces", "search")


def action(
    id: str,
    keys: str,
    description: str,
    group: str,
    help: str,
    contexts: tuple[str, ...] = WATERFALL,
    footer: str = "",
    footer_with: str = "",
    footer_in: tuple[str, ...] = (),
    same_as: str = "",
) -> Action:
    """Return an action; its keys are given in one string, with blanks between. The rest is as in `Action`."""
    keyed = tuple(keys.split())
    return Action(id, keyed, description, group, help, contexts, footer, footer_with, footer_in, same_as)
