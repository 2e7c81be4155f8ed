"""The clipboard: a program of the system where there is one, else the terminal, by its sequence OSC 52."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from shutil import which as find_program

__all__ = ["MOST_BYTES", "CannotCopy", "Tool", "osc52", "tools", "without_surrogates"]

MOST_BYTES = 74_994
"""Bytes that terminals are sure to take: 100,000 of a sequence, less its frame, before base64."""

TIMEOUT_SECONDS = 2.0
"""How long a program may take. One that asks a display server which is not there may take for ever."""

_SCREEN_CHUNK = 240  # GNU screen passes on strings of up to 256 bytes
_NO_CLIPBOARD = ("", "dumb", "linux")
_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")


class CannotCopy(Exception):
    """It was not copied; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that takes text for the clipboard on its stdin.

    Attributes:
        command: The program and its arguments.
        encoding: What it reads.
    """

    command: tuple[str, ...]
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        return self.command[0]

    def copy(self, text: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """Hand over text and wait until it was taken.

        Raises:
            CannotCopy: The program failed, or took too long and was ended.
        """
        try:
            # Output goes nowhere: some stay behind to serve the clipboard, and would keep a pipe open.
            done = subprocess.run(
                self.command,
                input=without_surrogates(text).encode(self.encoding),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=timeout,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CannotCopy(f"{self.name} took longer than {timeout:g}s") from None
        except (OSError, ValueError) as error:
            raise CannotCopy(f"{self.name} cannot be run ({type(error).__name__})") from None
        if done.returncode:
            raise CannotCopy(f"{self.name} failed with code {done.returncode}")


def without_surrogates(text: str) -> str:
    """Text that can be encoded: pairs of surrogates become their character, single ones U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def tools(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = find_program,
) -> list[Tool]:
    """The programs that reach the user's clipboard from here, the best first.

    Over ssh those of this machine would fill the clipboard of the wrong one; tmux tells its own terminal.
    """
    found: list[Tool] = []
    if not any(environ.get(name) for name in _REMOTE):
        if platform == "darwin":
            found.append(Tool(("pbcopy",)))
        if environ.get("WSL_DISTRO_NAME") or environ.get("WSL_INTEROP"):
            found.append(Tool(("clip.exe",), "utf-16-le"))
        if environ.get("WAYLAND_DISPLAY"):
            found.append(Tool(("wl-copy", "--type", "text/plain")))
        if environ.get("DISPLAY"):
            found.append(Tool(("xclip", "-selection", "clipboard", "-in")))
            found.append(Tool(("xsel", "--clipboard", "--input")))
    if environ.get("TMUX"):
        found.append(Tool(("tmux", "load-buffer", "-w", "-")))
    return [tool for tool in found if which(tool.name)]


def osc52(text: str, environ: Mapping[str, str]) -> str:
    r"""The sequence that has the terminal put text into its clipboard, wrapped for what stands before it.

    tmux passes on what stands in `\ePtmux;…\e\\` with each ESC doubled, GNU screen what stands in short
    `\eP…\e\\`.

    Raises:
        CannotCopy: It is too long, or this terminal has no clipboard.
    """
    term = environ.get("TERM", "")
    if term in _NO_CLIPBOARD:
        raise CannotCopy(f"this terminal has no clipboard (TERM={term})")
    data = without_surrogates(text).encode()
    if len(data) > MOST_BYTES:
        raise CannotCopy(f"{len(data):,} bytes are more than the {MOST_BYTES:,} that a terminal takes")
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX") or term.startswith("tmux"):
        inner = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{inner}\x1b\\"
    if environ.get("STY") or term.startswith("screen"):
        parts = [sequence[at : at + _SCREEN_CHUNK] for at in range(0, len(sequence), _SCREEN_CHUNK)]
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return sequence
