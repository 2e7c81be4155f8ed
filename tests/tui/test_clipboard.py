"""The clipboard: sequences, and programs of the system."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import pytest

from tracetui.tui.clipboard import MOST_BYTES, CannotCopy, Tool, osc52, tools, without_surrogates

XTERM = {"TERM": "xterm-256color"}


def payload(sequence: str) -> str:
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found
    return base64.b64decode(found[1]).decode()


@pytest.mark.parametrize("text", ["span", "größe 漢字 🎉", "two\nlines\t", "\x1b]52;c;\x07", ""])
def test_the_plain_sequence(text: str) -> None:
    assert payload(osc52(text, XTERM)) == text


@pytest.mark.parametrize(
    ("text", "wanted"), [("a\ud800b", "a\ufffdb"), ("\ud83c\udf89", "🎉"), ("\udc00\ud800", "\ufffd\ufffd")]
)
def test_halves_of_characters_are_replaced(text: str, wanted: str) -> None:
    assert without_surrogates(text) == wanted
    assert payload(osc52(text, XTERM)) == wanted


@pytest.mark.parametrize("environ", [XTERM | {"TMUX": "/tmp/tmux-0/default,1,0"}, {"TERM": "tmux-256color"}])
def test_tmux_passes_it_on(environ: dict[str, str]) -> None:
    sequence = osc52("span", environ)
    assert sequence == "\x1bPtmux;\x1b\x1b]52;c;c3Bhbg==\x07\x1b\\"


@pytest.mark.parametrize("environ", [XTERM | {"STY": "1.pts"}, {"TERM": "screen.xterm"}, {"TERM": "screen"}])
def test_screen_gets_it_in_parts(environ: dict[str, str]) -> None:
    text = "x" * 5000
    sequence = osc52(text, environ)
    parts = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert "".join(f"\x1bP{part}\x1b\\" for part in parts) == sequence
    assert max(map(len, parts)) <= 252
    assert payload("".join(parts)) == text


def test_tmux_in_screen_is_tmux() -> None:
    environ = {"TERM": "screen-256color", "TMUX": "x"}
    assert osc52("a", environ).startswith("\x1bPtmux;")


def test_too_much_is_refused() -> None:
    assert payload(osc52("x" * MOST_BYTES, XTERM)) == "x" * MOST_BYTES
    with pytest.raises(CannotCopy, match="74,995 bytes are more than the 74,994 that a terminal takes"):
        osc52("x" * (MOST_BYTES + 1), XTERM)
    with pytest.raises(CannotCopy, match="75,000 bytes"):
        osc52("漢" * 25_000, XTERM)


@pytest.mark.parametrize("term", ["dumb", "linux", ""])
def test_terminals_without_a_clipboard(term: str) -> None:
    with pytest.raises(CannotCopy, match=re.escape(f"no clipboard (TERM={term})")):
        osc52("a", {"TERM": term})
    with pytest.raises(CannotCopy):
        osc52("a", {})


@pytest.mark.parametrize(
    ("environ", "platform", "wanted"),
    [
        ({}, "linux", []),
        ({}, "darwin", ["pbcopy"]),
        ({"WSL_DISTRO_NAME": "x"}, "linux", ["clip.exe"]),
        ({"WAYLAND_DISPLAY": "x", "DISPLAY": ":0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({"DISPLAY": ":0"}, "linux", ["xclip", "xsel"]),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, "linux", []),
        ({"SSH_CONNECTION": "x"}, "darwin", []),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1", "TMUX": "x"}, "linux", ["tmux"]),
    ],
)
def test_programs_that_reach_the_user(environ: dict[str, str], platform: str, wanted: list[str]) -> None:
    assert [tool.name for tool in tools(environ, platform, lambda name: f"/bin/{name}")] == wanted
    assert tools(environ, platform, lambda name: None) == []


def program(folder: Path, script: str) -> Tool:
    path = folder / "copier"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Tool((str(path),))


def test_a_program_gets_the_text(tmp_path: Path) -> None:
    out = tmp_path / "out"
    tool = program(tmp_path, f'cat > "{out}"')
    tool.copy("größe\ud800")
    assert out.read_text() == "größe\ufffd"
    Tool(tool.command, "utf-16-le").copy("a")
    assert out.read_bytes() == b"a\0"


def test_a_program_that_stays_behind_is_not_waited_for(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program(tmp_path, f'cat > /dev/null; sleep 60 & echo $! > "{pid}"').copy("text", timeout=30)
    os.kill(int(pid.read_text()), 9)


@pytest.mark.parametrize(
    ("script", "wanted"), [("exit 3", "failed with code 3"), ("exec sleep 60", r"took longer than 0.2s")]
)
def test_a_program_that_fails_or_hangs(tmp_path: Path, script: str, wanted: str) -> None:
    with pytest.raises(CannotCopy, match=wanted):
        program(tmp_path, script).copy("x" * 1_000_000, timeout=0.2 if "sleep" in script else 30)


def test_a_program_that_is_gone() -> None:
    with pytest.raises(CannotCopy, match="cannot be run"):
        Tool(("/nowhere/copier",)).copy("text")
