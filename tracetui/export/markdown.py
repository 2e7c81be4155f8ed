"""`markdown`: a trace to paste into an issue or a review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracetui import format
from tracetui.export.report import Report, Spans, TraceSummary
from tracetui.export.rows import MISSING, Row, arranged
from tracetui.model.issues import Severity
from tracetui.model.store import Status
from tracetui.text import neutralise

_MARKUP: Final = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])")
_LINKED: Final = re.compile(r"[&@#]|:(?=//)|(?<=www)\.")
_INDENT: Final = "&emsp;"


def escaped(text: str) -> str:
    """Neutralised text in which nothing is markup, HTML, a link or a mention."""
    plain = _LINKED.sub(lambda match: f"&#{ord(match[0])};", neutralise(text))
    return _MARKUP.sub(lambda match: "\\" + match[0], plain)


def write_markdown(report: Report) -> Iterator[str]:
    """The lines of all traces, without line ends."""
    for trace in report.summaries():
        if trace.number:
            yield ""
        yield from _trace(report, trace)


def _trace(report: Report, trace: TraceSummary) -> Iterator[str]:
    title = " ".join(part for part in (escaped(trace.service), escaped(trace.name)) if part)
    took = f"**{format.duration(trace.root_duration_ns)}**"
    if trace.after_reply_ns:
        took += f" ({format.offset(trace.after_reply_ns)} after the reply)"
    yield f"## {title or 'trace'}"
    yield ""
    facts = [
        took,
        format.plural(trace.span_count, "span"),
        format.plural(trace.service_count, "service"),
        *([format.plural(trace.error_count, "error")] if trace.error_count else []),
        f"depth {trace.depth}",
        format.datetime_utc(trace.start_ns),
    ]
    yield " · ".join(facts) + "  "
    yield f"trace `{code(trace.trace_id)}`"
    yield from _clocks(report, trace)
    yield from _issues(report, trace)
    yield from _path(report, trace)
    if report.spans is not Spans.NONE:
        yield from _spans(report, trace)


def code(text: str) -> str:
    """Text for a code span: a backtick would end it."""
    return neutralise(text).replace("`", "'")


def _clocks(report: Report, trace: TraceSummary) -> Iterator[str]:
    moved = report.collection.adjusted.get(trace.number, [])
    if moved:
        yield ""
        for clock in moved:
            yield f"* clock adjusted: {escaped(clock.in_words())}"


def _issues(report: Report, trace: TraceSummary) -> Iterator[str]:
    told = [i for i in report.collection.traces[trace.number].issues if i.severity is not Severity.INFO]
    if told:
        yield ""
        for issue in told:
            yield f"* ⚠ {escaped(issue.message)}"


def _path(report: Report, trace: TraceSummary) -> Iterator[str]:
    shares = [(service, ns) for service, ns in report.primary_path_by_service(trace) if ns > 0]
    total = sum(ns for _, ns in shares)
    if not shares:
        return
    yield from ("", "| critical path | time | share |", "|:--|--:|--:|")
    for service, ns in shares:
        name = escaped(service) or "(no service)"
        yield f"| {name} | {format.duration(ns)} | {format.percent(ns, total)} |"


def _spans(report: Report, trace: TraceSummary) -> Iterator[str]:
    yield from (
        "",
        "| span | start | duration | self | on path | status |",
        "|:--|--:|--:|--:|--:|:--|",
    )
    for row in arranged(report.store, trace, report.rows(trace)):
        yield _span(report, trace, row)


def _span(report: Report, trace: TraceSummary, row: Row) -> str:
    store = report.store
    indent = _INDENT * row.depth
    if row.row == MISSING:
        children = format.plural(row.children, "child", "children")
        return f"| {indent}◌ missing span {escaped(row.missing)} ({children}) | | | | | |"
    span = row.row
    service, name = store.strings[store.service[span]], store.strings[store.name[span]]
    on_path = int(report.on_path[span])
    label = f"**{escaped(service)}** {escaped(name)}" if service else escaped(name)
    cells = (
        indent + label,
        format.offset(int(store.start_ns[span]) - trace.start_ns),
        format.duration(int(store.duration_ns[span])),
        format.duration(int(report.self_ns[span])),
        format.duration(on_path) if on_path else "",
        "✗ error" if store.status[span] == Status.ERROR else "",
    )
    return "| " + " | ".join(cells) + " |"
