"""Whatever ends the viewer, whenever: the terminal is as it was. scripts/kill_test.py does hundreds."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from scripts.kill_test import SOURCES, Plan, left_over, run


@pytest.mark.parametrize(
    ("number", "after", "source"),
    [
        (signal.SIGTERM, 0.1, SOURCES[0]),
        (signal.SIGHUP, 0.5, SOURCES[0]),
        (signal.SIGINT, 0.7, SOURCES[1]),
        (signal.SIGQUIT, 0.9, SOURCES[0]),
        (signal.SIGTERM, 1.2, SOURCES[2]),
        (signal.SIGHUP, 1.6, SOURCES[2]),
    ],
)
def test_the_terminal_is_given_back(
    number: signal.Signals, after: float, source: str, tmp_path: Path
) -> None:
    (outcome,) = run([Plan(source, number, after, after > 0.8, str(tmp_path))])
    assert not outcome.troubles, outcome


@pytest.mark.parametrize(
    ("sent", "troubles"),
    [
        (b"", 0),
        (b"\x1b[?1049h\x1b[?25l\x1b[?1049l\x1b[?25h", 0),
        (b"\x1b[?1049l\x1b[?1049h", 1),
        (b"\x1b[?1000;1006h\x1b[?7l", 3),
        (b"\x1b[>25u", 1),
        (b"\x1b[>25u\x1b[<u", 0),
        (b"\x1b[<u", 1),
    ],
)
def test_what_is_left_over_is_read_from_what_was_sent(sent: bytes, troubles: int) -> None:
    assert len(left_over(sent)) == troubles
