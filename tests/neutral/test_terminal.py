"""What a real terminal is sent while a hostile trace is walked through: what any trace would have sent."""

from __future__ import annotations

import base64
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import sample, shared
from tests.neutral.hostile import FILE_NAME, document
from tracetui.text import neutralise

UNSET = ("NO_COLOR", "COLUMNS", "LINES", "DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY")
KEYS = (
    *("j", "j", "\r", "G", "\x1b", "L", "G", "g"),  # rows, detail
    *("!", "G", "\x1b", "?", "G", "\x1b", ":", "fold", "\x1b"),  # report, help, palette
    *("/a\r", "n", "\x1b", "f(\r", "\x1b", "fa\r", "F"),  # search and filter
    *("y", "\x1b", "\x13", "\x1b", "\x0f", "\x1b", "R"),  # copy, save, open, reload
    *("{", "}", "r", "\x7f", "z", "Z", "t", "c", "c", "e", "s"),
)
SEQUENCE = re.compile(
    rb"\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
)


def walk(source: Path, home: Path, keys: Sequence[str], size: tuple[int, int]) -> bytes:
    """All that the viewer writes while keys are pressed, each when it has fallen silent."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, size)
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "SSH_CONNECTION": "a b c d"}
    env |= {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tracetui", str(source)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        cwd=home,
        start_new_session=True,
    )
    os.close(slave)
    try:
        seen = _silence(master, b"", first=60.0)
        for key in keys:
            os.write(master, key.encode())
            seen = _silence(master, seen, first=0.5)
        os.write(master, b"\x03")
        seen = _silence(master, seen, first=30.0)
        assert process.wait(30) == 130
    finally:
        os.close(master)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return seen


def _silence(master: int, seen: bytes, *, first: float) -> bytes:
    """Read until nothing has come for a while."""
    until = time.monotonic() + 60
    wait = first
    while time.monotonic() < until and select.select([master], [], [], wait)[0]:
        try:
            piece = os.read(master, 1 << 16)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        wait = 0.15 if len(seen) > 4000 else first
    return seen


def shapes(sent: bytes) -> dict[str, int]:
    """The kinds of sequences in what was sent, and the characters between them that are not harmless."""
    found: dict[str, int] = {}

    def add(shape: str) -> None:
        found[shape] = found.get(shape, 0) + 1

    at, text = 0, b""
    for match in SEQUENCE.finditer(sent):
        text += sent[at : match.start()]
        at = match.end()
        body = match[0]
        if match["osc"] is not None:
            add("OSC " + match["osc"].split(b";")[0].decode("latin-1"))
        elif body[1:2] == b"[":
            modes = body[2:-1].decode("latin-1") if body[2:3] in b"?<=>" else ""
            add(f"CSI {modes}{body[-1:].decode()}")
        else:
            add(f"ESC {body[1:3]!r}")
    for char in set((text + sent[at:]).decode("utf-8", "replace")):
        if not (char in "\r\n\x07" or neutralise(f"x{char}") == f"x{char}"):
            add(f"TEXT U+{ord(char):04X}")
    return found


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("terminal")
    source = folder / FILE_NAME
    source.write_bytes(document(traces=2))
    return walk(source, folder, ("\r", *KEYS, "\x1b"), (40, 120))


def test_only_the_shapes_that_any_trace_sends(sent: bytes, tmp_path: Path) -> None:
    plain = shapes(walk(sample("checkout.json"), tmp_path, ("j", "\r", "\x1b"), (40, 120)))
    allowed = {shape for shape in plain if not shape.startswith("TEXT")}
    hostile = shapes(sent)
    assert not [shape for shape in hostile if shape.startswith(("TEXT", "OSC 52", "OSC 8", "OSC 0"))]
    assert set(hostile) - allowed <= {"CSI H", "CSI m", "CSI ?25h", "CSI ?25l", "OSC 22"}


def test_the_linter_finds_nothing(sent: bytes) -> None:
    spec = spec_from_file_location("vtlint", shared("hostile/vtlint.py"))
    assert spec is not None and spec.loader is not None
    vtlint: ModuleType = module_from_spec(spec)
    spec.loader.exec_module(vtlint)
    assert vtlint.bad(vtlint.shapes(sent)) == []


def test_what_is_copied_by_the_terminal_is_harmless(tmp_path: Path) -> None:
    source = tmp_path / FILE_NAME
    source.write_bytes(document())
    out = walk(source, tmp_path, ("j", "y", "\r", "\r", "j", "j", "j", "y", "\r"), (24, 80))
    copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)", out)
    assert copied
    for data in copied:
        text = base64.b64decode(data).decode()
        assert neutralise(text, multiline=True) == text and not text.endswith("\n")
