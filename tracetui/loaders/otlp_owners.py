"""Whose OTLP spans are: their resources and scopes, each read once."""

from __future__ import annotations

from tracetui.loaders.otlp_columns import Slot
from tracetui.loaders.otlp_details import resource_attributes, resource_key, scope, service_name
from tracetui.loaders.otlp_window import Group
from tracetui.model.builder import StoreBuilder


class Owners:
    """The resources and scopes of one source.

    Args:
        builder: Gives the codes.
    """

    def __init__(self, builder: StoreBuilder) -> None:
        self._builder = builder
        self._resources: dict[bytes, Slot] = {}
        self._scopes: dict[bytes, Slot] = {}

    def resource(self, raw: bytes) -> int:
        """The code of a resource; those with equal attributes are one, and share a clock."""
        attributes = resource_attributes(raw)
        return self._builder.resource(
            service_name(attributes), resource_key(attributes), lambda: resource_attributes(raw)
        )

    def scope(self, raw: bytes) -> int:
        """The code of a scope, -1 for none."""
        return -1 if raw in (b"", b"{}", b"null") else self._builder.scope(raw, lambda: scope(raw))

    def resource_slot(self) -> Slot:
        """For a resource that is not known yet."""
        return Slot(self._builder.set_resource)

    def scope_slot(self) -> Slot:
        """For a scope that is not known yet."""
        return Slot(self._builder.set_scope)

    def slots(self, groups: list[Group]) -> list[tuple[int, Slot, Slot]]:
        """How many spans have which resource and scope, as `SpanRows.add` wants it."""
        found: list[tuple[int, Slot, Slot]] = []
        for count, resource, scope_bytes in groups:
            owner = self._resources.get(resource)
            if owner is None:
                owner = self._resources[resource] = Slot(self._builder.set_resource, self.resource(resource))
            library = self._scopes.get(scope_bytes)
            if library is None:
                library = self._scopes[scope_bytes] = Slot(self._builder.set_scope, self.scope(scope_bytes))
            found.append((count, owner, library))
        return found
