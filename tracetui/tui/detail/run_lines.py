"""A run of like siblings as lines: what they are together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracetui.format import duration, plural
from tracetui.tui.detail.lines import Line, Piece, clean

if TYPE_CHECKING:
    from tracetui.model.span import Span
    from tracetui.tui.state.forest import Run


def run_lines(first: Span, run: Run) -> Iterator[Line]:
    """The lines of the detail pane for a run.

    Args:
        first: The first of its spans.
        run: What is said of them together.
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
    yield Line(
        (Piece("Like siblings in a row: → unfolds them here, u shows all runs span by span.", "muted"),)
    )
