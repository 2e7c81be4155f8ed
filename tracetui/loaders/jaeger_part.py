"""What a second process does with a part of a long list of Jaeger spans; see `ahead`."""

from __future__ import annotations

import msgspec

from tracetui.loaders.jaeger_columns import SpanColumns, TraceObject
from tracetui.loaders.jaeger_records import Skeleton
from tracetui.loaders.parts import Part, Refused, Scratch, Strict
from tracetui.loaders.records import Separator, Shape, prove


class Worker:
    """Reads parts."""

    def __init__(self) -> None:
        self._shape: Shape[Skeleton] = Shape(Skeleton)
        self._begin()

    def _begin(self) -> None:
        self._builder = Scratch()
        self._columns = SpanColumns(self._builder, 0)

    def __call__(self, body: bytes, base: int, context: tuple[list[Separator], str]) -> Part | None:
        """The spans of `body`; None if there is anything to be remarked on.

        Args:
            body: Spans with separators between them, if the guess was right.
            base: Where it stands in the file.
            context: The separators, and the id of the trace object.
        """
        self._shape.separators, text = context
        trace = TraceObject(text=text)
        try:
            chunk = prove(body, base, self._shape, Strict())
        except (msgspec.DecodeError, Refused):
            return None
        self._columns.add(trace, chunk)
        self._columns.flush()
        if not self._builder.is_silent or trace.inline:
            self._begin()
            return None
        part = self._builder.part()
        ((_, slots),) = trace.waiting
        # The trace object is new, so its slots are numbered as the spans come.
        part.columns["resource"], part.owners = slots, list(trace.slots)
        return part
