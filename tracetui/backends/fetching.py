"""Addresses as sources: what stands behind a URL that is given in the place of a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from tracetui.errors import BackendError
from tracetui.loaders.remote import Remote
from tracetui.sources import ByteSource

from . import connect
from .address import Address
from .asking import NoEndpoint, Refused, Server
from .base import Backend, SearchQuery
from .call import Call, call_of
from .http import Client
from .options import ClientOptions
from .registry import KINDS, parse_address


class Fetcher:
    """Gets what addresses stand for: a trace, what a search finds, or a file. See `loaders.remote.Fetch`.

    Args:
        options: How servers are asked.
    """

    def __init__(self, options: ClientOptions) -> None:
        self._options = options

    def __call__(
        self,
        name: str,
        trace_ids: tuple[str, ...],
        tell: Callable[[str, int, int | None], None],
        cancelled: Callable[[], bool] | None,
    ) -> Remote:
        """See `loaders.Fetch`."""
        call = call_of(tell, cancelled)
        address = parse_address(name)
        ids = address.trace_ids or trace_ids
        remote = self._traces(address, ids, call) if ids else self._without_id(address, call)
        warning = Client(address.origin, self._options).warning if self._options.insecure else ""
        return replace(remote, notes=(*remote.notes, warning)) if warning else remote

    def _traces(self, address: Address, ids: Sequence[str], call: Call) -> Remote:
        """Traces by their ids. A backend that does not tell its kind by its address shows it by answering."""
        if address.is_file:
            return Remote([self._file(address, call)])
        kinds = [kind for kind in KINDS if kind.name == address.backend] or KINDS
        client = Client(address.origin, self._options, address.userinfo)
        missing: NoEndpoint | None = None
        for kind in kinds:
            try:
                return Remote([kind.make(client, address).open_trace(ids, call)], tuple(ids))
            except NoEndpoint as error:
                missing = missing or error
        assert missing is not None
        raise missing

    def _without_id(self, address: Address, call: Call) -> Remote:
        if address.is_file:
            return Remote([self._file(address, call)])
        try:
            backend = connect(address, self._options, call)
        except NoEndpoint:
            if address.backend or address.base == address.origin:
                raise
            return Remote([self._file(address, call)])
        return self._found(backend, address.query or SearchQuery(), call)

    def _found(self, backend: Backend, query: SearchQuery, call: Call) -> Remote:
        """The traces that a search finds."""
        outcome = backend.search(query, call, whole=True)
        ids = [row.trace_id for row in outcome.found]
        if not ids:
            told = "the search finds no trace"
            raise BackendError(told, source=backend.address, hint="give --trace ID, or see tracetui search")
        if len(outcome.sources) == 1:
            return Remote(outcome.sources, (), frozenset(ids), tuple(outcome.notes))
        return Remote([backend.open_trace(ids, call)], tuple(ids), None, tuple(outcome.notes))

    def _file(self, address: Address, call: Call) -> ByteSource:
        """The bytes of a file."""
        client = Client(address.origin, self._options, address.userinfo)
        server = Server(client, address.base)
        try:
            return server.source(server.open(address.shown, [address.url], call, _never))
        except Refused as error:
            if error.status == 404:
                raise BackendError(
                    "HTTP 404, not found", source=address.shown, hint="check the URL"
                ) from None
            raise


def _never(answer: object) -> bool:
    """Whether a file is empty is seen when it is read."""
    return False


def is_search(name: str, options: ClientOptions, call: Call) -> Backend | None:
    """The backend, if an address is one without a trace: something to be searched, not read.

    Args:
        name: The address.
        options: How servers are asked.
        call: The call; an address that does not tell by its looks is probed.

    Raises:
        BackendError, UsageError, Cancelled: As `connect`.
    """
    address = parse_address(name)
    if address.is_file or address.trace_ids:
        return None
    try:
        return connect(address, options, call)
    except NoEndpoint:
        if address.backend or address.base == address.origin:
            raise
        return None
