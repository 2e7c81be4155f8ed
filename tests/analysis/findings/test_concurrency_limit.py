"""A limit to calls at once shows in starts that are others' ends."""

from __future__ import annotations

from tests.analysis.findings.telling import MS, Node, client, of_kind, server
from tracetui.analysis.findings import Kind


def calls(count: int, lanes: int, lasts_us: int, apart_us: int) -> Node:
    """Calls in lanes, each of which starts its next call a while after the one before."""
    free = [0] * lanes
    nodes = []
    for n in range(count):
        node = client("web", f"/thumbs/{n}", lasts_us + 7 * (n % 5))
        node.what.route = "/thumbs/{id}"
        node.late_us = free[n % lanes]
        free[n % lanes] += lasts_us + 7 * (n % 5) + apart_us
        nodes.append(node)
    return server("web", "GET /", 1_000, nodes, 1_000)


def test_starts_at_ends_are_a_limit() -> None:
    [found] = of_kind(calls(12, 3, 40 * MS, 50), Kind.CONCURRENCY_LIMIT)
    assert found.evidence["at_once"] == 3


def test_calls_of_microseconds_are_not_all_near_an_end() -> None:
    assert of_kind(calls(12, 3, 400, 5), Kind.CONCURRENCY_LIMIT)
    assert not of_kind(calls(12, 3, 400, 300), Kind.CONCURRENCY_LIMIT)
