"""`why --format markdown`: findings to paste into an issue or a review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format
from tracetui.analysis.finding import LABELS, Finding
from tracetui.export.markdown import code, escaped
from tracetui.export.report import TraceSummary
from tracetui.export.why import Answers
from tracetui.model.store import SpanStore

_SHOWN_SPANS: Final = 5


def write_why_markdown(answers: Answers) -> Iterator[str]:
    """The lines of all traces, without line ends."""
    for number, (trace, findings) in enumerate(answers.traces()):
        if number:
            yield ""
        yield from _trace(answers.report.store, trace, findings)


def _trace(store: SpanStore, trace: TraceSummary, findings: list[Finding]) -> Iterator[str]:
    took = format.duration(trace.root_duration_ns)
    title = " ".join(part for part in (escaped(trace.service), escaped(trace.name)) if part)
    yield f"## Why {took}? {title}".rstrip()
    yield ""
    yield f"trace `{code(trace.trace_id)}`"
    if not findings:
        yield ""
        yield "Nothing found: no rule explains this time."
        return
    yield ""
    yield "| # | saves | kind | severity | finding |"
    yield "|--:|--:|:--|:--|:--|"
    for number, finding in enumerate(findings, 1):
        detail = f"<br>{escaped(finding.detail)}" if finding.detail else ""
        saves = f"**{format.duration(finding.saving_ns)}**" if finding.saving_ns else "–"
        kind, severity = LABELS[finding.kind], finding.severity
        yield f"| {number} | {saves} | {kind} | {severity} | {escaped(finding.title)}{detail} |"
    yield ""
    for number, finding in enumerate(findings, 1):
        keys = ", ".join(f"`{code(store.key(row))}`" for row in finding.spans[:_SHOWN_SPANS])
        more = len(finding.spans) - _SHOWN_SPANS
        spans = f" Spans: {keys}{f' and {more} more' if more > 0 else ''}." if keys else ""
        yield f"{number}. {escaped(finding.caveat)}{spans}"
