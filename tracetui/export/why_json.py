"""`why --format json`: findings for programs, in nanoseconds and exact text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tracetui.analysis.findings import Finding
from tracetui.export.encode import json_dumps
from tracetui.export.report import TraceSummary
from tracetui.export.why import Answers
from tracetui.model.store import SpanStore

__all__ = ["SCHEMA", "finding_value", "write_why_json"]

SCHEMA: Final = "tracetui.findings/1"


def write_why_json(answers: Answers) -> Iterator[bytes]:
    """One document over all traces, in pieces."""
    yield json_dumps({"schema": SCHEMA})[:-1] + b',"traces":['
    for index, (trace, findings) in enumerate(answers.traces()):
        yield (b"," if index else b"") + json_dumps(_trace(answers, trace, findings))
    yield b"]}\n"


def _trace(answers: Answers, trace: TraceSummary, findings: list[Finding]) -> dict[str, Any]:
    return {
        "trace_id": trace.trace_id,
        "duration_nano": trace.duration_ns,
        "root_duration_nano": trace.root_duration_ns,
        "findings": [finding_value(answers.report.store, finding) for finding in findings],
    }


def finding_value(store: SpanStore, finding: Finding) -> dict[str, Any]:
    """A finding as it stands in JSON."""
    return {
        "kind": str(finding.kind),
        "title": finding.title,
        "detail": finding.detail,
        "severity": str(finding.severity),
        "saving_nano": finding.saving_ns,
        "on_critical_path": finding.on_critical_path,
        "spans": [store.key(row) for row in finding.spans],
        "evidence": finding.evidence,
        "caveat": finding.caveat,
        "disproof": finding.disproof,
    }
