"""The backends that are known: how their addresses look, and where they are written."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from msgspec import Struct

from . import jaeger_address, zipkin_address
from .address import Address, Recogniser, parse
from .base import Backend
from .call import Call


class Kind(Struct, frozen=True):
    """A kind of backend.

    Attributes:
        name: As in `Address.backend`.
        title: For people.
        recognise: Tells its addresses by their looks.
        module: Has the class `title(client, address)` and `probe(client, address, call)`.
    """

    name: str
    title: str
    recognise: Recogniser
    module: str

    def _module(self) -> Any:
        return import_module(self.module)

    def make(self, client: Any, address: Address) -> Backend:
        """The backend at an address, without asking it anything."""
        backend: Backend = getattr(self._module(), self.title)(client, address)
        return backend

    def probe(self, client: Any, address: Address, call: Call) -> Backend:
        """The backend at an address, if it answers like one.

        Raises:
            NoEndpoint: It does not.
            BackendError: The request failed.
        """
        backend: Backend = self._module().probe(client, address, call)
        return backend


KINDS: Final = (
    Kind(jaeger_address.NAME, "Jaeger", jaeger_address.recognise, "tracetui.backends.jaeger"),
    Kind(zipkin_address.NAME, "Zipkin", zipkin_address.recognise, "tracetui.backends.zipkin"),
)
"""In the order in which an unknown address is probed."""


def kind_of(name: str) -> Kind:
    """The kind with a name."""
    return next(kind for kind in KINDS if kind.name == name)


def parse_address(text: str) -> Address:
    """Take a URL apart. Raises as `tracetui.backends.address.parse`."""
    return parse(text, tuple(kind.recognise for kind in KINDS))
