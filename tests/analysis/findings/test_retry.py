"""What a retry saves: the tries that failed and the pauses, by replay."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.findings.telling import MS, Node, client, of_kind, server
from tests.analysis.retiming import Retiming
from tracetui import loaders
from tracetui.analysis import Mode
from tracetui.analysis.findings import Kind, find

SAMPLES = Path(__file__).resolve().parents[3] / "sample_traces"


def request(*beside: Node) -> Node:
    """Two tries of one call with a pause between them, and what runs beside the first."""
    first = client("web", "/charge", 840 * MS, code=504)
    first.error = "timed out"
    return server(
        "web", "GET /", 40 * MS, [first, *beside], 90 * MS, client("web", "/charge", 670 * MS), 9 * MS
    )


def test_all_that_went_before_the_last_try_is_saved() -> None:
    [found] = of_kind(request(), Kind.RETRY)
    assert found.saving_ns == found.evidence["lost_nano"] == 930_000_000


def test_what_ran_beside_the_tries_would_be_waited_for() -> None:
    score = Node("web", "score", "internal", steps=[290 * MS])
    [found] = of_kind(request(score), Kind.RETRY)
    # The last try starts after the score as it did, and that ends 290 ms after the first try's start.
    assert found.saving_ns == 930_000_000 - 290_000_000


def test_the_sample_by_the_rule_as_it_is_told() -> None:
    """charge: score 20-330 ms, POST 40-880, backoff 880-970, POST 970-1640. Without POST and backoff
    the second one starts when the score ends, at 330: 640 ms earlier."""
    [trace] = loaders.load([str(SAMPLES / "checkout.json")]).traces
    [found] = [one for one in find(trace) if one.kind is Kind.RETRY]
    root, store = trace.root.row, trace.store
    charge = int(store.parent[found.spans[0]])
    gone = [row for row in range(trace.first, trace.last) if store.strings[int(store.name[row])] == "backoff"]
    assert [int(store.parent[row]) for row in gone] == [charge]
    retiming = Retiming(store, root, Mode.DEFAULT)  # type: ignore[arg-type]  # has what columns have
    left = retiming.length({row - root: 0 for row in [found.spans[0], *gone]})
    assert trace.root_duration_ns - left == found.saving_ns == 640_000_000
    assert found.evidence["lost_nano"] == 930_000_000


def test_work_between_tries_is_no_pause() -> None:
    first = client("web", "/charge", 100 * MS, code=503)
    first.error = "busy"
    asked = client("web", "/token", server("auth", "GET /token", 60 * MS))
    slept = Node("web", "sleep", "internal", steps=[30 * MS])
    last = client("web", "/charge", 100 * MS)
    [found] = of_kind(server("web", "GET /", 5 * MS, first, 10 * MS, asked, slept, last, 5 * MS), Kind.RETRY)
    assert found.evidence["pauses_nano"] == [40_000_000]
    assert found.saving_ns == found.evidence["lost_nano"] == 140_000_000
