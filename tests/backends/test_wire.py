"""Connections without TLS: room for what comes, ends, breaks, and what the server closed while idle."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore
import pytest

from tracetui.backends import Call, ClientOptions
from tracetui.backends.http import Client
from tracetui.backends.wire import Plain

LARGE = bytes(range(256)) * 16_384
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which each connection is given to a function."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def read_all(port: int) -> bytes:
    async def read() -> bytes:
        stream = await Plain().connect_tcp("127.0.0.1", port, timeout=10)
        await stream.write(b"?")
        found = b""
        while piece := await stream.read(1, timeout=10):
            found += piece
        await stream.aclose()
        return found

    return asyncio.run(read())


def test_more_than_there_is_room_for_comes_whole() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(LARGE)

    with listening(serve) as port:
        assert read_all(port) == LARGE


def test_what_breaks_is_told() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listening(serve) as port, pytest.raises(httpcore.ReadError):
        read_all(port)


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(httpcore.ConnectError):
            read_all(taken.getsockname()[1])


def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    served = []

    def serve(connection: socket.socket) -> None:
        served.append(connection.recv(4096))
        connection.sendall(HEAD)

    with listening(serve) as port:
        client = Client(f"http://127.0.0.1:{port}", ClientOptions())
        for number in range(1, 4):
            call = Call()
            assert client.get("x", f"http://127.0.0.1:{port}/x", call)[1] == b"{}"
            assert len(served) == number


def test_connections_are_kept() -> None:
    ports = []

    def serve(connection: socket.socket) -> None:
        while connection.recv(4096):
            ports.append(connection.getpeername())
            connection.sendall(HEAD)

    with listening(serve) as port:
        client = Client(f"http://127.0.0.1:{port}", ClientOptions())
        for _ in range(3):
            assert client.get("x", f"http://127.0.0.1:{port}/x", Call())[1] == b"{}"
        client.close()
    assert len(ports) == 3 and len(set(ports)) == 1
