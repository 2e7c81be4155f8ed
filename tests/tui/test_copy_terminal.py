"""What a real terminal is sent when something is copied, and what `--print-selected` leaves on stdout."""

from __future__ import annotations

import base64
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.conftest import sample
from tracetui.loaders import load

UNSET = (
    *("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP", "TMUX", "STY"),
    *("TRACETUI_PRINT_SELECTED", "COLUMNS", "LINES"),
)
CHECKOUT = sample("checkout.json")


class Viewer:
    """The viewer on a terminal: as its stdout, or as its stderr with stdout kept apart."""

    def __init__(self, *arguments: str, apart: bool = False, **environment: str) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (30, 130))
        env = {name: value for name, value in os.environ.items() if name not in UNSET}
        env |= {"TERM": "xterm-256color", "SSH_CONNECTION": "a b c d", **environment}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracetui", *arguments],
            stdin=slave,
            stdout=subprocess.PIPE if apart else slave,
            stderr=slave if apart else subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""
        self.output = b""

    def expect(self, text: str) -> None:
        """Read until some text was drawn since the last time."""
        begin = len(self.seen)
        while text.encode() not in self.seen[begin:]:
            ready, _, _ = select.select([self._master], [], [], 60)
            assert ready, f"{text!r} never came; the last was {self.seen[-300:]!r}"
            self.seen += os.read(self._master, 65536)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not data:
                break
            self.seen += data
        self.output, _ = self._process.communicate(timeout=60)
        os.close(self._master)
        return self._process.returncode


@pytest.mark.parametrize(
    ("environment", "frame"),
    [
        ({}, ("\x1b]52;c;", "\x07")),
        ({"TMUX": "/nowhere,1,0", "PATH": "/nowhere"}, ("\x1bPtmux;\x1b\x1b]52;c;", "\x07\x1b\\")),
        ({"STY": "1.tty"}, ("\x1bP\x1b]52;c;", "\x07\x1b\\")),
    ],
)
def test_exactly_one_sequence_is_sent(environment: dict[str, str], frame: tuple[str, str]) -> None:
    root = load([str(CHECKOUT)]).traces[0].root
    viewer = Viewer(str(CHECKOUT), **environment)
    viewer.expect("critical path")
    viewer.press("y")
    viewer.expect("span as JSON")
    viewer.press("i")
    viewer.expect("16 characters")
    viewer.press("q")
    assert viewer.end() == 0
    wanted = frame[0] + base64.b64encode(root.span_id.encode()).decode() + frame[1]
    assert viewer.seen.count(wanted.encode()) == 1
    rest = viewer.seen.replace(wanted.encode(), b"")
    # Nothing else of that kind: of all OSC and DCS only the shape of the pointer, which Textual resets.
    assert set(re.findall(rb"\x1b[\]P][^\x07\x1b]*", rest)) <= {b"\x1b]22;default"}
    assert b"52;" not in rest.replace(b"[52;", b"").replace(b";52;", b"")


def test_the_chosen_span_is_on_stdout_and_the_screen_on_stderr() -> None:
    trace = load([str(CHECKOUT)]).traces[0]
    viewer = Viewer(str(CHECKOUT), "--print-selected", "id", apart=True)
    viewer.expect("critical path")
    viewer.press("jj")
    viewer.press("q")
    assert viewer.end() == 0
    assert viewer.output.decode() == f"{trace.spans[2].span_id}\n"
    assert b"\x1b[?1049h" in viewer.seen and b"\x1b[?1049l" in viewer.seen


def test_the_chosen_span_as_json() -> None:
    trace = load([str(CHECKOUT)]).traces[0]
    viewer = Viewer(str(CHECKOUT), apart=True, TRACETUI_PRINT_SELECTED="json")
    viewer.expect("critical path")
    viewer.press("q")
    assert viewer.end() == 0
    value = json.loads(viewer.output)
    assert viewer.output.count(b"\n") == 1
    assert (value["key"], value["name"]) == (trace.root.key, trace.root.name)
    assert value["critical_path_nano"] >= 0 and value["self_time_nano"] >= 0


def test_nothing_is_chosen_by_an_interrupt() -> None:
    viewer = Viewer(str(CHECKOUT), "--print-selected", "id", apart=True)
    viewer.expect("critical path")
    viewer.press("\x03")
    assert viewer.end() == 130
    assert viewer.output == b""


def test_nothing_is_chosen_in_a_list() -> None:
    viewer = Viewer(str(sample("several-traces.json")), "--print-selected", "id", apart=True)
    viewer.expect("traces")
    viewer.press("q")
    assert viewer.end() == 0
    assert viewer.output == b""


def test_a_failure_is_one_line_on_stderr(tmp_path: Path) -> None:
    viewer = Viewer(str(tmp_path / "none.json"), "--print-selected", "id", apart=True)
    assert viewer.end() == 3
    assert viewer.output == b""
    assert b"none.json" in viewer.seen.rpartition(b"\x1b[0m")[2]


def test_without_a_terminal_on_stderr_it_prints() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tracetui", str(CHECKOUT), "--print-selected", "id"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert "critical path" in done.stdout.decode()
