"""What a second process does with a part of a large OTLP file: whole lines, ResourceSpans, or spans."""

from __future__ import annotations

import msgspec

from tracetui.loaders.otlp_columns import Slot, SpanRows
from tracetui.loaders.otlp_records import SpanRecord
from tracetui.loaders.otlp_window import LINES, SPANS, Cutter
from tracetui.loaders.parts import Part, Refused, Scratch, Strict
from tracetui.loaders.records import Separator, Shape, prove


class Worker:
    """Reads parts."""

    def __init__(self) -> None:
        self._cutter = Cutter()
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)

    def __call__(self, body: bytes, base: int, context: tuple[list[Separator], str]) -> Part | None:
        """The spans of `body`; None if there are none, or there is anything to be remarked on.

        Args:
            body: What the guess was right about.
            base: Where it stands in the file.
            context: What separates spans, if it is spans; what it is.
        """
        self._shape.separators, what = context
        builder = Scratch()
        rows = SpanRows(builder, 0, lambda: None)
        nobody = Slot(builder.set_resource, -1)
        owners = None
        if what == SPANS:
            try:
                rows.add_chunk(prove(body, base, self._shape, Strict()), nobody, nobody)
            except (msgspec.DecodeError, Refused):
                return None
        else:
            cutter = self._cutter.documents if what == LINES else self._cutter.resources
            cut = cutter(body, len(body))
            if cut is None or not cut.spans:
                return None
            rows.add(cut.spans, cut.starts + base, cut.lengths, [(len(cut.spans), nobody, nobody)])
            owners = cut.groups, cut.other_signals
        rows.flush()
        if not builder.is_silent:
            return None
        part = builder.part()
        part.owners = owners
        for column in ("resource", "scope", "source"):
            del part.columns[column]  # for the first process to fill in
        return part
