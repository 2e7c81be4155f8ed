"""A value in the user's own pager or editor: the screen is theirs until they are left."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from textual.app import App

from tracetui.errors import UsageError
from tracetui.files import reason

from .terminal import LITTER, StdoutDriver

PAGERS = ("less", "more")
EDITORS = ("vi", "nano")


def pager(environ: Mapping[str, str]) -> list[str]:
    """The command of the user's pager.

    Raises:
        UsageError: There is none.
    """
    return _command(environ, ("PAGER",), PAGERS)


def editor(environ: Mapping[str, str]) -> list[str]:
    """The command of the user's editor.

    Raises:
        UsageError: There is none.
    """
    return _command(environ, ("VISUAL", "EDITOR"), EDITORS)


def _command(environ: Mapping[str, str], variables: tuple[str, ...], usual: tuple[str, ...]) -> list[str]:
    for name in variables:
        if not environ.get(name, "").strip():
            continue
        try:
            command = shlex.split(environ[name])
        except ValueError:
            raise UsageError(f"${name} is no command: its quotes do not match") from None
        if command and shutil.which(command[0]):
            return command
        raise UsageError(f"${name} is not found: {environ[name]}")
    for program in usual:
        if shutil.which(program):
            return [program]
    raise UsageError(f"there is no {' or '.join(usual)}", hint=f"set ${variables[-1]}")


def show(app: App[Any], command: list[str], text: str, suffix: str = ".txt") -> None:
    """Run a command on a temporary file with a text; the application waits, and then draws itself anew.

    Args:
        app: gives up its terminal meanwhile.
        command: the program and its options; the file's name follows them.
        text: the file's content; nobody but the user may read it, and it is gone afterwards.
        suffix: what the file's name ends with.

    Raises:
        UsageError: The file could not be written, or the program not be started.
    """
    try:
        fd, path = tempfile.mkstemp(prefix="tracetui-", suffix=suffix)  # 0600, and nobody else's
        LITTER.add(path)
        try:
            with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor
                file.write(text.encode("utf-8", "surrogatepass"))
            _run(app, [*command, path])
        finally:
            with suppress(OSError):
                Path(path).unlink()
            LITTER.discard(path)
    except OSError as error:
        raise UsageError(f"{command[0]}: {reason(error)}") from None


def _run(app: App[Any], command: list[str]) -> None:
    driver = StdoutDriver.active
    trouble: OSError | None = None
    with app.suspend(), _left_alone():
        try:
            # The viewer's own stdin may be a trace, and its stdout for something else.
            keys, screen = (None, None) if driver is None else (driver.fileno, driver.output)
            subprocess.run(command, check=False, stdin=keys, stdout=screen)
        except OSError as error:  # out of here it would leave the application suspended
            trouble = error
    if trouble is not None:
        raise trouble


@contextmanager
def _left_alone() -> Iterator[None]:
    """Let ctrl+c and ctrl+\\ be for the program that has the terminal, as a shell does."""
    # A handler and not SIG_IGN, which the program would inherit.
    before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(*_: object) -> None:
    """The program that has the terminal gets the signal, too."""
