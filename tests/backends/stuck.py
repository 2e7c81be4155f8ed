"""A server that gets stuck where a test wants it to, and notices when its client has gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

STATES = ["connect", "first byte", "body"]


class Stuck:
    """Answers as a Jaeger does, but for some paths.

    Args:
        state: Where it gets stuck: it takes no connection ("connect"), answers nothing ("first byte"), or
            sends the beginning of an answer and nothing more ("body").
        held: How the paths begin at which it does.
        bodies: What is answered at others, by path; anything else is not found.

    Attributes:
        url: Its address.
        waits: Somebody waits for the rest.
        gone: Who waited has closed the connection.
    """

    def __init__(self, state: str, held: str, bodies: dict[str, bytes]) -> None:
        self.waits, self.gone = threading.Event(), threading.Event()
        self._state, self._held, self._bodies = state, held, bodies
        self._open = ExitStack()
        self._listener = self._open.enter_context(socket.socket())
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0 if state == "connect" else 16)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        if state == "connect":
            self._fill()
        else:
            threading.Thread(target=self._accept, daemon=True).start()

    def _fill(self) -> None:
        """Have so many connections wait to be taken that one more gets no answer."""
        for _ in range(4):
            filler = self._open.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(self._listener.getsockname())

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.enter_context(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while head := self._request(connection):
                path = head.split(b" ")[1].decode().partition("?")[0]
                if path.startswith(self._held):
                    self._hold(connection)
                    return
                body = self._bodies.get(path, b"404 page not found")
                status = b"200 OK" if path in self._bodies else b"404 Not Found"
                kind = b"application/json" if path in self._bodies else b"text/plain"
                connection.sendall(self._head(status, kind, len(body)) + body)
        except OSError:
            pass

    def _request(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return b""
            head += piece
        return head

    def _head(self, status: bytes, kind: bytes, length: int) -> bytes:
        return b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, length)

    def _hold(self, connection: socket.socket) -> None:
        if self._state == "body":
            connection.sendall(self._head(b"200 OK", b"application/json", 1_000_000) + b'{"data":[')
        self.waits.set()
        try:
            while connection.recv(4096):
                pass
        except OSError:
            pass
        self.gone.set()

    def close(self) -> None:
        """Give back the port."""
        self._open.close()


@contextmanager
def stuck(state: str, held: str = "/", bodies: dict[str, bytes] | None = None) -> Iterator[Stuck]:
    """Such a server. Arguments as of `Stuck`."""
    server = Stuck(state, held, bodies or {})
    try:
        yield server
    finally:
        server.close()


__all__ = ["STATES", "Stuck", "stuck"]
