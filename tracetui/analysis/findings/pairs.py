"""Calls between services: a caller's span with the span of whom it called below it."""

from __future__ import annotations

import numpy as np

from tracetui.analysis.columns import Rows
from tracetui.analysis.findings.context import Context
from tracetui.model.store import Kind

__all__ = ["calls_between", "only_server_child"]


def calls_between(context: Context) -> tuple[Rows, Rows]:
    """Rows of callers and of the callees below them, where the two are of different services.

    The callee's span is a server's, or of no kind below a client's.
    """
    child = np.flatnonzero(context.parent >= 0)
    above = context.parent[child]
    kind, kind_above = context.kind[child], context.kind[above]
    call = (kind == Kind.SERVER) & (kind_above != Kind.SERVER) & (kind_above != Kind.CONSUMER)
    call |= (kind_above == Kind.CLIENT) & ((kind == Kind.UNSPECIFIED) | (kind == Kind.INTERNAL))
    call &= context.service[child] != context.service[above]
    return above[call], child[call]


def only_server_child(context: Context) -> tuple[Rows, Rows]:
    """Clients with exactly one span of another service below them, and that span."""
    client, server = calls_between(context)
    of_client = context.kind[client] == Kind.CLIENT
    client, server = client[of_client], server[of_client]
    children = np.bincount(context.parent[context.parent >= 0], minlength=context.n)
    sole = children[client] == 1
    return client[sole], server[sole]
