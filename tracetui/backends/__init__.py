"""Backends that keep traces: their addresses, searching them, and fetching traces as sources of bytes.

    address = parse_address("http://localhost:16686/trace/4bf9…")    # by its looks alone
    backend = connect("http://localhost:16686", ClientOptions(), Call())

Importing this imports no network; connecting does.
"""

from __future__ import annotations

from tracetui.errors import BackendError

from .address import Address, is_url
from .base import Backend, Dependency, Found, SearchOutcome, SearchQuery
from .call import Call, Phase
from .options import ClientOptions
from .registry import KINDS, kind_of, parse_address

__all__ = [
    "Address", "Backend", "Call", "ClientOptions", "Dependency", "Found", "Phase", "SearchOutcome",
    "SearchQuery", "connect", "is_url", "parse_address",
]  # fmt: skip


def connect(url: str | Address, options: ClientOptions, call: Call) -> Backend:
    """The backend at an address. One that tells its kind is not asked; any other is probed.

    Args:
        url: The address, as pasted.
        options: How servers are asked.
        call: The call.

    Raises:
        UsageError: It is no http or https URL, or credentials cannot be had.
        BackendError: No backend that is known answers there; the message says what does.
        Cancelled: The call was.
    """
    from .asking import NoEndpoint
    from .http import Client

    address = parse_address(url) if isinstance(url, str) else url
    client = Client(address.origin, options, address.userinfo)
    if address.backend:
        return kind_of(address.backend).make(client, address)
    missing: BackendError | None = None
    for kind in KINDS:
        try:
            return kind.probe(client, address, call)
        except NoEndpoint as error:
            missing = missing or error
    assert missing is not None
    titles = " or ".join(kind.title for kind in KINDS)
    raise NoEndpoint(f"no {titles} answers there: {missing.message}", source=address.shown, hint=missing.hint)
