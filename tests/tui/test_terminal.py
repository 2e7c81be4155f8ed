"""The viewer in a real terminal: what it leaves behind, whatever ends it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import sample

ON = [b"\x1b[?1049h", b"\x1b[?1000h", b"\x1b[?1003h", b"\x1b[?1006h", b"\x1b[?2004h", b"\x1b[?1004h"]
HIDDEN = [b"\x1b[?25l", b"\x1b[?7l"]


class Terminal:
    """A pty with the viewer in it; stderr is a file of its own."""

    def __init__(self, script: str, stderr: Path) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        env.pop("NO_COLOR", None)
        with stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script],
                stdin=slave,
                stdout=slave,
                stderr=errors,
                env=env,
                start_new_session=True,
            )
        self.seen = b""

    def read_until(self, wanted: bytes) -> None:
        """Read what the viewer draws until some text came."""
        while wanted not in self.seen:
            ready, _, _ = select.select([self.master], [], [], 30)
            assert ready, f"{wanted!r} never came; the last was {self.seen[-300:]!r}"
            self.seen += os.read(self.master, 65536)

    def end(self) -> int:
        """Read until the viewer is gone, and return its exit code."""
        limit = time.monotonic() + 60
        while self.process.poll() is None or select.select([self.master], [], [], 0)[0]:
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 65536)
            assert time.monotonic() < limit, "the viewer does not end"
        return self.process.wait()

    def is_restored(self) -> bool:
        """Whether every mode that was set was taken back, and the tty's attributes are as before."""
        for on in ON:
            if self.seen.rfind(on) > self.seen.rfind(on[:-1] + b"l"):
                return False
        for off in HIDDEN:
            if self.seen.rfind(off) > self.seen.rfind(off[:-1] + b"h"):
                return False
        if self.seen.count(b"\x1b[<u") != self.seen.count(b"\x1b[>25u"):
            return False
        return termios.tcgetattr(self._slave) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)


def script(arguments: list[str], before: str = "") -> str:
    return f"import sys\nfrom tracetui.cli.main import run\n{before}\nsys.exit(run({arguments!r}))"


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    return tmp_path / "stderr"


@pytest.fixture
def viewer(errors: Path) -> Iterator[Terminal]:
    terminal = Terminal(script([str(sample("checkout.json"))]), errors)
    yield terminal
    terminal.close()


