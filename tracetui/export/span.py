"""One span, or the path of one trace, to paste somewhere: JSON, Markdown, and text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tracetui import format
from tracetui.analysis import CriticalPaths
from tracetui.export.encode import json_dumps
from tracetui.export.json import event_value, link_value, scope_value
from tracetui.export.markdown import code, escaped
from tracetui.model.attributes import Attributes, AttributeValue
from tracetui.model.span import Span
from tracetui.model.trace import Trace
from tracetui.text import neutralise

__all__ = [
    "indented",
    "pasteable",
    "path_markdown",
    "span_json",
    "span_markdown",
    "span_value",
    "statement_of",
    "value_text",
]

STATEMENTS: Final = ("db.query.text", "db.statement")
"""Attributes that hold a query, the current name first."""

_MOST_SECTIONS: Final = 1000
_MOST_THINGS: Final = 1000  # attributes, events or links of one table
_CELL: Final = 2000  # characters of a value in a table
_DEEPEST: Final = 32  # levels that are indented; deeper ones stand on one line
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^"{}\[\],:]+', re.DOTALL)
_FENCES: Final = re.compile(r"`{3,}")


def pasteable(text: str) -> str:
    """Text that does nothing by itself when it is pasted into a terminal.

    Control characters and all that `text.neutralise` shows are visible; lines and tabs stay, and there is no
    line end behind the last line, which would run it as a command.
    """
    lines = text.replace("\r\n", "\n").split("\t")
    return "\t".join(neutralise(part, multiline=True) for part in lines).rstrip("\n")


def value_text(value: AttributeValue) -> str:
    """A value ready to paste: text as it is, lists and maps as JSON, bytes as base64."""
    if isinstance(value, str):
        return pasteable(value)
    written = json_dumps(value)
    if isinstance(value, list | dict):
        return indented(written).decode()
    return written.decode().strip('"')


def statement_of(attributes: Attributes) -> str:
    """The query of a span, as found; "" if it has none."""
    return next((text for key in STATEMENTS if isinstance(text := attributes.get(key), str) and text), "")


def span_value(span: Span, self_ns: int | None = None, on_path_ns: int | None = None) -> dict[str, Any]:
    """A span as it stands in the JSON report.

    Args:
        span: The span.
        self_ns: Its self time; left out if None.
        on_path_ns: Its time on the critical path; left out if None.
    """
    parent = span.parent
    times = {"self_time_nano": self_ns, "critical_path_nano": on_path_ns}
    return {
        "key": span.key,
        "span_id": span.span_id,
        "parent": parent.key if parent is not None else None,
        "parent_span_id": span.parent_span_id,
        "depth": span.depth,
        "service": span.service,
        "name": span.name,
        "kind": span.kind,
        "status": span.status,
        "status_message": span.status_message,
        "start_time_unix_nano": span.start_ns,
        "duration_nano": span.duration_ns,
        **{name: ns for name, ns in times.items() if ns is not None},
        "attributes": span.attributes,
        "events": [event_value(event) for event in span.events],
        "links": [link_value(link) for link in span.links],
        "resource": span.resource,
        "scope": scope_value(span.scope),
        "warnings": span.warnings,
    }


def span_json(span: Span, self_ns: int | None = None, on_path_ns: int | None = None) -> str:
    """The same as indented JSON, without a line end."""
    return indented(json_dumps(span_value(span, self_ns, on_path_ns))).decode()


def indented(document: bytes) -> bytes:
    """Compact JSON over several lines; nothing in its values changes."""
    out: list[bytes] = []
    depth = 0
    tokens: list[bytes] = _TOKEN.findall(document)
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else b""
        if token in (b"{", b"["):
            depth += 1
            out.append(token)
            if after not in (b"}", b"]"):
                out.append(_line(depth))
        elif token in (b"}", b"]"):
            depth -= 1
            if tokens[at - 1] not in (b"{", b"["):
                out.append(_line(depth, closing=True))
            out.append(token)
        elif token == b",":
            out += (token, _line(depth) or b" ")
        else:
            out.append(b": " if token == b":" else token)
    return b"".join(out)


def _line(depth: int, *, closing: bool = False) -> bytes:
    return b"" if depth + closing > _DEEPEST else b"\n" + b"  " * depth


def span_markdown(span: Span, self_ns: int | None = None, on_path_ns: int | None = None) -> str:
    """A span to paste into an issue; see `span_value` for the arguments."""
    return "\n".join(_span_lines(span, self_ns, on_path_ns))


def _span_lines(span: Span, self_ns: int | None, on_path_ns: int | None) -> Iterator[str]:
    store = span.store
    trace = store.trace_of(span.row)
    yield f"### {_title(span)}"
    yield ""
    facts = [f"**{format.duration(span.duration_ns)}**"]
    if self_ns is not None:
        facts.append(f"self {format.duration(self_ns)}")
    if on_path_ns is not None:
        facts.append(f"on path {format.duration(on_path_ns)}")
    facts += [span.kind] if span.kind != "unspecified" else []
    facts.append(format.datetime_utc(span.start_ns))
    yield " · ".join(facts) + "  "
    yield f"span `{code(span.key)}` of trace `{code(store.trace_ids[trace])}`"
    if span.is_error:
        message = f": {escaped(span.status_message)}" if span.status_message else ""
        yield ""
        yield f"✗ **error**{message}"
    for warning in span.warnings:
        yield ""
        yield f"⚠ {escaped(warning)}"
    statement = statement_of(span.attributes)
    if statement:
        yield ""
        yield from _fenced(statement, "sql")
    shown = {key: value for key, value in span.attributes.items() if value != statement or not statement}
    yield from _table("attribute", shown)
    yield from _table("resource", span.resource)
    yield from _events(span)
    yield from _links(span)


def _title(span: Span) -> str:
    service, name = escaped(span.service), escaped(span.name)
    return " ".join(part for part in (service, name) if part) or "span"


def _fenced(text: str, language: str) -> Iterator[str]:
    """A block of code, in a fence that is longer than any in it."""
    shown = pasteable(text)
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCES.findall(shown))])
    yield fence + language
    yield shown
    yield fence


def _cell(value: AttributeValue) -> str:
    if not isinstance(value, str):
        value = json_dumps(value).decode()
    text = value[:_CELL].replace("\r\n", "\n").rstrip("\n")
    rest = f"… ({format.count(len(value))} characters)" if len(value) > _CELL else ""
    return "<br>".join(map(escaped, text.split("\n"))) + rest


def _table(title: str, attributes: Attributes) -> Iterator[str]:
    if not attributes:
        return
    yield from ("", f"| {title} | value |", "|:--|:--|")
    for key, value in list(attributes.items())[:_MOST_THINGS]:
        yield f"| {escaped(key)} | {_cell(value)} |"
    yield from _rest(len(attributes), 2)


def _rest(count: int, columns: int) -> Iterator[str]:
    if count > _MOST_THINGS:
        yield f"| … and {format.count(count - _MOST_THINGS)} more |" + " |" * (columns - 1)


def _events(span: Span) -> Iterator[str]:
    events = span.events
    if not events:
        return
    yield from ("", "| event | at | attributes |", "|:--|--:|:--|")
    for event in events[:_MOST_THINGS]:
        told = "<br>".join(f"{escaped(key)}: {_cell(value)}" for key, value in event.attributes.items())
        yield f"| {escaped(event.name)} | {format.offset(event.time_ns - span.start_ns)} | {told} |"
    yield from _rest(len(events), 3)


def _links(span: Span) -> Iterator[str]:
    links = span.links
    if not links:
        return
    yield from ("", "| link | trace | span |", "|:--|:--|:--|")
    for link in links[:_MOST_THINGS]:
        kind = link.type.replace("_", " ")
        yield f"| {kind} | `{code(link.trace_id)}` | `{code(link.span_id)}` |"
    yield from _rest(len(links), 3)


def path_markdown(trace: Trace, paths: CriticalPaths, root_row: int) -> str:
    """The critical path of a root: what it was waiting for, and for how long.

    Args:
        trace: The trace.
        paths: Its critical paths.
        root_row: The store's row of the root.
    """
    return "\n".join(_path_lines(trace, paths, root_row))


def _path_lines(trace: Trace, paths: CriticalPaths, root_row: int) -> Iterator[str]:
    store = trace.store
    number = paths.roots.tolist().index(root_row)
    part = slice(int(paths.offsets[number]), int(paths.offsets[number + 1]))
    starts, ends = paths.start_ns[part].tolist(), paths.end_ns[part].tolist()
    columns = zip(paths.span[part].tolist(), starts, ends, paths.wait[part].tolist(), strict=True)
    root = Span(store, root_row)
    total = sum(ends) - sum(starts)
    yield f"### Critical path of {_title(root)}, {format.duration(total)}"
    yield ""
    yield f"trace `{code(trace.trace_id)}`"
    yield from ("", "| at | duration | service | operation | share |", "|--:|--:|:--|:--|--:|")
    for count, (row, start, end, wait) in enumerate(columns):
        if count == _MOST_SECTIONS:
            yield f"| … and {format.count(len(starts) - count)} more | | | | |"
            return
        span = Span(store, row)
        name = f"(waiting in) {escaped(span.name)}" if wait else escaped(span.name)
        yield (
            f"| {format.offset(start - root.start_ns)} | {format.duration(end - start)} "
            f"| {escaped(span.service)} | {name} | {format.percent(end - start, total)} |"
        )
