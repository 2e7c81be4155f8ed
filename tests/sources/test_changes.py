"""Files written to, cut, changed or replaced while they are open: never wrong bytes for right ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sources.test_sources import DATA, whole
from tracetui.errors import InputError
from tracetui.sources import FileSource, file, open_source
from tracetui.sources.handles import Handles


@pytest.fixture(params=["kept open", "opened again"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file; sources keep it open, or open it again for each read."""
    monkeypatch.setattr(file, "_HANDLES", Handles(64 if request.param == "kept open" else 0))
    (path := tmp_path / "a").write_bytes(DATA)
    return path


def opened(path: Path) -> FileSource:
    source = open_source(str(path))
    assert isinstance(source, FileSource)
    return source


def later(path: Path) -> None:
    """Give a file another time, as every change does unless the clock stands still."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 1_000_000))


def test_what_a_file_grows_by_is_not_read(path: Path) -> None:
    source = opened(path)
    assert source.fate() == ""
    with path.open("ab") as more:
        more.write(b"more")
    later(path)
    assert whole(source) == DATA
    assert (source.fate(), source.size) == ("grown", len(DATA))
    with path.open("ab") as more:
        more.write(b"and more")
    assert source.pread(len(DATA) - 2, 100) == DATA[-2:]


def test_a_file_that_was_cut_is_not_read(path: Path) -> None:
    source = opened(path)
    os.truncate(path, 1000)
    with pytest.raises(InputError, match="was cut to 1,000 bytes while it was open"):
        source.pread(0, 10)
    assert source.fate() == "cut"


@pytest.mark.parametrize("more", [b"", b"and longer"])
def test_a_file_that_was_written_anew_is_not_read(path: Path, more: bytes) -> None:
    source = opened(path)
    with path.open("r+b") as same:
        same.write(DATA.replace(b"text", b"TEXT") + more)
    later(path)
    with pytest.raises(InputError, match="was changed while it was open"):
        source.pread(0, 10)
    assert source.fate() == "changed"


def test_a_file_that_was_replaced_is_the_old_one_or_none(path: Path) -> None:
    source = opened(path)
    new = path.with_name("new")
    new.write_bytes(DATA.replace(b"text", b"TEXT"))
    new.replace(path)
    assert source.fate() == "replaced"
    try:
        assert source.pread(0, len(DATA)) == DATA
    except InputError as error:
        assert "was replaced by another file" in str(error)
    path.unlink()
    assert source.fate() == "removed"
    assert opened_or_none(path) is None


def opened_or_none(path: Path) -> FileSource | None:
    try:
        return opened(path)
    except InputError:
        return None


def test_few_files_are_open_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = Handles(3)
    monkeypatch.setattr(file, "_HANDLES", handles)
    sources = []
    for number in range(20):
        (path := tmp_path / str(number)).write_bytes(b"%d" % number)
        sources.append(opened(path))
        assert len(handles._open) <= 3
    for number in (*range(20), *range(0, 20, 3)):
        assert sources[number].pread(0, 9) == b"%d" % number
        assert len(handles._open) <= 3
    for source in sources:
        source.close()
    assert not handles._open


def test_what_is_being_read_stays_open() -> None:
    made: list[int] = []

    def reopen() -> int:
        made.append(os.open(os.devnull, os.O_RDONLY))
        return made[-1]

    handles = Handles(1)
    keys = [handles.add(os.open(os.devnull, os.O_RDONLY)) for _ in range(2)]
    with handles.reading(keys[0], reopen) as one, handles.reading(keys[1], reopen) as two:
        assert one != two and os.fstat(one) and os.fstat(two)
    assert len(handles._open) == 1 and len(made) == 1
    for key in keys:
        handles.drop(key)
