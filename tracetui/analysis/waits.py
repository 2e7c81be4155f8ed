"""Who waited for whom in many traces: asked for root by root, found for a piece of the store at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec.structs import replace

from tracetui.analysis.blocking import Blocking, Mode
from tracetui.analysis.columns import SpanColumns
from tracetui.analysis.critical_path import waited_for

_PIECE: Final = 1 << 14


class Waits:
    """The blocking spans below roots that are asked for in row order.

    What is found for one small trace takes a hundred times as long as its share of a piece of many.

    Args:
        store: The columns.
        mode: The rules of the critical path.
    """

    def __init__(self, store: SpanColumns, mode: Mode = Mode.DEFAULT) -> None:
        self._store, self._mode = store, mode
        self._piece: Blocking | None = None

    def below(self, root: int) -> Blocking:
        """The windows of a root and all below it, as the walk of the critical path left them.

        Args:
            root: Row of a root or a fragment root.
        """
        store = self._store
        last = root + int(store.size[root])
        piece = self._piece
        if piece is None or not piece.first <= root < last <= piece.first + len(piece.parent):
            traces = store.trace_first
            at = int(np.searchsorted(traces, root, "right")) - 1
            until = int(np.searchsorted(traces, int(traces[at]) + _PIECE))
            until = min(max(until, at + 1), len(traces) - 1)
            _, piece = waited_for(store, int(traces[at]), int(traces[until]), self._mode)
            self._piece = piece
        part = slice(root - piece.first, last - piece.first)
        return replace(
            piece,
            first=root,
            parent=np.maximum(piece.parent[part] - part.start, -1),
            end_ns=piece.end_ns[part],
            until_ns=piece.until_ns[part],
            may=piece.may[part],
            blocks=piece.blocks[part],
            low_ns=piece.low_ns[part],
            high_ns=piece.high_ns[part],
        )
