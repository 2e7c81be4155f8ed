"""Different calls in a row: what they would save, and when that is not to be believed."""

from __future__ import annotations

from tests.analysis.findings.telling import MS, Node, client, of_kind, server
from tracetui.analysis.findings import Kind, Severity


def in_a_row(*lasts_ms: int) -> Node:
    """A request that calls other services one after another."""
    calls = [
        client("web", f"/part/{'abcdef'[at]}", server(f"svc-{at}", "GET", lasts * MS))
        for at, lasts in enumerate(lasts_ms)
    ]
    return server("web", "GET /", 500, *calls, 500)


def test_calls_of_other_services_may_save_all_but_the_longest() -> None:
    [found] = of_kind(in_a_row(100, 140, 120), Kind.SERIAL_CALLS)
    assert found.saving_ns == 220_000_000
    assert found.severity is Severity.LOW  # each may need the answer of the one before


def test_where_one_call_takes_most_the_others_are_not_the_matter() -> None:
    [found] = of_kind(in_a_row(60, 700, 60), Kind.SERIAL_CALLS)
    assert found.saving_ns == 0
    assert found.severity is Severity.INFO
    assert found.evidence["total_nano"] == 820_000_000


def test_reads_of_one_service_are_sure_enough() -> None:
    leaves = [
        client("web", f"/part/{name}", lasts * MS) for name, lasts in (("a", 60), ("b", 700), ("c", 60))
    ]
    [found] = of_kind(server("web", "GET /", 500, *leaves, 500), Kind.SERIAL_CALLS)
    assert found.saving_ns == 120_000_000
    assert found.severity is Severity.MEDIUM
