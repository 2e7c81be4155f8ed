"""Jumping to what matters: path, errors, slow spans; with a filter, of those that it leaves."""

from __future__ import annotations

import numpy as np

from tracetui.format import duration, percent
from tracetui.tui.key_labels import Keyed

from .facts import Facts
from .forest import Int32
from .view import ViewState
from .zoom import follow

WAIT = "the critical path is still being computed"


def next_section(view: ViewState, facts: Facts) -> str | None:
    """Go to the next section of the critical path."""
    return _section(view, facts, 1)


def previous_section(view: ViewState, facts: Facts) -> str | None:
    """Go to the previous section of the critical path."""
    return _section(view, facts, -1)


def _section(view: ViewState, facts: Facts, step: int) -> str | None:
    sections = facts.sections
    if sections is None:
        return WAIT
    if not len(sections):
        return "no critical path: nothing in this trace takes time"
    here = view.section
    if not (0 <= here < len(sections) and int(sections.node[here]) == view.cursor):
        here = _nearest(view, facts, step)
    else:
        here += step
    while view.passing is not None and 0 <= here < len(sections) and not view.passing[sections.node[here]]:
        here += step
    if not 0 <= here < len(sections):
        return "this is the {} of the critical path".format("end" if step > 0 else "start")
    view.section = here
    start, end = int(sections.start_ns[here]), int(sections.end_ns[here])
    view.reveal(int(sections.node[here]))
    follow(view, start, end)
    return f"section {here + 1:,} of {len(sections):,} of the critical path: {duration(end - start)}"


def longest_section(view: ViewState, facts: Facts, service: str) -> str | None:
    """Go to the longest section that a service has of the path of the trace's first root."""
    sections, paths, trace = facts.sections, facts.paths, facts.trace
    if sections is None or paths is None:
        return WAIT
    of_root = np.flatnonzero(paths.roots == int(trace.root.row))
    if not len(of_root):
        return None
    first, last = (int(offset) for offset in paths.offsets[of_root[0] : of_root[0] + 2])
    codes = trace.store.service[paths.span[first:last]]
    wanted = trace.store.strings.index(service)
    lengths = np.where(codes == wanted, sections.end_ns[first:last] - sections.start_ns[first:last], -1)
    if not len(lengths) or int(lengths.max()) < 0:
        return None
    view.section = here = first + int(np.argmax(lengths))
    start, end = int(sections.start_ns[here]), int(sections.end_ns[here])
    view.reveal(int(sections.node[here]))
    follow(view, start, end)
    return f"longest of {int(np.sum(lengths >= 0)):,} on the path: {duration(end - start)}"


def _nearest(view: ViewState, facts: Facts, step: int) -> int:
    """The first section to go to from a cursor that no section was jumped to."""
    sections = facts.sections
    assert sections is not None
    own = sections.first_of(view.cursor)
    if own >= 0:
        # On the path already: the start of the trace's story is the first stop, later ones lead on.
        return own if step > 0 and view.section < 0 else own + step
    start = int(facts.forest.start_ns[view.cursor]) if view.cursor >= 0 else 0
    after = np.flatnonzero(sections.start_ns >= start)
    first = int(after[0]) if len(after) else len(sections)
    return first if step > 0 else first - 1


def next_error(view: ViewState, facts: Facts) -> str | None:
    """Go to the next span where an error began, from the last one back to the first."""
    return _error(view, facts, forward=True)


def previous_error(view: ViewState, facts: Facts) -> str | None:
    """Go to the previous span where an error began."""
    return _error(view, facts, forward=False)


def _error(view: ViewState, facts: Facts, *, forward: bool) -> str | None:
    origins = _left(view, facts.origins)
    if not len(origins):
        return "no error that the filter leaves" if len(facts.origins) else "no errors in this trace"
    if forward:
        found = int(np.searchsorted(origins, view.cursor, "right")) % len(origins)
    else:
        found = (int(np.searchsorted(origins, view.cursor)) - 1) % len(origins)
    _go(view, facts, int(origins[found]))
    return f"error {found + 1:,} of {len(origins):,}"


def slowest(view: ViewState, facts: Facts) -> str | None:
    """Go to the span with the largest self time; from there to the next."""
    return _slow(view, facts, 1)


def less_slow(view: ViewState, facts: Facts) -> str | None:
    """Go back up the ranking of self times."""
    return _slow(view, facts, -1)


def _slow(view: ViewState, facts: Facts, step: int) -> str | None:
    if facts.slowest is None or facts.self_ns is None:
        return WAIT
    ranking = _left(view, facts.slowest)
    if not len(ranking):
        return "no span that the filter leaves" if len(facts.slowest) else "no span has self time"
    here = view.rank
    on_it = 0 <= here < len(ranking) and int(ranking[here]) == view.cursor
    view.rank = rank = (here + step) % len(ranking) if on_it else 0
    node = int(ranking[rank])
    _go(view, facts, node)
    own = int(facts.self_ns[facts.forest.row(node)])
    share = percent(own, facts.whole.width_ns)
    return f"self time #{rank + 1:,}: {duration(own)}, {share} of the trace"


def _left(view: ViewState, nodes: Int32) -> Int32:
    """Return those of some nodes that the filter leaves."""
    return nodes if view.passing is None else nodes[view.passing[nodes]]


def _go(view: ViewState, facts: Facts, node: int) -> None:
    view.reveal(node)
    start = int(facts.forest.start_ns[node])
    follow(view, start, min(facts.forest.end_ns(node), start + view.window.width_ns))


def only_path(view: ViewState, facts: Facts) -> str | None:
    """Show only the critical path, or everything again."""
    if view.only_path:
        view.set_path(None)
        return None
    if facts.sections is None:
        return WAIT
    mask = np.zeros(len(facts.forest), bool)
    mask[facts.sections.node] = True
    if not mask.any():
        return "no critical path: nothing in this trace takes time"
    view.set_path(mask)
    return Keyed("only the critical path: {only-path} shows all")
