"""Keeping a change: only that is written, whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.config import NotKept, load, save

MINE = """\
# my settings
theme = "dark"   # at night
shape = "round"  # of another version

[keys]           # mine
quit = ["q", "x"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tracetui" / "config.toml"


def written(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_first_change_makes_folder_and_file_for_the_user_alone(file: Path) -> None:
    save({"theme": "light"}, file)
    assert tomllib.loads(file.read_text()) == {"config_version": 1, "theme": "light"}
    assert (mode(file), mode(file.parent), mode(file.parent.parent)) == (0o600, 0o700, 0o700)
    assert os.listdir(file.parent) == ["config.toml"]  # noqa: PTH208


def test_comments_and_order_and_what_others_wrote_stay(file: Path) -> None:
    written(file, MINE)
    save({"theme": "nord", "tree_width": 8}, file)
    lines = file.read_text().splitlines()
    assert lines[:3] == [
        "# my settings",
        'theme = "nord"   # at night',
        'shape = "round"  # of another version',
    ]
    assert "[keys]           # mine" in lines and 'quit = ["q", "x"]' in lines
    found = load({}, file)
    assert (found.settings.theme, found.settings.tree_width) == ("nord", 8)
    assert found.settings.keys == {"quit": ["q", "x"]}


def test_a_file_without_a_last_line_end_is_no_trap(file: Path) -> None:
    written(file, "ascii = true  # yes")
    save({"theme": "nord"}, file)
    assert tomllib.loads(file.read_text()) == {"ascii": True, "theme": "nord"}
    assert "# yes" in file.read_text()


def test_a_change_of_two_viewers_is_kept_whole(file: Path) -> None:
    save({"theme": "light"}, file)
    save({"tree_width": -4}, file)
    save({"theme": "nord"}, file)
    found = load({}, file).settings
    assert (found.theme, found.tree_width) == ("nord", -4)


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles" / "tracetui.toml"
    written(elsewhere, "ascii = true\n")
    file.parent.mkdir(parents=True)
    file.symlink_to(elsewhere)
    save({"theme": "light"}, file)
    assert file.is_symlink()
    assert tomllib.loads(elsewhere.read_text()) == {"ascii": True, "theme": "light"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theme =", "not TOML"),
        ("config_version = 2\n", "newer form"),
    ],
)
def test_what_is_not_understood_is_not_written(file: Path, text: str, told: str) -> None:
    written(file, text)
    with pytest.raises(NotKept, match=told) as raised:
        save({"theme": "light"}, file)
    assert str(raised.value).startswith(f"{file}: ") and "\n" not in str(raised.value)
    assert file.read_text() == text and os.listdir(file.parent) == ["config.toml"]  # noqa: PTH208


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
@pytest.mark.parametrize("call", ["write", "fsync", "replace", "open"])
def test_a_failing_disk_costs_one_line_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    written(file, MINE)
    real_open = os.open

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    def fail_to_write(path: Any, flags: int, *more: Any, **named: Any) -> int:
        return fail() if flags & os.O_CREAT else real_open(path, flags, *more, **named)

    if call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, call, fail_to_write if call == "open" else fail)
    with pytest.raises(NotKept) as raised:
        save({"theme": "light"}, file)
    monkeypatch.undo()
    assert os.strerror(code)[1:] in str(raised.value) and "\n" not in str(raised.value)
    assert file.read_text() == MINE
    assert os.listdir(file.parent) == ["config.toml"]  # noqa: PTH208


def test_a_file_that_may_not_be_written_is_not_replaced_either(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(file, MINE)
    monkeypatch.setattr(os, "access", lambda path, how: False)
    with pytest.raises(NotKept, match="may not be written"):
        save({"theme": "light"}, file)
    assert file.read_text() == MINE


def test_links_in_a_circle_are_an_error_of_one_line(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.symlink_to(file)
    with pytest.raises(NotKept):
        save({"theme": "light"}, file)


def test_an_edit_that_went_wrong_is_not_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tomlkit

    written(file, MINE)
    for wrong in ("theme =", MINE, 'theme = "light"\n'):
        monkeypatch.setattr(tomlkit, "dumps", lambda document, wrong=wrong: wrong)
        with pytest.raises(NotKept, match="cannot be edited"):
            save({"theme": "light"}, file)
        assert file.read_text() == MINE


PIECES = st.sampled_from(
    [
        "# a comment\n",
        "\n",
        'theme = "dark" # why\n',
        "ascii = true\n",
        "other = {a = 1, b.c = 2}\n",
        "list = [\n  1, # one\n  2,\n]\n",
        "[keys]\nquit = 'x'\n",
        "[table.below]\nvalue = 1\n",
        "[[tables]]\nvalue = 1\n",
        'text = """\nlines\n"""\n',
    ]
)


@given(
    pieces=st.lists(PIECES, unique=True),
    theme=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    width=st.integers(-200, 200),
)
def test_whatever_the_file_is_a_change_means_what_it_should(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], theme: str, width: int
) -> None:
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_text("".join(pieces))
    before = tomllib.loads(file.read_text())
    try:
        save({"theme": theme, "tree_width": width}, file)
    except NotKept:
        assert file.read_text() == "".join(pieces)
        raise
    assert tomllib.loads(file.read_bytes().decode()) == {**before, "theme": theme, "tree_width": width}
    for comment in ("# a comment", "# one"):
        assert (comment in "".join(pieces)) == (comment in file.read_text())
