"""The one module that talks to the network: GET requests to one origin, by httpx on a thread of its own.

All requests of the process share an event loop in a daemon thread: there deadlines are exact and a request
can be cancelled at any moment. Callers wait in their own threads, on a `Transfer`.

Rules: connect within 5 s, the whole request within `timeout_s`, and no silence of 15 s: in a list before its
first byte, in traces only after it, since a server may search for as long as the user has patience. Repeated
is what RFC 9110 lets a client repeat: silences, resets and closed connections once, a refused connection and
429, 502, 503, 504 twice, with jitter or as Retry-After says. Redirects are followed by hand and only within
the origin, so that no header ever goes elsewhere; there is no cookie jar. No text of an exception of a
library is shown: they quote raw bytes.
"""

from __future__ import annotations

import asyncio
import ssl
import weakref
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import httpcore
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from tracetui import format as fmt
from tracetui.errors import BackendError, Cancelled, TracetuiError

from .call import Call, Phase
from .decoding import Decoder, announced
from .faults import CONNECT_S, Busy, Got, explain, of_status
from .network import network_loop
from .options import ClientOptions, Credentials
from .proxies import is_loopback, proxy_for
from .redirects import next_url
from .tls import context
from .transfer import Head, Transfer
from .tries import Try, busy_of, pause_before_next
from .wire import Plain

READ_S: Final = 15.0
MAX_HOPS: Final = 5
MAX_PAUSE_S: Final = 10.0
"""The longest pause that a server may ask for."""
_SLACK_S: Final = 5.0
_LIST_BYTES: Final = 64 * 1024 * 1024
"""How large a list of services, operations or summaries may be."""
_SMALL: Final = 64 * 1024
_TELL_S: Final = 0.05
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_REFUSALS: Final = frozenset({400, 404, 405, 406, 410, 414, 415, 422, 500, 501})
"""Statuses whose meaning depends on what was asked: they are given to whoever asked."""
_LIMITS: Final = httpx.Limits(max_connections=8, keepalive_expiry=30)
_BROKEN: Final = httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError
"""The two libraries name alike what goes wrong, and `explain` goes by the names."""


