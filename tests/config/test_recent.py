"""The list of recent files."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from tracetui.config import NotKept
from tracetui.config.recent import MAX_RECENT, read_recent, recent_path, remember


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tracetui" / "recent.json"


def made(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_text("{}")
    return [str(folder / name) for name in names]


def test_it_is_in_the_xdg_place_for_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert recent_path() == tmp_path / "tracetui" / "recent.json"


def test_the_latest_come_first_and_once(state: Path, tmp_path: Path) -> None:
    a, b, c = made(tmp_path, "a", "b", "c")
    remember([a], state)
    remember([b, c], state)
    remember([a], state)
    assert read_recent(state) == [a, b, c]
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


def test_it_is_bounded(state: Path, tmp_path: Path) -> None:
    names = made(tmp_path, *(f"trace{n}" for n in range(2 * MAX_RECENT)))
    remember(names, state)
    assert read_recent(state) == names[:MAX_RECENT]


def test_paths_are_absolute(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a.json")
    monkeypatch.chdir(tmp_path)
    remember(["./a.json", "."], state)
    assert read_recent(state) == [str(tmp_path / "a.json"), str(tmp_path)]


def test_what_will_not_be_there_again_is_passed_over(state: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    gone = str(tmp_path / "gone.json")
    secret = "https://user:pass@example.net/trace/1"
    remember(["-", str(tmp_path / "fifo"), "/dev/fd/0", gone, secret, "a\0b", "\udcff"], state)
    assert read_recent(state) == []
    assert not state.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recent": [1]}', '{"recent": "x"}'])
def test_a_list_that_cannot_be_read_is_begun_anew(state: Path, tmp_path: Path, text: str) -> None:
    state.parent.mkdir(parents=True)
    state.write_text(text)
    assert read_recent(state) == []
    remember(made(tmp_path, "a"), state)
    assert read_recent(state) == [str(tmp_path / "a")]


def test_a_newer_list_is_left_alone(state: Path, tmp_path: Path) -> None:
    state.parent.mkdir(parents=True)
    text = json.dumps({"version": 2, "recent": ["/x"], "more": 1})
    state.write_text(text)
    remember(made(tmp_path, "a"), state)
    assert read_recent(state) == ["/x"]
    assert state.read_text() == text


def test_what_cannot_be_written_is_told_in_one_line(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(NotKept, match="cannot be kept: no space left on device"):
        remember(made(tmp_path, "a"), state)


def test_lists_of_viewers_that_write_at_once_are_joined(state: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(12)]
    for file in files:
        file.touch()
    writers = [Thread(target=remember, args=([str(file)], state)) for file in files]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(read_recent(state)) == sorted(map(str, files))


def test_what_a_killed_viewer_left_goes_with_the_next_write(state: Path, tmp_path: Path) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    left = [state.parent / f".tracetui-{number:016x}.tmp" for number in range(2)]
    for file in (*left, state.parent / ".tracetui-notes.tmp"):
        file.touch()
    for file in (left[0], state.parent / ".tracetui-notes.tmp"):
        os.utime(file, (0, 0))
    (tmp_path / "a.json").touch()
    remember([str(tmp_path / "a.json")], state)
    assert {file.name for file in state.parent.glob(".tracetui-*")} == {left[1].name, ".tracetui-notes.tmp"}
