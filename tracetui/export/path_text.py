"""`why --path`: critical paths as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format
from tracetui.analysis.told import Section, Share
from tracetui.export.ansi import Line, TextOptions
from tracetui.export.heading import heading, options_of, overview
from tracetui.export.path import PathAnswers, TracePath, notes
from tracetui.export.table import Cell, Column, laid_out

_MOST_OTHERS: Final = 3
_NARROW: Final = 60


def write_path_text(answers: PathAnswers, options: TextOptions) -> Iterator[str]:
    """The lines of all traces, without line ends.

    Raises:
        UsageError: No trace has the span that was asked for.
    """
    several = len(answers.report.collection.traces) > 1
    if several and answers.span is None:
        yield from overview(answers.report, list(answers.report.summaries()), options)
    for number, told in enumerate(answers.traces()):
        if number or several:
            yield ""
        yield from _Text(answers, told, options_of(answers.report, told.trace, options)).lines()


class _Text:
    """One trace's path in lines."""

    def __init__(self, answers: PathAnswers, told: TracePath, options: TextOptions) -> None:
        self.answers, self.told, self.options = answers, told, options
        self.store, self.path, self.painter = answers.report.store, told.path, options.painter
        self.muted = options.painter.role("muted")

    def lines(self) -> Iterator[str]:
        yield from heading(self.answers.report, self.told.trace, self.options)
        yield ""
        yield str(self._title())
        if self.path.why_empty:
            yield str(Line(self.options).add(self.path.why_empty, self.painter.role("warning")))
        else:
            yield from self._services()
            yield from self._operations()
            yield from self._spans()
            yield from self._sections()
        told = notes(self.told, ascii=self.options.ascii)
        if told:
            yield ""
        for note in told:
            yield str(Line(self.options).add(note, self.painter.role("warning")))

    def _title(self) -> Line:
        took = self.duration(self.path.duration_ns)
        line = Line(self.options).add(f"Critical path, {took}", self.painter.role("strong"))
        mode = f", mode {self.path.mode}" if self.path.mode != "default" else ""
        line.add(f"  of {format.plural(len(self.path), 'section')}{mode}", self.muted)
        if self.path.root != self.told.trace.root_row:
            line.add(f"  of {self.named(self.path.root)}")
        return line

    def _services(self) -> Iterator[str]:
        rows = [
            [*self._share(share), self._service(share.rows[0]), self._count(share)]
            for share in self.path.by_service()
        ]
        yield from self._table("by service", (Column("service", flexible=True), Column("")), rows)

    def _operations(self) -> Iterator[str]:
        rows = [
            [*self._share(share), self._service(share.rows[0]), self._name(share.rows[0]), self._count(share)]
            for share in self.path.by_operation()
        ]
        columns = Column("service", flexible=True), Column("operation", flexible=True), Column("")
        yield from self._table("by operation", columns, rows)

    def _spans(self) -> Iterator[str]:
        """By span, unless that would say what the operations have said; with what each would save."""
        shares = self.path.by_span()
        rows = []
        for share in shares[: self.answers.shares + 1]:
            [row] = share.rows
            saves = Cell(self.duration(self.told.replay.saves(row)))
            key = Cell(self.options.shown(self.store.key(row)), (self.muted,))
            rows.append([*self._share(share), saves, self._service(row), self._name(row), key])
        columns = (
            Column("saves", right=True),
            Column("service", flexible=True),
            Column("operation", flexible=True),
            Column("span", flexible=True),
        )
        yield from self._table("by span", columns, rows, len(shares))

    def _table(
        self, title: str, columns: tuple[Column, ...], rows: list[list[Cell]], count: int | None = None
    ) -> Iterator[str]:
        count = len(rows) if count is None else count
        yield from ("", str(Line(self.options).add(title, self.painter.role("strong"))))
        columns = (Column("on path", right=True), Column("share", right=True), *columns)
        yield from laid_out(columns, rows[: self.answers.shares], self.options)
        if count > self.answers.shares:
            yield str(Line(self.options).add(f"and {count - self.answers.shares} more", self.muted))

    def _sections(self) -> Iterator[str]:
        shown = self.path.longest(self.answers.sections)
        yield ""
        line = Line(self.options).add("sections", self.painter.role("strong"))
        left = len(self.path) - len(shown)
        if left:
            told = sum(self.path.section_ns(at) for at in shown)
            rest = self.duration(self.path.duration_ns - told)
            line.add(f"  the {len(shown)} longest; {left} shorter ones have {rest} together", self.muted)
        yield str(line)
        for at in shown:
            yield from self._section(self.path.section(at))

    def _section(self, section: Section) -> Iterator[str]:
        begin = int(self.store.start_ns[self.path.root])
        offset = format.offset(section.start_ns - begin, ascii=self.options.ascii)
        line = Line(self.options).add(f"{offset:>9} ", self.muted)
        line.add(f"{self.duration(section.end_ns - section.start_ns):>8}  ", self.painter.role("strong"))
        if section.wait:
            line.add("wait after ", self.painter.role("warning"))
        line.add(f"{self.service(section.row)} ", self.painter.service(self._raw_service(section.row)))
        yield str(line.add(self.name(section.row)))
        indent = " " * (20 if self.options.width >= _NARROW else 4)
        reason = section.reason.replace("µs", "us") if self.options.ascii else section.reason
        fits = len(indent + reason) <= self.options.width
        for part in [reason] if fits else reason.split("; "):
            yield str(Line(self.options).add(indent + part, self.muted))
        if section.alternatives:
            some = [self.named(row) for row in section.alternatives[:_MOST_OTHERS]]
            more = len(section.alternatives) - len(some)
            others = ", ".join(some) + (f" and {more} more" if more else "")
            yield str(Line(self.options).add(f"{indent}or: {others}", self.painter.role("warning")))

    def duration(self, ns: int) -> str:
        return format.duration(ns, ascii=self.options.ascii)

    def service(self, row: int) -> str:
        return self.options.shown(self._raw_service(row))

    def name(self, row: int) -> str:
        return self.options.shown(self.store.strings[int(self.store.name[row])])

    def named(self, row: int) -> str:
        return f"{self.service(row)} {self.name(row)}".strip()

    def _raw_service(self, row: int) -> str:
        return self.store.strings[int(self.store.service[row])]

    def _share(self, share: Share) -> tuple[Cell, Cell]:
        part = format.percent(share.time_ns, self.path.duration_ns)
        return Cell(self.duration(share.time_ns), (self.painter.role("strong"),)), Cell(part)

    def _service(self, row: int) -> Cell:
        return Cell(self.service(row), (self.painter.service(self._raw_service(row)),))

    def _name(self, row: int) -> Cell:
        return Cell(self.name(row))

    def _count(self, share: Share) -> Cell:
        return Cell(format.plural(len(share.rows), "span"), (self.muted,))
