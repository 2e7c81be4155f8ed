"""The public functions; `tracetui` hands them out when they are first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, fspath

import numpy as np
import numpy.typing as npt

from tracetui import analysis, loaders
from tracetui.analysis.skew import tell_skew
from tracetui.model.span import Span
from tracetui.model.trace import Collection, Trace


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the critical path: from `start_ns` to `end_ns` the root was waiting for `span`.

    Attributes:
        span: Who it was.
        start_ns: From when, nanoseconds since the Unix epoch.
        end_ns: Until when.
        wait: True where nothing recorded can be blamed (mode "to-end" only).
    """

    span: Span
    start_ns: int
    end_ns: int
    wait: bool = False

    @property
    def duration_ns(self) -> int:
        """How long."""
        return self.end_ns - self.start_ns


def load(
    source: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    input_format: str | None = None,
    second_process: bool = True,
) -> Collection:
    """Read traces.

    Args:
        source: A path, "-" for standard input, or several of them.
        input_format: The format's name, if the content is not to be asked.
        second_process: Whether a second process may read parts of a large file, if there is a core for it. It
            is a copy of this one where only one thread runs, else a new interpreter, and gone when this ends.

    Raises:
        TracetuiError: Nothing could be read; of several sources the bad ones stand in `Collection.failures`.
    """
    names = [source] if isinstance(source, str | PathLike) else source
    options = loaders.LoadOptions(input_format=input_format, second=second_process)
    collection = loaders.load([fspath(name) for name in names], options)
    tell_skew(collection)
    return collection


def critical_path(root: Trace | Span, mode: str = "default") -> list[Section]:
    """Who the request was waiting for, from its start to its end.

    Args:
        root: A trace (its primary root is taken) or any span.
        mode: "default", "exact", "clip" or "to-end".

    Returns:
        Sections in order of time; they touch, and in all modes but "to-end" add up to the root's duration.
    """
    span = root.root if isinstance(root, Trace) else root
    paths = analysis.critical_path(span.store, span.row, analysis.Mode(mode))
    columns = paths.span.tolist(), paths.start_ns.tolist(), paths.end_ns.tolist(), paths.wait.tolist()
    return [
        Section(Span(span.store, row), start, end, wait)
        for row, start, end, wait in zip(*columns, strict=True)
    ]


def self_times(trace: Trace) -> npt.NDArray[np.int64]:
    """What each span spent itself, without the children that it waited for.

    Returns:
        int64[n], nanoseconds, in the order of `trace.spans`.
    """
    return analysis.self_times(trace.store, trace.first, trace.last)
