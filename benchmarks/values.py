"""How long a very long attribute takes to open: `python -m benchmarks.values [--megabytes 10] [--rounds 3]`.

The viewer runs in a pseudo-terminal, on a trace of two spans of which the second one has a single attribute.
Seconds from a key until what it is pressed for stands on the screen: `detail` from the key that moves to the
span, `whole` from the one that opens the value on a screen of its own, `end` from the one that goes to its
end.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import measure

LIMIT_S = 1.0
FIRST, LAST = "first-mark", "last-mark"
_US = 1_700_000_000_000_000
_TRACE = "5b8efff798038103d269b633813fc60c"


def values(size: int) -> dict[str, tuple[str, object]]:
    """The name and the value of an attribute of each kind, as OTLP writes it; each of about `size` bytes."""
    words = "the quick brown fox jumps over the lazy dog and "
    rows = [{"id": number, "name": f"row {number}", "tags": ["a", "b"]} for number in range(size // 50)]
    row = {"stringValue": "a row of some text, not long"}
    text = f"{FIRST} " + words * (size // len(words)) + LAST
    query = f"SELECT '{FIRST}', * FROM orders WHERE id IN (" + "1234567, " * (size // 9) + f"0) -- {LAST}"
    raw = os.urandom(size * 3 // 4)
    encoded = base64.b64encode(FIRST.encode() + raw + LAST.encode()).decode()
    return {
        "text": ("note", {"stringValue": text}),
        "lines": ("exception.stacktrace", {"stringValue": text.replace(" and ", " and\n")}),
        "japanese": ("note", {"stringValue": f"{FIRST} {'日本語の長い文字列' * (size // 27)} {LAST}"}),
        "json": ("body", {"stringValue": json.dumps([FIRST, *rows, LAST])}),
        "json-line": ("body", {"stringValue": json.dumps([FIRST, "x" * size, LAST])}),
        "sql": ("db.statement", {"stringValue": query}),
        "base64": ("body", {"stringValue": f"{FIRST} {encoded} {LAST}"}),
        "bytes": ("body", {"bytesValue": encoded}),
        "list": (
            "rows",
            {
                "arrayValue": {
                    "values": [{"stringValue": FIRST}, *[row] * (size // 46), {"stringValue": LAST}]
                }
            },
        ),
        "prompt": (
            "gen_ai.input.messages",
            {"stringValue": json.dumps([{"role": "user", "content": text}])},
        ),
    }


def document(key: str, value: object) -> bytes:
    """A trace of two spans; the second one has the attribute."""
    spans = [
        {
            "traceId": _TRACE,
            "spanId": f"{number:016x}",
            "parentSpanId": f"{number - 1:016x}" if number > 1 else "",
            "name": f"op {number}",
            "startTimeUnixNano": str((_US + number) * 1000),
            "endTimeUnixNano": str((_US + 9_000 - number) * 1000),
            "attributes": [{"key": key, "value": value}] if number == 2 else [],
        }
        for number in (1, 2)
    ]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, ensure_ascii=False).encode()


def opened(command: list[str], path: Path, *, marked: bool) -> Mapping[str, float]:
    """Seconds until a value is seen in the pane, whole, and at its end.

    Args:
        command: The viewer.
        path: A trace of `document`.
        marked: Whether the marks can be read on the screen: not in bytes.
    """
    first, last = re.compile(FIRST.encode()), re.compile(LAST.encode())
    found: dict[str, float] = {}
    with measure.Terminal([*command, str(path)]) as terminal:
        found["start"] = terminal.until(measure.BAR)
        terminal.settle(1.0)

        def timed(key: bytes, pattern: re.Pattern[bytes]) -> float:
            terminal.seen = b""
            began = time.perf_counter()
            os.write(terminal.fd, key)
            terminal.until(pattern, 60.0)
            passed = time.perf_counter() - began
            terminal.settle(0.5)
            return passed

        found["detail"] = timed(b"j", first if marked else re.compile(b"base64"))
        terminal.press(b"\r")
        for _ in range(5):  # below title, figures in two lines, a blank one, and the name of the section
            terminal.press(b"j")
        size = b"(?s)(MB|members)"
        found["whole"] = timed(b"\r", re.compile(size + b".*" + first.pattern if marked else size))
        if marked:
            found["end"] = timed(b"G", last)
    return found


def lines(
    command: list[str], size: int, rounds: int, kinds: Sequence[str] = ()
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The medians of each kind of value."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, (key, value) in values(size).items():
            if kinds and kind not in kinds:
                continue
            path = Path(folder) / f"{kind}.json"
            path.write_bytes(document(key, value))
            taken = [opened(command, path, marked=kind != "bytes") for _ in range(rounds)]
            yield kind, {name: statistics.median(one[name] for one in taken) for name in taken[0]}
            path.unlink()


def main() -> None:
    """Print a line for each kind of value."""
    parser = argparse.ArgumentParser(prog="benchmarks.values")
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("kinds", nargs="*")
    asked = parser.parse_args()
    script = Path(sys.executable).with_name("tracetui")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "tracetui"]
    for kind, found in lines(command, asked.megabytes * 1_000_000, asked.rounds, asked.kinds):
        told = "  ".join(f"{name} {seconds:6.3f} s" for name, seconds in found.items())
        slowest = max(found["detail"], found["whole"])
        print(f"{kind:<10} {told}  {'ok' if slowest <= LIMIT_S else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main()
