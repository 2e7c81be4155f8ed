"""What a second process does with a part of a long list of Zipkin spans; see `ahead`."""

from __future__ import annotations

import msgspec

from tracetui.loaders.control import Control
from tracetui.loaders.documents import Piece
from tracetui.loaders.parts import Part, Refused, Scratch, Strict
from tracetui.loaders.records import Separator, Shape, prove
from tracetui.loaders.zipkin_columns import SpanRows
from tracetui.loaders.zipkin_records import SpanRecord, endpoint


class _Endpoints(dict[bytes, int]):
    """Bytes of local endpoints, numbered; the first process makes resources of them."""

    def __missing__(self, raw: bytes) -> int:
        if endpoint(raw)[1]:
            raise Refused
        number = self[raw] = len(self)
        return number


class Worker:
    """Reads parts."""

    def __init__(self) -> None:
        self._shape: Shape[SpanRecord] = Shape(SpanRecord)

    def __call__(self, body: bytes, base: int, context: tuple[list[Separator], None]) -> Part | None:
        """The spans of `body`; None if there is anything to be remarked on.

        Args:
            body: Spans with separators between them, if the guess was right.
            base: Where it stands in the file.
            context: The separators.
        """
        self._shape.separators, _ = context
        builder, endpoints = Scratch(), _Endpoints()
        rows = SpanRows(builder, Piece("", body, base), 0, Control(builder), endpoints)
        try:
            rows.add(prove(body, base, self._shape, Strict()))
            rows.flush()
        except (msgspec.DecodeError, Refused):
            return None
        if not builder.is_silent:
            return None
        part = builder.part()
        part.owners = list(endpoints)
        return part
