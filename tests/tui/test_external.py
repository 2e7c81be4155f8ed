"""A value in the user's own pager or editor."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.tui.viewer import CHECKOUT, Made, collection, press, text_of, viewing
from tracetui.errors import UsageError
from tracetui.tui import external
from tracetui.tui.app import TraceApp
from tracetui.tui.detail.lines import Entry
from tracetui.tui.screens.pager import PagerScreen
from tracetui.tui.terminal import LITTER

COPY = """
import json, os, stat, sys
path = sys.argv[-1]
mode = stat.S_IMODE(os.stat(path).st_mode)
json.dump([path, mode, open(path, encoding="utf-8", errors="surrogatepass").read()], open(sys.argv[1], "w"))
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program that stands for pager and editor writes what it got: path, mode and text."""
    monkeypatch.setattr(TraceApp, "suspend", lambda app: contextlib.nullcontext())
    script, out = tmp_path / "a program.py", tmp_path / "told.json"
    script.write_text(COPY)
    command = shlex.join([sys.executable, str(script), str(out)])
    for name in ("PAGER", "EDITOR"):
        monkeypatch.setenv(name, command)
    monkeypatch.delenv("VISUAL", raising=False)
    return out


async def show(entry: Entry, key: str) -> str:
    """Press a key where a value is shown; the last line of the screen."""
    async with viewing(Made(collection(CHECKOUT)), (80, 24)) as (app, pilot):
        app.push_screen(PagerScreen(entry))
        await press(pilot, key)
        assert isinstance(app.screen, PagerScreen)
        return text_of(app)[-1]


async def test_the_pager_gets_what_is_fit_for_a_terminal(told: Path) -> None:
    await show(Entry("note", "one\x1b[31m\ntwo\x07"), "vertical_line")
    path, mode, text = json.loads(told.read_text())
    assert text == "one␛[31m\ntwo␇"
    assert mode == 0o600
    assert not Path(path).exists()
    assert not LITTER


async def test_the_pager_gets_json_laid_out(told: Path) -> None:
    await show(Entry("body", '{"a": [1, 2], "b": "' + "x" * 80 + '"}'), "vertical_line")
    text = json.loads(told.read_text())[2]
    assert text.startswith("{\n")


async def test_the_editor_gets_the_value_as_it_is(told: Path) -> None:
    await show(Entry("note", "one\x1b[31m\r\ntwo\ud800"), "ctrl+e")
    assert json.loads(told.read_text())[2] == "one\x1b[31m\ntwo\ud800"


@pytest.mark.parametrize("value", ["no-such-program-here", "'unclosed"])
async def test_a_program_that_is_not_there_is_told(
    told: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", value)
    assert "$PAGER" in (await show(Entry("note", "x"), "vertical_line")).split("help")[-1]
    assert not told.exists()


async def test_a_program_that_cannot_be_started_is_told(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(broken))
    last = await show(Entry("note", "x"), "ctrl+e")
    assert last.split("help")[-1].strip()
    assert not LITTER


def test_the_usual_programs_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external.shutil, "which", lambda name: name if name == "more" else None)
    assert external.pager({"PAGER": " "}) == ["more"]
    with pytest.raises(UsageError, match="EDITOR"):
        external.editor({})
    monkeypatch.setattr(external.shutil, "which", lambda name: name)
    assert external.editor({"VISUAL": "emacs -nw", "EDITOR": "ed"}) == ["emacs", "-nw"]
