"""All that can be done with a key. Footer, help, palette, remapping and the keys page come from this list.

A table an area is in a module of its own. An action is carried out by whoever owns the context: its
`action_run(name)` gets the action's id. Actions of the context "global" are the application's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracetui.tui.key_labels import Keyed as Keyed
from tracetui.tui.key_labels import key_cell as key_cell
from tracetui.tui.key_labels import key_label as key_label

from . import looking, moving, panes, program, searching, traces
from .action import CONTEXTS as CONTEXTS
from .action import EVERYWHERE
from .action import GLOBAL as GLOBAL
from .action import GROUPS as GROUPS
from .action import TOGETHER as TOGETHER
from .action import Action as Action

if TYPE_CHECKING:
    from textual.binding import Binding

ACTIONS: tuple[Action, ...] = (
    *moving.ACTIONS,
    *looking.ACTIONS,
    *panes.ACTIONS,
    *traces.ACTIONS,
    *searching.ACTIONS,
    *program.ACTIONS,
)

NOTHING_BEFORE = Keyed("there is nothing to go back to: {quit} quits")

_LATER = {"Look": 1, "Program": 2}
"""Groups that stand behind the others in a footer."""


def actions_for(context: str, actions: Iterable[Action] = ACTIONS) -> list[Action]:
    """Return the actions of a context, the global ones included, in the order of the list."""
    return [action for action in actions if context in action.contexts or action.contexts == EVERYWHERE]


def actions_of(app: object) -> tuple[Action, ...]:
    """Return the actions of an application, which its settings may have given other keys."""
    found: tuple[Action, ...] = getattr(app, "actions", ACTIONS)
    return found


def key_of(app: object, id: str) -> str:
    """Return the key that an action of an application has, as people write it."""
    return next(key_label(action.keys[0]) for action in actions_of(app) if action.id == id)


def with_keys(app: object, text: str) -> str:
    """Return a text of our own in which the key of each action stands in the place of its name in braces."""
    return re.sub(r"\{([a-z-]+)\}", lambda found: key_of(app, found[1]), text)


def bindings_for(context: str) -> list[Binding]:
    """Return Textual's bindings of one context ("global" for the application's own)."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(action.keys),
            action.call,
            action.description,
            show=bool(action.footer),
            id=action.id,
            tooltip=action.help,
            priority=action.id in ("interrupt",),
        )
        for action in ACTIONS
        if context in action.contexts
    ]


def footer_actions(context: str, actions: Iterable[Action] = ACTIONS) -> list[Action]:
    """Return the actions in the footer of a context, those first that are the last to go for want of room."""
    shown = [
        action
        for action in actions_for(context, actions)
        if action.footer and (not action.footer_in or context in action.footer_in)
    ]
    return sorted(shown, key=lambda action: _LATER.get(action.group, 0))


def footer_keys(action: Action, actions: Iterable[Action] = ACTIONS) -> str:
    """Return the keys that stand in the footer for an action."""
    shown = [other.keys[0] for other in actions if action.footer_with and other.id == action.footer_with]
    return " ".join(map(key_label, [*shown, action.keys[0]]))


def footer_items(context: str) -> list[tuple[str, str]]:
    """Return (key, words) for the footer of a context, in the order of the list."""
    return [(footer_keys(action), action.footer) for action in footer_actions(context)]


def keys_markdown(actions: Iterable[Action] = ACTIONS) -> str:
    """Return docs/keys.md: every action by group."""
    lines = [
        "# Keys",
        "",
        "Vim keys and arrows are equals, and a key has one meaning everywhere: `enter` goes into what is",
        "under the cursor and `f` hides what does not match, wherever you are.",
    ]
    listed = list(actions)
    for group in GROUPS:
        rows = [action for action in listed if action.group == group]
        if not rows:
            continue
        lines += ["", f"## {group}", "", "| keys | action | what it does | where |", "|---|---|---|---|"]
        for action in rows:
            keys = " ".join(f"`{key_cell(key)}`" for key in action.keys)
            where = (
                "everywhere"
                if set(action.contexts) in ({GLOBAL}, set(CONTEXTS))
                else ", ".join(action.contexts)
            )
            lines.append(f"| {keys} | `{action.id}` | {action.help} | {where} |")
    lines += [
        "",
        "The name in the second column is the one to use in a setting that gives an action other keys.",
        "",
    ]
    return "\n".join(lines)
