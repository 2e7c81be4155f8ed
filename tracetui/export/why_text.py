"""`why`: findings as text for a terminal.

Why 2.75s?  ranked by what fixing it would save

 1 ! retry       POST /charge tried twice, the first ended 504                 -640ms
                 payment charge → gw.example: 840ms lost + 90ms between tries
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format
from tracetui.analysis.finding import LABELS, ROLES, Finding, Severity
from tracetui.export.ansi import Line, TextOptions
from tracetui.export.heading import heading, options_of, overview
from tracetui.export.report import TraceSummary
from tracetui.export.why import Answers
from tracetui.text import cell_len

_MARKS: Final = {Severity.HIGH: "!!", Severity.MEDIUM: "! ", Severity.LOW: "  ", Severity.INFO: "  "}
_SAVES: Final = 10
_NARROW: Final = 60
_MOST_LINES: Final = 3


def write_why_text(answers: Answers, options: TextOptions) -> Iterator[str]:
    """The lines of all traces, without line ends."""
    traces = list(answers.report.summaries())
    if len(traces) > 1:
        yield from overview(answers.report, traces, options)
    for trace in traces:
        if trace.number or len(traces) > 1:
            yield ""
        coloured = options_of(answers.report, trace, options)
        yield from heading(answers.report, trace, coloured)
        yield ""
        yield from why(trace, answers.of(trace), coloured)


def why(trace: TraceSummary, findings: list[Finding], options: TextOptions) -> Iterator[str]:
    """The question and its answers."""
    painter = options.painter
    took = format.duration(trace.root_duration_ns, ascii=options.ascii)
    line = Line(options).add(f"Why {took}?", painter.role("strong"))
    if not findings:
        yield str(line.add("  nothing found: no rule explains this time", painter.role("muted")))
        return
    yield str(line.add("  ranked by what fixing each would save", painter.role("muted")))
    labels = max(cell_len(LABELS[finding.kind]) for finding in findings)
    digits = len(str(len(findings)))
    for number, finding in enumerate(findings, 1):
        yield ""
        yield from _finding(f"{number:>{digits}}", labels, finding, options)


def _finding(number: str, labels: int, finding: Finding, options: TextOptions) -> Iterator[str]:
    painter = options.painter
    label = LABELS[finding.kind]
    lead = len(number) + 1 + 2 + 1 + labels + 2
    if options.width < _NARROW:
        lead = len(number) + 4
    room = max(options.width - lead - _SAVES, 16)
    titles = wrapped(options.shown(finding.title), room, options)
    line = Line(options).add(number, "1", painter.role(ROLES[finding.severity])).add(" ")
    line.add(_MARKS[finding.severity], painter.role(ROLES[finding.severity])).add(" ")
    if options.width < _NARROW:
        yield str(line.add(label, painter.role("strong")).right(*_saving(finding, options)))
        for title in titles:
            yield " " * lead + painter.paint(title, painter.role("text"))
    else:
        line.add(label.ljust(labels + 2), painter.role("strong"))
        yield str(line.add(titles[0], painter.role("text")).right(*_saving(finding, options)))
        for title in titles[1:]:
            yield " " * lead + painter.paint(title, painter.role("text"))
    muted = painter.role("muted")
    below = [finding.detail] if finding.detail else []
    if finding.severity.rank <= Severity.MEDIUM.rank and finding.caveat:
        below.append(finding.caveat)
    for text in below:
        for part in wrapped(options.shown(text), max(options.width - lead - 2, 16), options):
            yield " " * lead + painter.paint(part, muted)


def _saving(finding: Finding, options: TextOptions) -> tuple[str, str]:
    painter = options.painter
    if finding.saving_ns > 0:
        return "-" + format.duration(finding.saving_ns, ascii=options.ascii), "1"
    if not finding.on_critical_path:
        return "off path", painter.role("muted")
    return "-" if options.ascii else "–", painter.role("muted")


def wrapped(text: str, width: int, options: TextOptions, most: int = _MOST_LINES) -> list[str]:
    """Neutralised text in lines of at most `width` cells, broken between words; the last one is cut short."""
    lines: list[str] = []
    words = text.split(" ")
    current = ""
    while words:
        word = words.pop(0)
        longer = f"{current} {word}" if current else word
        if cell_len(longer) <= width:
            current = longer
            continue
        if len(lines) + 1 == most:
            return [*lines, options.fit(" ".join([longer, *words]), width, pad=False)]
        if current:
            lines.append(current)
            current, words = "", [word, *words]
        else:
            lines.append(options.fit(word, width, pad=False))
    return [*lines, current] if current or not lines else lines
