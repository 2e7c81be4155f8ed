"""Copying and saving with real key presses."""

from __future__ import annotations

import base64
import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.conftest import sample
from tests.tui.viewer import CHECKOUT, Made, collection, press, settle, span, text_of, until, viewing
from tracetui.loaders import load
from tracetui.tui.clipboard import MOST_BYTES
from tracetui.tui.screens.copy import CopyScreen
from tracetui.tui.screens.pager import PagerScreen
from tracetui.tui.screens.save import SaveScreen
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.screens.waterfall import WaterfallScreen

ODD = (
    span(
        1,
        0,
        0,
        100,
        name="GET [b]/x[/nope]",
        service="front\x1b]52;c;eA==\x07",
        attributes={
            "db.statement": "SELECT\n\tname\nFROM x;\n",
            "plain": "va\x1blue",
            "list": [1, "two"],
            "long": "x" * (MOST_BYTES + 1),
        },
    ),
)
NO_CLIPBOARD_PROGRAMS = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP", "TMUX", "STY")


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("SSH_CONNECTION", "a b c d")  # so that the clipboard of this machine is left alone
    for name in ("NO_COLOR", *NO_CLIPBOARD_PROGRAMS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


class Sent(list[str]):
    """What the terminal was sent that concerns the clipboard."""

    def listen(self, app: Any) -> Sent:
        write = app._driver.write

        def writing(data: str) -> None:
            if "]52;" in data:
                self.append(data)
            write(data)

        app._driver.write = writing
        return self

    @property
    def text(self) -> str:
        (sequence,) = self
        return base64.b64decode(sequence.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()


def box(app: Any) -> str:
    """What the menu shows, without what is seen around it."""
    region = app.screen.query_one("#box").region
    lines = text_of(app)[max(0, region.y) : region.bottom]
    return "\n".join(line.ljust(region.right)[region.x : region.right] for line in lines)


def told(app: Any) -> str:
    return text_of(app)[-1]


async def copied(pilot: Any, sent: Sent, *keys: str) -> str:
    """What keys have put into the clipboard."""
    sent.clear()
    await press(pilot, *keys)
    await until(pilot, lambda: bool(sent))
    await settle(pilot)
    return sent.text


async def test_each_thing_of_a_span_has_its_letter() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        sent = Sent().listen(app)
        await press(pilot, "j", "y")
        assert isinstance(app.screen, CopyScreen)
        shown = "\n".join(text_of(app))
        assert "i  span id" in shown and "0000000000000002" in shown
        assert "database" not in shown and "value" not in shown
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)
        assert not sent
        assert await copied(pilot, sent, "y", "i") == "0000000000000002"
        assert told(app).endswith("span id sent to the terminal's clipboard: 16 characters")
        assert await copied(pilot, sent, "y", "t") == f"{1:032x}"
        value = json.loads(await copied(pilot, sent, "y", "s"))
        assert (value["key"], value["self_time_nano"], value["critical_path_nano"]) == (
            "0000000000000002",
            15_000_000,
            15_000_000,
        )
        assert " lines" in told(app)
        assert (await copied(pilot, sent, "y", "m")).startswith("### auth authorize\n")
        assert (await copied(pilot, sent, "y", "c")).startswith("### Critical path of frontend")
        words = shlex.split(await copied(pilot, sent, "y", "l"))
        assert words == ["tracetui", str(Path("made/by hand.json").absolute()), "--trace", f"{1:032x}"]


async def test_the_menu_by_arrows_and_by_mouse() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        sent = Sent().listen(app)
        assert await copied(pilot, sent, "y", "enter") == "0000000000000001"
        assert await copied(pilot, sent, "y", "j", "down", "down", "k", "down", "enter") == f"{1:032x}"
        await press(pilot, "y")
        sent.clear()
        await pilot.click("_Choices", offset=(5, 3))
        await until(pilot, lambda: bool(sent))
        assert sent.text == f"{1:032x}"
        await press(pilot, "y", "y")
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "y")
        await pilot.click(offset=(1, 1))
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "y", "q")
        assert app._exit


async def test_the_value_under_the_cursor_of_the_detail() -> None:
    async with viewing(Made(collection(ODD)), size=(150, 40)) as (app, pilot):
        sent = Sent().listen(app)
        await press(pilot, "tab", "f", *"plain", "enter", "G")
        await press(pilot, "y")
        shown = "\n".join(text_of(app))
        assert "v  value" in shown and "va␛lue" in shown
        assert "d  database statement" in shown and "SELECT name FROM x;" in shown
        assert "\x1b" not in shown
        sent.clear()
        assert await copied(pilot, sent, "v") == "va␛lue"
        assert await copied(pilot, sent, "y", "d") == "SELECT\n\tname\nFROM x;"
        value = await copied(pilot, sent, "y", "m")
        assert "\x1b" not in value and "␛\\]52" in value


async def test_markup_of_a_trace_stays_text() -> None:
    async with viewing(Made(collection(ODD))) as (app, pilot):
        await press(pilot, "y")
        shown = "\n".join(text_of(app))
        assert "GET [b]/x[/nope]" in shown and "␛]52;c;eA==␇" in shown


