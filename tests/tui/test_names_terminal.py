"""Names of all kinds on a terminal: every bar begins and ends in one cell, as the terminal counts cells."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pyte
import pytest
from wcwidth import wcwidth

NAMES = (
    "plain",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07 \x1b[2J\x1b[10;10H",
    "\x9b31m c1 \x85 next line",
    "[bold red]markup[/] [link=http://a.example]",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "שלום عربي",
    "日本語のとても長い名前を持つ操作",
    "ｆｕｌｌ ｗｉｄｔｈ",
    "cafe\u0301 a\u0301\u0302\u0303\u0304 \u0301starts with one",
    "👩\u200d👩\u200d👧 👍🏽 🇩🇪 ☎\ufe0f ❤\ufe0f",
    "a\tb\nc\rd\x08e\x7f",
    "zero\u200bwidth\u200c\u2060\ufeff",
    "한국어 \u1112\u1161\u11ab",
    "\ud83d lone surrogate",
    "soft\u00adhyphen no\u00a0break \u2028 line",
    "กำ ำ देवनागरी",
    "\U000e0041\U000e0042 tags \ue000 private \U0010ffff",
    "",
)
UNSET = ("NO_COLOR", "COLUMNS", "LINES", "TRACETUI_ASCII", "TRACETUI_THEME")
# What the emulator does not know and would draw: keyboard protocols and queries of modes.
UNKNOWN = re.compile(rb"\x1b\[[<>=?][0-9;]*[u$pm]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\|\x1b\[\?u")


def trace_of(names: tuple[str, ...]) -> dict[str, object]:
    """A trace in which each name is an operation, and also a service; all spans take the same time."""
    spans, processes = [], {}
    for number, name in enumerate(names):
        service = "half" if "\ud83d" in name else name
        processes[f"p{number}"] = {"serviceName": service, "tags": []}
        above = [{"refType": "CHILD_OF", "traceID": "a1", "spanID": f"{1:016x}"}] if number else []
        spans.append(
            {
                "traceID": "a1",
                "spanID": f"{number + 1:016x}",
                "operationName": name,
                "references": above,
                "startTime": 1_700_000_000_000_000,
                "duration": 1_000_000,
                "tags": [{"key": "name", "type": "string", "value": name}],
                "logs": [],
                "processID": f"p{number}",
            }
        )
    return {"data": [{"traceID": "a1", "spans": spans, "processes": processes}]}


def shown(char: str) -> bool:
    """Whether the emulator can be given a character: at one without a cell of its own it drops the line."""
    return wcwidth(char) != 0 or unicodedata.combining(char) != 0


def picture(source: Path, columns: int, lines: int, home: Path, *options: str) -> list[str]:
    """Show a file in the viewer; what a terminal shows, a character a cell ("" behind a wide one)."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (lines, columns))
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "XDG_CONFIG_HOME": str(home)}
    env |= {"XDG_STATE_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tracetui", str(source), *options],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=env,
        start_new_session=True,
    )
    os.close(slave)
    screen = pyte.Screen(columns, lines)
    stream = pyte.Stream(screen)
    pending = b""
    try:
        while "help" not in screen.display[-1] or "1s" not in screen.display[2 + len(NAMES)]:
            # A sequence may be cut by the read: the last waits for more, or until nothing comes.
            if select.select([master], [], [], 5)[0]:
                pending += os.read(master, 65536)
                whole = pending.rfind(b"\x1b")
            else:
                assert pending, "\n".join(screen.display)
                whole = len(pending)
            stream.feed("".join(filter(shown, UNKNOWN.sub(b"", pending[:whole]).decode())))
            pending = pending[whole:]
        grid = [[screen.buffer[y][x].data for x in range(columns)] for y in range(lines)]
    finally:
        os.close(master)
        process.kill()
        process.wait()
    return ["\0".join(row) for row in grid]


@pytest.mark.parametrize("options", [(), ("--ascii",)], ids=["", "ascii"])
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_bars_stand_in_one_column(columns: int, lines: int, options: tuple[str, ...], tmp_path: Path) -> None:
    source = tmp_path / "names.json"
    source.write_text(json.dumps(trace_of(NAMES)))
    drawn = [row.split("\0") for row in picture(source, columns, lines, tmp_path, *options)]
    rows = drawn[3 : 3 + len(NAMES)]
    full = "#-" if options else "█"
    bars = next(x for x, cell in enumerate(drawn[2]) if cell and cell in "|╷")
    first = {next(x for x, cell in enumerate(row) if x >= bars and cell and cell in full) for row in rows[1:]}
    last = {max(x for x, cell in enumerate(row[:-3]) if cell and cell in full) for row in rows[1:]}
    ends = {max(x for x, cell in enumerate(row[:-1]) if cell.strip()) for row in rows[1:]}
    assert len(first) == len(last) == len(ends) == 1, "\n".join("".join(row) for row in drawn)
    assert all("".join(row[: columns - 1]).rstrip().endswith("1s") for row in rows)
