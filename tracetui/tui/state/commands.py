"""Which function carries out which action of the waterfall."""

from __future__ import annotations

from collections.abc import Callable

from . import jumps, moves, zoom
from .facts import Facts
from .view import ViewState

PLAIN: dict[str, Callable[[ViewState], str | None]] = {
    "down": moves.down,
    "up": moves.up,
    "half-page-down": moves.half_page_down,
    "half-page-up": moves.half_page_up,
    "page-down": moves.page_down,
    "page-up": moves.page_up,
    "top": moves.top,
    "bottom": moves.bottom,
    "next-sibling": moves.next_sibling,
    "previous-sibling": moves.previous_sibling,
    "right": moves.right,
    "left": moves.left,
    "toggle": moves.toggle,
    "unfold-below": moves.unfold_below,
    "fold-below": moves.fold_below,
    "unfold-level": moves.unfold_level,
    "fold-level": moves.fold_level,
    "mark": moves.mark,
    "next-mark": moves.next_mark,
    "zoom-span": zoom.to_span,
    "zoom-whole": zoom.to_whole,
    "zoom-in": zoom.zoom_in,
    "zoom-out": zoom.zoom_out,
    "pan-left": zoom.pan_left,
    "pan-right": zoom.pan_right,
    "set-root": moves.set_root,
    "clear-root": moves.clear_root,
    "narrower-tree": moves.narrower_tree,
    "wider-tree": moves.wider_tree,
}

WITH_FACTS: dict[str, Callable[[ViewState, Facts], str | None]] = {
    "next-section": jumps.next_section,
    "previous-section": jumps.previous_section,
    "next-error": jumps.next_error,
    "previous-error": jumps.previous_error,
    "slowest": jumps.slowest,
    "less-slow": jumps.less_slow,
    "only-path": jumps.only_path,
}


def knows(name: str) -> bool:
    """Whether an action changes the view alone, so that `run` carries it out."""
    return name in PLAIN or name in WITH_FACTS


def run(name: str, view: ViewState, facts: Facts) -> str | None:
    """Carry out an action of the waterfall.

    Returns:
        What to tell the user in one line, or None.
    """
    if name in PLAIN:
        return PLAIN[name](view)
    return WITH_FACTS[name](view, facts)
