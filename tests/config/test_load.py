"""Where settings come from, and what becomes of a file that is not as it should be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracetui.config import Loaded, Settings, config_path, load
from tracetui.config.settings import FIELDS
from tracetui.errors import UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def loaded(file: Path, text: str | bytes, **environ: str) -> Loaded:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(environ, file)


def test_without_a_file_everything_is_as_by_default(file: Path) -> None:
    found = load({}, file)
    assert found.settings == Settings()
    assert set(found.origins.values()) == {"default"}
    assert found.warnings == () and found.writable
    assert not file.parent.joinpath("config.toml").exists()


def test_the_file_is_in_the_xdg_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    assert config_path() == tmp_path / "settings" / "tracetui" / "config.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / ".config" / "tracetui" / "config.toml"


def test_each_source_gives_way_to_the_next(file: Path) -> None:
    text = 'theme = "light"\ntime_format = "utc"\nmouse = false\n'
    found = loaded(file, text, TRACETUI_TIME_FORMAT="local", TRACETUI_MOUSE="yes", TRACETUI_ASCII="")
    found = found.with_options(mouse=False, theme=None)
    settings = found.settings
    assert (settings.theme, settings.time_format, settings.mouse) == ("light", "local", False)
    origins = {name: found.origins[name] for name in ("theme", "time_format", "mouse", "ascii")}
    assert origins == {
        "theme": "file",
        "time_format": "TRACETUI_TIME_FORMAT",
        "mouse": "option",
        "ascii": "default",
    }
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("theme", "nord", "nord"),
        ("tree_width", "-8", -8),
        ("pinned", "http.route, db.system,", ["http.route", "db.system"]),
        ("critical_path", "to-end", "to-end"),
        ("ascii", "1", True),
        ("mouse", "Off", False),
    ],
)
def test_variables(file: Path, name: str, text: str, value: object) -> None:
    found = load({f"TRACETUI_{name.upper()}": text}, file)
    assert getattr(found.settings, name) == value
    assert found.origins[name] == f"TRACETUI_{name.upper()}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TREE_WIDTH", "wide"),
        ("TREE_WIDTH", "201"),
        ("ASCII", "maybe"),
        ("CRITICAL_PATH", "longest"),
        ("TIME_FORMAT", "UTC+1"),
    ],
)
def test_a_variable_that_cannot_be_is_an_error_that_names_it(file: Path, name: str, text: str) -> None:
    with pytest.raises(UsageError) as raised:
        load({f"TRACETUI_{name}": text}, file)
    assert str(raised.value).startswith(f"TRACETUI_{name}: ")
    assert "\n" not in str(raised.value)


BROKEN = {
    "syntax": ("theme = ", "not TOML"),
    "no UTF-8": (b'theme = "\xff"', "byte 9 is not UTF-8"),
    "type": ('tree_width = "wide"', "tree_width: expected int, got str"),
    "bool as int": ("tree_width = true", "tree_width"),
    "int as bool": ("ascii = 1", "ascii"),
    "range": ("tree_width = 1000", "tree_width"),
    "choice": ('critical_path = "x"', "critical_path"),
    "inside": ('keys = {quit = ["q", 3]}', "keys"),
    "version": ('config_version = "2"', "config_version"),
    "version 0": ("config_version = 0", "config_version"),
    "nested": (b"x = " + b"[" * 100_000, "not TOML"),
    "twice": ("ascii = true\nascii = true", "not TOML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_set_aside_with_one_warning(file: Path, name: str) -> None:
    text, told = BROKEN[name]
    found = loaded(file, text)
    assert found.settings == Settings()
    (warning,) = found.warnings
    assert warning.startswith(f"{file}: ") and told in warning and "set aside as config.toml.bad" in warning
    assert "\n" not in warning
    assert not file.exists()
    aside = file.with_name("config.toml.bad").read_bytes()
    assert aside == (text if isinstance(text, bytes) else text.encode())


def test_nothing_that_was_set_aside_is_lost(file: Path) -> None:
    texts = ["one =", "two =", "three ="]
    for text in texts:
        loaded(file, text)
    names = ["config.toml.bad", "config.toml.bad.1", "config.toml.bad.2"]
    assert [file.with_name(name).read_text() for name in names] == texts
    assert sorted(os.listdir(file.parent)) == names  # noqa: PTH208
    assert load({}, file).warnings == ()


def test_a_link_is_set_aside_and_what_it_leads_to_stays(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("theme =")
    file.symlink_to(elsewhere)
    load({}, file)
    assert not file.is_symlink()
    assert file.with_name("config.toml.bad").is_symlink()
    assert elsewhere.read_text() == "theme ="


def test_a_broken_file_that_cannot_be_set_aside_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    file.write_text("theme =")
    monkeypatch.setattr(Path, "rename", refuse)
    (warning,) = load({}, file).warnings
    assert "could not be set aside (permission denied)" in warning
    assert os.listdir(file.parent) == ["config.toml"]  # noqa: PTH208


def test_a_newer_form_is_used_as_far_as_it_is_understood_and_left_alone(file: Path) -> None:
    text = 'config_version = 2\ntheme = "nord"\ntree_width = "20%"\nshape = "round"\n[keys]\nquit = "x"\n'
    found = loaded(file, text)
    assert found.settings == Settings(theme="nord", keys={"quit": "x"})
    (warning,) = found.warnings
    assert "config_version 2 is newer" in warning
    assert not found.writable
    assert file.read_text() == text and os.listdir(file.parent) == ["config.toml"]  # noqa: PTH208


def test_settings_that_are_not_known_are_told_once_and_stay(file: Path) -> None:
    text = 'theme = "nord"\n' + "".join(f"other{n} = {n}\n" for n in range(9))
    found = loaded(file, text)
    assert found.settings.theme == "nord" and found.writable
    (warning,) = found.warnings
    assert "9 settings not known here: other0, other1, other2, other3, other4, …" in warning
    assert file.read_text() == text


def test_what_is_no_file_costs_a_warning_and_no_wait(tmp_path: Path) -> None:
    fifo, folder, large = tmp_path / "fifo", tmp_path / "folder", tmp_path / "large"
    os.mkfifo(fifo)
    folder.mkdir()
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    no_file = "not a regular file"
    for path, told in ((fifo, no_file), (folder, no_file), (large, "larger than 1 MiB")):
        found = load({}, path)
        assert found.settings == Settings()
        assert found.warnings == (f"{path}: {told}; the defaults are used",)
        assert path.exists()


def test_every_setting_but_two_has_a_variable(file: Path) -> None:
    assert Settings().__struct_fields__ == FIELDS
    assert "TRACETUI_CONFIG_VERSION" not in load({"TRACETUI_CONFIG_VERSION": "7"}, file).origins.values()
