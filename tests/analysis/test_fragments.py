"""The guess at where a trace broke."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.test_skew import MS, load, span
from tests.tui.test_screens import loaded
from tests.tui.viewer import press, text_of, viewing
from tracetui.analysis.findings import Kind, find
from tracetui.analysis.fragments import fragments_by_parent, guess_caller, last_seen
from tracetui.cli.main import run
from tracetui.model.trace import Collection


def tag(key: str, value: str) -> dict[str, str]:
    return {"key": key, "type": "string", "value": value}


def client(key: int, start: int, duration: int, peer: str, service: str = "shop") -> dict[str, Any]:
    tags = [tag("span.kind", "client"), tag("server.address", peer)]
    return span(key, start, duration, service, 1, "client", tags=tags)


def guessed(collection: Collection) -> dict[str, str]:
    """Missing parent and the key of the guess, without leading zeros."""
    trace = collection.traces[0]
    found = {}
    for missing, rows in fragments_by_parent(trace).items():
        row = guess_caller(trace, rows)
        found[missing.lstrip("0")] = "" if row is None else trace.store.key(row).lstrip("0")
    return found


def test_the_call_that_was_for_the_fragments_service(tmp_path: Path) -> None:
    spans = [
        span(1, 0, 100 * MS, "shop"),
        client(2, 10 * MS, 50 * MS, "stock.internal"),
        client(3, 5 * MS, 80 * MS, "stock"),
        client(4, 10 * MS, 50 * MS, "mail"),
        span(5, 20 * MS, 10 * MS, "stock", 99),
        span(6, 35 * MS, 10 * MS, "stock", 99),
    ]
    assert guessed(load(tmp_path, *spans)) == {"63": "2"}


def test_no_guess_where_nothing_fits(tmp_path: Path) -> None:
    late = client(2, 30 * MS, 50 * MS, "stock")
    answered = client(3, 5 * MS, 80 * MS, "stock")
    below = span(4, 6 * MS, 9 * MS, "stock", 3)
    spans = [span(1, 0, 100 * MS, "shop"), late, answered, below, span(5, 20 * MS, 10 * MS, "stock", 99)]
    assert guessed(load(tmp_path, *spans)) == {"63": ""}


def test_the_finding_has_the_same_guess(tmp_path: Path) -> None:
    spans = [
        span(1, 0, 100 * MS, "shop"),
        client(2, 10 * MS, 50 * MS, "stock"),
        client(3, 15 * MS, 30 * MS, "mail"),  # closer around it, but for another
        span(5, 20 * MS, 10 * MS, "stock", 99),
    ]
    [trace] = load(tmp_path, *spans).traces
    [found] = [one for one in find(trace) if one.kind is Kind.FRAGMENTED_TRACE]
    assert found.evidence["guess"] == "it broke between shop op2 and stock op5"


def test_without_a_call_that_names_the_service_the_last_seen_is_told(tmp_path: Path) -> None:
    spans = [
        span(1, 0, 100 * MS, "shop"),
        span(2, 10 * MS, 50 * MS, "shop", 1),
        span(5, 20 * MS, 9 * MS, "x", 99),
    ]
    trace = load(tmp_path, *spans).traces[0]
    assert guess_caller(trace, [trace.last - 1]) is None
    assert last_seen(trace, [trace.last - 1]) == 1
    [found] = [one for one in find(trace) if one.kind is Kind.FRAGMENTED_TRACE]
    assert found.evidence["guess"] == "it broke between shop op2 and x op5"


async def test_the_guess_is_told_as_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    spans = [
        span(1, 0, 100 * MS, "shop"),
        client(2, 10 * MS, 50 * MS, "stock"),
        span(5, 20 * MS, 10 * MS, "stock", 99),
    ]
    load(tmp_path, *spans)
    path = tmp_path / "trace.json"
    assert run(["show", str(path), "--color", "never"]) == 0
    assert "guess: missing span 00000000 was called by shop op2" in capfd.readouterr().out
    async with viewing(loaded(path), (160, 30)) as (app, pilot):
        await press(pilot, "G", "k")
        text = "\n".join(text_of(app))
        assert "guess: it was called by" in text
        assert "→ shop op2" in text
