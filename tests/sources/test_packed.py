"""Compressed sources and archives: found by content, decoded piece by piece, never more than is allowed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.test_sources import DATA, whole
from tracetui.errors import InputError
from tracetui.sources import (
    MemorySource,
    PackedSource,
    Scratch,
    Stopped,
    open_member,
    open_source,
    packed,
    scratch,
    unpack,
)
from tracetui.sources import zstd as zstd_source
from tracetui.sources.zipped import ZipArchive
from tracetui.sources.zstd import library

SKIPPABLE = b"\x50\x2a\x4d\x18\x05\x00\x00\x00hello"


def zstd(data: bytes) -> bytes:
    """One frame of unknown content size, with a checksum."""
    zstandard = library()
    coder = zstandard.ZstdCompressor(options={zstandard.CompressionParameter.checksum_flag: 1})
    return bytes(coder.compress(data) + coder.flush())


def messages(*pieces: bytes) -> bytes:
    return b"".join(len(frame := zstd(piece)).to_bytes(4, "big") + frame for piece in pieces)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def opened(data: bytes, **limits: int) -> PackedSource:
    source = unpack(MemorySource("x", data), **limits)  # type: ignore[arg-type]
    if isinstance(source, ZipArchive):
        source = open_member(source, 0)
    assert isinstance(source, PackedSource)
    return source


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd,
    "zip": lambda data: zipped({"x": data}),
}


@pytest.mark.parametrize("memory", [1 << 24, 1000])
@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(DATA[:1000]) + gzip.compress(DATA[1000:]) + b"\0" * 512,
        zstd(DATA[:1000]) + zstd(b"") + SKIPPABLE + zstd(DATA[1000:]),
        SKIPPABLE + zstd(DATA) + SKIPPABLE,
    ],
    ids=["gzip", "zstd", "skippable"],
)
def test_it_is_found_by_content_and_all_parts_are_read(
    tmp_path: Path, data: bytes, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY_LIMIT", memory)
    (path := tmp_path / "plain.name").write_bytes(data)
    source = open_source(str(path))
    assert isinstance(source, PackedSource)
    assert source.pread(700_000, 20) == DATA[700_000:700_020]
    assert whole(source) == DATA
    assert (source.size, source.corrupt, source.cut) == (len(DATA), "", False)
    assert source.progress() == (len(data), len(data))
    source.close()


def test_messages_behind_their_lengths_become_lines() -> None:
    data = messages(b"one", DATA, b"three")
    source = opened(data)
    assert whole(source) == b"one\n" + DATA + b"\nthree\n"
    assert not source.corrupt and not source.cut
    cut = opened(data[:-3])
    assert whole(cut).startswith(b"one\n" + DATA + b"\n") and cut.cut
    bad = opened(data + (9).to_bytes(4, "big") + b"no message")
    assert whole(bad) == whole(source) and bad.corrupt


@pytest.mark.parametrize("kind", PACK)
def test_what_is_cut_or_corrupt_gives_what_stands_before(kind: str) -> None:
    data = b"".join(hex(number * 2654435761 % 2**32).encode() for number in range(120_000))
    whole_pack = PACK[kind](data)
    middle = len(whole_pack) // 2
    if kind != "zip":
        cut = opened(whole_pack[:middle])
        found = whole(cut)
        assert cut.cut and not cut.corrupt and data.startswith(found) and len(found) > len(data) // 4
    mangled = whole_pack[:middle] + bytes(255 - byte for byte in whole_pack[middle:][:4000])
    bad = opened(mangled + whole_pack[len(mangled) :])
    found = whole(bad)
    assert bad.corrupt
    # What is decoded before the decoder notices need not be right, but most of it is.
    assert data.startswith(found[: len(data) // 4]) and len(found) > len(data) // 4


def test_bytes_behind_the_data_are_told() -> None:
    for pack in (gzip.compress, zstd):
        source = opened(pack(DATA) + b"something else")
        assert whole(source) == DATA and "behind" in source.corrupt


@pytest.mark.parametrize("kind", PACK)
def test_a_bomb_is_refused_before_a_reader_gets_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "DOUBTFUL_BYTES", 1 << 19)
    monkeypatch.setattr(packed, "BOMB_BYTES", 1 << 20)
    monkeypatch.setattr("tracetui.sources.zipped.BOMB_BYTES", 1 << 20)
    bomb = opened(PACK[kind](b"\0" * (8 << 20)))
    assert bomb.pread(0, 1000) == b"\0" * 1000
    for _ in range(2):
        with pytest.raises(InputError, match="200 times"):
            bomb.pread(1000, 600_000)
    assert bomb.pread(0, 1000) == b"\0" * 1000
    small = opened(PACK[kind](b"\0" * (1 << 20)))
    assert len(whole(small)) == 1 << 20


@pytest.mark.parametrize("kind", PACK)
def test_a_limit_holds(kind: str) -> None:
    with pytest.raises(InputError, match=r"more than 1\.0 kB"):
        whole(opened(PACK[kind](DATA), max_bytes=1000))
    assert whole(opened(PACK[kind](DATA), max_bytes=len(DATA))) == DATA


@pytest.mark.parametrize("kind", PACK)
def test_no_more_is_decoded_than_is_asked_for_and_it_can_be_stopped(kind: str) -> None:
    calls = 0

    def tick() -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise Stopped

    data = b"".join(hex(number * 2654435761 % 2**32).encode() for number in range(400_000))
    source = unpack(MemorySource("x", PACK[kind](data)), tick=tick)
    if isinstance(source, ZipArchive):
        source = open_member(source, 0)
    assert source.pread(0, 8) == data[:8]
    assert calls == 1
    with pytest.raises(Stopped):
        whole(source)
    assert source.pread(0, 8) == data[:8]


def test_the_sources_of_a_load_share_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "MEMORY_LIMIT", 1000)
    shared = Scratch()
    both = [unpack(MemorySource("x", gzip.compress(DATA)), scratch=shared) for _ in range(2)]
    for at in range(0, len(DATA), 300_000):
        for source in both:
            assert not isinstance(source, ZipArchive)
            assert source.pread(at, 300_000) == DATA[at : at + 300_000]
    for source in both:
        assert whole(source) == DATA


def test_a_full_disk_is_told_once_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scratch, "MEMORY_LIMIT", 300_000)
    monkeypatch.setattr("tracetui.sources.scratch.os.pwrite", full)
    source = opened(gzip.compress(DATA))
    first = source.pread(0, 1000)
    for _ in range(2):
        with pytest.raises(InputError, match=r"temporary file in /.*: No space left.*TMPDIR"):
            whole(source)
    assert source.pread(0, 1000) == first == DATA[:1000]


def test_big_temporary_files_go_where_the_user_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tracetui.sources.scratch.os.access", lambda *_: True)
    assert scratch.folder() == "/var/tmp"
    monkeypatch.setenv("TMPDIR", "/somewhere")
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/somewhere")
    assert scratch.folder() == "/somewhere"


def archive(data: bytes) -> ZipArchive:
    source = unpack(MemorySource("x.zip", data))
    assert isinstance(source, ZipArchive)
    return source


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_each_file_of_an_archive_is_a_source(method: int) -> None:
    members = {"../../etc/passwd": DATA, "/b/c": b"two", "d/": b"", "e/.hidden": b"x", "__MACOSX/f": b"x"}
    found = archive(zipped(members, method))
    sources = [open_member(found, number) for number in range(len(found.members))]
    assert [(source.name, whole(source)) for source in sources] == [
        ("x.zip:../../etc/passwd", DATA),
        ("x.zip:/b/c", b"two"),
    ]


def test_a_member_may_be_compressed_itself_but_is_no_archive() -> None:
    found = archive(zipped({"a.gz": gzip.compress(DATA), "b.zip": zipped({"c": DATA})}))
    assert whole(open_member(found, 0)) == DATA
    assert open_member(found, 1).pread(0, 2) == b"PK"


def test_what_is_encrypted_or_packed_in_an_unusual_way_is_told() -> None:
    plain = zipped({"a": b"secret" * 9, "b": b"open"})
    marked = bytearray(plain)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[plain.index(signature) + flags] |= 1
    found = archive(bytes(marked))
    assert (found.encrypted, [info.filename for info in found.members]) == (["a"], ["b"])
    with pytest.raises(InputError, match="bzip2"):
        open_member(archive(zipped({"a": DATA}, zipfile.ZIP_BZIP2)), 0)


def test_a_damaged_archive_is_one_clear_error() -> None:
    data = zipped({"a": DATA, "b": DATA})
    with pytest.raises(InputError, match="table of contents"):
        archive(data[:-30])
    moved = bytearray(data)
    moved[0:4] = b"XXXX"
    moved[:0] = b"PK\x03\x04"
    for bad in (data[:100] + data[200:], bytes(moved)):
        try:
            found = archive(bad)
            for number in range(2):
                whole(open_member(found, number))
        except InputError as error:
            assert "archive" in str(error)
    wrong = bytearray(data)
    wrong[data.index(b"PK\x01\x02") + 16] ^= 255
    member = open_member(archive(bytes(wrong)), 0)
    assert whole(member) == DATA
    assert isinstance(member, PackedSource) and "checksum" in member.corrupt


def test_an_archive_is_a_bomb_by_all_of_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.sources.zipped.BOMB_BYTES", 1 << 20)
    found = archive(zipped({f"{number}": b"\0" * (1 << 19) for number in range(4)}))
    for number in range(2):
        assert len(whole(open_member(found, number))) == 1 << 19
    with pytest.raises(InputError, match="200 times"):
        whole(open_member(found, 2))


def test_a_table_of_contents_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.sources.zipped._DIRECTORY_BYTES", 1000)
    with pytest.raises(InputError, match="too many files"):
        archive(zipped({f"file {number}": b"" for number in range(40)}))


def test_a_damaged_frame_has_one_decoder_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may hold a window of 128 MiB."""
    alive: list[int] = []
    most: list[int] = []

    class Counted:
        def __init__(self) -> None:
            self._decoder = new_decoder()
            alive.append(1)
            most.append(len(alive))

        def __getattr__(self, name: str) -> object:
            return getattr(self._decoder, name)

        def __del__(self) -> None:
            alive.pop()

    new_decoder = zstd_source.new_decoder
    monkeypatch.setattr(zstd_source, "new_decoder", Counted)
    damaged = bytearray(zstd(DATA))
    damaged[-1] ^= 0x5A
    source = opened(bytes(damaged))
    assert whole(source) == DATA
    assert "checksum" in source.corrupt
    assert (len(most), max(most)) == (2, 1)
