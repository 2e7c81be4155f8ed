"""Settings and options of the viewer, on a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_show import ENVIRONMENT, ORDERS

TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
MOUSE = b"\x1b[?1000h"


def viewed(home: Path, *arguments: str, keys: bytes = b"q", **environment: str) -> tuple[int, bytes, bytes]:
    """Run the viewer on a terminal, press keys once the trace is on it, and leave.

    Returns:
        The exit code, what the terminal was sent, and what was on stderr.
    """
    outer, inner = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracetui", str(ORDERS), *arguments],
            stdin=inner,
            stdout=inner,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT
            | TERMINAL
            | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
            | environment,
        )
    finally:
        os.close(inner)
    sent = bytearray()
    pressed = False
    try:
        while True:
            ready, _, _ = select.select([outer], [], [], 60)
            assert ready, "the viewer says nothing"
            try:
                piece = os.read(outer, 1 << 16)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            sent += piece
            if not pressed and b"charge" in sent:
                pressed = True
                os.write(outer, keys)
        errors = process.stderr.read() if process.stderr else b""
        return process.wait(60), bytes(sent), errors
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
        os.close(outer)


def file_in(home: Path, text: str) -> Path:
    file = home / "tracetui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_options_win_over_the_file_and_a_change_is_kept(tmp_path: Path) -> None:
    file = file_in(tmp_path, "mouse = false  # no\nascii = true\n")
    code, sent, errors = viewed(tmp_path, "--no-ascii", keys=b"tq")
    assert (code, errors) == (0, b"")
    assert MOUSE not in sent
    assert "█".encode() in sent
    assert file.read_text() == 'mouse = false  # no\nascii = true\ntime_format = "local"\n'
    assert str(ORDERS) in (tmp_path / "state" / "tracetui" / "recent.json").read_text()


def test_the_file_gives_way_to_the_environment(tmp_path: Path) -> None:
    file_in(tmp_path, "mouse = false\nascii = true\n")
    code, sent, errors = viewed(tmp_path, TRACETUI_MOUSE="1")
    assert (code, errors) == (0, b"")
    assert MOUSE in sent
    assert "█".encode() not in sent


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["--theme", "bogus"], {}), ([], {"TRACETUI_THEME": "bogus"})]
)
def test_a_theme_that_is_not_there_is_an_error_on_the_command_line(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    code, sent, errors = viewed(tmp_path, *arguments, **environment)
    assert code == 2
    assert sent == b""
    assert errors.startswith(b"tracetui: there is no theme 'bogus' (there are ansi, colour-blind, dark, ")
    assert errors.count(b"\n") == 1
