"""JSON in wide encodings."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.conftest import sample
from tracetui.loaders import load
from tracetui.sources import MemorySource, as_utf8
from tracetui.sources.transcoded import encoding_of

TEXT = '\n [{"é": "\N{GRINNING FACE}"}]'
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_wide_text_is_read_as_utf8(encoding: str, mark: str) -> None:
    data = ((mark if encoding[-2:] in ("le", "be") else "") + TEXT).encode(encoding)
    source = as_utf8(MemorySource("x", data))
    assert source.pread(0, 1000) == TEXT.encode()
    assert source.pread(2, 2) == TEXT.encode()[2:4]
    source.close()


@pytest.mark.parametrize(
    "data",
    [b"", b"[", b"[]", b'{"a":1}', b"\xff\xfe", b"\0\0\0\0", b"\xff\xfea\0b\0", b"\0[\0", "{é".encode()],
)
def test_other_bytes_are_left_alone(data: bytes) -> None:
    assert encoding_of(data) is None
    source = MemorySource("x", data)
    assert as_utf8(source) is source


def test_a_cut_character_and_half_a_pair_become_marks() -> None:
    data = '["\N{GRINNING FACE}"'.encode("utf-16-le")[:-3]
    assert as_utf8(MemorySource("x", data)).pread(0, 100).decode().startswith('["')
    lone = '["'.encode("utf-16-le") + b"\x3d\xd8" + '"]'.encode("utf-16-le")
    assert as_utf8(MemorySource("x", lone)).pread(0, 100).decode() == '["\ufffd"]'


def test_spans_of_a_wide_file_can_be_opened(tmp_path: Path) -> None:
    path = sorted(sample("").glob("*.json"))[0]
    text = path.read_text(encoding="utf-8")
    wide = tmp_path / "wide.json"
    wide.write_bytes(gzip.compress(text.encode("utf-16")))
    collection, plain = load([str(wide)]), load([str(path)])
    assert [issue.code.value for issue in collection.issues] == ["other-encoding"]
    for one, other in zip(collection.traces, plain.traces, strict=True):
        assert [span.attributes for span in one.spans] == [span.attributes for span in other.spans]
