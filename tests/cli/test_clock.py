"""`--clock`: as recorded unless adjusted is asked for, and told either way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.analysis.test_skew import MS, skewed, span
from tracetui.cli.main import run

__all__ = ["MS", "span"]


@pytest.fixture
def path(tmp_path: Path) -> str:
    skewed(tmp_path)
    return str(tmp_path / "trace.json")


def starts(document: str) -> dict[str, int]:
    [trace] = json.loads(document)["traces"]
    return {s["key"][-1]: s["start_time_unix_nano"] - 1_700_000_000_000_000_000 for s in trace["spans"]}


def test_raw_is_as_recorded_and_the_skew_is_an_issue(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["show", path, "--format", "json"]) == 0
    raw = capfd.readouterr().out
    assert starts(raw)["3"] == 7_400_000
    [trace] = json.loads(raw)["traces"]
    assert [i["samples"] for i in trace["issues"] if i["code"] == "skew"] == [["B +3ms ±400µs (2 edges)"]]
    assert "adjusted_clocks" not in trace
    assert run(["show", path, "--format", "json", "--clock", "raw"]) == 0
    assert capfd.readouterr().out == raw


def test_adjusted_moves_the_clock_and_says_so(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["show", path, "--format", "json", "--clock", "adjusted"]) == 0
    out = capfd.readouterr().out
    assert starts(out)["3"] == 10_400_000
    [trace] = json.loads(out)["traces"]
    assert trace["adjusted_clocks"] == [
        {
            "name": "B",
            "offset_nano": 3_000_000,
            "plus_minus_nano": 400_000,
            "edge_count": 2,
            "span_count": 3,
        }
    ]
    for name in ("tree", "markdown"):
        assert run(["show", path, "--format", name, "--clock", "adjusted", "--color", "never"]) == 0
        assert "adjusted: B +3ms ±400µs (2 edges)" in capfd.readouterr().out
