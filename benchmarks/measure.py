"""How time and memory are taken: whole processes, programs in a pseudo-terminal, sides in turn."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

BAR = re.compile(rb"\xe2\x96[\x88-\x8f\x91]")
"""The first cell of a bar: █ and its eighths, or ░ where there is no colour."""

COLUMNS, LINES = 160, 45


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: wall clock and CPU in seconds, largest resident set in bytes, what it wrote."""

    seconds: float
    cpu: float
    peak: int
    output: bytes


def process(argv: Sequence[str], *, discard: bool = False) -> Run:
    """Run a process to its end.

    Args:
        argv: Program and arguments.
        discard: Throw its output away instead of keeping it.

    Raises:
        RuntimeError: It failed; the message holds the end of what it said.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            argv, stdout=subprocess.DEVNULL if discard else subprocess.PIPE, stderr=errors
        )
        output = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if status:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-400:]
            raise RuntimeError(f"{' '.join(argv)}: exit {child.returncode}: {said}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, output)


class Terminal:
    """A program in a pseudo-terminal of its own.

    Args:
        argv: Program and arguments.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execvp(argv[0], list(argv))
        self.seen = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        """End the program, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def until(self, pattern: re.Pattern[bytes], timeout: float = 120.0) -> float:
        """Seconds from the start until the pattern stood in the output.

        Raises:
            RuntimeError: The program ended or the time was up before.
        """
        limit = time.perf_counter() + timeout
        while not pattern.search(self.seen):
            if not self._read(limit - time.perf_counter()):
                raise RuntimeError(f"no {pattern.pattern!r} in: {self.seen[-600:]!r}")
        return time.perf_counter() - self.began

    def settle(self, quiet: float, timeout: float = 120.0) -> None:
        """Wait until nothing was written for `quiet` seconds."""
        limit = time.perf_counter() + timeout
        while time.perf_counter() < limit and self._read(quiet):
            self.seen = b""

    def ended(self, timeout: float = 300.0) -> None:
        """Wait until the program has ended, or the time is up."""
        limit = time.perf_counter() + timeout
        while self._read(limit - time.perf_counter()):
            self.seen = b""

    def press(self, key: bytes) -> float:
        """Press a key; the seconds until the first byte of the answer."""
        began = time.perf_counter()
        os.write(self.fd, key)
        if not self._read(5.0):
            raise RuntimeError(f"no answer to {key!r}")
        answered = time.perf_counter() - began
        self.settle(0.12)  # a pane beside the rows follows a frame or two later
        return answered

    def _read(self, timeout: float) -> bool:
        if timeout <= 0 or not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            got = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        self.seen += got
        return bool(got)


def first(argv: Sequence[str], pattern: re.Pattern[bytes]) -> float:
    """Seconds until a program in a terminal has drawn what the pattern finds."""
    with Terminal(argv) as terminal:
        return terminal.until(pattern)


def alternate(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure several sides in turn, the order reversed each round, after one round that does not count.

    Args:
        sides: What is measured, by name: each call gives one figure.
        rounds: How many times.

    Returns:
        The figures of each side, round by round.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for call in sides.values():
        call()
    for number in range(rounds):
        order = list(sides.items())
        for name, call in order if number % 2 == 0 else order[::-1]:
            taken[name].append(call())
    return taken


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios of the rounds."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))
