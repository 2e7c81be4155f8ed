"""The list of actions."""

from __future__ import annotations

import pytest

from tracetui.tui.bindings import (
    ACTIONS,
    CONTEXTS,
    GLOBAL,
    GROUPS,
    actions_for,
    bindings_for,
    footer_items,
    key_cell,
    keys_markdown,
)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_says_what_it_does(action) -> None:
    assert action.help.endswith(".")
    assert action.description
    assert action.keys
    assert action.group in GROUPS
    assert action.contexts == (GLOBAL,) or set(action.contexts) <= set(CONTEXTS)


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_key_has_two_meanings_in_one_context(context: str) -> None:
    keys = [key for action in actions_for(context) for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


def test_a_key_has_one_meaning_everywhere() -> None:
    meanings: dict[str, set[str]] = {}
    for action in ACTIONS:
        for key in action.keys:
            meanings.setdefault(key, set()).add(action.meaning)
    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


def test_an_action_that_stands_for_another_is_of_another_place() -> None:
    by_id = {action.id: action for action in ACTIONS}
    for action in ACTIONS:
        if action.same_as:
            assert set(action.keys) <= set(by_id[action.same_as].keys)
            assert not by_id[action.same_as].same_as
            assert set(action.contexts).isdisjoint(by_id[action.same_as].contexts)


def test_the_footer_is_made_of_the_same_list() -> None:
    items = footer_items("waterfall")
    assert ("[ ]", "path") in items
    assert ("?", "help") in items
    assert len({words for _, words in items}) == len(items)


def test_keys_can_be_given_to_an_action_by_its_id() -> None:
    assert {binding.id for binding in bindings_for("waterfall")} <= {action.id for action in ACTIONS}


def test_the_keys_page_lists_every_action() -> None:
    page = keys_markdown()
    for action in ACTIONS:
        assert f"`{action.id}`" in page
        for key in action.keys:
            assert f"`{key_cell(key)}`" in page
