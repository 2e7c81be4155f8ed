"""Plain connections of asyncio for the HTTP library, which would else read through two layers more.

What comes is read into one buffer a connection, as much at a time as there is: for a large answer on a fast
network that takes half the CPU. Connections with TLS or through a proxy are the library's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final

import httpcore

_BUFFER: Final = 512 * 1024
_EYEBALLS_S: Final = 0.25
"""After how long the next address of a host is tried beside the one before (RFC 8305)."""


class _Incoming(asyncio.BufferedProtocol):
    """The bytes of a connection that nobody has taken yet; when there is no room, the server has to wait."""

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(_BUFFER))
        self._filled = 0
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False
        self._error: Exception | None = None
        self.ended = False

    @property
    def is_readable(self) -> bool:
        """Whether reading would not wait: of an idle connection, that the server has closed it."""
        return bool(self._filled) or self.ended

    async def read(self) -> bytes:
        """What is there, or comes next; nothing at the end.

        Raises:
            OSError: The connection broke.
        """
        while not self.is_readable:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        data, self._filled = bytes(self._buffer[: self._filled]), 0
        if not data and self._error is not None:
            raise self._error
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        if self._filled == _BUFFER and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self._error = True, exc
        self._wake()


class _Stream(httpcore.AsyncNetworkStream):
    """A connection; see `httpcore.AsyncNetworkStream`."""

    def __init__(self, transport: asyncio.Transport, incoming: _Incoming) -> None:
        self._transport = transport
        self._incoming = incoming

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with _within(timeout):
                return await self._incoming.read()
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # Requests are small: there is always room for them.
        if self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self._transport.write(buffer)

    async def aclose(self) -> None:
        self._transport.abort()

    def get_extra_info(self, info: str) -> Any:
        return self._incoming.is_readable if info == "is_readable" else None


class Plain(httpcore.AsyncNetworkBackend):
    """Connects without TLS; see `httpcore.AsyncNetworkBackend`."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with _within(timeout):
                transport, incoming = await loop.create_connection(
                    _Incoming, host, port, happy_eyeballs_delay=_EYEBALLS_S
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(transport, incoming)


def _within(timeout: float | None) -> AbstractAsyncContextManager[Any]:
    return nullcontext() if timeout is None else asyncio.timeout(timeout)
