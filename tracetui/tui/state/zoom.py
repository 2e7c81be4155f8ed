"""Zooming and panning: what the keys for it do to the window of a `ViewState`.

whole    |-----------------------------------------|
window            |-----------|
in at x           |--x--|         half as wide, x at the same share of the width
pan                     |-----------|   by a quarter of the width
"""

from __future__ import annotations

from .view import ViewState, Window

WHOLE = "this is the whole trace"


def to_span(view: ViewState) -> str | None:
    """Zoom to the span of the cursor, with a little room on both sides; again: a level up to its parent."""
    node = view.cursor
    if node < 0:
        return None
    window = _around(view, node)
    while window == view.window and (above := int(view.forest.parent[node])) >= 0:
        node = above
        window = _around(view, node)
    if window == view.window == view.whole:
        return WHOLE
    view.set_window(window)
    return None


def _around(view: ViewState, node: int) -> Window:
    start, width = int(view.forest.start_ns[node]), max(1, int(view.forest.duration_ns[node]))
    room = width // 32
    whole = view.whole
    width = min(width + 2 * room, whole.width_ns)
    start = min(max(start - room, whole.start_ns), whole.end_ns - width)
    return Window(start, start + width)


def to_whole(view: ViewState) -> str | None:
    """Show the whole trace."""
    if view.window == view.whole:
        return WHOLE
    view.set_window(view.whole)
    return None


def zoom_in(view: ViewState) -> str | None:
    """Halve the window around the span of the cursor."""
    if view.window.width_ns <= 1:
        return "no closer: one nanosecond"
    _scale(view, 1, 2)
    return None


def zoom_out(view: ViewState) -> str | None:
    """Double the window around the span of the cursor."""
    if view.window == view.whole:
        return WHOLE
    _scale(view, 2, 1)
    return None


def _scale(view: ViewState, times: int, parts: int) -> None:
    window = view.window
    width = max(1, window.width_ns * times // parts)
    anchor = _anchor(view)
    left = (anchor - window.start_ns) * width // window.width_ns
    view.set_window(Window(anchor - left, anchor - left + width))


def _anchor(view: ViewState) -> int:
    """The middle of what is seen of the span of the cursor, else the middle of the window."""
    window = view.window
    middle = window.start_ns + window.width_ns // 2
    if view.cursor < 0:
        return middle
    start, end = int(view.forest.start_ns[view.cursor]), view.forest.end_ns(view.cursor)
    seen = max(start, window.start_ns), min(end, window.end_ns)
    if seen[0] <= seen[1]:
        # The middle of the span; of one only partly in sight, the middle of that part.
        centre = start + (end - start) // 2
        return centre if seen[0] <= centre <= seen[1] else (seen[0] + seen[1]) // 2
    # Out of sight: take the edge it lies beyond, so that zooming out brings it in.
    return window.start_ns if end < window.start_ns else window.end_ns


def pan_left(view: ViewState) -> str | None:
    """Move the window a quarter of its width towards the start."""
    return _pan(view, -1)


def pan_right(view: ViewState) -> str | None:
    """Move the window a quarter of its width towards the end."""
    return _pan(view, 1)


def _pan(view: ViewState, direction: int) -> str | None:
    before = view.window
    if before == view.whole:
        return WHOLE
    step = max(1, before.width_ns // 4) * direction
    view.set_window(Window(before.start_ns + step, before.end_ns + step))
    if view.window != before:
        return None
    return "this is the end of the trace" if direction > 0 else "this is the start of the trace"


def follow(view: ViewState, start_ns: int, end_ns: int) -> None:
    """Pan, and only if needed widen, the window so that a range of time is in it."""
    window = view.window
    if end_ns - start_ns > window.width_ns:
        view.set_window(Window(start_ns, end_ns))
    elif start_ns < window.start_ns:
        view.set_window(Window(start_ns, start_ns + window.width_ns))
    elif end_ns > window.end_ns:
        view.set_window(Window(end_ns - window.width_ns, end_ns))
