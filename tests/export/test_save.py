"""Saving one trace."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.conftest import sample
from tests.export.roundtrip import spans_of
from tracetui.export.save import CannotSave, proposed_name, save_trace, source_alone
from tracetui.loaders import LoadOptions, load
from tracetui.model.trace import Collection

CHECKOUT = sample("checkout.json")
SEVERAL = sample("several-traces.json")


@pytest.fixture
def one() -> Collection:
    return load([str(CHECKOUT)])


@pytest.mark.parametrize(
    ("trace_id", "wanted"),
    [
        ("0AF7651916cd43dd", "0af7651916cd43dd.json"),
        ("../../etc/passwd", "ecad.json"),
        ("\x1b]0;\n", "0.json"),
        ("zzz", "trace.json"),
        ("a" * 300, "a" * 64 + ".json"),
    ],
)
def test_the_name_is_made_of_digits(trace_id: str, wanted: str) -> None:
    assert proposed_name(trace_id) == wanted


def test_as_it_came(one: Collection, tmp_path: Path) -> None:
    saved = save_trace(one, one.traces[0], tmp_path / "new.json", as_it_came=True)
    assert saved.path.read_bytes() == CHECKOUT.read_bytes()
    assert (saved.size, saved.notes) == (CHECKOUT.stat().st_size, [])


def test_compressed_sources_are_written_as_what_is_in_them(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(CHECKOUT.read_bytes()))
    collection = load([str(packed)])
    save_trace(collection, collection.traces[0], tmp_path / "new.json", as_it_came=True)
    assert (tmp_path / "new.json").read_bytes() == CHECKOUT.read_bytes()


def test_as_otlp(one: Collection, tmp_path: Path) -> None:
    saved = save_trace(one, one.traces[0], tmp_path / "new.json")
    again = load([str(saved.path)])
    assert again.sources[0].format == "otlp-json"
    assert spans_of(again.traces[0]) == spans_of(one.traces[0])


def test_a_source_with_other_traces_is_never_written_whole(tmp_path: Path) -> None:
    ids = load([str(SEVERAL)]).store.trace_ids
    for options in (LoadOptions(), LoadOptions(trace_ids=(ids[1],))):
        collection = load([str(SEVERAL)], options)
        trace = next(trace for trace in collection.traces if trace.trace_id == ids[1])
        assert source_alone(collection, trace) is None
        path = tmp_path / f"{len(collection.traces)}.json"
        save_trace(collection, trace, path, as_it_came=True)
        assert load([str(path)]).store.trace_ids == [ids[1]]


def test_a_trace_of_two_sources_has_none_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        spans = f'[{{"traceId":"{"c" * 32}","spanId":"{name * 16}"}}]'
        (tmp_path / name).write_text(f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":{spans}}}]}}]}}')
    collection = load([str(tmp_path / "a"), str(tmp_path / "b")])
    assert source_alone(collection, collection.traces[0]) is None


def test_what_was_not_read_to_its_end_is_not_written_whole(one: Collection) -> None:
    assert source_alone(one, one.traces[0]) is not None
    one.complete = False
    assert source_alone(one, one.traces[0]) is None


@pytest.mark.parametrize("as_it_came", [True, False])
def test_nothing_is_written_over(one: Collection, tmp_path: Path, as_it_came: bool) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b"mine")
    with pytest.raises(CannotSave, match="a file of that name exists"):
        save_trace(one, one.traces[0], path, as_it_came=as_it_came)
    assert path.read_bytes() == b"mine"


def test_the_source_is_told_apart(tmp_path: Path) -> None:
    source, link = tmp_path / "source.json", tmp_path / "link.json"
    source.write_bytes(CHECKOUT.read_bytes())
    link.symlink_to(source)
    collection = load([str(source)])
    for path in (source, link, tmp_path / "." / "source.json"):
        with pytest.raises(CannotSave, match="the file the trace came from"):
            save_trace(collection, collection.traces[0], path)
    assert source.read_bytes() == CHECKOUT.read_bytes()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nowhere/x.json", "there is no folder .*nowhere"),
        ("x" * 300, "file name too long"),
        ("a\0b", "that is no file name"),
        ("file/x.json", "not a directory"),
    ],
)
def test_names_that_cannot_be(one: Collection, tmp_path: Path, name: str, wanted: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotSave, match=wanted) as caught:
        save_trace(one, one.traces[0], tmp_path / name)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("number", "wanted"), [(28, "no space left on device"), (30, "read-only"), (13, "permission denied")]
)
def test_what_the_system_refuses_is_one_line(
    one: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, wanted: str
) -> None:
    def refuse(_fd: int, _data: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(CannotSave, match=f"cannot be written: {wanted}"):
            save_trace(one, one.traces[0], tmp_path / "new.json")
    assert not list(tmp_path.iterdir())


def test_it_can_be_given_up(one: Collection, tmp_path: Path) -> None:
    with pytest.raises(CannotSave, match="given up"):
        save_trace(one, one.traces[0], tmp_path / "new.json", cancelled=lambda: True)
    assert not list(tmp_path.iterdir())


def test_a_source_that_shrank_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source.json"
    source.write_bytes(CHECKOUT.read_bytes())
    collection = load([str(source)])
    os.truncate(source, 100)
    with pytest.raises(CannotSave, match="was cut to 100 bytes"):
        save_trace(collection, collection.traces[0], tmp_path / "new.json", as_it_came=True)
    assert [path.name for path in tmp_path.iterdir()] == ["source.json"]