def test_q_leaves_the_terminal_as_it_was(viewer: Terminal, errors: Path) -> None:
    viewer.read_until(b"critical path")
    os.write(viewer.master, b"q")
    assert viewer.end() == 0
    assert viewer.is_restored()
    assert errors.read_bytes() == b""
    assert b"\x1b]" not in viewer.seen.replace(b"\x1b]22;", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_leaves_the_terminal_as_it_was(viewer: Terminal, number: int) -> None:
    viewer.read_until(b"critical path")
    viewer.process.send_signal(number)
    assert viewer.end() == 128 + number
    assert viewer.is_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_starting_leaves_the_terminal_as_it_was(viewer: Terminal, number: int) -> None:
    viewer.read_until(b"\x1b[?1049h")
    viewer.process.send_signal(number)
    assert viewer.end() == 128 + number
    assert viewer.is_restored()


def test_a_crash_is_one_line_and_shows_no_variables(errors: Path) -> None:
    crash = (
        "from tracetui.tui.widgets.waterfall import Waterfall\n"
        "def broken(self, y):\n    token = 'se' + 'cret'\n    raise RuntimeError('broken')\n"
        "Waterfall.render_line = broken"
    )
    terminal = Terminal(script([str(sample("checkout.json"))], crash), errors)
    try:
        assert terminal.end() == 70
        assert terminal.is_restored()
        told = errors.read_text()
        assert told.count("\n") == 1
        assert "broken" in told
        assert "secret" not in told
        assert b"secret" not in terminal.seen
    finally:
        terminal.close()


def test_a_file_that_is_no_trace_is_one_line(errors: Path, tmp_path: Path) -> None:
    path = tmp_path / "no.json"
    path.write_text('{"hello": 1}')
    terminal = Terminal(script([str(path)]), errors)
    try:
        assert terminal.end() == 3
        assert terminal.is_restored()
        assert errors.read_text().count("\n") == 1
    finally:
        terminal.close()


def test_ctrl_c_ends_with_130(viewer: Terminal) -> None:
    viewer.read_until(b"critical path")
    os.write(viewer.master, b"\x03")
    assert viewer.end() == 130
    assert viewer.is_restored()


def stopped(viewer: Terminal) -> None:
    """Read until the viewer's process has been stopped."""
    while not os.WIFSTOPPED(os.waitpid(viewer.process.pid, os.WUNTRACED | os.WNOHANG)[1]):
        if select.select([viewer.master], [], [], 0.05)[0]:
            viewer.seen += os.read(viewer.master, 65536)
    while select.select([viewer.master], [], [], 0)[0]:
        viewer.seen += os.read(viewer.master, 65536)


def test_ctrl_z_gives_the_terminal_back_and_going_on_draws_anew(viewer: Terminal) -> None:
    viewer.read_until(b"critical path")
    for _ in range(2):
        os.write(viewer.master, b"\x1a")
        stopped(viewer)
        assert viewer.is_restored()
        viewer.seen = b""
        viewer.process.send_signal(signal.SIGCONT)
        viewer.read_until(b"critical path")
        assert b"\x1b[?1049h" in viewer.seen
    os.write(viewer.master, b"q")
    assert viewer.end() == 0
    assert viewer.is_restored()


def test_what_is_stopped_can_be_killed(viewer: Terminal) -> None:
    viewer.read_until(b"critical path")
    os.write(viewer.master, b"\x1a")
    stopped(viewer)
    seen = len(viewer.seen)
    viewer.process.send_signal(signal.SIGTERM)
    viewer.process.send_signal(signal.SIGCONT)
    assert viewer.end() == 128 + signal.SIGTERM
    assert viewer.is_restored()
    assert len(viewer.seen) == seen


def test_a_stop_from_outside_ends_with_a_whole_picture(viewer: Terminal) -> None:
    viewer.read_until(b"critical path")
    viewer.process.send_signal(signal.SIGSTOP)
    stopped(viewer)
    before, viewer.seen = viewer.seen, b""
    viewer.process.send_signal(signal.SIGCONT)
    viewer.read_until(b"critical path")
    viewer.seen = before + viewer.seen
    os.write(viewer.master, b"q")
    assert viewer.end() == 0
    assert viewer.is_restored()


def test_a_signal_that_does_not_wake_the_main_thread_ends_the_viewer(errors: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    elsewhere = (
        "import os, signal, threading\n"
        "def kill():\n"
        f"    os.close(os.open({str(fifo)!r}, os.O_RDONLY))\n"
        "    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)\n"
        "threading.Thread(target=kill, daemon=True).start()"
    )
    terminal = Terminal(script([str(sample("checkout.json"))], elsewhere), errors)
    try:
        terminal.read_until(b"critical path")
        while select.select([terminal.master], [], [], 0.5)[0]:  # until it is at rest
            terminal.seen += os.read(terminal.master, 65536)
        os.close(os.open(fifo, os.O_WRONLY))
        assert terminal.end() == 128 + signal.SIGTERM
        assert terminal.is_restored()
    finally:
        terminal.close()


def test_a_terminal_that_goes_away_ends_the_viewer() -> None:
    """No signal is sent here: the terminal is not the one that controls the viewer's session."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-c", script([str(sample("checkout.json"))])],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b"critical path" not in seen:
        ready, _, _ = select.select([master], [], [], 30)
        assert ready
        seen += os.read(master, 65536)
    os.close(master)
    try:
        assert process.wait(timeout=30) == 128 + signal.SIGHUP
    finally:
        process.kill()
