"""Sources: the same bytes from a file and from a stream; what is no source; which files a name stands for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tracetui.errors import InputError
from tracetui.sources import Stopped, expand, open_source

DATA = b"".join(b"line %d of some text\n" % number for number in range(60_000))


def whole(source: object) -> bytes:
    pieces, at = [], 0
    while piece := source.pread(at, 100_003):  # type: ignore[attr-defined]
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def test_a_file_is_read_in_place(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(DATA)
    source = open_source(str(path))
    assert (whole(source), source.size) == (DATA, len(DATA))
    assert source.pread(len(DATA) - 3, 100) == DATA[-3:]
    assert source.pread(len(DATA) + 5, 100) == b""
    assert source.progress() == (len(DATA), len(DATA))
    source.close()


@pytest.mark.parametrize(
    "name, wanted", [("missing", "no such file"), ("a\0b", "no path"), ("empty", "is empty")]
)
def test_what_is_no_source_is_told(tmp_path: Path, name: str, wanted: str) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match=wanted):
        open_source(os.path.join(tmp_path, name))


def test_a_file_without_a_size_is_read_as_a_stream() -> None:
    if not os.path.exists("/proc/self/status"):
        pytest.skip("no such files here")
    source = open_source("/proc/self/status")
    assert whole(source).startswith(b"Name:")
    assert source.size and source.pread(0, 5) == b"Name:"


def tree(top: Path) -> str:
    for name in ("b.json", "a.json", "[x].json", "sub/c.json", ".hidden", ".git/d.json"):
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text("x")
    return str(top)


def test_names_stand_for_files(tmp_path: Path) -> None:
    at = tree(tmp_path)
    assert expand(at).paths == [f"{at}/{n}" for n in ("[x].json", "a.json", "b.json", "sub/c.json")]
    assert expand(f"{at}/*.json").paths == [f"{at}/{n}" for n in ("[x].json", "a.json", "b.json")]
    assert expand(f"{at}/**").paths == [f"{at}/{n}" for n in ("[x].json", "a.json", "b.json", "sub/c.json")]
    assert expand(f"{at}/s*").paths == [f"{at}/sub/c.json"]
    for name in (f"{at}/[x].json", "-"):
        found = expand(name)
        assert (found.paths, found.is_group) == ([name], False)
    for name in (f"{at}/nope.json", f"{at}/*.txt"):
        with pytest.raises(InputError):
            expand(name)


def test_what_is_no_file_in_a_folder_is_told_and_not_followed(tmp_path: Path) -> None:
    at = tree(tmp_path)
    os.mkfifo(f"{at}/pipe")
    os.symlink("loop", f"{at}/loop")
    os.symlink("nowhere", f"{at}/dangling")
    os.symlink(at, f"{at}/sub/up")
    os.symlink("a.json", f"{at}/other.json")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{at}/s")
        found = expand(at)
    assert [path.removeprefix(at) for path in found.paths] == [
        "/[x].json", "/a.json", "/b.json", "/other.json", "/sub/c.json"
    ]  # fmt: skip
    told = dict(line.removeprefix(at).split(": ", 1) for line in found.skipped)
    assert told["/pipe"] == "a FIFO" and told["/s"] == "a socket"
    assert "leads nowhere" in told["/loop"] and "leads nowhere" in told["/dangling"]
    assert "not followed" in told["/sub/up"]


def test_a_folder_that_cannot_be_looked_into_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, scan = tree(tmp_path), os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/sub"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = expand(at)
    assert [str(error) for error in found.failures] == [f"{at}/sub: cannot be looked into: permission denied"]
    assert len(found.paths) == 3


def test_looking_for_files_can_be_stopped(tmp_path: Path) -> None:
    def tick() -> None:
        raise Stopped

    for name in (tree(tmp_path), f"{tmp_path}/*"):
        with pytest.raises(Stopped):
            expand(name, tick)
