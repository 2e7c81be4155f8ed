"""The detail pane's text: everything a span says, what matters first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tracetui import format as fmt
from tracetui.model.attributes import Attributes, AttributeValue, Event, Link
from tracetui.model.backlinks import Backlink
from tracetui.text import cell_len, fit, neutralise
from tracetui.tui.detail.conventions import summary
from tracetui.tui.detail.lines import Entry, Line, Piece, clean
from tracetui.tui.detail.messages import conversation
from tracetui.tui.detail.subject import Figures, Subject
from tracetui.tui.detail.values import LINES, plain, present, text_lines, wrap_pieces

__all__ = ["build"]

_SAMPLE = 500  # names looked at to find the width of their column
_EXCEPTION = ("exception.type", "exception.message", "exception.stacktrace", "exception.escaped")
_ERRORS = (("error", True), ("error", "true"), ("otel.status_code", "ERROR"))
_MOST = 1000  # attributes, events or links of one section
_BESIDE = 36  # cells of a pane from which values stand beside their names
_BLANK = Line()


def build(
    subject: Subject, figures: Figures, width: int, wanted: str = "", pinned: Sequence[str] = ()
) -> Iterator[Line]:
    """The lines of the pane, made as they are taken.

    Args:
        subject: The span.
        figures: What analysis says of it.
        width: Cells of a line; no line is wider.
        wanted: Show only attributes, events and links that hold this text; "" shows all.
        pinned: Attributes to mark, as they have a column beside the names.
    """
    page = _Page(subject, max(8, width), wanted.casefold(), pinned)
    yield from page.head(figures)
    yield from page.sections()


def _savings(figures: Figures) -> Iterator[tuple[str, str, str]]:
    """What the span would save, or how much longer it may take."""
    if figures.saves_ns is None:
        return
    if figures.saves_ns:
        yield ("saves", fmt.duration(figures.saves_ns), "good")
        if figures.root_ns is not None and figures.half_ns is not None:
            then = f"{fmt.duration(figures.root_ns)} → {fmt.duration(figures.half_ns)}"
            yield ("at half", then, "text")
    elif figures.slack_ns:
        nobody = figures.slack_ns < 0
        yield ("slack", "nobody waits for it" if nobody else fmt.duration(figures.slack_ns), "muted")
    else:
        yield ("saves", "nothing: others end as late", "muted")


Thing = TypeVar("Thing")


class _Page:
    """The parts of one span's page."""

    def __init__(self, subject: Subject, width: int, wanted: str, pinned: Sequence[str]) -> None:
        self._subject = subject
        self._width = width
        self._wanted = wanted
        self._pinned = pinned
        names = [
            cell_len(neutralise(name[:200]))
            for attributes in (subject.attributes, subject.resource, subject.scope.attributes)
            for name in islice(attributes, _SAMPLE)
        ]
        widest = max(10, width * 42 // 100)
        self._column = max((cells for cells in names if cells <= widest), default=10)
        system = subject.attributes.get("db.system.name", subject.attributes.get("db.system", ""))
        self._system = system if isinstance(system, str) else ""

    def head(self, figures: Figures) -> Iterator[Line]:
        """Title, what it did, figures, and what is wrong with the span."""
        subject = self._subject
        title = [Piece("✗ ", "error")] if subject.is_error else []
        if subject.service:
            title += [Piece(clean(subject.service), f"service:{subject.service}"), Piece(" ")]
        title.append(Piece(clean(subject.name) or "(no name)", "strong"))
        title += self._status()
        yield from self._wrapped(title)
        for pieces in summary(subject.attributes, subject.kind):
            yield from self._wrapped(pieces)
        yield from self._figures(figures)
        if subject.is_error:
            yield from self._message()
        for note in subject.notes:
            yield from self._wrapped([Piece("! ", "warning"), Piece(clean(note), "muted")])
        for warning in subject.warnings:
            for line in text_lines(warning, self._width - 2, LINES).lines:
                yield Line((Piece("! ", "warning"), *line), Entry("warning", warning))
        if subject.dropped:
            what = ", ".join(f"{fmt.count(n)} {clean(kind)}" for kind, n in subject.dropped.items() if n)
            if what:
                yield from self._wrapped([Piece("! ", "warning"), Piece(f"the SDK left out {what}", "muted")])

    def _status(self) -> list[Piece]:
        subject = self._subject
        if subject.is_error:  # a code of HTTP or RPC stands in the line below
            return [Piece("   "), Piece("ERROR", "error")]
        return [Piece("   "), Piece("ok", "good")] if subject.status == "ok" else []

    def _figures(self, figures: Figures) -> Iterator[Line]:
        subject = self._subject
        known: list[tuple[str, str, str]] = [("duration", fmt.duration(subject.duration_ns), "text")]
        if figures.self_ns is not None:
            known.append(("self", fmt.duration(figures.self_ns), "text"))
        if figures.on_path_ns is not None:
            known.append(
                ("on path", fmt.duration(figures.on_path_ns), "text" if figures.on_path_ns else "muted")
            )
        known += _savings(figures)
        known.append(("start", fmt.offset(subject.offset_ns), "text"))
        if subject.kind != "unspecified":
            known.append(("kind", subject.kind, "text"))
        line: list[Piece] = []
        used = 0
        for label, figure, role in known:
            cells = len(label) + 1 + len(figure)
            if line and used + 2 + cells > self._width:
                yield Line(tuple(line))
                line, used = [], 0
            if line:
                line.append(Piece("  "))
                used += 2
            line += [Piece(label + " ", "muted"), Piece(figure, role)]
            used += cells
        yield Line(tuple(line))

    def _message(self) -> Iterator[Line]:
        """The status message; where there is none, what the last exception says."""
        subject = self._subject
        message = subject.status_message
        if not message:
            for event in reversed(subject.events[-50:]):
                kind, said = (event.attributes.get(key) for key in _EXCEPTION[:2])
                if isinstance(kind, str) or isinstance(said, str):
                    message = ": ".join(part for part in (kind, said) if isinstance(part, str) and part)
                    break
        if message:
            shown = text_lines(message, self._width, 4, "error")
            for line in shown.lines:
                yield Line(tuple(line), Entry("status message", message, cut=shown.cut))

    def sections(self) -> Iterator[Line]:
        """Attributes, resource, scope, events, links to and from it and ids, each under its name."""
        subject = self._subject
        yield _BLANK
        missing = "not known: the record cannot be read" if subject.lost else "no attributes"
        yield from self._attributes("span", subject.attributes, missing=missing)
        yield from self._attributes("resource", subject.resource)
        yield from self._scope()
        yield from self._events()
        yield from self._links()
        yield from self._linked_from()
        yield from self._ids()

    def _attributes(
        self, title: str, attributes: Attributes, *, missing: str = "no attributes"
    ) -> Iterator[Line]:
        if not attributes and title != "span":
            return
        found = [(key, value) for key, value in attributes.items() if self._wants(key, value)]
        if self._wanted and not found:
            return
        note = f" {len(found)} of {len(attributes)}" if self._wanted else ""
        yield Line((Piece(title, "strong"), Piece(note, "muted")) if note else (Piece(title, "strong"),))
        if not attributes:
            yield Line((Piece(f" {missing}", "muted"),))
        for key, value in found[:_MOST]:
            yield from self._attribute(key, value, 1)
        yield from self._rest("attribute", found, lambda pair: {pair[0]: pair[1]})

    def _attribute(self, key: str, value: AttributeValue, indent: int) -> Iterator[Line]:
        """One attribute: its name in the column of names, its value beside it; below it after a long name."""
        name = neutralise(key[:1000]) or "(no name)"
        below = self._width < _BESIDE
        column = 0 if below else max(4, self._column + 1 - indent)
        room = max(1, self._width - indent - column - 2)
        shown = conversation(key, value, room) or present(key, value, room, system=self._system)
        entry = Entry(key, value, cut=shown.cut)
        role = "error" if isinstance(value, str | bool) and (key, value) in _ERRORS else ""
        margin = "•".ljust(indent) if key in self._pinned and indent else " " * indent
        lines = iter(shown.lines)
        if cell_len(name) <= column and not below:
            first = next(lines, [])
            yield self._line([Piece(margin + fit(name, column) + "  ", "key")], first, role, entry)
        else:
            for part in wrap_pieces([Piece(name, "key")], self._width - indent):
                yield Line((Piece(margin), *part), entry)
        for line in lines:
            yield self._line([Piece(" " * (indent + column + 2))], line, role, entry)

    @staticmethod
    def _line(start: list[Piece], line: list[Piece], role: str, entry: Entry) -> Line:
        if role:
            line = [Piece(piece.text, role) if piece.role == "text" else piece for piece in line]
        return Line((*start, *line), entry)

    def _scope(self) -> Iterator[Line]:
        scope = self._subject.scope
        attributes: Attributes = {}
        if scope.name:
            attributes["name"] = scope.name
        if scope.version:
            attributes["version"] = scope.version
        yield from self._attributes("scope", attributes | scope.attributes)

    def _events(self) -> Iterator[Line]:
        subject = self._subject
        if not subject.events:
            return
        found = subject.events
        if self._wanted:
            found = [event for event in found if self._wants(event.name, event.attributes)]
        yield from self._counted("events", len(found), len(subject.events))
        pad = max((len(fmt.offset(e.time_ns - subject.start_ns)) for e in found[:_SAMPLE]), default=0)
        for event in found[:_MOST]:
            yield from self._event(event, pad)
        yield from self._rest(
            "event", found, lambda event: {"time_ns": event.time_ns, "name": event.name, **event.attributes}
        )

    def _event(self, event: Event, pad: int) -> Iterator[Line]:
        ns = event.time_ns - self._subject.start_ns
        attributes = event.attributes
        kind, message, stack = (attributes.get(key) for key in _EXCEPTION[:3])
        start = [Piece(" " + fmt.offset(ns).ljust(pad) + " ", "muted")]
        start.append(Piece(clean(event.name) or "(no name)"))
        entry = Entry(event.name, dict(attributes))
        if isinstance(kind, str) and kind:
            start += [Piece(" "), Piece(clean(kind), "error")]
        indent = 3
        rest = {key: value for key, value in attributes.items() if key not in _EXCEPTION}
        if isinstance(message, str) and message:
            used = sum(cell_len(piece.text) for piece in start) + 1
            if "\n" not in message and used + len(message) <= self._width and message.isascii():
                start += [Piece(" "), Piece(neutralise(message))]
            else:
                rest = {"exception.message": message, **rest}
        elif len(rest) == 1 and not isinstance(kind, str):
            ((key, value),) = rest.items()
            used = sum(cell_len(piece.text) for piece in start) + 1
            shown = present(key, value, max(1, self._width - used - cell_len(key) - 1))
            if len(shown.lines) == 1 and self._width - used - cell_len(key) > 20 and key.isascii():
                start += [Piece(" "), Piece(neutralise(key) + " ", "key"), *shown.lines[0]]
                rest = {}
        for line in self._wrapped(start, indent):
            yield Line(line.pieces, entry)
        for key, value in rest.items():
            yield from self._attribute(key, value, indent)
        if isinstance(stack, str) and stack:
            yield from self._stack(stack, indent)

    def _stack(self, stack: str, indent: int) -> Iterator[Line]:
        shown = text_lines(stack, max(1, self._width - indent), LINES, "muted")
        entry = Entry("exception.stacktrace", stack, cut=shown.cut)
        for line in shown.lines:
            yield Line((Piece(" " * indent), *line), entry)

    def _links(self) -> Iterator[Line]:
        links = self._subject.links
        if not links:
            return
        found = links
        if self._wanted:
            found = [link for link in links if self._wants(link.trace_id + link.span_id, link.attributes)]
        yield from self._counted("links", len(found), len(links))
        for link in found[:_MOST]:
            yield from self._link(link)
        yield from self._rest(
            "link", found, lambda link: {"trace_id": link.trace_id, "span_id": link.span_id}
        )

    def _link(self, link: Link) -> Iterator[Line]:
        pieces = [
            Piece(f" {link.type.replace('_', ' ')}  "),
            Piece("span ", "muted"),
            Piece(clean(link.span_id) or "?"),
        ]
        if link.trace_id == self._subject.trace_id or not link.trace_id:
            pieces.append(Piece("  in this trace", "muted"))
        else:
            pieces += [Piece("  trace ", "muted"), Piece(clean(link.trace_id))]
        trace_id = link.trace_id or self._subject.trace_id
        entry = Entry(link.type, f"{link.trace_id} {link.span_id}", (trace_id, link.span_id))
        for line in self._wrapped(pieces, 3):
            yield Line(line.pieces, entry)
        for key, value in link.attributes.items():
            yield from self._attribute(key, value, 3)

    def _linked_from(self) -> Iterator[Line]:
        """The spans that link to this one, those of its own trace and others."""
        links: Sequence[Backlink] = self._subject.linked_from
        found = links
        if self._wanted:
            found = [link for link in links if self._wants(f"{link.service} {link.name}", link.trace_id)]
        yield from self._counted("linked from", len(found), len(links))
        for link in found[:_MOST]:
            pieces = [Piece(" "), Piece("✗ ", "error")] if link.is_error else [Piece(" ")]
            if link.service:
                pieces += [Piece(clean(link.service), f"service:{link.service}"), Piece(" ")]
            pieces.append(Piece(clean(link.name) or "(no name)"))
            if link.trace_id != self._subject.trace_id:
                pieces += [Piece("  trace ", "muted"), Piece(clean(link.trace_id))]
            entry = Entry("linked from", f"{link.trace_id} {link.span_id}", (link.trace_id, link.span_id))
            for line in self._wrapped(pieces, 3):
                yield Line(line.pieces, entry)
        if len(found) > _MOST:
            yield Line((Piece(f" … {fmt.count(len(found) - _MOST)} more spans", "muted"),))

    def _ids(self) -> Iterator[Line]:
        subject = self._subject
        ids: Attributes = {"trace id": subject.trace_id}
        if subject.span_id:
            ids["span id"] = subject.span_id
        if subject.key != subject.span_id:
            ids["key"] = subject.key
        if subject.parent_span_id:
            ids["parent span id"] = subject.parent_span_id
        ids["start"] = fmt.datetime_utc(subject.start_ns)
        longest = max(map(len, ids))
        if self._column < longest or self._width - 3 - self._column < cell_len(neutralise(subject.trace_id)):
            self._column = longest  # so that each id stands on one line, beside its name
        yield from self._attributes("ids and time", ids)

    def _wants(self, key: str, value: AttributeValue) -> bool:
        wanted = self._wanted
        return not wanted or wanted in key.casefold() or wanted in plain(value)[:65_536].casefold()

    def _counted(self, title: str, found: int, total: int) -> Iterator[Line]:
        """A section's name with how much there is; nothing where none of it is wanted."""
        if found:
            note = f" {found} of {total}" if self._wanted else f" {fmt.count(total)}" if total > 1 else ""
            yield Line((Piece(title, "strong"), Piece(note, "muted")))

    def _rest(
        self, noun: str, found: Sequence[Thing], told: Callable[[Thing], AttributeValue]
    ) -> Iterator[Line]:
        """What is left of a section too long to walk through; it opens in the pager."""
        more = found[_MOST:]
        if more:
            words = f" … {fmt.count(len(more))} more {noun}s"
            yield Line((Piece(words, "muted"),), Entry(f"{noun}s", [told(thing) for thing in more], cut=True))

    def _wrapped(self, pieces: list[Piece], indent: int = 0) -> Iterator[Line]:
        """Pieces over as many lines as they need, the further ones indented."""
        parts = wrap_pieces(pieces, self._width)
        yield Line(tuple(next(parts)))
        margin = (Piece(" " * indent),) if indent else ()
        for part in parts:
            if not indent:
                yield Line(tuple(part))
                continue
            for piece_line in wrap_pieces(part, max(1, self._width - indent)):
                yield Line((*margin, *piece_line))
