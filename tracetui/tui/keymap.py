"""Keys that settings give to actions: read as people write them, refused where one would mean two things."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace
from textual.binding import Binding
from textual.keys import KEY_ALIASES, Keys, key_to_character

from tracetui.config import Settings
from tracetui.text import neutralise

from .bindings import ACTIONS, CONTEXTS, GLOBAL, TOGETHER, Action, key_label

__all__ = ["key_name", "keymap", "remapped"]

_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_NAMES = {
    **{alias: name for name, aliases in KEY_ALIASES.items() for alias in aliases},
    **{key_label(key).lower(): key for action in ACTIONS for key in action.keys if len(key) > 1},
    "ctrl+left_square_bracket": "escape",
    ",": "comma",
    " ": "space",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
}
_NAMED = {key.value for key in Keys} | {key for action in ACTIONS for key in action.keys} | {"space", "enter"}


def key_name(text: str) -> str:
    """The name that Textual has for a key.

    Args:
        text: As people write it (`?`, `PgDn`, `ctrl+d`, `esc`), or Textual's name.

    Returns:
        The name; empty where there is no such key.
    """
    if text in _NAMES or len(text) == 1:
        return _single(text)
    text = text.strip()
    *before, last = text.split("+") if not text.endswith("+") else [*text[:-1].rstrip("+").split("+"), "+"]
    modifiers = {part.strip().lower() for part in before}
    if not last or not modifiers <= set(_MODIFIERS):
        return ""
    if modifiers == {"shift"} and len(last) == 1 and last.isalpha():
        return _single(last.upper())
    base = _single(last.lower() if modifiers else last)
    name = "+".join([*(modifier for modifier in _MODIFIERS if modifier in modifiers), base])
    return _NAMES.get(name, name) if base else ""


def _single(text: str) -> str:
    """The name of a key without modifiers."""
    if len(text) > 1:
        text = text.lower()
    if text in _NAMES:
        return _NAMES[text]
    if len(text) == 1:
        if not text.isprintable() or unicodedata.category(text) == "Co":
            return ""
        return next(iter(Binding.make_bindings([Binding(text, "")]))).key
    return text if text in _NAMED or key_to_character(text) is not None else ""


def keymap(actions: Iterable[Action]) -> dict[str, str]:
    """The keys that differ from the list's own, as Textual wants to be told."""
    own = {action.id: action.keys for action in ACTIONS}
    return {action.id: ",".join(action.keys) for action in actions if action.keys != own[action.id]}


def remapped(settings: Settings, actions: Sequence[Action] = ACTIONS) -> tuple[tuple[Action, ...], list[str]]:
    """Actions with the keys that settings give them.

    An entry that cannot be is passed over: for an action that does not exist, with a key that does not, or
    with one that would then have two meanings somewhere.

    Returns:
        The actions in the same order, and what is wrong with the entries, a few words each.
    """
    known = {action.id: action for action in actions}
    wanted: dict[str, tuple[str, ...]] = {}
    troubles = []
    for id in settings.keys:
        keys = settings.keys_of(id)
        unknown = [key for key in keys if not key_name(key)]
        if id not in known:
            troubles.append(f"no action {_quoted(id)}")
        elif unknown or not keys:
            troubles.append(f"{id}: no key {_quoted(unknown[0])}" if unknown else f"{id}: no key given")
        else:
            wanted[id] = tuple(dict.fromkeys(map(key_name, keys)))
    while True:
        now = {
            action.id: replace(action, keys=wanted[action.id]) if action.id in wanted else action
            for action in actions
        }
        clash = _clash(now.values(), wanted)
        if clash is None:
            return tuple(now.values()), troubles
        loser, owner, key = clash
        del wanted[loser]
        troubles.append(f"{loser}: {key_label(key)} is {owner}")


def _clash(actions: Collection[Action], wanted: Mapping[str, object]) -> tuple[str, str, str] | None:
    """A remapped action that shares a key with another one, that other one, and the key."""
    order = {id: number for number, id in enumerate(wanted, 1)}
    for place in (*((context,) for context in CONTEXTS), TOGETHER):
        owner: dict[str, Action] = {}
        here = [action for action in actions if not {*place, GLOBAL}.isdisjoint(action.contexts)]
        # Who keeps its own keys comes first, and then who stands first in the settings.
        for action in sorted(here, key=lambda action: order.get(action.id, 0)):
            for key in action.keys:
                other = owner.setdefault(key, action)
                one = other is action or (len(place) > 1 and other.meaning == action.meaning)
                if not one and action.id in wanted:
                    return action.id, other.id, key
    return None


def _quoted(text: str) -> str:
    return f"“{neutralise(text[:30])}”"
