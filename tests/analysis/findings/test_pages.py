"""Each kind of finding has a page: how it looks, its rule, a sample in which it is found, what mends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracetui import loaders
from tracetui.analysis.finding import LABELS
from tracetui.analysis.findings import RULES, Kind, Rule, Thresholds, find

CHECKOUT = Path(__file__).resolve().parents[3]
SECTIONS = (
    "## What it looks like",
    "## The rule",
    "## Before believing it",
    "## What usually fixes it",
)


def test_every_kind_has_a_rule_and_a_page() -> None:
    assert {rule.kind for rule in RULES} == set(Kind) == set(LABELS)
    pages = {path.stem for path in (CHECKOUT / "docs" / "findings").glob("*.md")}
    samples = {path.stem for path in (CHECKOUT / "sample_traces" / "findings").glob("*.json")}
    assert pages == samples == set(Kind)
    index = (CHECKOUT / "docs" / "findings.md").read_text("utf-8")
    assert all(f"(findings/{kind}.md)" in index for kind in Kind)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.kind))
def test_a_page_has_all_its_parts(rule: Rule) -> None:
    assert all((rule.headline, rule.looks, rule.rule, rule.guards, rule.caveat, rule.fix))
    page = (CHECKOUT / "docs" / "findings" / f"{rule.kind}.md").read_text("utf-8")
    parts = re.split(r"^(## .*)$", page, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == SECTIONS
    looks, told, _, fixes = parts[2::2]
    assert rule.looks in looks and rule.fix in fixes and f"sample_traces/findings/{rule.kind}.json" in looks
    # The sample as it is drawn, and what why says of it: the page is about what is found there.
    drawing, answer = re.findall(r"```\n(.*?)```", looks, flags=re.DOTALL)
    assert "╷0" in drawing and re.search(rf"^\d+ +!* *{re.escape(rule.badge)} ", answer, flags=re.MULTILINE)
    assert not re.search(r"\{\w+\}", told)
    for name in re.findall(r"\{(\w+)\}", rule.rule):
        assert str(getattr(Thresholds(), name)) in told


@pytest.mark.parametrize("kind", list(Kind))
def test_a_sample_has_what_it_is_a_sample_of(kind: Kind) -> None:
    file = CHECKOUT / "sample_traces" / "findings" / f"{kind}.json"
    [trace] = loaders.load([str(file)]).traces
    assert kind in {finding.kind for finding in find(trace)}
    assert trace.span_count <= 60  # to be read on one screen or two