class Client:
    """Asks one origin.

    Args:
        origin: Scheme, host and port.
        options: How.
        userinfo: User and password that stood in the URL.

    Raises:
        UsageError: Credentials or certificates cannot be had.
        BackendError: The proxy is of a kind that cannot be used.
    """

    def __init__(self, origin: str, options: ClientOptions, userinfo: tuple[str, str] | None = None) -> None:
        self.origin = origin
        self.options = options
        self.credentials = Credentials(options, userinfo, origin)
        self._proxy = proxy_for(origin)
        split = urlsplit(origin)
        assert split.hostname is not None
        default = 443 if split.scheme == "https" else 80
        host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
        self.host = f"{host}:{split.port or default}"
        self._loopback = is_loopback(split.hostname)
        self._verify = (
            context(options) if split.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        self._pool = _Pool()
        # Whoever has a client drops it, and with it go its connections.
        weakref.finalize(self, self._pool.close).atexit = False

    @property
    def warning(self) -> str:
        """What has to stand on the screen as long as this is used."""
        insecure = self.options.insecure and self.origin.startswith("https")
        return f"certificates of {self.host} are not checked (--insecure)" if insecure else ""

    def start(
        self,
        name: str,
        urls: Sequence[str],
        call: Call,
        *,
        max_bytes: int | None = None,
        patient: bool = False,
    ) -> Transfer:
        """Send requests, one after the other; returns at once.

        Args:
            name: What stands for the answer in messages.
            urls: What is asked for; of several it is enough that one is found.
            call: The call.
            max_bytes: How large the decoded answer may be; as the options say if not given.
            patient: Wait for the first byte of an answer as long as the whole request may take.
        """
        call.check()
        transfer = Transfer(name, call, max_bytes or self.options.max_bytes)
        future = asyncio.run_coroutine_threadsafe(self._run(transfer, urls, patient), network_loop())

        def over(done: Future[None]) -> None:
            if done.cancelled():  # it may not even have begun
                transfer.finish(Cancelled("cancelled"))

        future.add_done_callback(over)
        transfer.on_abort(future.cancel)
        return transfer

    def get(self, name: str, url: str, call: Call, *, patient: bool = False) -> tuple[Head, bytes]:
        """Ask for something small, and wait for all of it.

        Args:
            name: What stands for the answer in messages.
            url: The whole URL.
            call: The call.
            patient: As of `start`.

        Raises:
            BackendError: No answer came, or it is no success. A refusal of 4xx is an answer all the same.
            Cancelled: The call was.
        """
        cap = min(_LIST_BYTES, self.options.max_bytes)
        transfer = self.start(name, [url], call, max_bytes=cap, patient=patient)
        try:
            return transfer.head(), transfer.all()
        finally:
            transfer.close()

    def close(self) -> None:
        """Give back the connections."""
        self._pool.close()

    # On the thread of the network

    def _client(self) -> httpx.AsyncClient:
        if self._pool.http is None:
            plain = self._proxy is None and self.origin.startswith("http:")
            self._pool.http = httpx.AsyncClient(
                transport=_Transport(_LIMITS) if plain else None,
                verify=self._verify,
                trust_env=False,
                proxy=None if self._proxy is None else httpx.Proxy(self._proxy.url),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                headers={"User-Agent": "tracetui", "Accept": "application/json, */*;q=0.8"},
                limits=_LIMITS,
            )
        return self._pool.http

    async def _run(self, transfer: Transfer, urls: Sequence[str], patient: bool) -> None:
        fault: TracetuiError | None = BackendError("gave no answer", source=transfer.name)
        try:
            found = 0
            for number, url in enumerate(urls):
                if number:
                    transfer.feed(b"\n")
                found += await self._retried(Try(transfer, url, number == 0, transfer.position, patient))
            fault = None if found or len(urls) == 1 else fault
        except TracetuiError as error:
            fault = error
        except asyncio.CancelledError:
            fault = Cancelled("cancelled")
            raise
        except Exception as error:
            fault = explain(error, self.host, transfer.name, Got(), self._by_proxy).error
        finally:
            transfer.finish(fault)

    @property
    def _by_proxy(self) -> str:
        return f" through the proxy {self._proxy.shown}" if self._proxy is not None else ""

    async def _retried(self, one: Try) -> bool:
        """A request with its repetitions; whether it was found."""

        def enough(state: RetryCallState) -> bool:
            busy = busy_of(state)
            return (
                state.attempt_number >= busy.tries
                or one.transfer.call.elapsed_s + pause_before_next(state) > self._latest
            )

        def tell(state: RetryCallState) -> None:
            pause = state.next_action.sleep if state.next_action is not None else 0.0
            one.transfer.call.tell(Phase("pausing", self.host, attempt=state.attempt_number, pause_s=pause))

        retrying = AsyncRetrying(
            sleep=asyncio.sleep,
            stop=enough,
            wait=pause_before_next,
            retry=retry_if_exception_type(Busy),
            before_sleep=tell,
            reraise=True,
        )
        try:
            found: bool = await retrying(self._attempt, one)
        except Busy as busy:
            raise busy.error from None
        return found

    @property
    def _latest(self) -> float:
        """Seconds after which a whole call is over."""
        return 2 * self.options.timeout_s + _SLACK_S

    async def _attempt(self, one: Try) -> bool:
        one.attempt += 1
        one.got, one.total = 0, None
        name, call = one.transfer.name, one.transfer.call
        limit = min(self.options.timeout_s, max(0.01, self._latest - call.elapsed_s))
        try:
            async with asyncio.timeout(limit):
                return await self._hops(one)
        except TracetuiError as error:
            if not isinstance(error, BackendError):
                raise
            raise Busy(error) from None
        except TimeoutError:
            told = f"timed out after {limit:.3g} s with {fmt.size(one.got)} received"
            raise Busy(BackendError(told, source=name, hint="see --timeout")) from None
        except _BROKEN as error:
            got = Got(one.got, one.total, min(READ_S, limit))
            raise explain(error, self.host, name, got, self._by_proxy) from None

    async def _hops(self, one: Try) -> bool:
        """One try: redirects within the origin are followed."""
        url, name, call = one.url, one.transfer.name, one.transfer.call
        for _ in range(MAX_HOPS + 1):
            call.count(name)
            call.tell(Phase("waiting", self.host, attempt=one.attempt))
            http = self._client()
            sent = http.build_request("GET", url, headers=self._headers(), timeout=self._timeout(one.patient))
            response = await http.send(sent, stream=True, follow_redirects=False)
            try:
                if response.status_code not in _REDIRECTS or "location" not in response.headers:
                    return await self._answer(one, response)
                url = next_url(url, response.headers["location"], name)
            finally:
                await response.aclose()
        raise BackendError(f"too many redirects: more than {MAX_HOPS}", source=name)

    def _headers(self) -> list[tuple[str, str]]:
        # Compressing costs a server on this machine more time than it saves.
        encoding = "identity" if self._loopback else "gzip, deflate"
        return [("Accept-Encoding", encoding), *self.credentials.headers]

    def _timeout(self, patient: bool) -> httpx.Timeout:
        whole = self.options.timeout_s
        return httpx.Timeout(
            connect=min(CONNECT_S, whole),
            read=None if patient else min(READ_S, whole),
            write=min(READ_S, whole),
            pool=whole,
        )

    async def _answer(self, one: Try, response: httpx.Response) -> bool:
        transfer, status = one.transfer, response.status_code
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        encoding = response.headers.get("content-encoding", "")
        if not 200 <= status < 300 or status in (204, 205):
            text = await _beginning(response, encoding, transfer.name)
            if status in _REFUSALS:
                if one.first:
                    transfer.begin(Head(status, kind))
                    transfer.feed(text)
                return False
            busy = of_status(status, text, self.host, transfer.name, self.credentials.scrub)
            busy.ask_pause(response.headers.get("retry-after", ""), MAX_PAUSE_S)
            raise busy
        cap = transfer.max_bytes
        decoder = Decoder(encoding, cap, transfer.name)
        one.total = announced(response.headers.get("content-length", ""))
        if one.total is not None and one.total > cap:
            told = f"announces an answer of {fmt.size(one.total)}, more than {fmt.size(cap)}"
            raise BackendError(told, source=transfer.name, hint="see --max-bytes")
        transfer.raw_total = one.total
        transfer.begin(Head(status, kind) if one.first else None, one.at)
        await self._receive(one, response, decoder)
        return True

    async def _receive(self, one: Try, response: httpx.Response, decoder: Decoder) -> None:
        transfer, told_s = one.transfer, 0.0
        now = asyncio.get_running_loop().time
        async for data in _unbroken(response):
            one.got += len(data)
            transfer.raw_bytes = one.got
            for piece in decoder.feed(data):
                transfer.feed(piece)
            if now() - told_s >= _TELL_S:
                told_s = now()
                transfer.call.tell(Phase("receiving", self.host, one.got, one.total, one.attempt))
        transfer.feed(decoder.end())


class _Pool:
    """The connections of a client; used on the thread of the network, closed from any."""

    def __init__(self) -> None:
        self.http: httpx.AsyncClient | None = None

    def close(self) -> None:
        """Give them back, soon."""
        http, self.http = self.http, None
        loop = network_loop()
        if http is not None and loop.is_running():  # it is not when the process ends
            asyncio.run_coroutine_threadsafe(http.aclose(), loop)


class _Transport(httpx.AsyncBaseTransport):
    """Requests to one origin without TLS and proxy, over connections of our own."""

    def __init__(self, limits: httpx.Limits) -> None:
        self._connections = httpcore.AsyncConnectionPool(
            max_connections=limits.max_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=Plain(),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = httpcore.Request(
            request.method, target, headers=request.headers.raw, extensions=request.extensions
        )
        answer = await self._connections.handle_async_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        await self._connections.aclose()


class _Body(httpx.AsyncByteStream):
    """The pieces of an answer."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


async def _unbroken(response: httpx.Response) -> AsyncIterator[bytes]:
    """The pieces of an answer that has begun.

    Raises:
        httpx.ReadTimeout: Nothing came for too long.
    """
    pieces = response.aiter_raw()
    while True:
        try:
            async with asyncio.timeout(READ_S):
                piece = await anext(pieces, None)
        except TimeoutError:
            raise httpx.ReadTimeout("") from None
        if piece is None:
            return
        yield piece


async def _beginning(response: httpx.Response, encoding: str, name: str) -> bytes:
    """The beginning of an answer that is no success; the status says enough where it cannot be read."""
    text = b""
    try:
        decoder = Decoder(encoding, 16 * _SMALL, name)
        async for data in _unbroken(response):
            text += b"".join(decoder.feed(data))
            if len(text) >= _SMALL:
                break
        else:
            text += decoder.end()
    except (BackendError, *_BROKEN):
        pass
    return text[:_SMALL]
