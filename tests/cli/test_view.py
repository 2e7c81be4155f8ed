"""When the viewer opens, and when the same words print instead: told on real terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from msgspec.structs import replace

from tests.cli.test_show import ENVIRONMENT, ORDERS
from tracetui import tui
from tracetui.cli import main
from tracetui.cli.network import LazyFetcher, client_options
from tracetui.cli.options import Options
from tracetui.cli.viewer import can_view, is_plain
from tracetui.config import Loaded
from tracetui.loaders import LoadOptions


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


@pytest.mark.parametrize(
    "arguments",
    [["x.json"], ["a b.json", "c/*.json"], ["x.json", "show"], ["./show"], ["Show"], ["=", "a=b"]],
)
def test_plain_sources_are_opened_as_the_parser_would_have_it(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[list[str], LoadOptions, Loaded | None, object]] = []

    def run(
        names: list[str],
        options: LoadOptions | None = None,
        settings: Loaded | None = None,
        chosen: object = None,
        client: object = None,
    ) -> int:
        opened.append((names, options or LoadOptions(), settings, chosen))
        return 5

    monkeypatch.setattr(tui, "run", run)
    monkeypatch.setattr(os, "isatty", lambda _fd: True)
    monkeypatch.setenv("TERM", "xterm")
    for name in [name for name in os.environ if name.startswith("TRACETUI_")]:
        monkeypatch.delenv(name)
    assert main.build_app()(arguments, exit_on_error=False, result_action="return_value") == 5
    with monkeypatch.context() as without:
        without.setattr(main, "build_app", None)
        assert main.run(arguments) == 5
    parsed, plain = opened[0][1], opened[1][1]
    assert parsed.fetch == LazyFetcher(Options())
    assert plain.fetch == LazyFetcher()
    assert client_options() == client_options(Options())
    assert opened[0] == (opened[1][0], replace(plain, fetch=parsed.fetch), *opened[1][2:])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["show"],
        ["show", "x"],
        ["config"],
        ["-"],
        ["x", "-"],
        ["x", "--ascii"],
        ["-V"],
        ["--", "x"],
        ["", "x"],
    ],
)
def test_what_is_not_plain(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACETUI_ASCII", raising=False)
    assert not is_plain(arguments, ("show", "config"))


def test_variables_are_for_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_ASCII", "1")
    assert not is_plain(["x.json"], ())
