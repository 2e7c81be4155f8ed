"""When the viewer opens, and when the same words print instead: told on real terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.cli.test_show import ENVIRONMENT, ORDERS
from tracetui.cli.view import can_view


def on_a_terminal(*arguments: str, stdin: int, **environment: str) -> tuple[int, bytes]:
    """Run the command line with a terminal as stdout; the exit code and what the terminal was sent."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracetui", *arguments],
        stdin=stdin,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT | {"TERM": "xterm-256color"} | environment,
        start_new_session=True,
    )
    os.close(slave)
    sent = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not data:
            break
        sent += data
    os.close(master)
    return process.wait(60), sent


@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_without_keys_it_prints(environment: dict[str, str]) -> None:
    code, sent = on_a_terminal(str(ORDERS), stdin=subprocess.DEVNULL, **environment)
    assert code == 0
    assert b"critical path" in sent and b"\x1b[?" not in sent
    assert (b"\x1b[" in sent) == (not environment)


def test_keys_come_from_stdin_unless_it_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    terminals = {0, 1}
    monkeypatch.setattr(os, "isatty", lambda fd: fd in terminals)
    monkeypatch.setenv("TERM", "xterm")
    assert can_view(["x.json"]) and can_view([])
    terminals = {1}
    assert not can_view(["x.json"])
    terminals = {0}
    assert not can_view(["x.json"])
    terminals = {0, 1}
    monkeypatch.setenv("TERM", "dumb")
    assert not can_view(["x.json"])


def test_with_stdin_as_a_source_keys_need_a_terminal_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "isatty", lambda fd: fd == 1)
    monkeypatch.setenv("TERM", "xterm")
    opened: list[str] = []

    def no_terminal(path: str, flags: int) -> int:
        opened.append(path)
        raise OSError

    monkeypatch.setattr(os, "open", no_terminal)
    assert not can_view(["-"])
    assert opened == ["/dev/tty"]
