"""The proxy that a request goes through: as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct

from tracetui.errors import UsageError


class Proxy(Struct, frozen=True):
    """A proxy.

    Attributes:
        url: Its URL, userinfo included. Not to be shown.
        shown: Its host and port.
    """

    url: str
    shown: str

    def __repr__(self) -> str:
        return f"<Proxy {self.shown}>"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is that of this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost")


def proxy_for(origin: str) -> Proxy | None:
    """The proxy for an origin, None where it is asked directly.

    Raises:
        UsageError: There is one, but of a kind that is not spoken here.
    """
    split = urlsplit(origin)
    host = split.hostname or ""
    if is_loopback(host) or proxy_bypass(host if split.port is None else f"{host}:{split.port}"):
        return None
    proxies = getproxies()
    url = proxies.get(split.scheme) or proxies.get("all")
    if not url:
        return None
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        shown = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        raise UsageError("the proxy of the environment is no URL", hint="http://HOST:PORT") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"the proxy {shown} is of a kind that is not supported ({parts.scheme})",
            hint="HTTPS_PROXY=http://HOST:PORT, or NO_PROXY",
        )
    return Proxy(url, shown)
