"""How long keys have to wait while a file loads: `python -m benchmarks.stalls FILE RESULT`, in a terminal.

Opens the viewer on the file and writes the CPU time of the longest turns of its event loop, in milliseconds,
as JSON to RESULT. That is the time of the screen's thread alone: what it waits for the thread that reads, or
for other programs, is not in it. Turns count from the one after the first picture to a second after the end.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import os
import sys
import threading
import time
from asyncio import base_events
from pathlib import Path
from typing import Any

from tracetui import config, tui
from tracetui.tui.app import TraceApp

KEPT = 20
AFTER_S = 1.0


class Watch:
    """Times the turns of the event loop of a viewer."""

    def __init__(self, result: Path) -> None:
        self.result = result
        self.counting = False
        self.longest: list[float] = []
        self._run_once: Any = vars(base_events.BaseEventLoop)["_run_once"]
        self._display: Any = TraceApp._display
        self._mount: Any = TraceApp.on_mount

    def install(self) -> None:
        """Put the clock around each turn, and a task beside the viewer that ends it."""

        def run_once(loop: object) -> None:
            # A network's loop is another thread's.
            counts = self.counting and threading.current_thread() is threading.main_thread()
            began = time.thread_time()
            self._run_once(loop)
            if counts:
                add = heapq.heappush if len(self.longest) < KEPT else heapq.heappushpop
                add(self.longest, 1e3 * (time.thread_time() - began))

        def display(app: TraceApp, *given: Any) -> None:
            self._display(app, *given)
            self.counting = self.counts(app)

        def on_mount(app: TraceApp) -> None:
            self._mount(app)
            self.end = asyncio.create_task(self._end(app))

        base_events.BaseEventLoop._run_once = run_once  # type: ignore[attr-defined]
        TraceApp._display = display  # type: ignore[method-assign, assignment]
        TraceApp.on_mount = on_mount  # type: ignore[method-assign, assignment]

    def counts(self, app: TraceApp) -> bool:
        """Whether turns count: from the first picture on."""
        return len(app.screen_stack) > 1

    async def _end(self, app: TraceApp) -> None:
        while not app.finished:
            await asyncio.sleep(0.05)
        await asyncio.sleep(AFTER_S)
        self.result.write_text(json.dumps(sorted(self.longest, reverse=True)), encoding="ascii")
        os._exit(0)


if __name__ == "__main__":
    Watch(Path(sys.argv[2])).install()
    tui.run([sys.argv[1]], None, config.Loaded.defaults())
