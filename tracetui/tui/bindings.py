"""All that can be done with a key. Footer, help, palette, remapping and the keys page come from this list.

An action is carried out by whoever owns the context: its `action_run(name)` gets the action's id. Actions of
the context "global" are the application's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from .key_labels import key_label as key_label

if TYPE_CHECKING:
    from textual.binding import Binding

GLOBAL = "global"
CONTEXTS = ("waterfall", "detail", "traces", "pager", "help", "open")
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
        footer_keys: the keys to show in the footer where they are not just the first one.
        footer_in: contexts in whose footer it stands; empty for all of its contexts.
    """

    id: str
    keys: tuple[str, ...]
    description: str
    group: str
    help: str
    contexts: tuple[str, ...]
    footer: str = ""
    footer_keys: str = ""
    footer_in: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """What Textual runs for it."""
        return f"app.run('{self.id}')" if self.contexts == (GLOBAL,) else f"run('{self.id}')"


_ALL = CONTEXTS
_W = ("waterfall",)
_G = (GLOBAL,)
_LISTED = ("waterfall", "traces")


def _action(
    id: str,
    keys: str,
    description: str,
    group: str,
    help: str,
    contexts: tuple[str, ...] = _W,
    footer: str = "",
    footer_keys: str = "",
    footer_in: tuple[str, ...] = (),
) -> Action:
    return Action(id, tuple(keys.split()), description, group, help, contexts, footer, footer_keys, footer_in)


