"""Kill the viewer at random moments, and see that its terminal is as it was: `python -m scripts.kill_test`.

Each run starts `python -m tracetui` in a pseudoterminal of its own, sends its process one signal, and then
interprets all that the terminal was sent. A run that is not over `PATIENCE` seconds later is a failure, too.
Several terminals run side by side, each in one thread with the others: none waits for another. The first few
are not counted: they tell how long a start takes here, and so until when the moments are to be.
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
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
SOURCES = ("sample_traces/checkout.json", "sample_traces/several-traces.json", "")
PATIENCE = 30.0
"""Seconds from the signal to the end of the process, at most."""
ENTERED = b"\x1b[?1049h"
"""What the viewer writes first of all."""
BEYOND = 2.0
"""The last signals come after so many times the time of a start."""

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
        started: seconds after the start when the viewer took the screen; 0 where it did not.
        code: the exit code; negative where a signal ended the process.
        troubles: what is not as it was, and what else went wrong.
    """

    signal: signal.Signals
    after: float
    sent: int = 0
    started: float = 0.0
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


@dataclass(frozen=True)
class Plan:
    """One run to come.

    Attributes:
        source: what to open; nothing for the start screen.
        number: the signal.
        after: seconds to wait before it is sent.
        answers: the terminal answers what it is asked, as newer ones do.
        home: folder for settings and recent files.
    """

    source: str
    number: signal.Signals
    after: float
    answers: bool
    home: str


class Terminal:
    """A pseudoterminal with a viewer in it, which is to be killed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self._before = self._attributes()
        home = {"XDG_CONFIG_HOME": plan.home, "XDG_STATE_HOME": plan.home}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracetui", *([plan.source] if plan.source else [])],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", **home},
            start_new_session=True,
            preexec_fn=_in_foreground,
        )
        self._begin = time.monotonic()
        self._killed = False
        self._sent = b""
        self._outcome = Outcome(plan.number, plan.after)

    def _attributes(self) -> tuple[object, int]:
        return termios.tcgetattr(self.slave), fcntl.fcntl(self.slave, fcntl.F_GETFL)

    def wait(self) -> float:
        """Seconds until something is to be done, if nothing is read before."""
        return 0.05 if self._killed else max(0.0, min(0.05, self._begin + self.plan.after - time.monotonic()))

    def kill_if_due(self) -> None:
        """Send the signal, once its moment has come."""
        if not self._killed and time.monotonic() >= self._begin + self.plan.after:
            self._process.send_signal(self.plan.number)
            self._killed = True

    def read(self) -> bool:
        """Take what the terminal was sent; returns whether there was anything."""
        if not select.select([self.master], [], [], 0)[0]:
            return False
        data = os.read(self.master, 65536)
        self._sent += data
        if not self._outcome.started and ENTERED in self._sent:
            self._outcome.started = time.monotonic() - self._begin
        for query, answer in _QUERIES.items() if self.plan.answers else ():
            if query in data:
                os.write(self.master, answer)
        return True

    def ended(self) -> Outcome | None:
        """Judge the run if it is over, or has to be by now."""
        late = time.monotonic() > self._begin + self.plan.after + PATIENCE
        if not late and (self._process.poll() is None or self.read()):
            return None
        outcome = self._outcome
        if late:
            outcome.troubles.append("it did not end")
            self.close(keep_open=True)
        outcome.code, outcome.sent = self._process.wait(), len(self._sent)
        _judge(outcome, self._sent, self._before == self._attributes())
        self.close()
        return outcome

    def close(self, *, keep_open: bool = False) -> None:
        """End the process, at once, and then the terminal."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if not keep_open:
            os.close(self.master)
            os.close(self.slave)


def _in_foreground() -> None:
    """Have a new process own its terminal, and listen to signals that one in the background is deaf to."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def _judge(outcome: Outcome, sent: bytes, same_attributes: bool) -> None:
    outcome.troubles += left_over(sent)
    if not same_attributes:
        outcome.troubles.append("the attributes of the terminal differ")
    number = int(outcome.signal)
    # Before Python has come to the first line of the program, a signal does what it does to Python.
    if outcome.code not in (128 + number, -number) or (outcome.code < 0 and ENTERED in sent):
        outcome.troubles.append(f"exit code {outcome.code}")


def run(plans: Iterable[Plan], jobs: int = 1) -> Iterator[Outcome]:
    """Kill a viewer for each plan, so many at a time; outcomes come as the runs end."""
    waiting = iter(plans)
    terminals: list[Terminal] = []
    try:
        while True:
            terminals += [Terminal(plan) for plan in islice(waiting, jobs - len(terminals))]
            if not terminals:
                return
            select.select([t.master for t in terminals], [], [], min(t.wait() for t in terminals))
            for terminal in list(terminals):
                terminal.read()
                terminal.kill_if_due()
                outcome = terminal.ended()
                if outcome is not None:
                    terminals.remove(terminal)
                    yield outcome
    finally:
        for terminal in terminals:
            terminal.close()


def plans(count: int, seed: int, latest: float, home: str) -> list[Plan]:
    """Make up runs: signals and sources take turns, the moments are random.

    Args:
        count: how many.
        seed: of the moments.
        latest: seconds after the start at which the last signals come.
        home: folder for settings and recent files.
    """
    moments = random.Random(seed)
    return [
        Plan(
            SOURCES[number // len(SIGNALS) % len(SOURCES)],
            SIGNALS[number % len(SIGNALS)],
            moments.uniform(0, latest),
            moments.random() < 0.5,
            home,
        )
        for number in range(count)
    ]


def start_time(jobs: int, home: str) -> float:
    """Seconds until the viewer has the screen, with as many starting at a time as will be."""
    tried = [Plan(SOURCES[number % 3], signal.SIGTERM, 4.0, False, home) for number in range(max(3, jobs))]
    return statistics.median(outcome.started or 4.0 for outcome in run(tried, jobs))


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and tell how it goes; returns 1 where there are failures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=500)
    parser.add_argument(
        "-j", "--jobs", type=int, default=2 * (os.cpu_count() or 1), help="terminals at a time"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latest", type=float, help="seconds until the last signals")
    given = parser.parse_args(arguments)
    begin = time.monotonic()
    done = drawn = failures = 0
    with tempfile.TemporaryDirectory(prefix="tracetui-kill-") as home:
        latest = given.latest or BEYOND * start_time(given.jobs, home)
        print(f"signals within {latest:.2f} s of a start, {given.jobs} terminals at a time", flush=True)
        for outcome in run(plans(given.runs, given.seed, latest, home), given.jobs):
            done += 1
            drawn += outcome.started > 0
            failures += bool(outcome.troubles)
            if outcome.troubles:
                print(outcome, flush=True)
            if done % 20 == 0 or done == given.runs:
                told = f"{done} of {given.runs} killed, {drawn} of them after the viewer had the screen"
                print(f"{told}: {failures} failures; {time.monotonic() - begin:.0f} s", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
