"""`why --path` from the command line."""

from __future__ import annotations

import json

import pytest

from tests.conftest import CHECKOUT
from tracetui.cli.main import run

SAMPLE = str(CHECKOUT / "sample_traces" / "checkout.json")


def test_path_in_each_format(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["why", SAMPLE, "--path", "--width", "100", "--color", "never"]) == 0
    assert "Critical path, " in capfd.readouterr().out
    assert run(["why", SAMPLE, "--path", "--format", "markdown"]) == 0
    assert capfd.readouterr().out.startswith("## Critical path, ")
    assert run(["why", SAMPLE, "--path", "--format", "json", "--critical-path", "to-end"]) == 0
    assert json.loads(capfd.readouterr().out)["traces"][0]["mode"] == "to-end"


def test_a_limit_and_a_span(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["why", SAMPLE, "--path", "--limit", "2", "--color", "never"]) == 0
    out = capfd.readouterr().out
    assert "the 2 longest" in out
    assert run(["why", SAMPLE, "--span", "nobody"]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
