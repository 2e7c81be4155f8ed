"""A hostile trace on every screen: what is drawn holds nothing that a terminal would act on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.events import Key, Paste
from textual.pilot import Pilot

from tests.neutral.hostile import FILE_NAME, PAYLOADS, check_text, document
from tests.tui.viewer import press, settle, until, viewing
from tracetui.config import Loaded
from tracetui.loaders import LoadOptions
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.settings import Keeper

LOOKS = [((80, 24), False), ((160, 50), False), ((100, 30), True)]
WATERFALL: dict[str, tuple[str, ...]] = {
    "the waterfall": (),
    "its end": ("G",),
    "a span as root": ("j", "r"),
    "folded": ("H",),
    "only the path": ("c",),
    "local times": ("t", "t"),
    "detail": ("j", "j", "enter"),
    "end of the detail": ("j", "enter", "G"),
    "detail of a missing span": ("G", "k", "enter"),
    "detail, filtered": ("j", "enter", "f", *"odd", "enter"),
    "a pinned attribute": ("j", "enter", *"jjjjjjjjjj", "asterisk", "escape"),
    "help": ("question_mark",),
    "palette": ("colon", "f", "o"),
    "import report": ("exclamation_mark",),
    "end of the report": ("exclamation_mark", "G"),
    "copy menu": ("j", "y"),
    "copy menu of an attribute": ("j", "enter", *"jjjjjjjjjj", "y"),
    "copied": ("j", "y", "enter"),
    "save": ("ctrl+s",),
    "open": ("ctrl+o",),
    "search": ("slash", "a", "enter"),
    "next match": ("slash", "a", "enter", "n", "N"),
    "filter": ("f", "a", "enter"),
    "filter that cannot be": ("f", "left_parenthesis", "enter"),
    "other traces": ("right_curly_bracket", "e", "s", "right_square_bracket"),
}


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("SSH_CONNECTION", "a b c d")
    for name in ("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / FILE_NAME
    path.write_bytes(document())
    return path


@pytest.fixture
def several(tmp_path: Path) -> Path:
    path = tmp_path / FILE_NAME
    path.write_bytes(document(traces=3))
    return path


def loaded(*paths: Path) -> Loading:
    loading = Loading([str(path) for path in paths], LoadOptions())
    loading.start()
    loading.join()
    return loading


def keeper(folder: Path, *recent: Path) -> Keeper:
    path = folder / "recent.json"
    path.write_text(json.dumps({"version": 1, "recent": [str(name) for name in recent]}))
    return Keeper(Loaded.defaults(), path)


def texts(app: App[Any]) -> Iterator[str]:
    """What of each line is sent as text; no piece of it may do anything when clicked."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not segment.control
            if segment.style is not None:
                assert not segment.style.link
                assert "@click" not in (segment.style.meta or {})
            yield segment.text


def check(app: App[Any], where: str) -> None:
    drawn = list(texts(app))
    for text in drawn:
        check_text(text, where)
    assert any(text.strip() for text in drawn)


async def walk(app: TraceApp, pilot: Pilot[Any], keys: tuple[str, ...], where: str) -> None:
    """Press keys, and look at the screen after each."""
    for key in keys:
        await press(pilot, key)
        await app.workers.wait_for_complete()
        await settle(pilot)
        check(app, f"{where}, after {key}")


@pytest.mark.parametrize(("size", "ascii"), LOOKS)
async def test_the_screens_of_a_trace(
    size: tuple[int, int], ascii: bool, source: Path, tmp_path: Path
) -> None:
    for where, keys in WATERFALL.items():
        async with viewing(loaded(source), size, ascii=ascii, keeper=keeper(tmp_path, source)) as (
            app,
            pilot,
        ):
            check(app, where)
            await walk(app, pilot, keys, where)


async def test_every_span_and_every_value_of_it(source: Path) -> None:
    async with viewing(loaded(source), (120, 40)) as (app, pilot):
        for _ in range(len(PAYLOADS) + 4):
            await walk(app, pilot, ("j",), "a row")
        await press(pilot, "g", "j", "enter")
        for _ in range(45):
            await walk(app, pilot, ("j", "enter"), "a value")
            if app.screen.__class__.__name__ == "PagerScreen":
                await walk(app, pilot, ("G", "escape"), "a pager")


async def test_the_list_of_traces(several: Path, tmp_path: Path) -> None:
    async with viewing(loaded(several), (100, 30), keeper=keeper(tmp_path, several)) as (app, pilot):
        check(app, "list")
        keys = (
            "x",
            "v",
            "slash",
            "a",
            "enter",
            "n",
            "f",
            "a",
            "enter",
            "F",
            "exclamation_mark",
            "G",
            "escape",
        )
        await walk(app, pilot, keys, "list")
        await walk(app, pilot, ("y", "escape", "ctrl+s", "escape", "enter", "right_curly_bracket"), "list")


async def test_what_is_told_of_files(source: Path, tmp_path: Path) -> None:
    (tmp_path / "folder\x1b[2J").mkdir()
    recent = [source, tmp_path / "gone\x9b2J\u202e.json", tmp_path / "folder\x1b[2J" / "x\n.json"]
    async with viewing(Loading([], LoadOptions()), (80, 24), keeper=keeper(tmp_path, *recent)) as (
        app,
        pilot,
    ):
        check(app, "start")
        await walk(app, pilot, ("tab", "down", "down", "enter"), "a file that is gone")
        await walk(app, pilot, ("up", "enter"), "a file that is there")
        await until(pilot, lambda: app.collection is not None)
        source.unlink()
        await walk(app, pilot, ("R",), "a file that has gone")
        await until(pilot, lambda: not app.opener.is_reading)
        check(app, "a file that has gone")


async def test_completion_of_names(tmp_path: Path) -> None:
    for name in ("ab\x1b[2J1", "ab\x1b[2J2", "ab\u202e3"):
        (tmp_path / name).write_text("")
    async with viewing(Loading([], LoadOptions()), (80, 24), keeper=keeper(tmp_path)) as (app, pilot):
        await walk(app, pilot, ("full_stop", "slash", "a", "tab", "tab"), "completion")


async def test_pasted_text_is_text(source: Path) -> None:
    async with viewing(loaded(source), (100, 30)) as (app, pilot):
        for opened in ("slash", "f"):
            await press(pilot, opened)
            for payload in PAYLOADS:
                assert app.focused is not None
                app.focused.post_message(Paste(payload))
                await settle(pilot)
                check(app, f"{payload!r} pasted after {opened}")
            await press(pilot, "enter")
            await app.workers.wait_for_complete()
            await settle(pilot)
            check(app, "entered")
            await press(pilot, "escape", "escape")


async def test_letters_of_several_code_points_can_be_typed(source: Path) -> None:
    async with viewing(loaded(source), (100, 30)) as (app, pilot):
        await press(pilot, "slash")
        for letter in "e\u0301क्षिกำ":
            app.focused.post_message(Key("a", letter))
            await settle(pilot)
        assert app.focused.value == "e\u0301क्षिกำ"


async def test_what_is_told_beside_the_keys(source: Path) -> None:
    async with viewing(loaded(source), (140, 30)) as (app, pilot):
        for payload in PAYLOADS:
            app.screen.say(payload)
            await settle(pilot)
            check(app, "message")
            app.notify(payload)
            await settle(pilot)
            check(app, "notification")
