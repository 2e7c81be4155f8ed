"""No text of a trace may reach a widget where Textual or Rich would read it as markup.

A span called `x[/nope]` ends a program that shows it as markup, and `[@click=app.quit]x` runs an action. So
text goes to widgets as `Content` or `Text`, or with `markup=False`; what is written as a plain `str` must be
a literal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

SCREENS = sorted((CHECKOUT / "tracetui" / "tui").rglob("*.py"))

PARSERS = {"from_markup", "render_markup", "assemble_markup"}
"""What reads markup; `Content.assemble` and `Text.append` do not."""

SINKS = {
    "Static",
    "Label",
    "Button",
    "Collapsible",
    "Option",
    "Selection",
    "RichLog",
    "set_label",
    "add_option",
}
"""Takes a visual, and reads a `str` as markup."""

TITLES = {"border_title", "border_subtitle", "tooltip", "loading_message"}
"""Attributes that read a `str` as markup when they are set."""


def made_text(node: ast.expr) -> bool:
    """Whether an expression is a `str` put together from parts, or a literal that holds markup."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "[" in node.value
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and any(map(is_text, (node.left, node.right)))
    if isinstance(node, ast.IfExp):
        return made_text(node.body) or made_text(node.orelse)
    if isinstance(node, ast.Call):
        return name_of(node) in {"str", "format", "join", "neutralise", "fit"}
    return False


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a `str` for certain."""
    return made_text(node) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def name_of(call: ast.Call) -> str:
    """The last name of what is called."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def says_no_markup(call: ast.Call) -> bool:
    """Whether a call has `markup=False`."""
    return any(
        word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )


def faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and reason of each place where a text might be read as markup."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = name_of(node)
            if name in PARSERS:
                yield node.lineno, f"{name} reads markup"
            elif name == "notify" and not says_no_markup(node):
                yield node.lineno, "notify without markup=False"
            elif name in SINKS and not says_no_markup(node) and any(map(made_text, node.args)):
                yield node.lineno, f"{name} takes a made str: wrap it in Content"
            elif name == "update" and len(node.args) == 1 and made_text(node.args[0]):
                yield node.lineno, "update takes a made str: wrap it in Content"
        elif isinstance(node, ast.Assign) and made_text(node.value):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in TITLES:
                    yield node.lineno, f"{target.attr} takes a made str: wrap it in Content"


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_no_text_is_read_as_markup(path: Path) -> None:
    found = [f"line {line}: {why}" for line, why in faults(ast.parse(path.read_text(encoding="utf-8")))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "Static(f'{span.name}')",
        "Label('service ' + str(name))",
        "self.query_one(Static).update('%s' % name)",
        "self.notify(message)",
        "Content.from_markup(name)",
        "self.border_title = f'{name}'",
        "Static('[b]bold[/b]')",
    ],
)
def test_the_look_out_finds(source: str) -> None:
    assert list(faults(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "Static(Content(f'{span.name}'))",
        "Static('a literal')",
        "Static(f'{name}', markup=False)",
        "self.notify(message, markup=False)",
        "seen.update(names)",
    ],
)
def test_the_look_out_lets_pass(source: str) -> None:
    assert not list(faults(ast.parse(source)))
