"""Faults that were planted are named with a culprit; requests without a fault raise no alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.tracegen.faults import kinds
from tests.analysis.findings.planting import FORMATS, answers
from tracetui.analysis.findings import Kind, Severity

COUNT = 10
BY_LATENCY = [
    Kind.N_PLUS_ONE,
    Kind.SERIAL_CALLS,
    Kind.RETRY,
    Kind.IDLE_GAP,
    Kind.FAN_OUT_STRAGGLER,
    Kind.SLOW_STATEMENT,
    Kind.QUEUE_WAIT,
    Kind.CHATTY_SERVICES,
    Kind.MISSING_INSTRUMENTATION,
    Kind.REDUNDANT_WORK,
    Kind.NETWORK_OVERHEAD,
    Kind.CALLER_GAVE_UP,
    Kind.CONCURRENCY_LIMIT,
    Kind.POOL_WAIT,
    Kind.DOMINANT_SPAN,
]


def test_every_kind_is_planted() -> None:
    assert set(kinds()) == {str(kind) for kind in Kind}


@pytest.mark.parametrize("kind", list(Kind))
def test_planted_faults_are_named(kind: Kind, tmp_path: Path) -> None:
    named = first = total = 0
    for form in FORMATS:
        for told, trace, findings in answers(tmp_path, kind, form, COUNT):
            spans = {trace.store.key(row) for one in findings if one.kind is kind for row in one.spans}
            named += bool(spans & set(told.culprits))
            first += bool(findings) and findings[0].kind is kind
            total += 1
    assert named >= 0.95 * total
    if kind in BY_LATENCY or kind is Kind.ERROR_ORIGIN:
        assert first >= 0.9 * total


@pytest.mark.parametrize("form", FORMATS)
def test_ordinary_requests_raise_no_alarm(form: str, tmp_path: Path) -> None:
    alarming = {Severity.HIGH, Severity.MEDIUM}
    found = list(answers(tmp_path, "", form, 40))
    noisy = [one for one in found if any(finding.severity in alarming for finding in one[2])]
    assert len(noisy) <= 0.05 * len(found), [[f.title for f in findings] for _, _, findings in noisy]