async def test_what_is_too_long_for_a_terminal_is_told() -> None:
    async with viewing(Made(collection(ODD)), size=(150, 40)) as (app, pilot):
        sent = Sent().listen(app)
        await press(pilot, "y", "s")
        await until(pilot, lambda: "not copied" in told(app))
        assert "bytes are more than the 74,994 that a terminal takes" in told(app)
        assert not sent


async def test_a_terminal_without_a_clipboard_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with viewing(Made(collection(CHECKOUT)), size=(150, 40)) as (app, pilot):
        sent = Sent().listen(app)
        monkeypatch.setenv("TERM", "dumb")
        await press(pilot, "y", "i")
        await until(pilot, lambda: "not copied" in told(app))
        assert "this terminal has no clipboard (TERM=dumb)" in told(app)
        assert not sent


def program(folder: Path, script: str) -> None:
    path = folder / "xclip"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def test_a_program_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(folder, f'cat > "{folder}/out"')
    monkeypatch.delenv("SSH_CONNECTION")
    monkeypatch.delenv("SSH_CLIENT", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        sent = Sent().listen(app)
        await press(pilot, "y", "i")
        await until(pilot, lambda: "copied by xclip: 16 characters" in told(app))
        assert (folder / "out").read_text() == "0000000000000001"
        assert not sent
        program(folder, "exit 1")
        monkeypatch.setenv("PATH", str(folder))
        assert await copied(pilot, sent, "y", "i") == "0000000000000001"


async def test_textual_copies_the_same_way() -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        sent = Sent().listen(app)
        app.copy_to_clipboard("a\ud800b")
        await until(pilot, lambda: bool(sent))
        assert sent.text == "a\ufffdb"
        assert app.clipboard == "a\ud800b"


async def test_the_list_copies_of_its_trace() -> None:
    several = collection(CHECKOUT, (span(1, 0, 0, 900, name="slow"),))
    async with viewing(Made(several)) as (app, pilot):
        assert isinstance(app.screen, TraceListScreen)
        sent = Sent().listen(app)
        assert await copied(pilot, sent, "y", "t") == f"{2:032x}"
        await press(pilot, "y")
        assert "trace id" in box(app) and "span" not in box(app)


async def test_a_pager_copies_its_value_at_once() -> None:
    async with viewing(Made(collection(ODD)), size=(150, 40)) as (app, pilot):
        sent = Sent().listen(app)
        await press(pilot, "tab", "f", *"list", "enter", "G", "enter")
        assert isinstance(app.screen, PagerScreen)
        assert json.loads(await copied(pilot, sent, "y")) == [1, "two"]
        assert "value sent to the terminal" in told(app)


async def test_saving_as_it_came(folder: Path) -> None:
    async with viewing(Made(load([str(sample("checkout.json"))]))) as (app, pilot):
        trace_id = app.collection.traces[0].trace_id
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, SaveScreen)
        assert f" {trace_id}.json" in "\n".join(text_of(app))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        await settle(pilot)
        assert f"saved {trace_id}.json: " in told(app)
        assert (folder / f"{trace_id}.json").read_bytes() == sample("checkout.json").read_bytes()


async def test_saving_as_otlp_and_never_over_a_file(folder: Path) -> None:
    async with viewing(Made(load([str(sample("checkout.json"))]))) as (app, pilot):
        await press(pilot, "ctrl+s")
        field = app.screen.query_one(Input)
        field.value = "mine.json"
        (folder / "mine.json").write_text("mine")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: "a file of that name exists" in "\n".join(text_of(app)))
        assert (folder / "mine.json").read_text() == "mine"
        await press(pilot, "end", "q")
        assert field.value == "mine.jsonq"
        assert "exists" not in "\n".join(text_of(app))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
    again = load([str(folder / "mine.jsonq")])
    assert again.sources[0].format == "otlp-json"
    assert sorted(path.name for path in folder.iterdir()) == ["mine.json", "mine.jsonq"]


async def test_saving_one_of_several(folder: Path) -> None:
    async with viewing(Made(load([str(sample("several-traces.json"))]))) as (app, pilot):
        await press(pilot, "down", "ctrl+s")
        assert "the source holds more than this trace" in "\n".join(text_of(app))
        wanted = app.screen._trace.trace_id
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, TraceListScreen))
    assert load([str(folder / f"{wanted}.json")]).store.trace_ids == [wanted]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("", "give a file name"), ("none/x", "there is no folder none"), ("~nobody-here/x", "home folder")],
)
async def test_what_cannot_be_saved_is_told(folder: Path, name: str, wanted: str) -> None:
    async with viewing(Made(collection(CHECKOUT))) as (app, pilot):
        await press(pilot, "ctrl+s")
        app.screen.query_one(Input).value = name
        await press(pilot, "enter")
        await until(pilot, lambda: wanted in "\n".join(text_of(app)))
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (200, 60)])
@pytest.mark.parametrize("key", ["y", "ctrl+s"])
async def test_any_size_and_ascii(size: tuple[int, int], key: str) -> None:
    async with viewing(Made(collection(CHECKOUT)), size=size, ascii=True) as (app, pilot):
        await press(pilot, key)
        assert box(app).isascii()
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)
