"""What can be said of a span that is missing: a guess at the call that it was recorded for."""

from __future__ import annotations

from tracetui.analysis.fragments import fragments_by_parent, guess_caller
from tracetui.model.trace import Trace
from tracetui.tui.detail.lines import Entry, Line, Piece, clean


def hint(trace: Trace, child: int) -> list[Line]:
    """A guess at where the trace broke, in lines; none where nothing fits.

    Args:
        trace: The trace.
        child: Row of one of the missing span's children.
    """
    store = trace.store
    caller = guess_caller(trace, fragments_by_parent(trace)[store.parent_id_text(child)])
    if caller is None:
        return []
    service, name = store.strings[int(store.service[caller])], store.strings[int(store.name[caller])]
    entry = Entry("guess", "", (trace.trace_id, store.id_text(caller)))
    who = Piece(clean(service), f"service:{service}")
    return [
        Line(),
        Line((Piece("guess: ", "warning"), Piece("it was called by", "muted")), entry),
        Line((Piece("→ ", "muted"), who, Piece(f" {clean(name)}")), entry),
        Line((Piece("which was running then, names that service and has", "muted"),)),
        Line((Piece("no child in another one.", "muted"),)),
    ]
