"""The screen to start with, another file from inside the viewer, and reading again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import sample
from tests.tui.viewer import press, settle, text_of, until, viewing
from tracetui.config import Loaded
from tracetui.config.recent import read_recent
from tracetui.loaders import LoadOptions
from tracetui.tui import paths
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.open import OpenScreen, StartScreen
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.settings import Keeper
from tracetui.tui.state.view import ViewState


def loading(*names: Path | str) -> Loading:
    found = Loading([str(name) for name in names], LoadOptions())
    if names:
        found.start()
    return found


def keeper(folder: Path, *recent: Path | str) -> Keeper:
    """Settings kept nowhere, and a list of recent files."""
    path = folder / "recent.json"
    path.write_text(json.dumps({"version": 1, "recent": [str(name) for name in recent]}))
    return Keeper(Loaded.defaults(), path)


def shown(app: TraceApp) -> str:
    return "\n".join(text_of(app))


def view_of(app: TraceApp) -> ViewState:
    return app._kept[app.collection.traces[app._open].trace_id][1]


async def type_in(pilot: Pilot[None], text: str) -> None:
    for character in text:
        await pilot.press({"/": "slash", ".": "full_stop", " ": "space"}.get(character, character))
    await settle(pilot)


async def read(pilot: Pilot[None], app: TraceApp) -> None:
    await until(pilot, lambda: app.finished and not app.opener.is_reading and app.collection is not None)
    await settle(pilot)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace that may be changed."""
    return Path(shutil.copy(sample("checkout.json"), tmp_path / "mine.json"))


async def test_the_first_start_is_neither_empty_nor_an_error() -> None:
    async with viewing(loading(), (80, 24)) as (app, pilot):
        text = shown(app)
        assert "nothing has been opened yet" in text
        assert "| tracetui -" in text
        assert "path of a file or a folder" in text
        await press(pilot, "R")
        assert app.focused is not None  # a letter in the field
        await press(pilot, "escape", "R")
        assert "nothing is open yet" in shown(app)
        await pilot.press("q")
    assert app.return_code == 0
    assert app.failure is None


async def test_a_recent_file_is_opened_from_the_list(tmp_path: Path, trace: Path) -> None:
    settings = keeper(tmp_path, tmp_path / "gone.json", trace, sample("several-traces.json"))
    async with viewing(loading(), (80, 24), keeper=settings) as (app, pilot):
        await until(pilot, lambda: "missing" in shown(app))
        assert "gone.json" in shown(app)
        await press(pilot, "enter")
        await until(pilot, lambda: "no such file" in shown(app))
        assert isinstance(app.screen, StartScreen)
        await press(pilot, "j", "enter")
        await read(pilot, app)
        assert isinstance(app.screen, WaterfallScreen)
        await until(pilot, lambda: read_recent(tmp_path / "recent.json")[0] == str(trace))


async def test_a_path_is_typed_completed_and_opened(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trace.parent)
    (trace.parent / "more.json").write_text("{}")
    async with viewing(loading(), (80, 24)) as (app, pilot):
        await type_in(pilot, "m")
        await press(pilot, "tab")
        await until(pilot, lambda: "mine.json  more.json" in shown(app))
        await type_in(pilot, "i")
        await press(pilot, "tab")
        await until(pilot, lambda: "mine.json" in shown(app))
        await press(pilot, "enter")
        await read(pilot, app)
        assert isinstance(app.screen, WaterfallScreen)
        assert app.loading.names == ("mine.json",)


async def test_what_cannot_be_opened_is_one_line_and_the_screen_stays(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text('{"hello": 1}')
    async with viewing(loading(), (80, 24)) as (app, pilot):
        await type_in(pilot, "ftp://x/y")
        await press(pilot, "enter")
        assert "an address begins with http:// or https://" in shown(app)
        await press(pilot, "ctrl+u")
        assert "begins with http" not in shown(app)
        app.screen.query_one("PathField").value = str(tmp_path / "no.json")
        await press(pilot, "enter")
        await until(pilot, lambda: "✗" in shown(app))
        assert isinstance(app.screen, StartScreen)
        assert app.failure is None


async def test_another_file_takes_the_place_of_the_one_that_is_open(tmp_path: Path, trace: Path) -> None:
    settings = keeper(tmp_path, sample("several-traces.json"))
    async with viewing(loading(trace), keeper=settings) as (app, pilot):
        await press(pilot, "j", "ctrl+o")
        assert isinstance(app.screen, OpenScreen)
        await type_in(pilot, "nowhere")
        await press(pilot, "enter")
        await until(pilot, lambda: "no such file" in shown(app))
        assert isinstance(app.screen, OpenScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, WaterfallScreen)
        assert view_of(app).cursor == 1
        await press(pilot, "ctrl+o", "down", "G", "enter")
        await read(pilot, app)
        assert isinstance(app.screen, TraceListScreen)
        assert len(app.collection.traces) > 1
        await press(pilot, "enter")
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, TraceListScreen)


async def test_reading_again_keeps_what_was_done(trace: Path) -> None:
    async with viewing(loading(trace)) as (app, pilot):
        await press(pilot, "j", "h", "j", "j", "z", "m")
        view, before = view_of(app), app.collection
        key = app.collection.store.key(view.forest.row(view.cursor))
        document = json.loads(trace.read_text())
        spans = document["data"][0]["spans"]
        root = next(span for span in spans if not span.get("references"))
        extra = {**root, "spanID": "00000000000000aa", "startTime": root["startTime"] + 1, "duration": 1}
        extra["references"] = [{"refType": "CHILD_OF", "traceID": root["traceID"], "spanID": root["spanID"]}]
        trace.write_text(json.dumps({"data": [{**document["data"][0], "spans": [extra, *spans]}]}))
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before)
        await read(pilot, app)
        now = view_of(app)
        assert len(now.forest) == len(view.forest) + 1
        assert app.collection.store.key(now.forest.row(now.cursor)) == key
        assert now.cursor == view.cursor + 1
        assert now.window == view.window
        assert int(now.folded.sum()) == 2  # and the run of like siblings
        assert now.marks == {now.cursor}
        assert text_of(app)[-1].endswith("read again: 60 spans")