ACTIONS: tuple[Action, ...] = (
    _action("down", "j down", "Down", "Move", "Move to the next line.", _ALL),
    _action("up", "k up", "Up", "Move", "Move to the previous line.", _ALL),
    _action("half-page-down", "ctrl+d", "Half a page down", "Move", "Move down by half a screen.", _ALL),
    _action("half-page-up", "ctrl+u", "Half a page up", "Move", "Move up by half a screen.", _ALL),
    _action("page-down", "pagedown", "Page down", "Move", "Move down by a screen.", _ALL),
    _action("page-up", "pageup", "Page up", "Move", "Move up by a screen.", _ALL),
    _action("top", "g home", "To the top", "Move", "Move to the first line.", _ALL),
    _action("bottom", "G end", "To the bottom", "Move", "Move to the last line.", _ALL),
    _action("next-sibling", "J", "Next sibling", "Move", "Go to the next span with the same parent."),
    _action(
        "previous-sibling", "K", "Previous sibling", "Move", "Go to the previous span with the same parent."
    ),
    _action("right", "l right", "Unfold", "Fold", "Unfold this span; once unfolded, go to its first child."),
    _action("left", "h left", "Fold", "Fold", "Fold this span; once folded, go to its parent."),
    _action("unfold-below", "L", "Unfold all below", "Fold", "Unfold this span and everything below it."),
    _action("fold-below", "H", "Fold all below", "Fold", "Fold this span and everything below it."),
    _action(
        "unfold-level",
        "plus",
        "Unfold one level",
        "Fold",
        "Unfold the topmost folded level of the whole trace.",
    ),
    _action(
        "fold-level", "minus", "Fold one level", "Fold", "Fold the deepest unfolded level of the whole trace."
    ),
    _action(
        "next-section",
        "right_square_bracket",
        "Next on critical path",
        "Jump",
        "Go to the next section of the critical path, unfolding what hides it.",
        _W,
        "path",
        "[ ]",
    ),
    _action(
        "previous-section",
        "left_square_bracket",
        "Previous on critical path",
        "Jump",
        "Go to the previous section of the critical path, unfolding what hides it.",
    ),
    _action(
        "next-error",
        "e",
        "Next error",
        "Jump",
        "Go to the next span where an error began; those it bubbled up to are passed over.",
        _W,
        "error",
    ),
    _action("previous-error", "E", "Previous error", "Jump", "Go to the previous span where an error began."),
    _action(
        "slowest",
        "s",
        "Next slowest self time",
        "Jump",
        "Go to the span with the largest self time, then to the next largest.",
        _W,
        "slowest",
    ),
    _action(
        "less-slow", "S", "Previous slowest", "Jump", "Go back towards the span with the largest self time."
    ),
    _action("next-mark", "apostrophe", "Next mark", "Jump", "Go to the next marked span."),
    _action("mark", "m", "Mark", "Jump", "Mark this span, or take its mark away."),
    _action(
        "search",
        "slash",
        "Search",
        "Find",
        "Search names, ids, attributes and events as you type; matches are marked.",
        _LISTED,
        "search",
    ),
    _action(
        "next-match", "n", "Next match", "Find", "Go to the next match, unfolding what hides it.", _LISTED
    ),
    _action(
        "previous-match",
        "N",
        "Previous match",
        "Find",
        "Go to the previous match, unfolding what hides it.",
        _LISTED,
    ),
    _action(
        "filter",
        "f",
        "Filter",
        "Find",
        "Hide what does not match a filter such as: cart >50ms !db.system=redis.",
        _LISTED,
        "filter",
    ),
    _action("clear-filter", "F", "No filter", "Find", "Show again what the filter hides.", _LISTED),
    _action("zoom-span", "z", "Zoom to span", "Look", "Zoom to this span; again: to its parent.", _W, "zoom"),
    _action("zoom-whole", "Z", "Zoom to the whole trace", "Look", "Show the whole trace."),
    _action("zoom-in", "i", "Zoom in", "Look", "Halve the time on view, around this span."),
    _action("zoom-out", "o", "Zoom out", "Look", "Double the time on view, around this span."),
    _action("pan-left", "comma", "Pan earlier", "Look", "Move the time on view a quarter towards the start."),
    _action(
        "pan-right", "full_stop", "Pan later", "Look", "Move the time on view a quarter towards the end."
    ),
    _action(
        "only-path",
        "c",
        "Only the critical path",
        "Look",
        "Show only the spans of the critical path, with their ancestors; again: show all.",
        _W,
        "only path",
    ),
    _action("set-root", "r", "This span as root", "Look", "Show this span and what is below it alone."),
    _action(
        "clear-root",
        "backspace",
        "Whole trace again",
        "Look",
        "Go back from a span as root to the whole trace.",
    ),
    _action("narrower-tree", "less_than_sign", "Narrower tree", "Look", "Give the bars four more columns."),
    _action("wider-tree", "greater_than_sign", "Wider tree", "Look", "Give the names four more columns."),
    _action(
        "clock",
        "t",
        "Clock",
        "Look",
        "Show times relative, in local time, or in UTC.",
        ("waterfall", "traces"),
    ),
    _action(
        "open",
        "enter",
        "Open",
        "Panes",
        "Open the detail of this span; in it, a long value or the span of a link.",
        ("waterfall", "detail"),
        "details",
    ),
    _action(
        "filter-attributes",
        "slash",
        "Filter attributes",
        "Panes",
        "Show only the attributes, events and links that hold what you type.",
        ("detail",),
        "filter",
    ),
    _action(
        "pin",
        "p",
        "Pin attribute",
        "Panes",
        "Give this attribute a column beside the names of all spans; again: take it away.",
        ("detail",),
        "pin",
    ),
    _action("next-pane", "tab", "Next pane", "Panes", "Go to the next pane.", ("waterfall", "detail")),
    _action(
        "copy",
        "y",
        "Copy",
        "Panes",
        "Choose what to copy: a value, an id, the span, the critical path.",
        ("waterfall", "detail", "traces", "pager"),
        "copy",
        footer_in=("detail", "pager"),
    ),
    _action(
        "save",
        "ctrl+s",
        "Save",
        "Traces",
        "Save this trace to a file, never over another.",
        ("waterfall", "detail", "traces"),
    ),
    _action(
        "open-trace", "enter", "Open trace", "Traces", "Open the trace of this line.", ("traces",), "open"
    ),
    _action("next-trace", "right_curly_bracket", "Next trace", "Traces", "Open the next trace of the list."),
    _action(
        "previous-trace",
        "left_curly_bracket",
        "Previous trace",
        "Traces",
        "Open the previous trace of the list.",
    ),
    _action(
        "sort",
        "x",
        "Sort by next column",
        "Traces",
        "Sort the list by the next column; a click on a column's name sorts by it.",
        ("traces",),
        "sort",
    ),
    _action(
        "sort-back",
        "X",
        "Sort by previous column",
        "Traces",
        "Sort the list by the previous column.",
        ("traces",),
    ),
    _action(
        "sort-reverse",
        "v",
        "Turn the order round",
        "Traces",
        "Turn the order of the list round.",
        ("traces",),
    ),
    _action("open-recent", "enter", "Open file", "Traces", "Open this file.", ("open",), "open"),
    _action("edit-path", "tab", "Path", "Traces", "Type a path; in it: complete it.", ("open",), "path"),
    _action("open-file", "ctrl+o", "Open a file", "Traces", "Open another file in this viewer.", _G),
    _action("reload", "R", "Reload", "Traces", "Read the sources again.", _G),
    _action("pager", "P", "$PAGER", "Panes", "Read this value in $PAGER.", ("pager",), "$PAGER"),
    _action(
        "editor",
        "ctrl+e",
        "$EDITOR",
        "Panes",
        "Open a copy of this value, exactly as recorded, in $EDITOR.",
        ("pager",),
        "$EDITOR",
    ),
    _action(
        "back",
        "escape",
        "Back",
        "Program",
        "Go back one level; while loading: stop.",
        _ALL,
        "back",
        footer_in=("detail", "pager", "help"),
    ),
    _action("help", "question_mark f1", "Help", "Program", "Show the keys that work here.", _G, "help"),
    _action("palette", "colon ctrl+p", "Palette", "Program", "Find an action by its name.", _G),
    _action("quit", "q", "Quit", "Program", "Leave at once.", _G),
    _action("interrupt", "ctrl+c", "Interrupt", "Program", "Leave at once, with exit code 130.", _G),
    _action("suspend", "ctrl+z", "Suspend", "Program", "Put the viewer in the background of the shell.", _G),
)


