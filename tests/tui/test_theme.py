"""Themes: which one a terminal gets, and what widgets draw with."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES

from tracetui.colours import PALETTES, Palette, blend, contrast
from tracetui.tui.theme import (
    ANSI_THEME,
    DEFAULT_THEME,
    PREFIX,
    choose,
    paint,
    paint_named,
    register_themes,
    themes,
)
from tracetui.tui.widgets.bars import _on_bar

OWN = [PREFIX + name for name in PALETTES]
ROLES = ("text", "strong", "muted", "error", "warning", "good", "accent")
TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("wanted", "environ", "expected"),
    [
        (None, TRUE, (DEFAULT_THEME, None)),
        ("light", TRUE, ("tracetui-light", None)),
        ("tracetui-light", TRUE, ("tracetui-light", None)),
        ("nord", TRUE, ("nord", None)),
        ("ansi", TRUE, (ANSI_THEME, None)),
        (None, {"TERM": "tmux-256color"}, (DEFAULT_THEME, None)),
        (None, {"TERM": "xterm"}, (ANSI_THEME, True)),
        ("light", {"TERM": "linux"}, (ANSI_THEME, True)),
        ("light", {**TRUE, "NO_COLOR": "1"}, (ANSI_THEME, True)),
        (None, {**TRUE, "NO_COLOR": ""}, (DEFAULT_THEME, None)),
    ],
)
def test_choose(wanted: str | None, environ: dict[str, str], expected: tuple[str, bool | None]) -> None:
    assert choose(wanted, environ) == expected


@pytest.mark.parametrize("name", [theme.name for theme in themes()])
async def test_every_theme_has_all_that_textual_asks_for(name: str) -> None:
    app: App[None] = App()
    register_themes(app)
    app.theme = name
    async with app.run_test() as pilot:
        await pilot.pause()
        assert paint(app) is paint(app)
        assert paint(app).ansi == (name == ANSI_THEME)


def test_styles_are_made_once() -> None:
    styles = paint_named(DEFAULT_THEME)
    assert styles.style("error", on="cursor", bold=True) is styles.style("error", on="cursor", bold=True)
    assert styles.service("frontend") is styles.service("frontend")


def test_colours_of_a_true_colour_theme() -> None:
    styles = paint_named(DEFAULT_THEME)
    assert styles.colour("frontend") == "#308efe"
    assert styles.dimmed("frontend") != styles.colour("frontend")
    assert not styles.shapes


def test_sixteen_colours_tell_the_path_by_shape() -> None:
    styles = paint_named(ANSI_THEME)
    assert styles.shapes
    assert styles.dimmed("frontend") == styles.colour("frontend") == "color(12)"
    assert styles.ground("cursor").reverse
    assert styles.ground_colour() == "default"


@pytest.mark.parametrize("theme", [name for name in BUILTIN_THEMES if not BUILTIN_THEMES[name].ansi] + OWN)
def test_all_that_is_read_can_be_read_on_every_ground(theme: str) -> None:
    styles = paint_named(theme)
    palette = styles.palette
    least = 7 if theme.endswith("high-contrast") else 4.5

    def of(style: Style) -> float:
        assert style.color is not None and style.bgcolor is not None
        return contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex)

    for on in ("background", "panel", "raised", "cursor"):
        roles = [styles.style(role, on=on) for role in ROLES]
        names = [styles.service(f"service {number}", on=on) for number in range(40)]
        assert min(map(of, [*roles, *names])) >= least, on
        assert of(styles.style("faint", on=on)) >= palette.lines
    assert of(styles.match(styles.style("text", on="background"))) >= least
    assert min(of(styles.badge(role)) for role in ("warning", "muted")) >= least


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_marks_of_events_are_seen_on_every_bar(palette: Palette) -> None:
    for colour in palette.services:
        dimmed = [blend(colour, getattr(palette, on), palette.dim) for on in ("background", "cursor")]
        for bar in (colour, *dimmed):
            for bad in (False, True):
                assert contrast(_on_bar(palette, bar, bad), bar) >= 3, (colour, bar, bad)
