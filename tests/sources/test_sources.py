"""Sources: the same bytes from a file, from gzip and from a pipe; limits; what is no source."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from tracetui.errors import InputError
from tracetui.sources import MemorySource, expand, open_source, spool
from tracetui.sources.gzipped import GzipSource

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


@pytest.mark.parametrize("memory", [1 << 24, 1000])
def test_gzip_is_found_by_content_and_all_members_are_read(
    tmp_path: Path, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MEMORY_LIMIT", memory)
    (path := tmp_path / "plain.name").write_bytes(gzip.compress(DATA[:1000]) + gzip.compress(DATA[1000:]))
    source = open_source(str(path))
    assert source.pread(700_000, 20) == DATA[700_000:700_020]
    assert whole(source) == DATA
    assert source.size == len(DATA)
    source.close()


def test_cut_and_corrupt_gzip_give_what_stands_before() -> None:
    packed = gzip.compress(DATA)
    cut = GzipSource(MemorySource("x", packed[: len(packed) // 2]))
    found = whole(cut)
    assert cut.cut and DATA.startswith(found) and len(found) > 1000
    bad = GzipSource(MemorySource("x", packed[:-8] + b"\0" * 8))
    found = whole(bad)
    assert bad.corrupt and DATA.startswith(found) and len(found) > len(DATA) - 100_000


def test_a_bomb_and_a_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.sources.gzipped.BOMB_BYTES", 1 << 20)
    bomb = GzipSource(MemorySource("bomb", gzip.compress(b"\0" * (8 << 20))))
    with pytest.raises(InputError, match="200 times"):
        whole(bomb)
    limited = GzipSource(MemorySource("big", gzip.compress(DATA)), max_bytes=1000)
    with pytest.raises(InputError, match="more than 1000 bytes"):
        whole(limited)


def test_a_fifo_is_spooled(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe")
    writer = threading.Thread(target=lambda: path.write_bytes(DATA))
    writer.start()
    source = open_source(str(path))
    writer_done = whole(source)
    writer.join()
    assert writer_done == DATA
    assert source.pread(5, 10) == DATA[5:15]
    source.close()


def test_a_fifo_that_nobody_writes_to_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.sources.open.FIFO_WAIT_S", 0.0)
    os.mkfifo(path := tmp_path / "pipe")
    with pytest.raises(InputError, match="nobody wrote"):
        open_source(str(path))


@pytest.mark.parametrize(
    "name, wanted", [("missing", "no such file"), ("a\0b", "no path"), ("empty", "is empty")]
)
def test_what_is_no_source_is_told(tmp_path: Path, name: str, wanted: str) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match=wanted):
        open_source(os.path.join(tmp_path, name))


def test_names_stand_for_files(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "[x].json", "sub/c.json", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    at = str(tmp_path)
    assert expand([at]) == [f"{at}/{n}" for n in ("[x].json", "a.json", "b.json", "sub/c.json")]
    assert expand([f"{at}/*.json"]) == [f"{at}/{n}" for n in ("[x].json", "a.json", "b.json")]
    assert expand([f"{at}/[x].json", "-"]) == [f"{at}/[x].json", "-"]
    for name in (f"{at}/nope.json", f"{at}/*.txt"):
        with pytest.raises(InputError):
            expand([name])
