"""Going to an address: what stands behind it, and the screen for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from tracetui.backends import Backend, Call, ClientOptions, Phase, connect, parse_address
from tracetui.backends.address import Address
from tracetui.backends.asking import NoEndpoint
from tracetui.errors import TracetuiError

from .asking import ask
from .bindings import key_of
from .servers import options_for
from .state.search_form import values_of

if TYPE_CHECKING:
    from .app import TraceApp

__all__ = ["Visit", "Visitor"]


class Visit(Struct, frozen=True):
    """What stands behind an address.

    Attributes:
        address: the address.
        backend: what keeps traces there; None where it is something to be read.
    """

    address: Address
    backend: Backend | None


class Visitor:
    """Finds out what stands behind addresses, one at a time.

    Args:
        app: the application.
        client: how servers are asked that the settings do not name; made when it is first needed.
    """

    def __init__(self, app: TraceApp, client: Callable[[], ClientOptions] = ClientOptions) -> None:
        self._app = app
        self._client = client
        self._call: Call | None = None

    def visit(
        self,
        url: str,
        *,
        tell: Callable[[str], None],
        fail: Callable[[TracetuiError], None],
        read: Callable[[], None],
    ) -> None:
        """Go to an address.

        Args:
            url: the address, as pasted.
            tell: is given what is going on.
            fail: is given why it could not be.
            read: called where the address is one of something to be read, like a file.
        """
        self.cancel()
        servers = self._app.keeper.settings.servers

        def job(call: Call) -> Visit:
            address = parse_address(url)
            if address.is_file or len(address.trace_ids) > 1:
                return Visit(address, None)
            try:
                return Visit(address, connect(address, options_for(address, servers, self._client()), call))
            except NoEndpoint:
                if address.backend or address.base == address.origin:
                    raise
                return Visit(address, None)

        def phase(phase: Phase) -> None:
            tell(f"{phase} · {key_of(self._app, 'back')} stops")

        def failed(error: TracetuiError) -> None:
            self._call = None
            fail(error)

        self._call = ask(self._app, job, partial(self._found, tell, fail, read), failed, phase)

    def cancel(self) -> bool:
        """Find out nothing any more; returns whether anything was being found out."""
        call, self._call = self._call, None
        if call is not None:
            call.cancel()
        return call is not None

    def _found(
        self,
        tell: Callable[[str], None],
        fail: Callable[[TracetuiError], None],
        read: Callable[[], None],
        visit: Visit,
    ) -> None:
        self._call = None
        backend, address = visit.backend, visit.address
        if backend is None:
            read()
        elif address.trace_ids:
            self._app.begin_trace(backend, address.trace_ids[0], address.span_id, tell, fail)
        else:
            query = address.query
            values = values_of(query) if query is not None else None
            self._app.begin_search(backend, values, at_once=query is not None)
