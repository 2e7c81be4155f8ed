"""Settings as people and programs see them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from tracetui.config import Settings, load
from tracetui.config.describe import schema, settings_table, toml_lines
from tracetui.config.settings import FIELDS


def test_every_setting_has_words_and_a_default() -> None:
    fields = schema()["$defs"]["Settings"]["properties"]
    assert tuple(fields) == FIELDS
    for name, field in fields.items():
        assert field["description"].endswith("."), name
        assert "default" in field, name
        assert f"| `{name}` |" in settings_table()


def test_what_is_shown_can_be_put_into_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    hostile = 'a"\\\x1b[31m\x85\u202e\u2028\U000e0041é'
    settings = Settings(theme=hostile, pinned=[hostile, "b"], keys={"quit": ["q", hostile], hostile: "x"})
    lines = list(toml_lines(load({}, file).with_options(**msgspec.structs.asdict(settings))))
    text = "\n".join(lines)
    assert all(line.isprintable() for line in lines)
    assert "\u202e" not in text and "é" in text
    assert msgspec.convert(tomllib.loads(text), Settings) == settings


@pytest.mark.parametrize("name", FIELDS)
def test_where_each_comes_from_is_said(tmp_path: Path, name: str) -> None:
    (line,) = (
        line
        for line in toml_lines(load({}, tmp_path / "none"))
        if line.startswith((f"{name} =", f"[{name}]"))
    )
    assert line.endswith("  # default")
