"""What can be copied of where the cursor is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracetui.analysis import CriticalPaths, Mode, critical_path
from tracetui.export.span import (
    pasteable,
    path_markdown,
    span_json,
    span_markdown,
    statement_of,
    value_text,
)
from tracetui.format import plural
from tracetui.loaders.remote import is_address, without_secrets
from tracetui.model.attributes import AttributeValue
from tracetui.model.span import Span
from tracetui.model.trace import Trace
from tracetui.text import neutralise

from .detail.lines import Entry
from .detail.values import plain

if TYPE_CHECKING:
    from tracetui.backends.base import Backend

__all__ = ["Choice", "Copyable", "choices", "link_of"]

_PREVIEW = 200
_MOST_FILES = 8


@dataclass(frozen=True, slots=True)
class Copyable:
    """Where the cursor is.

    Attributes:
        trace: The trace; None in a pager, and of a search what has not been fetched.
        row: The store's row of the span, or negative.
        entry: What the cursor is on in the detail pane, or what a pager shows.
        self_ns: Self time of the span, where it is known.
        on_path_ns: Its time on the critical path, likewise.
        paths: The critical paths of the trace, likewise.
        mode: How paths are followed.
        trace_id: The trace, where there is no more of it than its id.
    """

    trace: Trace | None = None
    row: int = -1
    entry: Entry | None = None
    self_ns: int | None = None
    on_path_ns: int | None = None
    paths: CriticalPaths | None = None
    mode: Mode = Mode.DEFAULT
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to copy.

    Attributes:
        letter: The key that takes it.
        title: What it is, in a few words.
        preview: What it looks like, neutralised; may be empty.
        make: Makes the text, ready to paste.
    """

    letter: str
    title: str
    preview: str
    make: Callable[[], str]


def link_of(names: Sequence[str], trace_id: str) -> str:
    """A command line that opens a trace again; "" where none would.

    Args:
        names: The sources that it stands in, as the user gave them.
        trace_id: Its id.
    """
    if not 0 < len(names) <= _MOST_FILES or "-" in names:
        return ""
    try:
        # An address goes without what may be a secret in it.
        paths = [without_secrets(name) if is_address(name) else str(Path(name).absolute()) for name in names]
    except (OSError, ValueError):
        return ""
    words = ["tracetui", *paths, "--trace", trace_id]
    # What has to be neutralised to be pasted would name another file.
    return shlex.join(words) if all(neutralise(word) == word for word in words) else ""


def choices(what: Copyable, names: Sequence[str] = (), backend: Backend | None = None) -> list[Choice]:
    """What can be copied, the nearest first.

    Args:
        what: Where the cursor is.
        names: The sources of the trace.
        backend: The backend that it came from; a link is then one to its pages.
    """
    found: list[Choice] = []
    if what.entry is not None:
        entry = what.entry
        shown = _preview(entry.value)
        preview = f"{entry.key[:_PREVIEW]}  {shown}" if entry.key else shown
        found.append(Choice("v", "value", neutralise(preview), lambda: value_text(entry.value)))
    trace = what.trace
    if trace is None:
        return found + _of_id(what.trace_id, backend)
    if what.row >= 0:
        found += _of_span(what, Span(trace.store, what.row))
    trace_id = pasteable(trace.trace_id)
    found.append(Choice("t", "trace id", neutralise(trace_id), lambda: trace_id))
    if backend is None:
        link = link_of(names, trace.trace_id)
    else:
        link = _page(backend, trace.trace_id, Span(trace.store, what.row).span_id if what.row >= 0 else "")
    if link:
        found.append(Choice("l", "link", link, lambda: link))
    root = trace.root
    found.append(
        Choice("c", "critical path as Markdown", neutralise(root.name), lambda: _path(what, trace, root.row))
    )
    return found


def _of_id(trace_id: str, backend: Backend | None) -> list[Choice]:
    """What can be copied of a trace of which there is no more than its id."""
    text = pasteable(trace_id)
    if not text:
        return []
    found = [Choice("t", "trace id", neutralise(text), lambda: text)]
    link = _page(backend, trace_id) if backend is not None else ""
    return [*found, Choice("l", "link", link, lambda: link)] if link else found


def _page(backend: Backend, trace_id: str, span_id: str = "") -> str:
    """The address of a span in a backend's own pages; "" where it could not be pasted as it is."""
    link = backend.link(trace_id, span_id)
    return link if neutralise(link) == link else ""


def _preview(value: AttributeValue) -> str:
    """The beginning of a value; of what may be large only its size."""
    if isinstance(value, list | dict):
        return plural(len(value), "element")
    return value[:_PREVIEW] if isinstance(value, str) else plain(value)[:_PREVIEW]


def _of_span(what: Copyable, span: Span) -> list[Choice]:
    span_id, key = pasteable(span.span_id), pasteable(span.key)
    name = neutralise(f"{span.service} {span.name}"[:_PREVIEW].strip())
    found = []
    if span_id:
        found.append(Choice("i", "span id", neutralise(span_id), lambda: span_id))
    if key != span_id:
        found.append(Choice("e", "key", neutralise(key), lambda: key))
    figures = what.self_ns, what.on_path_ns
    found += [
        Choice("s", "span as JSON", name, lambda: span_json(span, *figures)),
        Choice("m", "span as Markdown", name, lambda: span_markdown(span, *figures)),
    ]
    statement = statement_of(span.attributes)
    if statement:
        preview = neutralise(" ".join(statement[:_PREVIEW].split()))
        found.append(Choice("d", "database statement", preview, lambda: pasteable(statement)))
    return found


def _path(what: Copyable, trace: Trace, root_row: int) -> str:
    paths = what.paths
    if paths is None:
        paths = critical_path(trace.store, root_row, what.mode)
    return path_markdown(trace, paths, root_row)
