"""A run of like siblings as lines: what they are together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracetui.format import duration, plural
from tracetui.tui.detail.lines import Line, Piece, clean

if TYPE_CHECKING:
    from tracetui.model.span import Span
    from tracetui.tui.state.forest import Run


def run_lines(first: Span, run: Run, unfolds: str, all: str) -> Iterator[Line]:
    """The lines of the detail pane for a run.

    Args:
        first: The first of its spans.
        run: What is said of them together.
        unfolds: The key that unfolds it in place.
        all: The key that shows every span of all runs.
    """
    yield Line(
        (
            Piece(f"{run.count:,} × ", "strong"),
            Piece(clean(first.service), f"service:{first.service}"),
            Piece(f" {clean(first.name)}", "strong"),
        )
    )
    figures = (("together", run.total_ns), ("mean", run.mean_ns), ("longest", run.longest_ns))
    pieces = [
        piece for word, ns in figures for piece in (Piece(f"{word} ", "muted"), Piece(f"{duration(ns)}  "))
    ]
    errors = Piece(plural(run.errors, "error"), "error") if run.errors else Piece("no errors", "muted")
    yield Line((*pieces, errors))
    yield Line()
    told = f"Like siblings in a row: {unfolds} unfolds them here, {all} shows all runs span by span."
    yield Line((Piece(told, "muted"),))