async def test_reading_again_keeps_the_path_alone_and_the_root(trace: Path) -> None:
    async with viewing(loading(trace)) as (app, pilot):
        await press(pilot, "c", "j", "r")
        before, view = app.collection, view_of(app)
        assert view.only_path and view.root >= 0
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before)
        await read(pilot, app)
        assert view_of(app).only_path
        assert view_of(app).root == view.root
        assert view_of(app).visible.tolist() == view.visible.tolist()


async def test_a_filter_is_in_force_after_reading_again(trace: Path) -> None:
    async with viewing(loading(trace)) as (app, pilot):
        await press(pilot, "f", *"auth", "enter")
        await until(pilot, lambda: view_of(app).matches is not None)
        count, before = len(view_of(app).visible), app.collection
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before)
        await read(pilot, app)
        await until(pilot, lambda: view_of(app).matches is not None)
        assert len(view_of(app).visible) == count


def not_read(app: TraceApp) -> list[str]:
    """What is told of sources that were not read again."""
    told = [notification.message for notification in app._notifications]
    return [message for message in told if message.startswith("not read again: ")]


@pytest.mark.parametrize("what", ["gone", "no trace"])
async def test_a_file_that_cannot_be_read_again_leaves_what_is_there(trace: Path, what: str) -> None:
    async with viewing(loading(trace)) as (app, pilot):
        before = app.collection
        if what == "gone":
            trace.unlink()
        else:
            trace.write_text('{"hello": 1}')
        await press(pilot, "j", "R")
        await until(pilot, lambda: not_read(app))
        (told,) = not_read(app)
        assert "mine.json" in told and "\n" not in told
        assert app.collection is before
        assert not app.opener.is_reading
        assert view_of(app).cursor == 1
        await press(pilot, "enter")
        assert isinstance(app.screen, WaterfallScreen)


async def test_one_of_several_files_that_is_gone_leaves_all(trace: Path) -> None:
    async with viewing(loading(trace, sample("failing-request.json"))) as (app, pilot):
        before = app.collection
        trace.unlink()
        await press(pilot, "R")
        await until(pilot, lambda: not_read(app))
        assert app.collection is before


async def test_a_stream_is_told_to_be_read_only_once(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with viewing(loading(trace)) as (app, pilot):
        app.loading.names = ("-",)
        await press(pilot, "R")
        assert text_of(app)[-1].endswith("standard input cannot be read again")


async def test_the_list_of_traces_is_read_again_and_stays_where_it_was(tmp_path: Path) -> None:
    several = Path(shutil.copy(sample("several-traces.json"), tmp_path / "several.json"))
    async with viewing(loading(several)) as (app, pilot):
        await press(pilot, "j", "j")
        state = app.screen.state
        before, at = app.collection, app.collection.store.trace_ids[state.current]
        document = json.loads(several.read_text())
        document["data"] = document["data"][::-1]
        several.write_text(json.dumps(document))
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before)
        await read(pilot, app)
        assert isinstance(app.screen, TraceListScreen)
        assert app.collection.store.trace_ids[state.current] == at
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WaterfallScreen))
        assert app.collection.traces[app._open].trace_id == at


async def test_a_trace_that_is_no_longer_there_gives_way(tmp_path: Path) -> None:
    several = Path(shutil.copy(sample("several-traces.json"), tmp_path / "several.json"))
    async with viewing(loading(several)) as (app, pilot):
        await press(pilot, "enter")
        before, gone = app.collection, app.collection.traces[app._open].trace_id
        document = json.loads(several.read_text())
        document["data"] = [one for one in document["data"] if one["traceID"] != gone]
        several.write_text(json.dumps(document))
        await press(pilot, "R")
        await until(pilot, lambda: app.collection is not before)
        await read(pilot, app)
        assert isinstance(app.screen, TraceListScreen)
        assert "the trace is no longer there" in shown(app)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (20, 5), (40, 10), (200, 60)])
async def test_every_size_is_drawn(size: tuple[int, int], tmp_path: Path) -> None:
    settings = keeper(tmp_path, *(f"/srv/traces/日本語\x1b[31m/{n}.json" for n in range(30)))
    async with viewing(loading(), size, keeper=settings) as (app, pilot):
        await press(pilot, "j", "G", "tab", "tab", "ctrl+o", "escape", "g", "k", "pagedown", "f1", "escape")
        assert app.crash is None
        assert "\x1b" not in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_picture(size: tuple[int, int], tmp_path: Path, svg, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TERM": "xterm-256color", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    sizes = {"checkout.json": "88.0 kB", "monday": "folder", "large-5000.json.gz": "3.6 MB"}
    seen = {name: paths.Seen(True, words) for name, words in sizes.items()}
    missing = paths.Seen(False, "missing")
    monkeypatch.setattr(paths, "look", lambda path: seen.get(path.rpartition("/")[2], missing))
    recent = [
        f"/srv/traces/{name}" for name in ("checkout.json", "monday", "gone.json", "large-5000.json.gz")
    ]
    async with viewing(loading(), size, keeper=keeper(tmp_path, *recent)) as (app, pilot):
        await until(pilot, lambda: "missing" in shown(app))
        assert app.export_screenshot(simplify=True) == svg
