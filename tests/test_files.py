"""Files are written whole or not at all, and never over another one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracetui.files import reason, replace_file, write_new


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    assert write_new(path, b"whole") == 5
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["trace.json"]


def test_pieces_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    assert write_new(path, (b"x" * 700_000 for _ in range(5))) == 3_500_000
    assert path.read_bytes() == b"x" * 3_500_000


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder"])
def test_what_is_there_is_never_written_over(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "trace.json", tmp_path / "other"
    if kind == "file":
        path.write_bytes(b"mine")
    elif kind == "folder":
        path.mkdir()
    else:
        if kind == "link":
            other.write_bytes(b"mine")
        path.symlink_to(other)
    before = names(tmp_path)
    with pytest.raises(FileExistsError) as caught:
        write_new(path, b"theirs")
    assert reason(caught.value) == "file exists"
    assert names(tmp_path) == before
    assert kind not in ("file", "link") or path.read_bytes() == b"mine"


def test_what_comes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"

    def pieces() -> Iterator[bytes]:
        yield b"theirs"
        path.write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        write_new(path, pieces())
    assert path.read_bytes() == b"mine"
    assert names(tmp_path) == ["trace.json"]


def test_without_hard_links_the_name_is_taken_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "trace.json"
    write_new(path, b"whole")
    assert path.read_bytes() == b"whole"
    with pytest.raises(FileExistsError):
        write_new(path, b"again")
    assert names(tmp_path) == ["trace.json"]


@pytest.mark.parametrize("write", [write_new, replace_file])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object) -> None:
    def full(_fd: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write(tmp_path / "trace.json", b"whole")  # type: ignore[operator]
    assert reason(caught.value) == "no space left on device"
    assert names(tmp_path) == []


def test_what_makes_the_content_may_fail(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("no more")

    path = tmp_path / "trace.json"
    path.write_bytes(b"mine")
    with pytest.raises(ValueError, match="no more"):
        replace_file(path, pieces())
    assert path.read_bytes() == b"mine"
    assert names(tmp_path) == ["trace.json"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "settings"
    path.write_bytes(b"old")
    assert replace_file(path, b"new", mode=0o644) == 3
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["settings"]


def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    write_new(path, b"whole")
    assert path.read_bytes() == b"whole"
