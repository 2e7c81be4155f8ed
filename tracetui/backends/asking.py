"""Asking an API: URLs are put together here, and answers told apart by what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from tracetui.errors import BackendError, TracetuiError

from .answers import decoded, error_of, is_page, message_of, page_kind
from .call import Call
from .faults import of_status
from .http import Client
from .transfer import Head, NetSource, Transfer

Params = Mapping[str, str | Sequence[str]]
_LOOK: Final = 64 * 1024
_NO_SUCH_PAGE: Final = (404, 405, 410, 501)


class NoEndpoint(BackendError):
    """What was asked for is not there: another API may be, or the base path is wrong."""


class Refused(BackendError):
    """The server understood, and said no.

    Attributes:
        status: The HTTP status; 200 where the refusal stands in the answer alone.
        said: What it said, as found.
    """

    def __init__(self, message: str, *, source: str, hint: str = "", status: int, said: str) -> None:
        super().__init__(message, source=source, hint=hint)
        self.status = status
        self.said = said


class Server:
    """An API below a base URL.

    Args:
        client: Who asks.
        base: The base URL, without secrets.
    """

    def __init__(self, client: Client, base: str) -> None:
        self.client = client
        self.base = base

    def url(self, path: str, params: Params | None = None) -> str:
        """A whole URL. Not to be shown: a parameter may hold a secret.

        Args:
            path: Below the base, encoded, with its slash.
            params: Parameters; a sequence is repeated.
        """
        query = urlencode(params or {}, doseq=True)
        return f"{self.base}{path}" + (f"?{query}" if query else "")

    def json(self, path: str, params: Params | None, call: Call, *, patient: bool = False) -> Any:
        """Ask for something small: the decoded answer.

        Args:
            path: Below the base, encoded, with its slash.
            params: Parameters.
            call: The call.
            patient: The server may have to look for it: see `Client.start`.

        Raises:
            NoEndpoint: There is nothing of that kind.
            Refused: The server said no.
            BackendError: The request failed, or the answer is no JSON.
        """
        name = self.base + path
        head, body = self.client.get(name, self.url(path, params), call, patient=patient)
        return self._value(head, body, name)

    def open(self, name: str, urls: Sequence[str], call: Call, is_empty: Callable[[Any], bool]) -> Transfer:
        """Ask for traces; returns once it is clear that the answer holds something.

        Args:
            name: What stands for the answer among sources.
            urls: What is asked for, one after the other; the answers are joined.
            call: The call.
            is_empty: Whether a small answer, decoded, holds no trace.

        Raises:
            NoEndpoint, Refused, BackendError: As `json`.
        """
        transfer = self.client.start(name, urls, call, patient=True)
        try:
            head = transfer.head()
            start = transfer.pread(0, _LOOK)
            asked = self._asked(urls[0])
            blank = not start.strip()
            if not 200 <= head.status < 300 or is_page(start) or (blank and len(start) < _LOOK):
                self._value(head, start, asked)
            if blank:
                raise BackendError("invalid JSON in the response: nothing but blanks", source=asked)
            if len(start) < _LOOK and len(urls) == 1 and start[:1] != b"\x1f":
                value = self._value(head, start, asked)
                if is_empty(value):
                    raise Refused("holds no trace", source=name, status=404, said="no traces found")
            elif start.lstrip()[:1] not in (b"{", b"[", b"\x1f"):
                raise BackendError("invalid JSON in the response at byte 0", source=asked)
            return transfer
        except BaseException:
            transfer.close()
            raise

    def _asked(self, url: str) -> str:
        """A URL as it may be shown."""
        return url.partition("?")[0]

    def source(self, transfer: Transfer) -> NetSource:
        """The bytes of an answer."""
        return NetSource(transfer)

    def _value(self, head: Head, body: bytes, name: str) -> Any:
        if is_page(body):
            told, hint = page_kind(body)
            if head.status >= 400:
                told = f"HTTP {head.status}, with a page in HTML"
            raise NoEndpoint(told, source=name, hint=hint)
        try:
            value = decoded(body)
        except ValueError as error:
            if 200 <= head.status < 300:
                raise BackendError(str(error), source=name) from None
            raise self._refused(head, body, name, is_json=False) from None
        if head.status >= 400 or error_of(value):
            raise self._refused(head, body, name, is_json=True)
        return value

    def _refused(self, head: Head, body: bytes, name: str, *, is_json: bool) -> TracetuiError:
        scrub = self.client.credentials.scrub
        said = scrub(message_of(body))
        if head.status in _NO_SUCH_PAGE and not is_json:
            told = f"HTTP {head.status}" + (f": {said}" if said else "")
            return NoEndpoint(told, source=name, hint="check the base path of the URL")
        if head.status >= 400:
            error = of_status(head.status, body, self.client.host, name, scrub).error
            return Refused(error.message, source=name, hint=error.hint, status=head.status, said=said)
        told = f"{self.client.host} answered with an error: {said}"
        return Refused(told, source=name, status=head.status, said=said)


def segment(text: str) -> str:
    """A part of a path, encoded."""
    return quote(text, safe="")


def texts(value: Any) -> list[str]:
    """The texts of a list in JSON, each once and in order; none of anything else."""
    found = value if isinstance(value, list) else []
    return sorted(
        {text for text in found if isinstance(text, str) and text}, key=lambda text: (text.lower(), text)
    )


def host_of(base: str) -> str:
    """Host and port of a URL, for people."""
    return urlsplit(base).netloc
