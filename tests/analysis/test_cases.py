"""The reference cases: traces with the path that every mode must give."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.analysis.columns import US, from_jaeger, paths_of, store
from tests.analysis.oracle import oracle_path
from tests.conftest import shared
from tracetui.analysis import Mode

EXPECTED = {Mode.DEFAULT: "default", Mode.EXACT: "exact", Mode.CLIP: "jaeger", Mode.TO_END: "to_trace_end"}


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    with gzip.open(shared("critical_path/cases.jsonl.gz"), "rt") as lines:
        return [json.loads(line) for line in lines]


def wanted(case: dict[str, Any], mode: Mode) -> Any:
    answer = case["expected"][EXPECTED[mode]]
    if mode is Mode.TO_END:
        return {path["root"]: [tuple(section) for section in path["sections"]] for path in answer}
    return [tuple(section) for section in answer]


def shown(found: dict[str, list[tuple[str, int, int, bool]]], roots: list[str], mode: Mode) -> Any:
    """The paths in the shape of the cases: microseconds, one list except in mode to-end."""
    assert sorted(found) == sorted(roots)
    told = {
        root: [(key, a // US, b // US, "wait" if wait else "own") for key, a, b, wait in found[root]]
        for root in roots
    }
    if mode is Mode.TO_END:
        return told
    return [section[:3] for root in roots for section in told[root]]


@pytest.mark.parametrize("mode", Mode)
def test_every_case_by_itself(cases: list[dict[str, Any]], mode: Mode) -> None:
    wrong = []
    for case in cases:
        found = paths_of(store(from_jaeger(case["trace"])), mode)[0]
        if shown(found, case["roots"], mode) != wanted(case, mode):
            wrong.append(case["id"])
    assert wrong == []


@pytest.mark.parametrize("mode", Mode)
def test_all_cases_in_one_store(cases: list[dict[str, Any]], mode: Mode) -> None:
    found = paths_of(store(*(from_jaeger(case["trace"]) for case in cases)), mode)
    wrong = [
        case["id"]
        for case, paths in zip(cases, found, strict=True)
        if shown(paths, case["roots"], mode) != wanted(case, mode)
    ]
    assert wrong == []


@pytest.mark.parametrize("mode", Mode)
def test_the_oracle_of_the_other_tests_agrees(cases: list[dict[str, Any]], mode: Mode) -> None:
    wrong = []
    for case in cases:
        spans = from_jaeger(case["trace"])
        found = {root: oracle_path(spans, root, mode) for root in case["roots"]}
        if shown(found, case["roots"], mode) != wanted(case, mode):
            wrong.append(case["id"])
    assert wrong == []
