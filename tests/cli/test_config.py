"""`tracetui config` as scripts meet it."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.cli.test_imports import modules_after
from tests.cli.test_show import ORDERS, only_line, tracetui


def config(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return tracetui("config", *arguments, XDG_CONFIG_HOME=str(home), XDG_STATE_HOME=str(home), **environment)


def file_in(home: Path, text: str) -> Path:
    file = home / "tracetui" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_path_says_where_it_is_and_makes_nothing(tmp_path: Path) -> None:
    result = config(tmp_path, "path")
    assert result.stdout.decode() == f"{tmp_path}/tracetui/config.toml\n"
    assert (result.returncode, result.stderr) == (0, b"")
    assert not list(tmp_path.iterdir())


def test_show_says_what_is_in_force_and_whence(tmp_path: Path) -> None:
    file_in(tmp_path, 'theme = "light"\n[keys]\nquit = "x"\n')
    result = config(tmp_path, "show", TRACETUI_TREE_WIDTH="8")
    assert (result.returncode, result.stderr) == (0, b"")
    lines = result.stdout.decode().splitlines()
    assert 'theme = "light"  # file' in lines
    assert "tree_width = 8  # TRACETUI_TREE_WIDTH" in lines
    assert "mouse = true  # default" in lines
    shown = tomllib.loads(result.stdout.decode())
    assert (shown["theme"], shown["tree_width"], shown["keys"]) == ("light", 8, {"quit": "x"})


def test_a_broken_file_is_one_warning_and_set_aside(tmp_path: Path) -> None:
    file = file_in(tmp_path, 'theme = "li\x1b[31m')
    first, second = config(tmp_path, "show"), config(tmp_path, "show")
    text = first.stderr.decode()
    assert text.count("\n") == 1 and text.startswith(f"tracetui: warning: {file}: not TOML")
    assert "\x1b" not in text
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout and second.stderr == b""
    assert os.listdir(file.parent) == ["config.toml.bad"]  # noqa: PTH208


def test_schema_is_json_that_describes_every_setting(tmp_path: Path) -> None:
    result = config(tmp_path, "schema")
    assert (result.returncode, result.stderr) == (0, b"")
    described = json.loads(result.stdout)["$defs"]["Settings"]["properties"]
    shown = tomllib.loads(config(tmp_path, "show").stdout.decode())
    assert set(described) == set(shown)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("bogus",), "bogus"), (("show", "more"), "more"), (("path", "--bogus"), "--bogus")],
)
def test_what_cannot_be_understood_is_one_line_and_code_2(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = config(tmp_path, *arguments)
    assert result.returncode == 2
    assert told in only_line(result)


def test_a_variable_that_cannot_be_is_code_2(tmp_path: Path) -> None:
    result = config(tmp_path, "show", TRACETUI_TREE_WIDTH="wide")
    assert result.returncode == 2
    assert "TRACETUI_TREE_WIDTH" in only_line(result)


def test_what_show_prints_does_not_depend_on_the_file(tmp_path: Path) -> None:
    plain = tracetui("show", ORDERS, XDG_CONFIG_HOME=str(tmp_path / "none"))
    file = file_in(tmp_path, 'ascii = true\ncritical_path = "to-end"\nbroken =')
    shown = tracetui("show", ORDERS, XDG_CONFIG_HOME=str(tmp_path))
    assert (shown.stdout, shown.stderr) == (plain.stdout, plain.stderr)
    assert file.exists()
    assert tracetui("show", ORDERS, TRACETUI_ASCII="yes").stdout.isascii()
    assert tracetui("show", ORDERS, "--no-ascii", TRACETUI_ASCII="yes").stdout == plain.stdout


def test_only_what_asks_for_settings_imports_them() -> None:
    settings = {"tracetui.config", "platformdirs", "tomllib", "tomlkit"}
    assert not modules_after(["--version"]) & settings
    assert not modules_after(["show", str(ORDERS)]) & settings
    assert not modules_after(["config", "show"]) & {"tomlkit", "textual", "numpy"}
