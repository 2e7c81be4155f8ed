"""`--print-selected`: the viewer as a chooser of a span, for a pipe or `$(…)`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable

Selected = Literal["id", "json"]

_STDOUT, _STDERR = 1, 2


@contextmanager
def screen_on_stderr() -> Iterator[None]:
    """Have what is drawn on stdout go where stderr goes; afterwards stdout is what it was."""
    output = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    try:
        yield
    finally:
        os.dup2(output, _STDOUT)
        os.close(output)


def print_selected(chosen: Copyable | None, form: Selected) -> None:
    """Write the chosen span to stdout, in one line; nothing where none was chosen.

    Args:
        chosen: Where the cursor was when the viewer was left.
        form: Its id (its key where it has none), or all of it as JSON.

    Raises:
        TracetuiError: It could not be written.
    """
    if chosen is None or chosen.trace is None or chosen.row < 0:
        return
    from tracetui.cli.output import write_bytes
    from tracetui.export.encode import json_dumps
    from tracetui.export.span import span_value
    from tracetui.model.span import Span
    from tracetui.text import neutralise

    span = Span(chosen.trace.store, chosen.row)
    if form == "id":
        line = neutralise(span.span_id or span.key).encode()
    else:
        line = json_dumps(span_value(span, *_figures(chosen)))
    with suppress(BrokenPipeError):
        write_bytes([line, b"\n"])


def _figures(chosen: Copyable) -> tuple[int, int]:
    """Self time and time on the path: as the viewer knows them, or computed where it was left early."""
    if chosen.self_ns is not None and chosen.on_path_ns is not None:
        return chosen.self_ns, chosen.on_path_ns
    from tracetui.analysis import critical_paths, on_path_ns, self_times

    trace = chosen.trace
    assert trace is not None
    place = chosen.row - trace.first
    paths = critical_paths(trace.store, trace.first, trace.last, chosen.mode)
    on_path = on_path_ns(paths, trace.store, trace.first, trace.last)
    return int(self_times(trace.store, trace.first, trace.last)[place]), int(on_path[place])