def actions_for(context: str, actions: Iterable[Action] = ACTIONS) -> list[Action]:
    """Return the actions of a context, the global ones included, in the order of the list."""
    return [action for action in actions if context in action.contexts or action.contexts == _G]


def actions_of(app: object) -> tuple[Action, ...]:
    """Return the actions of an application, which its settings may have given other keys."""
    found: tuple[Action, ...] = getattr(app, "actions", ACTIONS)
    return found


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
    """Return the actions in the footer of a context, in the order of the list."""
    return [
        action
        for action in actions_for(context, actions)
        if action.footer and (not action.footer_in or context in action.footer_in)
    ]


def footer_items(context: str) -> list[tuple[str, str]]:
    """Return (key, words) for the footer of a context, in the order of the list."""
    return [
        (action.footer_keys or key_label(action.keys[0]), action.footer) for action in footer_actions(context)
    ]


def keys_markdown(actions: Iterable[Action] = ACTIONS) -> str:
    """Return docs/keys.md: every action by group."""
    lines = ["# Keys", "", "Vim keys and arrows are equals, and a key has one meaning everywhere."]
    listed = list(actions)
    for group in GROUPS:
        rows = [action for action in listed if action.group == group]
        if not rows:
            continue
        lines += ["", f"## {group}", "", "| keys | action | what it does | where |", "|---|---|---|---|"]
        for action in rows:
            keys = " ".join(f"`{key_label(key)}`" for key in action.keys)
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
