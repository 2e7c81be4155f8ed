"""What went wrong with a request, in one line: by the kind of an exception, never by its text."""

from __future__ import annotations

import errno
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from msgspec import Struct

from tracetui import format as fmt
from tracetui.errors import BackendError

from .answers import message_of

CONNECT_S: Final = 5.0
TWICE: Final = 2
THRICE: Final = 3
FINAL: Final = 1
_TLS_NOT_SPOKEN: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
_UNREACHABLE: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_HINTS: Final = {
    401: "give credentials: TRACETUI_TOKEN, --token-file or --header",
    403: "these credentials do not allow it",
    407: "put user and password into the proxy's URL in the environment",
    504: "narrow the time range",
}
_WORDS: Final = {
    401: "401 unauthorized",
    403: "403 forbidden",
    407: "407, the proxy wants to know who asks",
    429: "429, too many requests",
    304: "304 not modified, without anything that it could be",
    204: "204, no content",
    205: "205, no content",
}


class Busy(Exception):
    """A try failed in a way that another one may not.

    Attributes:
        error: What to say if there is no other try.
        tries: How many there may be in all.
        pause_s: How long the server asks to wait, None if it does not.
    """

    def __init__(self, error: BackendError, tries: int = FINAL) -> None:
        super().__init__()
        self.error = error
        self.tries = tries
        self.pause_s: float | None = None

    def ask_pause(self, retry_after: str, longest_s: float) -> None:
        """Heed what the server says about when to come back.

        Args:
            retry_after: The header: seconds or a date; anything else is as good as nothing.
            longest_s: A longer wait is not worth it: this try was the last.
        """
        seconds = _seconds(retry_after.strip())
        if seconds is None:
            return
        if seconds > longest_s:
            self.tries = FINAL
            self.error.hint = f"it asks to come back after {seconds:.0f} s"
        self.pause_s = seconds


def _seconds(text: str) -> float | None:
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def of_status(status: int, body: bytes, host: str, name: str, scrub: Callable[[str], str]) -> Busy:
    """What an answer with a status that is none of success means.

    Args:
        status: The HTTP status.
        body: The beginning of the answer.
        host: The server's name and port.
        name: What was asked for, for the message.
        scrub: Takes out what must not be seen.
    """
    told = f"HTTP {_WORDS[status]}" if status in _WORDS else f"HTTP {status}"
    if status != 407:
        told += f" from {host}"
    message = scrub(message_of(body))
    if message and status not in (401, 407):
        told += f": {message}"
    tries = THRICE if status in (429, 502, 503, 504) else FINAL
    return Busy(BackendError(told, source=name, hint=_HINTS.get(status, "")), tries)


class Got(Struct):
    """What came before a request failed.

    Attributes:
        bytes: Of the answer.
        total: How many were announced.
        waited_s: How long was waited for more.
    """

    bytes: int = 0
    total: int | None = None
    waited_s: float = 0.0


def explain(error: Exception, host: str, name: str, got: Got, through: str) -> Busy:
    """What an exception of the network means.

    Args:
        error: The exception, of httpx or of the standard library.
        host: The server's name and port.
        name: What was asked for.
        got: What came before.
        through: " through the proxy …", or "".
    """
    kind = type(error).__name__
    if kind == "ConnectTimeout":
        waited = f"{min(CONNECT_S, got.waited_s):.3g} s"
        return _busy(f"no connection to {host}{through} within {waited}", name, TWICE, "is the server there?")
    if kind in ("ReadTimeout", "WriteTimeout", "PoolTimeout"):
        came = fmt.size(got.bytes)
        return _busy(
            f"timed out after {got.waited_s:.3g} s without a byte from {host}, {came} received", name, TWICE
        )
    if kind == "ProxyError":
        return _busy(f"the proxy did not let the request{through.replace('the proxy ', '')}", name, FINAL)
    if kind == "ConnectError":
        return _not_connected(error, host, name, through)
    if kind == "RemoteProtocolError":
        return _not_http(error, host, name, got)
    if kind in ("ReadError", "WriteError", "CloseError") or isinstance(error, OSError):
        after = f" after {fmt.size(got.bytes)}" if got.bytes else ""
        return _busy(f"connection reset by {host}{after}", name, TWICE)
    if kind in ("LocalProtocolError", "InvalidURL", "UnsupportedProtocol"):
        return _busy("the request cannot be put into HTTP", name, FINAL, "check the URL and the headers")
    return _busy(f"the request to {host} failed ({kind})", name, FINAL)


def _busy(told: str, name: str, tries: int, hint: str = "") -> Busy:
    return Busy(BackendError(told, source=name, hint=hint), tries)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it came of."""
    seen: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo:
        one = todo.pop(0)
        if one in seen:
            continue
        seen.append(one)
        yield one
        todo += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions


def _not_connected(error: Exception, host: str, name: str, through: str) -> Busy:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            told = f"the certificate of {host} is not trusted: {cause.verify_message}"
            return _busy(told, name, FINAL, "--ca-file FILE, or --insecure if you must")
        if isinstance(cause, ssl.SSLError):
            if cause.reason in _TLS_NOT_SPOKEN:
                return _busy(f"{host} does not speak TLS", name, FINAL, "try http://")
            return _busy(f"no TLS with {host}: {(cause.reason or 'it failed').lower()}", name, FINAL)
        if isinstance(cause, socket.gaierror):
            again = cause.errno == socket.EAI_AGAIN
            told = f"the host name of {host} cannot be resolved{through}"
            return _busy(told, name, TWICE if again else FINAL, "check the name")
        if isinstance(cause, ConnectionRefusedError) or _all_refused(cause):
            return _busy(f"connection refused by {host}{through}", name, THRICE, "is the server running?")
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return _busy(f"{host} cannot be reached{through}", name, FINAL)
        if isinstance(cause, ConnectionResetError):
            return _busy(f"connection reset by {host}{through}", name, TWICE)
    return _busy(f"no connection to {host}{through}", name, FINAL)


def _all_refused(error: BaseException) -> bool:
    # asyncio tells of several addresses in one OSError without a number.
    return isinstance(error, OSError) and error.errno == errno.ECONNREFUSED


def _not_http(error: Exception, host: str, name: str, got: Got) -> Busy:
    text = str(error)  # looked at, never shown
    if "without sending a response" in text:
        told = f"{host} closed the connection without an answer"
        return _busy(told, name, TWICE, "if it does not speak HTTP, try https:// or another port")
    if "without sending complete message body" in text or "incomplete chunked read" in text:
        of = f"{got.bytes:,} of {got.total:,} bytes" if got.total else f"{got.bytes:,} bytes"
        return _busy(f"incomplete response from {host} ({of})", name, TWICE)
    if "illegal status line" in text:
        return _busy(f"{host} does not speak HTTP", name, FINAL, "try https://")
    return _busy(f"bad response from {host}: it breaks the rules of HTTP", name, FINAL)
