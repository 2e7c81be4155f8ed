"""Paths as people type them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracetui.errors import InputError, UsageError
from tracetui.tui.paths import Completed, complete, is_stream, look, short, source_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("checkout.json", "checkout-2.json", "other.json", ".hidden.json", "bad\x1b[31m.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_path_is_completed_as_far_as_there_is_no_choice(folder: Path) -> None:
    assert complete("ch") == Completed("checkout", ("checkout-2.json", "checkout.json"))
    assert complete("o") == Completed("other.json")
    assert complete("r") == Completed("runs/")
    assert complete(f"{folder}/oth") == Completed(f"{folder}/other.json")
    assert complete("~") == Completed("~/")
    assert complete("~/ot") == Completed("~/other.json")
    assert complete(".h") == Completed(".hidden.json")


def test_names_that_cannot_be_shown_are_not_offered(folder: Path) -> None:
    assert complete("").names == ("checkout-2.json", "checkout.json", "other.json", "runs/")
    with pytest.raises(InputError, match="nothing begins like this"):
        complete("bad")


@pytest.mark.parametrize("text", ["zzz", "gone/x", "runs/", "\0", "other.json/x"])
def test_what_cannot_be_completed_is_told(folder: Path, text: str) -> None:
    with pytest.raises(InputError):
        complete(text)


def test_what_is_typed_is_taken_as_it_was_meant(folder: Path) -> None:
    assert source_of(" other.json ") == "other.json"
    assert source_of("'other.json'") == "other.json"
    assert source_of("~/other.json") == str(folder / "other.json")
    (folder / "'q'").write_text("{}")
    assert source_of("'q'") == "'q'"


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "type"), ("-", "tracetui -")],
)
def test_what_cannot_be_opened_is_told_plainly(folder: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        source_of(text)


def test_looking_at_a_path(folder: Path) -> None:
    assert look("other.json").words == "2 B"
    assert look("runs").words == "folder"
    assert look("gone") == (False, "missing")
    assert look("\0") == (False, "missing")
    assert short(str(folder / "x" / "y.json")) == "~/x/y.json"
    assert short("/elsewhere/y.json") == "/elsewhere/y.json"


def test_streams_are_read_only_once(folder: Path) -> None:
    os.mkfifo("pipe")
    assert [
        is_stream(name) for name in ("-", "pipe", "/dev/null", "other.json", "runs", "gone", "*.json")
    ] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
