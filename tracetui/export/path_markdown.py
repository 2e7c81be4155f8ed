"""`why --path --format markdown`: critical paths to paste into an issue or a review."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui import format
from tracetui.export.markdown import code, escaped
from tracetui.export.path import PathAnswers, TracePath, notes
from tracetui.model.store import SpanStore


def write_path_markdown(answers: PathAnswers) -> Iterator[str]:
    """The lines of all traces, without line ends.

    Raises:
        UsageError: No trace has the span that was asked for.
    """
    for number, told in enumerate(answers.traces()):
        if number:
            yield ""
        yield from _trace(answers, told)


def _trace(answers: PathAnswers, told: TracePath) -> Iterator[str]:
    store, path = answers.report.store, told.path
    yield f"## Critical path, {format.duration(path.duration_ns)}: {_named(store, path.root)}"
    yield ""
    yield f"trace `{code(told.trace.trace_id)}`"
    for note in [path.why_empty, *notes(told)]:
        if note:
            yield f"* {note}"
    if path.why_empty:
        return
    yield from ("", "| on path | share | service |", "|--:|--:|:--|")
    for share in path.by_service()[: answers.shares]:
        service = escaped(store.strings[int(store.service[share.rows[0]])]) or "(no service)"
        yield f"| {format.duration(share.time_ns)} | {_part(told, share.time_ns)} | {service} |"
    yield from ("", "| on path | share | saves | span | key |", "|--:|--:|--:|:--|:--|")
    for share in path.by_span()[: answers.shares]:
        [row] = share.rows
        saves = format.duration(told.replay.saves(row))
        share_of = f"| {format.duration(share.time_ns)} | {_part(told, share.time_ns)} | {saves} "
        yield f"{share_of}| {_named(store, row)} | `{code(store.key(row))}` |"
    yield from ("", "| at | for | section | why |", "|--:|--:|:--|:--|")
    begin = int(store.start_ns[path.root])
    for at in path.longest(answers.sections):
        section = path.section(at)
        others = ", ".join(_named(store, row) for row in section.alternatives[:3])
        why = section.reason + (f"; or: {others}" if others else "")
        cells = (
            format.offset(section.start_ns - begin),
            format.duration(section.end_ns - section.start_ns),
            ("wait after " if section.wait else "") + _named(store, section.row),
            why,
        )
        yield "| " + " | ".join(cells) + " |"
    left = len(path) - answers.sections
    if left > 0:
        yield ""
        yield f"{format.plural(left, 'shorter section')} left out."


def _named(store: SpanStore, row: int) -> str:
    service = escaped(store.strings[int(store.service[row])])
    name = escaped(store.strings[int(store.name[row])])
    return f"**{service}** {name}" if service else name


def _part(told: TracePath, ns: int) -> str:
    return format.percent(ns, told.path.duration_ns)
