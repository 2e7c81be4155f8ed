"""What goes on between caller and callee is neither's work."""

from __future__ import annotations

from tests.analysis.findings.telling import MS, Node, client, of_kind, server
from tracetui.analysis.findings import Kind


def request(*more: int | Node) -> Node:
    """Twelve calls of another service, each with 4 ms of way and whatever else the caller does in it."""
    calls = [
        client("web", f"/item/{n}", 2 * MS, server("stock", "GET", 5 * MS), *more, 2 * MS) for n in range(12)
    ]
    return server("web", "GET /", 1 * MS, *calls, 1 * MS)


def test_the_way_there_and_back_is_told() -> None:
    [found] = of_kind(request(), Kind.CHATTY_SERVICES)
    assert found.evidence["between_nano"] == 48_000_000


def test_what_else_the_caller_had_below_the_call_is_not_the_way() -> None:
    parse = Node("web", "parse", "internal", steps=[20 * MS])
    [found] = of_kind(request(parse), Kind.CHATTY_SERVICES)
    assert found.evidence["between_nano"] == 48_000_000
