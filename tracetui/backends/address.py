"""What a URL that somebody pasted is of: which backend, where its base is, which traces, which search.

Nothing here asks the network. Recognised are the addresses that a browser shows and those of the APIs; what
else there is can only be found out by asking (`tracetui.backends.connect`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from msgspec import Struct

from tracetui.errors import UsageError
from tracetui.loaders.remote import without_secrets

from .base import SearchQuery

_SCHEME = re.compile(r"(?i)https?://")
_FILE = re.compile(r"(?i)\.(json|jsonl|ndjson|gz|zst|zip|pb|bin|txt|log)$")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}


class Address(Struct, frozen=True):
    """A URL, taken apart.

    Attributes:
        backend: Name of the backend; "" where the URL does not tell.
        base: Base URL of that backend, or the URL itself up to its query: no userinfo, no query, no slash at
            the end.
        trace_ids: The traces that it names, as written there.
        span_id: The span that it points to, as written there.
        query: The search that it holds; None where it holds none.
        api: The API that it is of: "v1", "v2", "v3"; "" for a page.
        is_file: Whether it is a file for certain.
    """

    backend: str
    base: str
    trace_ids: tuple[str, ...] = ()
    span_id: str = ""
    query: SearchQuery | None = None
    api: str = ""
    is_file: bool = False
    _url: str = ""
    _user: str = ""
    _password: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.base.split("/", 3)[:3])

    @property
    def shown(self) -> str:
        """The address as it may be shown: without userinfo, and without a query, which may hold secrets."""
        return self.base + ("?…" if self.backend == "" and "?" in self._url else "")

    @property
    def name(self) -> str:
        """What stands for it among sources: the base and the traces."""
        return f"{self.base}/trace/{'...'.join(self.trace_ids)}" if self.trace_ids else self.shown

    @property
    def url(self) -> str:
        """The URL to be asked for where this is a file: with its query, without userinfo. Not to be shown."""
        return self._url

    @property
    def userinfo(self) -> tuple[str, str] | None:
        """User name and password, None if there are none. Not to be shown."""
        return (self._user, self._password) if self._user or self._password else None

    def __repr__(self) -> str:
        return f"<Address {self.backend or 'unknown'} {self.name}>"


class Parts(Struct, frozen=True):
    """A URL as recognisers look at it.

    Attributes:
        origin: Scheme, host and port.
        segments: The decoded parts of the path, without empty ones.
        raw: The same, as written.
        query: Its parameters, in order.
    """

    origin: str
    segments: tuple[str, ...]
    raw: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    def base(self, segments: int) -> str:
        """The URL up to so many parts of its path."""
        return "/".join((self.origin, *self.raw[:segments]))

    def first(self, *names: str) -> str:
        """The value of the first parameter with one of these names; "" if there is none."""
        return next((value for key, value in self.query if key in names and value), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return tuple(value for key, value in self.query if key == name and value)

    def find(self, *words: str) -> int:
        """Where some parts stand in a row in the path, the last place if there are several; -1 if nowhere."""
        for at in range(len(self.segments) - len(words), -1, -1):
            if self.segments[at : at + len(words)] == words:
                return at
        return -1


Recogniser = Callable[[Parts], Address | None]


def is_url(text: str) -> bool:
    """Whether a source is an address, not a path."""
    return _SCHEME.match(text) is not None


def parse(text: str, recognisers: tuple[Recogniser, ...]) -> Address:
    """Take a URL apart.

    Args:
        text: The URL, as pasted.
        recognisers: What to ask which backend it is of, in order.

    Raises:
        UsageError: It is no http or https URL; the message does not repeat it.
    """
    split = _split(text.strip())
    assert split.hostname is not None
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    port = split.port
    origin = f"{split.scheme}://{host}"
    if port is not None and port != _DEFAULT_PORT[split.scheme]:
        origin += f":{port}"
    raw = tuple(part for part in split.path.split("/") if part)
    query = tuple(parse_qsl(split.query, keep_blank_values=True))
    parts = Parts(origin, tuple(map(unquote, raw)), raw, query)
    found = next((found for recognise in recognisers if (found := recognise(parts))), None)
    if found is None:
        found = Address("", parts.base(len(raw)), is_file=bool(raw) and _FILE.search(raw[-1]) is not None)
    url = origin + (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Address(
        found.backend,
        found.base,
        found.trace_ids,
        found.span_id,
        found.query,
        found.api,
        found.is_file,
        url,
        unquote(split.username or ""),
        unquote(split.password or ""),
    )


def _split(text: str) -> SplitResult:
    if not is_url(text):
        raise UsageError("is no address that begins with http:// or https://", source=without_secrets(text))
    if any(char <= " " or "\x7f" <= char <= "\xa0" for char in text):
        raise UsageError("blanks and control characters stand in an address", hint="quote it, or encode them")
    try:
        split = urlsplit(text)
        _ = split.port
    except ValueError:
        raise UsageError("an address is malformed", hint="http://HOST:PORT/…") from None
    if not split.hostname or any(char in split.hostname for char in '<>"\\^`{|}'):
        raise UsageError("an address names no host", hint="http://HOST:PORT/…")
    return split
