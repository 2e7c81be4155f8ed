"""Settings in the viewer: applied when it starts, and kept when they are changed in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, until, viewing
from tracetui.config import load
from tracetui.config.recent import read_recent
from tracetui.tui.app import TraceApp
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.settings import Keeper
from tracetui.tui.theme import ANSI_THEME, DEFAULT_THEME
from tracetui.tui.widgets.times import Clock

TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in TRUE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tracetui" / "config.toml"


def keeper(file: Path, text: str | None = None, recent: Path | None = None) -> Keeper:
    """The settings of a file; first with that text in it."""
    if text is not None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return Keeper(load({}, file), recent)


def kept(file: Path) -> dict[str, Any]:
    loaded = load({}, file)
    return {
        name: getattr(loaded.settings, name) for name, origin in loaded.origins.items() if origin == "file"
    }


def told(app: TraceApp) -> list[str]:
    return [notification.message for notification in app._notifications]


async def test_nothing_is_written_when_nothing_is_changed(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file)) as (app, pilot):
        await press(pilot, "j", "z", "enter", "escape")
        assert app.theme == DEFAULT_THEME
        assert not told(app)
    assert not file.exists()


async def test_a_theme_that_is_chosen_in_the_palette_is_there_the_next_time(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, "# mine\n")) as (app, pilot):
        await press(pilot, "colon")
        await press(pilot, *"themelight")
        await until(pilot, lambda: "Theme: light" in "\n".join(text_of(app)))
        await press(pilot, "down", "enter")
        await until(pilot, lambda: app.theme != DEFAULT_THEME)
        await until(pilot, lambda: bool(kept(file)))
        chosen = app.theme
    assert kept(file) == {"theme": chosen.removeprefix("tracetui-"), "config_version": 1} or kept(file) == {
        "theme": chosen.removeprefix("tracetui-")
    }
    assert file.read_text().startswith("# mine\n")
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file)) as (app, pilot):
        assert app.theme == chosen


@pytest.mark.parametrize(("theme", "palette"), [("colour-blind", "#16181d"), ("nord", "#2e3440")])
async def test_a_theme_of_the_file_is_that_of_the_screen(file: Path, theme: str, palette: str) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, f'theme = "{theme}"')) as (app, _):
        assert app.theme in (theme, f"tracetui-{theme}")
        from tracetui.tui.theme import paint

        assert paint(app).palette.background == palette
        assert app.screen.styles.background.hex6.lower() == palette
    assert file.read_text() == f'theme = "{theme}"'


async def test_a_theme_that_is_not_there_is_a_warning(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, 'theme = "\\u001b[31m"')) as (app, _):
        assert app.theme == DEFAULT_THEME
        (message,) = told(app)
        assert "there is no theme “" in message and "\x1b" not in message
    assert "31m" in file.read_text()


async def test_few_colours_are_not_taken_for_a_choice(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, 'theme = "nord"')) as (app, pilot):
        assert app.theme == ANSI_THEME
        await settle(pilot)
    assert kept(file) == {"theme": "nord"}


async def test_the_format_of_times_and_the_width_of_the_tree_are_kept(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file)) as (app, pilot):
        await press(pilot, "t", "greater_than_sign", "greater_than_sign")
        await until(pilot, lambda: len(kept(file)) == 3)
        width = app.screen._waterfall.columns.tree
    assert kept(file) == {"config_version": 1, "time_format": "local", "tree_width": 8}
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file)) as (app, pilot):
        assert app.clock is Clock.LOCAL
        assert app.screen._waterfall.columns.tree == width
        await press(pilot, "t")
        assert app.clock is Clock.UTC


async def test_a_change_is_written_before_the_viewer_has_gone(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file)) as (_, pilot):
        await pilot.press("t", "q")
    assert kept(file)["time_format"] == "local"


async def test_every_trace_has_the_width_that_was_chosen(file: Path) -> None:
    two = collection(CHECKOUT, CHECKOUT)
    async with viewing(Made(two), keeper=keeper(file, "tree_width = 12")) as (app, pilot):
        for _ in range(2):
            await press(pilot, "enter")
            assert app.screen._view.tree_shift == 12
            await press(pilot, "escape", "j")


async def test_the_list_shows_times_as_they_were_chosen(file: Path) -> None:
    two = collection((span(1),), (span(1, start=5000),))
    async with viewing(Made(two), keeper=keeper(file)) as (app, pilot):
        assert isinstance(app.screen, TraceListScreen)
        assert app.screen.table.clock is Clock.UTC
        await press(pilot, "t", "t")
        assert app.screen.table.clock is Clock.LOCAL
        await until(pilot, lambda: kept(file).get("time_format") == "local")
    async with viewing(Made(two), keeper=keeper(file)) as (app, _):
        assert app.screen.table.clock is Clock.LOCAL


PINNED = (
    span(1, 0, 0, 100, attributes={"http.route": "/orders/{id}", "n": 7}),
    span(2, 1, 5, 20, attributes={"http.route": "a value that is longer\x1b[31m", "n": [1, {"a": None}]}),
    span(3, 9, 5, 20),
)


async def test_pinned_attributes_have_columns_where_there_is_room(file: Path) -> None:
    pinned = keeper(file, 'pinned = ["http.route", "n"]')
    async with viewing(Made(collection(PINNED)), (120, 30), keeper=pinned) as (app, pilot):
        columns = app.screen._waterfall.columns
        assert columns.pinned == (16, 16)
        lines = [line[columns.pinned_at : columns.bars_at] for line in text_of(app)]
        head = next(number for number, line in enumerate(lines) if line.startswith("http.route"))
        assert lines[head : head + 5] == [
            "http.route      n               ",
            "/orders/{id}    7               ",
            'a value that i… [1,{"a": null}] ',
            " " * 32,
            " " * 32,
        ]
        for width, shown in ((80, (12,)), (40, ()), (20, ())):
            await pilot.resize_terminal(width, 24)
            await settle(pilot)
            columns = app.screen._waterfall.columns
            assert columns.pinned == shown
            assert columns.bars >= 16 or not shown
            assert all(len(line) <= width for line in text_of(app))


async def test_a_column_is_as_wide_as_what_it_shows(file: Path) -> None:
    spans = [
        span(
            number,
            max(0, number - 1),
            number,
            20,
            attributes={"http.response.status_code": 200, "k8s.pod.name": "a1"},
        )
        for number in range(1, 9)
    ]
    pinned = keeper(file, 'pinned = ["http.response.status_code", "k8s.pod.name"]')
    async with viewing(Made(collection(spans)), (100, 24), keeper=pinned) as (app, pilot):
        columns = app.screen._waterfall.columns
        lines = [line[columns.pinned_at : columns.bars_at] for line in text_of(app)]
        head = next(number for number, line in enumerate(lines) if "name" in line)
        assert lines[head : head + 2] == ["status_code pod.name ", "200         a1       "]
        await press(pilot, "dollar_sign")
        assert app.screen._waterfall.columns.pinned == (8, 12)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert app.screen._waterfall.columns.pinned == (8,)


async def test_remapped_keys_work_and_their_old_ones_do_not(file: Path) -> None:
    text = '[keys]\ndown = "ctrl+n"\nup = "ctrl+p"\npalette = ":"\nnext-section = "d"\nhelp = ["f2"]\n'
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, text)) as (app, pilot):
        assert not told(app)
        view = app.screen._view
        await press(pilot, "ctrl+n", "ctrl+n")
        assert view.cursor == 2
        await press(pilot, "j", "down")
        assert view.cursor == 2
        await press(pilot, "ctrl+p")
        assert view.cursor == 1
        assert text_of(app)[-1].split()[:3] == ["[", "d", "path"]
        await press(pilot, "question_mark", "f1")
        assert app.screen.CONTEXT == "waterfall"
        await press(pilot, "f2")
        assert app.screen.CONTEXT == "help"
        assert any("ctrl+n" in line and "Move to the next line" in line for line in text_of(app))


async def test_a_swap_of_keys_is_no_conflict(file: Path) -> None:
    text = '[keys]\nnext-error = "s"\nslowest = "e"\n'
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, text)) as (app, pilot):
        await press(pilot, "s")
        assert app.screen._view.cursor == 4
        assert not told(app)


async def test_conflicts_and_what_is_not_there_are_one_notification(file: Path) -> None:
    text = 'shape = 1\n[keys]\nmark = "?"\ndance = "x"\nclock = "Q"\n'
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, text)) as (app, pilot):
        (message,) = told(app)
        assert "1 setting not known here: shape" in message
        assert "keys passed over: no action “dance”; mark: ? is help" in message
        await press(pilot, "Q")
        assert app.clock is Clock.LOCAL
        await press(pilot, "question_mark")
        assert app.screen.CONTEXT == "help"


async def test_a_broken_file_is_told_on_the_screen_and_the_viewer_opens(file: Path) -> None:
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, "theme =")) as (app, _):
        (message,) = told(app)
        assert "set aside as config.toml.bad" in message
        assert any("POST /checkout" in line for line in text_of(app))


async def test_what_cannot_be_kept_is_told_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, "ascii = false")) as (app, pilot):
        monkeypatch.setattr(os, "fsync", fail)
        await press(pilot, "t")
        await until(pilot, lambda: bool(told(app)))
        await press(pilot, "t", "t")
        (message,) = told(app)
        assert "no space left on device" in message
        assert app.clock is Clock.RELATIVE
    assert file.read_text() == "ascii = false"


async def test_a_newer_form_is_not_written(file: Path) -> None:
    text = 'config_version = 2\ntime_format = "utc"\n'
    async with viewing(Made(collection(CHECKOUT)), keeper=keeper(file, text)) as (app, pilot):
        assert app.clock is Clock.UTC
        await press(pilot, "t")
        assert app.clock is Clock.RELATIVE
        assert len(told(app)) == 1
    assert file.read_text() == text


async def test_what_was_opened_is_recent(file: Path, tmp_path: Path) -> None:
    recent, trace = tmp_path / "recent.json", tmp_path / "a.json"
    trace.write_text("{}")
    loading = Made(collection(CHECKOUT), names=(str(trace), "-"))
    async with viewing(loading, keeper=keeper(file, recent=recent)) as (_, pilot):
        await until(pilot, recent.exists)
    assert read_recent(recent) == [str(trace)]
