"""Keys of the settings."""

from __future__ import annotations

import pytest

from tracetui.config import Settings
from tracetui.tui.bindings import ACTIONS, CONTEXTS, actions_for, key_label
from tracetui.tui.keymap import key_name, keymap, remapped


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a", "a"),
        ("A", "A"),
        ("shift+a", "A"),
        ("é", "é"),
        ("?", "question_mark"),
        ("question_mark", "question_mark"),
        ("+", "plus"),
        ("-", "minus"),
        (",", "comma"),
        (" ", "space"),
        ("space", "space"),
        ("PgDn", "pagedown"),
        ("pagedown", "pagedown"),
        ("esc", "escape"),
        ("F1", "f1"),
        ("→", "right"),
        ("Ctrl+D", "ctrl+d"),
        ("alt+ctrl+x", "ctrl+alt+x"),
        ("ctrl++", "ctrl+plus"),
        ("shift+tab", "shift+tab"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+[", "escape"),
        ("", ""),
        ("foo", ""),
        ("foo+x", ""),
        ("ctrl+foo", ""),
        ("++", ""),
        ("a,b", ""),
        ("\x1b", ""),
    ],
)
def test_a_key_is_read_as_people_write_it(written: str, name: str) -> None:
    assert key_name(written) == name


def test_what_the_keys_page_says_can_be_written() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert key_name(key) == key_name(key_label(key)) == key


@pytest.mark.parametrize(
    ("keys", "expected", "told"),
    [
        ({}, {}, []),
        ({"mark": "M", "quit": ["Q", "ctrl+q"]}, {"mark": "M", "quit": "Q,ctrl+q"}, []),
        ({"down": "k", "up": "j"}, {"down": "k", "up": "j"}, []),
        ({"mark": "d", "sort": "d"}, {"mark": "d", "sort": "d"}, []),  # never in one place
        ({"dance": "x"}, {}, ["no action “dance”"]),
        ({"mark": "blah"}, {}, ["mark: no key “blah”"]),
        ({"mark": []}, {}, ["mark: no key given"]),
        ({"mark": "?"}, {}, ["mark: ? is help"]),
        ({"help": "e"}, {}, ["help: e is next-error"]),
        ({"mark": "d", "clock": "d"}, {"mark": "d"}, ["clock: d is mark"]),
        # One that falls back to its own keys takes them from another.
        ({"up": "j", "down": "?"}, {}, ["down: ? is help", "up: j is down"]),
        ({"next-section": "d"}, {"next-section": "d"}, []),
        # The detail pane stands beside the waterfall.
        ({"pin": "p"}, {}, ["pin: p is path"]),
        ({"pin": "d", "mark": "d"}, {"pin": "d"}, ["mark: d is pin"]),
        ({"filter-attributes": "slash"}, {}, ["filter-attributes: / is search"]),
    ],
)
def test_an_entry_that_cannot_be_is_passed_over(
    keys: dict[str, str | list[str]], expected: dict[str, str], told: list[str]
) -> None:
    actions, troubles = remapped(Settings(keys=keys))
    assert keymap(actions) == expected
    assert sorted(troubles) == sorted(told)
    assert [action.id for action in actions] == [action.id for action in ACTIONS]
    for context in CONTEXTS:
        used = [key for action in actions_for(context, actions) for key in action.keys]
        assert len(used) == len(set(used))


def test_words_of_others_are_harmless() -> None:
    _, (trouble,) = remapped(Settings(keys={"\x1b[31m" * 100: "x"}))
    assert trouble.isprintable() and len(trouble) < 60
