"""Calls between services: a caller's span with the span of whom it called below it."""

from __future__ import annotations

from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.model.store import Kind

__all__ = ["only_server_child"]


def only_server_child(context: Context) -> tuple[Rows, Rows]:
    """Clients with exactly one span of another service below them, and that span."""
    client, server = context.calls
    sole = context.of_kind(Kind.CLIENT)[client] & (context.child_count[client] == 1)
    return client[sole], server[sole]
