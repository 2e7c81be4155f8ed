"""The help page."""

from __future__ import annotations

import pytest

from tracetui.text import cell_len
from tracetui.tui.bindings import ACTIONS, CONTEXTS, actions_for
from tracetui.tui.help_lines import PLACES, build


def text(context: str, width: int, **changes: bool) -> str:
    return "\n".join(line.text for line in build((context,), width, **changes))


def test_every_context_has_a_name() -> None:
    assert set(PLACES) == set(CONTEXTS)


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_action_is_told_once(context: str) -> None:
    shown = " ".join(text(context, 90).split())
    for action in ACTIONS:
        assert shown.count(" ".join(action.help.rstrip(".").split())) >= 1, action.id


def test_the_keys_that_work_here_stand_first() -> None:
    shown = text("traces", 90)
    assert shown.index("Sort the list by the next column") < shown.index("in the waterfall")
    here = {action.id for action in actions_for("traces")}
    before = shown[: shown.index("in the waterfall")]
    assert all(action.help.rstrip(".")[:30] in before for action in ACTIONS if action.id in here)


def test_a_pane_has_its_own_meaning_of_a_key_and_the_other_keys_of_its_screen() -> None:
    shown = "\n".join(line.text for line in build(("detail", "waterfall"), 90))
    here = " ".join(shown[: shown.index("in the waterfall")].split())
    assert "Show only the attributes, events and links" in here
    assert "Go to the next span where an error began" in here
    assert "Hide what does not match a filter" not in here
    assert "Hide what does not match a filter" in " ".join(shown.split())
    assert shown.count("Move to the next line") == 1


@pytest.mark.parametrize("width", [1, 20, 40, 80, 95, 96, 120, 200])
@pytest.mark.parametrize("context", CONTEXTS)
def test_lines_fit(context: str, width: int) -> None:
    for line in build((context,), width):
        assert cell_len(line.text) <= max(width, 24), line.text


def test_signs_have_other_forms_without_colours_and_in_ascii() -> None:
    assert "░░░░░" in text("waterfall", 80, shapes=True)
    assert "░" not in text("waterfall", 80)
    assert "#####" in text("waterfall", 80, ascii=True)


def test_two_columns_where_there_is_room() -> None:
    assert len(text("waterfall", 140).splitlines()) < len(text("waterfall", 80).splitlines()) * 0.75
