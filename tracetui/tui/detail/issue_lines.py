"""The import report as lines: what was wrong, what was done, what to do, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracetui.format import plural
from tracetui.model.issues import Severity
from tracetui.model.trace import Collection
from tracetui.text import cell_len, fit
from tracetui.tui.detail.lines import Entry, Line, Piece, clean, wrap
from tracetui.tui.state.report import Place, Told

__all__ = ["build", "title"]

_HEADINGS = {
    Severity.ERROR: ("Errors", "data is missing or unreliable"),
    Severity.WARNING: ("Warnings", "repaired or left out, and good to know"),
    Severity.INFO: ("Notes", "harmless repairs"),
}
_ROLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "muted"}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}
_MARGIN = 2
_LABEL = 7
_WIDEST = 110
"""Cells of a line of prose: longer ones are hard to follow."""


def title(told: Sequence[Told], of_one: bool) -> str:
    """What stands beside the heading of the report."""
    if not told:
        return "nothing was repaired, guessed or left out"
    traces = sum(1 for one in told if one.traces)
    parts = []
    if traces:
        parts.append(f"{plural(traces, 'kind')} in {'this trace' if of_one else 'the traces'}")
    if len(told) > traces:
        parts.append(f"{plural(len(told) - traces, 'kind')} in the import")
    return ", ".join(parts)


def build(told: Sequence[Told], collection: Collection, width: int, *, of_one: bool) -> Iterator[Line]:
    """The lines of the report.

    Args:
        told: The issues, the worst first.
        collection: What they were met in.
        width: Cells of a line; no line is wider.
        of_one: Whether only one trace is reported on, so that it need not be named.
    """
    width = max(20, width)
    if not told:
        yield Line()
        yield from _prose("All records were read as they stand.", width, _MARGIN)
        return
    heading: Severity | None = None
    for one in told:
        severity = one.issue.severity
        if severity is not heading:
            if heading is not None:
                yield Line()
            heading = severity
            words, means = _HEADINGS[severity]
            pieces = (Piece(words, "strong"), Piece(f"  {means}", "muted"))
            yield Line(pieces if len(words) + len(means) + 2 <= width else pieces[:1])
        yield Line()
        yield from _issue(one, collection, width, of_one)


def _issue(told: Told, collection: Collection, width: int, of_one: bool) -> Iterator[Line]:
    issue, kind = told.issue, told.issue.kind
    role = _ROLES[issue.severity]
    where = "import" if not told.traces else "this trace" if of_one else plural(told.traces, "trace")
    mark = f"{issue.code} · {where}"
    wide = min(width, _WIDEST)
    beside = wide - cell_len(mark) - 4 >= 40
    room = wide - 2 - (cell_len(mark) + 3 if beside else 0)
    message_role = "text" if role == "muted" else role
    for number, part in enumerate(wrap(issue.message, room)):
        sign = Piece(f"{_SIGNS[issue.severity]} " if not number else "  ", role)
        if beside and not number:
            gap = " " * (wide - 2 - cell_len(part) - cell_len(mark))
            yield Line((sign, Piece(part, message_role), Piece(gap), Piece(mark, "muted")))
        else:
            yield Line((sign, Piece(part, message_role)))
    if not beside:
        yield Line((Piece("  "), Piece(fit(mark, width - 2, pad=False), "muted")))
    for label, words in (("means", kind.means), ("done", kind.done), ("to do", kind.advice)):
        yield from _prose(words, width, _MARGIN, label)
    for place in told.places:
        yield _place(place, collection, width, of_one)
    more = issue.count - len(told.places)
    if more > 0 and told.places:
        yield Line((Piece(" " * _MARGIN), Piece(f"and {more:,} more", "muted")))


def _prose(words: str, width: int, margin: int, label: str = "") -> Iterator[Line]:
    room = min(width, _WIDEST) - margin - (_LABEL if label else 0)
    for number, part in enumerate(wrap(words, max(10, room))):
        head = f"{label if not number else '':{_LABEL}}" if label else ""
        yield Line((Piece(" " * margin + head, "muted"), Piece(part, "text" if not label else "muted")))


def _place(place: Place, collection: Collection, width: int, of_one: bool) -> Line:
    """One sample; those of spans lead to them."""
    if place.row < 0:
        text = clean(place.text, 2 * width)
        return Line((Piece("  - ", "muted"), Piece(fit(text, width - 4, pad=False))))
    store = collection.store
    key = store.key(place.row)
    trace_id = store.trace_ids[place.trace]
    service, name = store.strings[store.service[place.row]], store.strings[store.name[place.row]]
    found = "" if place.text == key else place.text.removeprefix(f"{key}: ")
    pieces = [Piece("  → ", "accent")]
    parts: Iterable[tuple[str, str]] = (
        (clean(service), f"service:{service}"),
        (clean(name) or "(no name)", "strong"),
        (clean(found, 2 * width), "text"),
        (f"span {clean(key, 40)}" + ("" if of_one else f" of {clean(trace_id, 40)}"), "muted"),
    )
    room = width - 4
    for text, role in parts:
        if text and room > 2:
            most = max(12, width // 3) if role != "text" else room
            shown = fit(text, min(most if role != "muted" else room, room), middle=role != "text", pad=False)
            pieces += [Piece(shown, role), Piece("  ")]
            room -= cell_len(shown) + 2
    return Line(tuple(pieces[:-1]), Entry("span", key, link=(trace_id, key)))
