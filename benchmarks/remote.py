"""Opening a trace of 50,000 spans from a server against a file: `python -m benchmarks.remote [ROUNDS]`.

A server of its own process on loopback answers with the bytes of a file. Prints JSON: medians of the rounds
in seconds, by the clock and of CPU (all threads of the process), for three processes that take turns:

* `file`: reading the file into columns and tree;
* `server`: the same of the server, which was asked for something small before, as where traces are opened
  from a search (what a process needs for its first request, about 0.1 s of CPU, is not in it);
* `plain`: a client that does nothing but read the bytes, which is the server's time;

and `clock` and `cpu`, (server - plain) / file: the goal is 1.5 or less.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks import generate, measure

SPANS = 50_000
TRACE = "/trace/4bf92f3577b34da6a3ce929d0e0e4736"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        found = self.path.startswith("/api/traces/")
        body = self.body if found else b"404 page not found"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json" if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(path: str) -> None:
    """Print the port, then answer until the process is ended."""
    _Handler.body = Path(path).read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


def _load(name: str) -> int:
    from tracetui import loaders

    if not name.startswith("http"):
        return len(loaders.load([name]).store)
    from tracetui.backends import ClientOptions
    from tracetui.backends.fetching import Fetcher

    return len(loaders.load([name], loaders.LoadOptions(fetch=Fetcher(ClientOptions()))).store)


def _warm(url: str) -> None:
    """Ask for what is not there."""
    from tracetui.errors import BackendError

    with contextlib.suppress(BackendError):
        _load(url.replace("/trace/", "/api/nothing/"))


def _read(port: int) -> int:
    """Ask as `_load` does, v3 first, and read the bytes."""
    size = 0
    for path in ("/api/v3/traces/1", "/api/traces/1"):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            while piece := connection.recv(1 << 16):
                size += len(piece)
    return size


def probe(side: str, target: str) -> None:
    """Print what one side takes, by the clock and of CPU."""
    import tracetui.backends.fetching
    import tracetui.backends.http
    import tracetui.loaders  # noqa: F401 - all sides have it

    if side == "server":
        _warm(target)
    clock, cpu = time.perf_counter(), time.process_time()
    found = _read(int(target)) if side == "plain" else _load(target)
    print(json.dumps([time.perf_counter() - clock, time.process_time() - cpu, found]), flush=True)
    os._exit(0)


def figures(rounds: int = 7) -> dict[str, Any]:
    """The medians, and what they come to."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "trace.json")
        generate.write("jaeger", SPANS, Path(path), many=False)
        command = [sys.executable, "-m", "benchmarks.remote"]
        server = subprocess.Popen([*command, "serve", path], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            targets = {"file": path, "server": f"http://127.0.0.1:{port}{TRACE}", "plain": port}
            taken: dict[str, list[list[float]]] = {side: [] for side in targets}
            for number in range(rounds + 1):
                for side in sorted(targets, reverse=bool(number % 2)):
                    run = measure.process([*command, "probe", side, targets[side]])
                    if number:  # one that does not count
                        taken[side].append(json.loads(run.output))
        finally:
            server.terminate()
            server.wait()
    told: dict[str, Any] = {}
    for at, what in enumerate(("clock", "cpu")):
        medians = {side: statistics.median(one[at] for one in taken[side]) for side in targets}
        told[f"seconds, {what}"] = {side: round(value, 3) for side, value in medians.items()}
        ratios = [
            (one[at] - plain[at]) / file[at]
            for one, plain, file in zip(taken["server"], taken["plain"], taken["file"], strict=True)
        ]
        told[what] = round(statistics.median(ratios), 3)
    return told


def main(argv: list[str]) -> None:
    """One of the three sides, or the one who compares."""
    if argv[:1] == ["serve"]:
        serve(argv[1])
    elif argv[:1] == ["probe"]:
        probe(*argv[1:])
    else:
        print(json.dumps(figures(int((argv or ["7"])[0])), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
