"""What a run met: executions counted, each fault kept once with the smallest input that shows it."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable
from pathlib import Path

_EVERY_S = 5.0


class Findings:
    """Runs a target, and keeps what it lets out.

    Args:
        name: The target's name.
        target: What is run.
        folder: Where inputs, tracebacks and figures are written.
    """

    def __init__(self, name: str, target: Callable[[bytes], None], folder: Path) -> None:
        self.name = name
        self.executions = 0
        self.faults: dict[str, int] = {}
        """By what they are and where they rose: how often."""
        self._target = target
        self._folder = folder
        self._smallest: dict[str, int] = {}
        self._written = time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, data: bytes) -> None:
        """Run the target once."""
        self.executions += 1
        try:
            self._target(data)
        except Exception as error:
            self._keep(data, error)
        if time.monotonic() - self._written > _EVERY_S:
            self.write()

    def _keep(self, data: bytes, error: Exception) -> None:
        where = _place(error)
        self.faults[where] = self.faults.get(where, 0) + 1
        if len(data) < self._smallest.get(where, 1 << 40):
            self._smallest[where] = len(data)
            path = self._folder / f"{self.name}-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
            path.write_bytes(data)
            path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)))

    def write(self) -> None:
        """Write the figures so far."""
        self._written = time.monotonic()
        figures = {"executions": self.executions, "faults": self.faults}
        (self._folder / f"{self.name}.json").write_text(json.dumps(figures, indent=1))


def _place(error: Exception) -> str:
    """The kind of an error and the last place of the program's own that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/tracetui/" in frame.filename] or list(frames)
    frame, words = own[-1], str(error).split("\n")[0][:60] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {Path(frame.filename).name}:{frame.name} {words}".strip()
