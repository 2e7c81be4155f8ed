"""What holds for all findings of any trace."""

from __future__ import annotations

import random

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.tracegen import writers
from scripts.tracegen.conventions import CONVENTIONS
from scripts.tracegen.faults import crowded, kinds, planted
from scripts.tracegen.plan import Told
from tests.analysis.findings.reading import load_json
from tracetui.analysis import Mode
from tracetui.analysis.findings import Finding, Severity, find, severity_of
from tracetui.model.trace import Trace

PLANTED = st.builds(
    planted, st.sampled_from(["", *kinds()]), st.integers(0, 10_000), st.sampled_from(CONVENTIONS)
)
CROWDED = st.builds(
    crowded, st.integers(0, 10_000), st.sampled_from(CONVENTIONS), unit_us=st.sampled_from([1, 1_000, 50_000])
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def trace_of(told: Told, seed: int | None = None) -> Trace:
    document = writers.otlp([told.story])
    if seed is not None:
        for resource in document["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                random.Random(seed).shuffle(scope["spans"])
        random.Random(seed).shuffle(document["resourceSpans"])
    [trace] = load_json(orjson.dumps(document)).traces
    return trace


def told(trace: Trace, findings: list[Finding]) -> list[object]:
    key = trace.store.key
    return [
        (f.kind, f.title, f.detail, f.severity, f.saving_ns, sorted(map(key, f.spans)), f.badge)
        for f in findings
    ]


@QUICK
@given(PLANTED | CROWDED, st.sampled_from(list(Mode)))
def test_savings(one: Told, mode: Mode) -> None:
    trace = trace_of(one)
    findings = find(trace, mode=mode)
    until = trace.end_ns - trace.root.start_ns if mode is Mode.TO_END else 0  # there it is waited for the end
    assert sum(finding.saving_ns for finding in findings) <= max(trace.root_duration_ns, until)
    for finding in findings:
        assert finding.saving_ns >= 0
        assert finding.spans
        assert all(trace.first <= row < trace.last for row in finding.spans)
        assert finding.title and finding.caveat and finding.badge
        if finding.saving_ns:
            assert finding.on_critical_path
            assert finding.severity.rank >= severity_of(finding.saving_ns, trace.root_duration_ns).rank
        assert orjson.dumps(finding.evidence)


@QUICK
@given(PLANTED | CROWDED, st.integers(0, 1000))
def test_the_order_of_the_input_does_not_matter(one: Told, seed: int) -> None:
    plain, shuffled = trace_of(one), trace_of(one, seed)
    assert told(plain, find(plain)) == told(shuffled, find(shuffled))


@QUICK
@given(PLANTED | CROWDED)
def test_the_ranking(one: Told) -> None:
    findings = find(trace_of(one))
    ranks = [(not finding.reached_root, -finding.saving_ns) for finding in findings]
    assert ranks == sorted(ranks)
    for finding in findings:
        if finding.reached_root:
            assert finding.severity is Severity.HIGH
