"""What stands above a trace: its name, the one big number, and what the critical path is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from tracetui import format
from tracetui.export.ansi import Line, TextOptions
from tracetui.export.bars import Style
from tracetui.export.report import Report, TraceSummary
from tracetui.model.distinct import distinct
from tracetui.model.issues import Issue, Severity
from tracetui.text import cell_len

_SHOWN_GUESSES: Final = 3
_SHOWN_ISSUES: Final = 5
_STACK_FROM: Final = 100  # cells of width from which the path is also drawn as one stacked bar


def separator(options: TextOptions) -> str:
    """What stands between facts of one line."""
    return " - " if options.ascii else " · "


def options_of(report: Report, trace: TraceSummary, options: TextOptions) -> TextOptions:
    """The options with the colours of the services of one trace."""
    if not options.painter.depth:
        return options
    store = report.store
    codes = distinct(store.service[trace.first : trace.last]).tolist()
    return options._replace(painter=options.painter.of_trace(store.strings[code] for code in codes))


def overview(report: Report, traces: Sequence[TraceSummary], options: TextOptions) -> Iterator[str]:
    """One line over a load of several traces."""
    spans = sum(trace.span_count for trace in traces)
    errors = sum(trace.error_count for trace in traces)
    facts = [format.plural(len(traces), "trace"), format.plural(spans, "span")]
    if errors:
        facts.append(format.plural(errors, "error"))
    yield str(Line(options).add(separator(options).join(facts), options.painter.role("strong")))


def heading(report: Report, trace: TraceSummary, options: TextOptions) -> Iterator[str]:
    """The lines above the waterfall of one trace."""
    painter = options.painter
    muted = painter.role("muted")
    took = format.duration(trace.root_duration_ns, ascii=options.ascii)
    after = ""
    if trace.after_reply_ns:
        after = f" ({format.offset(trace.after_reply_ns, ascii=options.ascii)} after the reply)"
    service, name = options.shown(trace.service), options.shown(trace.name)
    room = options.width - 2 - len(took)
    if cell_len(service) + 1 + cell_len(name) + len(after) > room and room - len(after) < 40:
        after = ""
    room = max(room - len(after), 1)
    service = options.fit(service, max(room // 2, room - 1 - cell_len(name)), pad=False)
    line = Line(options).add(service, "1", painter.service(trace.service))
    if service and name:
        line.add(" ")
    name = options.fit(name, max(0, room - cell_len(service) - 1), middle=True, pad=False)
    line.add(name, painter.role("strong")).add("  ").add(took, painter.role("strong")).add(after, muted)
    when = format.datetime_utc(trace.start_ns)
    if len(when) + 2 > line.room:
        when = format.clock(trace.start_ns)
    yield str(line.right(when, muted))
    yield str(_facts(trace, options))
    yield from _path(report, trace, options)
    yield from _clocks(report, trace, options)
    yield from _guesses(report, trace, options)
    yield from _issues(report.collection.traces[trace.number].issues, options)


def _facts(trace: TraceSummary, options: TextOptions) -> Line:
    muted = options.painter.role("muted")
    between = separator(options)
    line = Line(options)
    facts = [format.plural(trace.span_count, "span"), format.plural(trace.service_count, "service")]
    line.add(between.join(facts), muted)
    if trace.error_count:
        line.add(between, muted).add(format.plural(trace.error_count, "error"), options.painter.role("error"))
    line.add(f"{between}depth {trace.depth}", muted)
    if line.room > 12:
        identity = options.fit(options.shown(trace.trace_id), line.room - 2, middle=True, pad=False)
        line.right(identity, muted)
    return line


def _path(report: Report, trace: TraceSummary, options: TextOptions) -> Iterator[str]:
    """The services of the critical path, largest first; what there is no room for are others."""
    shares = [(service, ns) for service, ns in report.primary_path_by_service(trace) if ns > 0]
    total = sum(ns for _, ns in shares)
    if not total:
        return
    painter = options.painter
    line = Line(options).add("critical path  ", painter.role("muted"))
    if options.style is Style.COLOUR and options.width >= _STACK_FROM:
        _stack(line, shares, total, options)
    between = separator(options)
    for index, (service, ns) in enumerate(shares):
        text = f"{options.shown(service) or '(no service)'} {format.percent(ns, total)}"
        rest = sum(part for _, part in shares[index + 1 :])
        others = f"{between}others {format.percent(rest, total)}"
        if index and cell_len(between + text) + (len(others) if rest else 0) > line.room:
            rest += ns
            line.add(f"{between}others {format.percent(rest, total)}", painter.role("muted"))
            break
        if index:
            line.add(between, painter.role("muted"))
        line.add(text, painter.service(service))
    yield str(line)


def _stack(line: Line, shares: list[tuple[str, int]], total: int, options: TextOptions) -> None:
    """One bar of the path's services, each as long as its share."""
    width = options.width // 4
    done = at = 0
    for service, ns in shares:
        done += ns
        cells = done * width // total - at
        at += cells
        line.add("█" * cells, options.painter.service(service))
    line.add("  ")


def _clocks(report: Report, trace: TraceSummary, options: TextOptions) -> Iterator[str]:
    """Which clocks were moved."""
    moved = report.collection.adjusted.get(trace.number, [])
    if moved:
        told = ", ".join(options.shown(clock.in_words(ascii=options.ascii)) for clock in moved)
        yield str(Line(options).add(f"clocks adjusted: {told}", options.painter.role("warning")))


def _guesses(report: Report, trace: TraceSummary, options: TextOptions) -> Iterator[str]:
    """Where the trace may have broken, for the first few missing spans."""
    if not trace.orphan_count:
        return
    from tracetui.analysis.fragments import fragments_by_parent, guess_caller

    store, whole = report.store, report.collection.traces[trace.number]
    for missing, rows in islice(fragments_by_parent(whole).items(), _SHOWN_GUESSES):
        caller = guess_caller(whole, rows)
        if caller is not None:
            names = (store.strings[int(column[caller])] for column in (store.service, store.name))
            text = f"guess: missing span {missing[:8]} was called by {' '.join(names)}"
            yield str(Line(options).add(options.shown(text), options.painter.role("muted")))


def _issues(issues: Sequence[Issue], options: TextOptions) -> Iterator[str]:
    """The import's warnings about this trace."""
    told = [issue for issue in issues if issue.severity is not Severity.INFO]
    for issue in told[:_SHOWN_ISSUES]:
        yield str(Line(options).add(f"! {options.shown(issue.message)}", options.painter.role("warning")))
    if len(told) > _SHOWN_ISSUES:
        yield str(Line(options).add(f"! and {len(told) - _SHOWN_ISSUES} more"))
