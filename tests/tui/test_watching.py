"""A file that is replaced, cut or written over while the viewer shows it: noticed, told, nothing made up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.conftest import sample
from tests.tui.test_screens import SIZES
from tests.tui.viewer import press, settle, text_of, until, viewing
from tracetui.loaders import LoadOptions
from tracetui.model.issues import IssueCode
from tracetui.tui import watching
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.issues import IssuesScreen
from tracetui.tui.screens.traces import TraceListScreen

SIZE = (120, 40)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REST_S", 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample("checkout.json"), tmp_path / "mine.json"))


def started(*paths: Path) -> Loading:
    loading = Loading([str(path) for path in paths], LoadOptions())
    loading.start()
    return loading


def shown(app: TraceApp) -> str:
    return "\n".join(text_of(app))


def later(path: Path) -> None:
    """Give a file another time, as every change does unless the clock stands still."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 1_000_000))


def replace(path: Path) -> None:
    new = path.with_name("new")
    new.write_bytes(sample("several-traces.json").read_bytes())
    new.replace(path)


def write_over(path: Path) -> None:
    with path.open("r+b") as same:
        same.write(path.read_bytes().replace(b"checkout", b"CHECKOUT"))
    later(path)


def cut(path: Path) -> None:
    os.truncate(path, 1000)


def remove(path: Path) -> None:
    path.unlink()


async def noticed(pilot: Pilot[Any], app: TraceApp) -> None:
    """Give the terminal the focus, as on coming back from another window, and wait for the answer."""
    app.post_message(events.AppFocus())
    await until(pilot, lambda: app.collection is not None and bool(app.collection.fates))
    await settle(pilot)


@pytest.mark.parametrize(
    ("change", "fate", "told"),
    [
        (replace, "replaced", "was replaced by another file since it was read: the old one is shown"),
        (write_over, "changed", "was changed since it was read: what was not read before cannot"),
        (cut, "cut", "was cut since it was read: what was not read before cannot"),
        (remove, "removed", "was removed since it was read: it is shown as it was"),
    ],
)
async def test_noticed_told_and_marked(
    path: Path, change: Callable[[Path], None], fate: str, told: str
) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        assert "file " not in text_of(app)[0]
        change(path)
        await noticed(pilot, app)
        (notice,) = app._notifications
        assert " ".join(notice.message.split()).startswith(f"mine.json {told}")
        assert f"file {fate}" in text_of(app)[0]
        assert "1 issue" in text_of(app)[0]
        await press(pilot, "j")
        await app.workers.wait_for_complete()
        await settle(pilot)
        (issue,) = app.collection.issues
        assert (issue.code, issue.count) == (IssueCode.SOURCE_CHANGED, 1)
        assert len(app._notifications) == 1  # once is enough
        await press(pilot, "exclamation_mark")
        assert f"{fate}: {path}" in shown(app)


@pytest.mark.parametrize("change", [write_over, cut])
async def test_what_cannot_be_read_any_more_says_so(path: Path, change: Callable[[Path], None]) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        change(path)
        app.collection.store._cache.clear()  # what was looked at before can still be shown
        await press(pilot, "j", "enter")
        await until(pilot, lambda: bool(app.collection.fates))
        await settle(pilot)
        text = " ".join(shown(app).split())
        assert "this record cannot be read any more" in text
        assert "not known: the record cannot be read" in text
        assert "no attributes" not in text


async def test_of_a_replaced_file_the_old_one_is_shown(path: Path) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        replace(path)
        await press(pilot, *"jjj", "enter")
        assert "db.statement" in shown(app) or "http." in shown(app)
        assert "cannot be read" not in shown(app)


async def test_reading_again_shows_what_is_there_now_and_takes_the_mark_away(path: Path) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        write_over(path)
        await noticed(pilot, app)
        before = app.collection
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before and not app.opener.is_reading)
        await settle(pilot)
        assert "file changed" not in text_of(app)[0]
        assert not app._notifications
        assert "issue" not in text_of(app)[0]
        assert "CHECKOUT" in shown(app).upper()
        await press(pilot, "j", "enter")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert not app.collection.fates
        assert "cannot be read" not in shown(app)


async def test_reading_again_what_is_no_trace_any_more_keeps_mark_and_picture(path: Path) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        path.write_text("{}")
        later(path)
        await noticed(pilot, app)
        await press(pilot, "R")
        await until(pilot, lambda: not app.opener.is_reading)
        await settle(pilot)
        assert "file cut" in text_of(app)[0]
        assert any("not read again" in notice.message for notice in app._notifications)


async def test_a_file_that_grows_is_mentioned_and_not_marked(path: Path) -> None:
    async with viewing(started(path), SIZE) as (app, pilot):
        with path.open("ab") as more:
            more.write(b" \n")
        later(path)
        await noticed(pilot, app)
        assert "mine.json has grown: R reads it again" in text_of(app)[-1]
        assert not app._notifications
        assert "file " not in text_of(app)[0]
        assert not app.collection.issues
        cut(path)
        app.collection.fates[0] = watching.Fate.GROWN
        await press(pilot, "j")
        await until(pilot, lambda: "file cut" in text_of(app)[0])


async def test_only_the_traces_of_that_file_are_marked_and_an_open_report_is_renewed(
    path: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copy(sample("several-traces.json"), tmp_path / "others.json"))
    async with viewing(started(path, other), SIZE) as (app, pilot):
        assert isinstance(app.screen, TraceListScreen)
        await press(pilot, "exclamation_mark")
        assert isinstance(app.screen, IssuesScreen)
        assert "no longer" not in shown(app)
        cut(other)
        await noticed(pilot, app)
        assert "1 file is no longer the one that was read" in shown(app)
        await press(pilot, "escape")
        assert "file cut" in text_of(app)[0]
        app.open_trace(0)
        await settle(pilot)
        assert "file cut" not in text_of(app)[0]
        app.open_trace(1)
        await settle(pilot)
        assert "file cut" in text_of(app)[0]


async def test_the_file_system_is_asked_once_in_a_while(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REST_S", 1000.0)
    asked: list[int] = []
    monkeypatch.setattr(watching, "look_at", lambda sources: asked.append(len(sources)) or {})
    async with viewing(started(path), SIZE) as (app, pilot):
        app.watcher._asked_at = -1000.0
        await press(pilot, *"jkjkjkjk")
        await app.workers.wait_for_complete()
        assert len(asked) <= 1
        assert app.watcher._timer is not None  # what happens meanwhile is asked about later, once


async def test_findings_that_cannot_be_looked_for_any_more_say_so(path: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(sample("several-traces.json"), tmp_path / "others.json"))
    async with viewing(started(path, other), (180, 50)) as (app, pilot):
        cut(other)
        app.open_trace(1)
        await until(pilot, lambda: "cannot be found out" in shown(app))
        assert "looking…" not in shown(app)


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_picture(
    path: Path, size: tuple[int, int], svg: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with viewing(started(Path("mine.json")), size) as (app, pilot):
        write_over(path)
        app.collection.store._cache.clear()
        await press(pilot, "j", "enter")
        await until(pilot, lambda: bool(app._notifications))
        await settle(pilot)
        assert app.export_screenshot(simplify=True) == svg
