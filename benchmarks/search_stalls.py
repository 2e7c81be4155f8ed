"""How the search screen answers while 1,000 traces stream in: `python -m benchmarks.search_stalls`.

A server of its own process answers one search as a Jaeger does, in pieces; the viewer runs in a
pseudo-terminal, and somebody moves the cursor ten times a second. Prints JSON, times in milliseconds:

* `turns`: the CPU time of the longest turns of the event loop, that of the screen's thread alone;
* `keys`: from the moment a key is there to the moment its row is drawn, median, 99 of 100 and the longest, on
  the clock: so what the thread that reads takes away is in it, as is what else the machine does;
* `beats`: how late a task comes that wants to run every 5 ms: likewise of 100 and the longest, on the clock;
* `rows`, `first_s` and `all_s`: how many were found, and when the first and the last were on the screen.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks import generate, measure
from benchmarks.stalls import Watch
from tracetui.tui.app import TraceApp

TRACES, SPANS = 1_000, 100
PIECE = 256 * 1024
KEY_S = 0.1
BEAT_S = 0.005
SEARCH = f"/search?service={generate.SERVICES[0]}&limit={TRACES}&start={generate.START_US}&end=%d"


def answer(traces: int = TRACES, spans: int = SPANS) -> bytes:
    """What a Jaeger answers to a search."""
    rng = random.Random(3)
    told = []
    for number in range(traces):
        id, at_us = f"{rng.getrandbits(128):032x}", generate.START_US + number * 3_000_000
        rows = generate._request(rng, 1 + number * spans, spans, id, "", at_us)
        rows = [row._replace(service=0) if not row.parent_id else row for row in rows]
        body = ",".join(map(generate._jaeger_span, rows))
        told.append(
            f'{{"traceID":"{id}","spans":[{body}],"processes":{{{generate._processes()}}},"warnings":null}}'
        )
    return ('{"data":[' + ",".join(told) + '],"total":0,"limit":0,"offset":0,"errors":null}').encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    found = b""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body, status = b"404 page not found", 404
        if path == "/api/services":
            body, status = json.dumps({"data": generate.SERVICES}).encode(), 200
        elif path == "/api/operations":
            body, status = b'{"data":[]}', 200
        elif path == "/api/traces":
            body, status = self.found, 200
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status == 200 else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for at in range(0, len(body), PIECE):
            self.wfile.write(body[at : at + PIECE])


def serve() -> None:
    """Print the address, then answer until the process is ended."""
    _Handler.found = answer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


class SearchWatch(Watch):
    """Times the turns of the event loop from the first request of a search to a second after its end."""

    def install(self) -> None:
        super().install()
        self.keys: list[float] = []
        self.beats: list[float] = []
        self.first_s = self.all_s = 0.0

    def counts(self, app: TraceApp) -> bool:
        """Whether turns count; `_end` says."""
        return self.counting

    async def _end(self, app: TraceApp) -> None:
        while app.searching is None or not app.searching.session.is_running:
            await asyncio.sleep(0.01)
        session, screen = app.searching.session, app.searching.screen
        began = time.perf_counter()
        self.counting = True
        beating = asyncio.create_task(self._beat())
        down = True
        while session.is_running:
            pressed = time.perf_counter()
            screen.action_run("down" if down else "up")
            drawn = asyncio.Event()
            screen.call_after_refresh(drawn.set)
            await drawn.wait()
            self.keys.append(time.perf_counter() - pressed)
            down = not down if len(session.results) < 40 else True
            if not self.first_s and len(session.results):
                self.first_s = time.perf_counter() - began
            await asyncio.sleep(KEY_S)
        self.all_s = time.perf_counter() - began
        await asyncio.sleep(1.0)
        self.counting = False
        beating.cancel()
        figures = {
            "turns": sorted((round(turn, 1) for turn in self.longest), reverse=True),
            "keys": _ranks(self.keys),
            "beats": _ranks(self.beats),
            "rows": len(session.results),
            "first_s": round(self.first_s, 2),
            "all_s": round(self.all_s, 2),
        }
        self.result.write_text(json.dumps(figures), encoding="ascii")
        os._exit(0)

    async def _beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            self.beats.append(time.perf_counter() - began - BEAT_S)


def _ranks(seconds: list[float]) -> list[float]:
    """Median, 99 of 100 and the longest, in milliseconds."""
    found = sorted(1e3 * one for one in seconds)
    return [round(found[at], 1) for at in (len(found) // 2, len(found) * 99 // 100, -1)]


def figures() -> dict[str, Any]:
    """One round, in processes of their own."""
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.search_stalls", "serve"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            end_us = generate.START_US + 2 * TRACES * 3_000_000
            url = server.stdout.readline().strip() + SEARCH % end_us
            result = Path(folder) / "figures"
            os.environ.update(XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
            command = [sys.executable, "-m", "benchmarks.search_stalls", "watch", url, str(result)]
            with measure.Terminal(command) as terminal:
                terminal.ended()
            found: dict[str, Any] = json.loads(result.read_bytes())
        finally:
            server.terminate()
            server.wait()
    return found


def main(argv: list[str]) -> None:
    """One of the three sides: the server, the viewer, or the one who compares."""
    if argv[:1] == ["serve"]:
        serve()
    elif argv[:1] == ["watch"]:
        from tracetui import config, tui

        SearchWatch(Path(argv[2])).install()
        tui.run([argv[1]], None, config.Loaded.defaults())
    else:
        print(json.dumps(figures(), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
