"""Servers on loopback for tests: one that plays recorded answers back, one that does what a test says."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conftest import CHECKOUT

DATA = CHECKOUT / "tests" / "data" / "backends"


@dataclass
class Reply:
    """What is answered."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Send so many bytes of the body, then close the connection."""
    wait: threading.Event | None = None
    """Wait for this before the rest of a body that is cut is sent, or before the answer if it is not."""


@dataclass
class Seen:
    """A request that came."""

    path: str
    params: list[tuple[str, str]]
    headers: dict[str, str]

    def get(self, name: str) -> str | None:
        """The value of a parameter."""
        return dict(self.params).get(name)


Answer = Callable[[Seen], Reply]


class Server(ThreadingHTTPServer):
    """A server that asks a function what to answer, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.seen: list[Seen] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        seen = Seen(split.path, parse_qsl(split.query), dict(self.headers.items()))
        self.server.seen.append(seen)
        reply = self.server.answer(seen)
        if reply.wait is not None and reply.cut_at is None:
            reply.wait.wait(10)
        self.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut_at])
        if reply.cut_at is not None:
            self.wfile.flush()
            if reply.wait is not None:
                reply.wait.wait(10)
                self.wfile.write(reply.body[reply.cut_at :])
            else:
                self.close_connection = True


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    """A server that answers as a function says."""
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def lines_of(name: str) -> list[Any]:
    """The lines of a recorded file."""
    text = gzip.decompress((DATA / f"{name}.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


_FREE = {
    "start", "end", "lookback", "endTs", "raw", "raw_traces", "limit", "query.raw_traces", "query.num_traces",
    "query.search_depth", "query.start_time_min", "query.start_time_max",
}  # fmt: skip
"""Where the time of a recording stands; and how many are wanted, which tests look at in the log."""


def _key(path: str, params: list[tuple[str, str]]) -> tuple[str, frozenset[tuple[str, str]]]:
    return path, frozenset((name, value) for name, value in params if name not in _FREE)


class Replay:
    """Answers as a recorded server did; with what it never was asked, as nobody would.

    Args:
        name: Of the recording.
        base: A path that the server is put below.
    """

    def __init__(self, name: str, base: str = "") -> None:
        self._base = base
        self._paths: set[str] = set()
        self._answers: dict[Any, list[dict[str, Any]]] = {}
        for line in lines_of(name):
            split = urlsplit(line["get"])
            self._paths.add(split.path)
            self._answers.setdefault(_key(split.path, parse_qsl(split.query)), []).append(line)

    def __call__(self, seen: Seen) -> Reply:
        found = self._answers.get(_key(seen.path.removeprefix(self._base), seen.params), [])
        path = seen.path.removeprefix(self._base)
        if not seen.path.startswith(self._base) or path not in self._paths:
            return Reply(b"404 page not found", 404)
        if not found:
            return Reply(b"not recorded with these parameters", 418)
        # Without query.num_traces some versions answer 500; this client always sends it.
        best = min(found, key=lambda line: (line["status"] != 200, "num_traces" not in line["get"]))
        headers = {"Content-Type": best["type"]} if best["type"] else {}
        if best["location"]:
            headers["Location"] = best["location"]
        return Reply(best["body"].encode(), best["status"], headers)
