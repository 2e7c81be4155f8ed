"""Messages, hints and empty states name the keys that actions have, not those that they had at first."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.tui.backend import FakeBackend, Nothing
from tests.tui.test_runs import shop
from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, text_of, until, viewing
from tracetui.backends.base import SearchOutcome
from tracetui.config import load
from tracetui.errors import BackendError
from tracetui.tui.app import TraceApp
from tracetui.tui.bindings import ACTIONS, Keyed, key_label, with_keys
from tracetui.tui.keymap import remapped
from tracetui.tui.settings import Keeper
from tracetui.tui.state.search_form import Field

TUI = Path(__file__).parents[2] / "tracetui" / "tui"
TYPED = {"enter", "esc", "tab", "↑", "↓"}
"""Keys of a text field, which no setting changes."""
FIELDS = {
    "finding.py",
    "widgets/detail.py",
    "widgets/chooser.py",
    "widgets/search_form.py",
    "screens/save.py",
    "screens/search.py",
}
"""Where those may be named."""
LABELS = {key_label(key) for action in ACTIONS for key in action.keys} - set("a.,:")
NAMED = re.compile(
    r"(?:^|[^\w{}'’.-])(?:press )?("
    + "|".join(map(re.escape, sorted(LABELS, key=len, reverse=True)))
    + r") [a-z]+s\b"
)
OTHER = {action.id: chr(0x430 + number) for number, action in enumerate(ACTIONS)}
"""A key for each action that none had before."""


def words(module: Path) -> list[str]:
    """The strings of a module but for its docstrings; an f-string without what is put in."""
    tree = ast.parse(module.read_text())
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            found.append(node.value)
    return found


@pytest.mark.parametrize(
    "module", sorted(TUI.rglob("*.py")), ids=lambda path: path.relative_to(TUI).as_posix()
)
def test_no_message_names_a_key_by_itself(module: Path) -> None:
    place = module.relative_to(TUI).as_posix()
    if place.startswith("bindings/"):
        return
    for text in words(module):
        for key in NAMED.findall(text):
            assert key in TYPED and place in FIELDS, (key, text)


def test_texts_of_actions_name_actions_that_exist() -> None:
    known = {action.id for action in ACTIONS}
    for module in TUI.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            keyed = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Keyed"
            for part in ast.walk(node) if keyed else ():
                if isinstance(part, ast.Constant):
                    assert set(re.findall(r"\{(.*?)\}", str(part.value))) <= known, part.value


def test_keys_stand_in_the_place_of_actions() -> None:
    assert with_keys(None, Keyed("{quit} quits, {open-file} opens")) == "q quits, ctrl+o opens"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    file = tmp_path / "config.toml"
    file.write_text("[keys]\n" + "".join(f'{id} = "{key}"\n' for id, key in OTHER.items()))
    keeper = Keeper(load({}, path=file))
    actions, troubles = remapped(keeper.settings)
    assert not troubles and all(action.keys == (OTHER[action.id],) for action in actions)
    return keeper


def old_keys(app: TraceApp, typed: bool = False) -> list[str]:
    """The keys of the list that the screen names."""
    lines = text_of(app)
    named = [key for line in lines for key in NAMED.findall(line)]
    footer = [key for key in LABELS - TYPED if re.search(rf"(^|  ){re.escape(key)} [a-z]", lines[-1])]
    return [key for key in named + footer if not (typed and key in TYPED)]


@pytest.mark.parametrize("width", [80, 160])
async def test_remapped_keys_are_told_on_a_trace(keeper: Keeper, width: int) -> None:
    async with viewing(Made(collection(CHECKOUT)), (width, 30), keeper=keeper) as (app, pilot):
        assert f"{OTHER['previous-section']} {OTHER['next-section']} path" in text_of(app)[-1]
        for action, told in (
            ("next-match", "nothing is searched: {search} searches"),
            ("next-mark", "no marks: {mark} sets one"),
            ("clear-filter", "no filter: {filter} sets one"),
            ("only-path", "only the critical path: {only-path} shows all"),
            ("runs", "all siblings are shown: {runs} folds those alike"),
            ("saves-column", "pinned: {saves-column} takes it away"),
        ):
            await press(pilot, OTHER[action])
            assert with_keys(app, told) in text_of(app)[-1]
            assert not old_keys(app), action
        for action in (
            "path",
            "to-end",
            "back",
            "issues",
            "back",
            "open",
            "open-value",
            "back",
            "why",
            "help",
        ):
            await press(pilot, OTHER[action])
            assert not old_keys(app), action


async def test_remapped_keys_are_told_of_a_run(keeper: Keeper) -> None:
    async with viewing(Made(shop()), (120, 40), keeper=keeper) as (app, pilot):
        await press(pilot, OTHER["down"], OTHER["down"], OTHER["open"])
        line = "Like siblings in a row: {right} unfolds them here, {runs} shows all runs span by span."
        assert any(with_keys(app, line) in shown for shown in text_of(app))
        assert not old_keys(app)


async def test_remapped_keys_are_told_on_the_search_screen(keeper: Keeper) -> None:
    backend = FakeBackend(0)
    app = TraceApp(Nothing(), keeper=keeper)
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert any(with_keys(app, "enter opens · {edit-path} completes") in line for line in text_of(app))
        assert not old_keys(app, typed=True)
        app.begin_search(backend, {})
        await until(pilot, lambda: any("No trace matches" in line for line in text_of(app)))
        told = "{edit-search} changes the search · {reload} searches again · {follow} waits for new traces"
        assert any(with_keys(app, told) in line for line in text_of(app))
        assert not old_keys(app)


async def test_remapped_keys_are_told_of_a_server_that_does_not_answer(keeper: Keeper) -> None:
    class Refusing(FakeBackend):
        def search(self, *asked: object, **more: object) -> SearchOutcome:
            raise BackendError("no")

    backend = Refusing()
    app = TraceApp(Nothing(), keeper=keeper)
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        app.begin_search(backend, {Field.SERVICE: "frontend"})
        await until(pilot, lambda: any("No answer" in line for line in text_of(app)))
        told = with_keys(app, "no. {reload} tries again")
        await until(pilot, lambda: any(told in line for line in text_of(app)))
        assert not old_keys(app)
