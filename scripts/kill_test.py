"""Kill the viewer at random moments, and see that its terminal is as it was: `python -m scripts.kill_test`.

Each run starts `python -m tracetui` in a pseudoterminal of its own, sends its process one signal, and then
interprets all that the terminal was sent. A run that is not over in `PATIENCE` seconds is a failure, too.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
SOURCES = ("sample_traces/checkout.json", "sample_traces/several-traces.json", "")
LATEST = 1.5
"""Seconds after the start at which the last signals come."""
PATIENCE = 15.0

USUAL = {25: True, 7: True}
"""Modes that are on in a terminal nobody has touched; all others are off."""
WATCHED = (1049, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1004, 2004, 2026, 2048, 25, 7)
_MODES = re.compile(rb"\x1b\[\?([\d;]+)([hl])|\x1b\[([<>])(\d*)u")
_QUERIES = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;2$y"}


@dataclass
class Outcome:
    """How one run ended.

    Attributes:
        signal: what was sent.
        after: seconds after the start.
        sent: bytes that the terminal was sent.
        code: the exit code; negative where a signal ended the process.
        troubles: what is not as it was, and what else went wrong.
    """

    signal: signal.Signals
    after: float
    sent: int = 0
    code: int = 0
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(self.troubles) or "restored"
        return (
            f"{self.signal.name:7} after {self.after:5.3f} s, code {self.code}, {self.sent:,} bytes: {told}"
        )


def left_over(sent: bytes) -> list[str]:
    """What a terminal that was sent this has on, or off, that it had not before."""
    modes: dict[int, bool] = {}
    pushed = 0
    troubles = []
    for numbers, to, keyboard, count in _MODES.findall(sent):
        if keyboard:
            pushed += 1 if keyboard == b">" else -int(count or b"1")
            if pushed < 0:
                pushed = 0
                troubles.append("a keyboard protocol that was not its own was popped")
        for number in numbers.split(b";") if numbers else ():
            modes[int(number)] = to == b"h"
    for mode in WATCHED:
        usual = USUAL.get(mode, False)
        if modes.get(mode, usual) != usual:
            troubles.append(f"mode {mode} is {'off' if usual else 'on'}")
    if pushed:
        troubles.append(f"{pushed} keyboard protocols were not popped")
    return troubles


def run_once(source: str, number: signal.Signals, after: float, *, answers: bool, home: str) -> Outcome:
    """Start a viewer, kill it, and look at its terminal.

    Args:
        source: what to open; nothing for the start screen.
        number: the signal.
        after: seconds to wait before it is sent.
        answers: the terminal answers what it is asked, as newer ones do.
        home: folder for settings and recent files.
    """
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    before = termios.tcgetattr(slave), fcntl.fcntl(slave, fcntl.F_GETFL)
    env = {**os.environ, "TERM": "xterm-256color", "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
    process = subprocess.Popen(
        [sys.executable, "-m", "tracetui", *([source] if source else [])],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env=env,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    outcome = Outcome(number, after)
    sent = b""
    try:
        begin = time.monotonic()
        killed = False
        while time.monotonic() < begin + after + PATIENCE:
            ended = process.poll() is not None
            if not killed and time.monotonic() >= begin + after:
                process.send_signal(number)
                killed = True
            wait = 0 if ended else 0.05 if killed else max(0.0, min(0.05, begin + after - time.monotonic()))
            if select.select([master], [], [], wait)[0]:
                data = os.read(master, 65536)
                sent += data
                for query, answer in _QUERIES.items() if answers else ():
                    if query in data:
                        os.write(master, answer)
            elif ended:
                break
        else:
            outcome.troubles.append("it did not end")
        if process.poll() is None:
            process.kill()
        outcome.code, outcome.sent = process.wait(), len(sent)
        _judge(outcome, sent, before == (termios.tcgetattr(slave), fcntl.fcntl(slave, fcntl.F_GETFL)))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
        os.close(slave)
    return outcome


def _judge(outcome: Outcome, sent: bytes, same_attributes: bool) -> None:
    outcome.troubles += left_over(sent)
    if not same_attributes:
        outcome.troubles.append("the attributes of the terminal differ")
    number = int(outcome.signal)
    # Before Python has come to the first line of the program, a signal does what it does to Python.
    if outcome.code not in (128 + number, -number) or (outcome.code < 0 and b"\x1b[?1049h" in sent):
        outcome.troubles.append(f"exit code {outcome.code}")


def runs(count: int, seed: int, latest: float = LATEST) -> list[Outcome]:
    """Kill that many viewers, one after another.

    Args:
        count: how many.
        seed: of the moments; signals and sources take turns.
        latest: seconds after the start at which the last signals come.
    """
    moments = random.Random(seed)
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="tracetui-kill-") as home:
        for number in range(count):
            outcomes.append(
                run_once(
                    SOURCES[number // len(SIGNALS) % len(SOURCES)],
                    SIGNALS[number % len(SIGNALS)],
                    moments.uniform(0, latest),
                    answers=moments.random() < 0.5,
                    home=home,
                )
            )
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and list the failures; returns 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latest", type=float, default=LATEST, help="seconds until the last signals")
    given = parser.parse_args(arguments)
    outcomes = runs(given.runs, given.seed, given.latest)
    drawn = sum(outcome.sent > 0 for outcome in outcomes)
    failures = [outcome for outcome in outcomes if outcome.troubles]
    for outcome in failures:
        print(outcome)
    print(f"{len(outcomes)} killed, {drawn} of them after something was drawn: {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
