"""What loaders fill: batches of columns in source order go in, a `Collection` comes out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from tracetui.model.arrange import arrange
from tracetui.model.attributes import Attributes, Scope
from tracetui.model.columns import GrowingColumns
from tracetui.model.identity import Reference
from tracetui.model.issues import IssueCode, IssueLog
from tracetui.model.store import Decode
from tracetui.model.trace import Collection
from tracetui.sources.base import ByteSource

OnePerRow = npt.NDArray[Any] | Sequence[int] | int
"""An array or list with a value for each row of a batch, or one value for all of them."""


class Interner(dict[str, int]):
    """Texts to codes; an unknown text gets the next code. The empty text is 0."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self[""]

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self.texts)
        self.texts.append(text)
        return code


class Resources(Struct):
    """The resources met so far; `codes` finds one by its content."""

    codes: dict[Hashable, int] = field(default_factory=dict)
    service: list[int] = field(default_factory=list)
    clock: list[int] = field(default_factory=list)
    address: list[int] = field(default_factory=list)
    decode: list[Callable[[], Attributes]] = field(default_factory=list)
    clocks: dict[Hashable, int] = field(default_factory=dict)


class SourceEntry(Struct, frozen=True):
    """A source, the format it is in, and how one record of it is decoded."""

    source: ByteSource
    format: str
    decode: Decode
    partial: bool


class StoreBuilder:
    """Collects what loaders read.

    Attributes:
        strings: Codes of texts (names, services, opaque ids).
        issues: What was met that belongs to no trace.
    """

    def __init__(self) -> None:
        self.strings = Interner()
        self.issues = IssueLog()
        self.trace_issues: dict[int, IssueLog] = {}
        self.columns = GrowingColumns()
        self.resources = Resources()
        self.scopes: list[Callable[[], Scope]] = []
        self.sources: list[SourceEntry] = []
        self.references: dict[int, list[Reference]] = {}
        self.traces = Interner()
        self._scope_codes: dict[Hashable, int] = {}

    @property
    def span_count(self) -> int:
        """Records appended so far."""
        return self.columns.length

    def add_source(self, source: ByteSource, format: str, decode: Decode, *, partial: bool = False) -> int:
        """Announce a source.

        Args:
            source: Where its records can be read again.
            format: The format's name.
            decode: Makes details of the bytes of one record.
            partial: Whether the format may report one span in several parts (Zipkin).

        Returns:
            The number for the `source` column.
        """
        self.sources.append(SourceEntry(source, format, decode, partial))
        self.issues.source = len(self.sources) - 1
        return len(self.sources) - 1

    def trace(self, trace_id: str) -> int:
        """The code of a trace; the same id gives the same code."""
        return self.traces[trace_id]

    def rename_trace(self, trace: int, trace_id: str) -> None:
        """Give a trace another id; both ids have its code from now on."""
        self.traces.texts[trace] = trace_id
        self.traces[trace_id] = trace

    def opaque(self, text: str) -> int:
        """The code that stands for an id which is no number; set the OPAQUE flag with it."""
        return self.strings[text]

    def resource(
        self,
        service: str,
        key: Hashable,
        decode: Callable[[], Attributes],
        *,
        clock: Hashable = None,
        address: str | None = None,
    ) -> int:
        """The code of a resource; equal keys give the same code.

        Args:
            service: Its service name, "" if it has none.
            key: What makes it this resource, e.g. the bytes of its attributes.
            decode: Makes its attributes when they are looked at.
            clock: What stands for its clock; the key if it is not given.
            address: Its address, if that takes part in telling clocks apart.
        """
        known = self.resources
        code = known.codes.get(key)
        if code is None:
            code = known.codes[key] = len(known.service)
            known.service.append(self.strings[service])
            known.clock.append(known.clocks.setdefault(key if clock is None else clock, len(known.clocks)))
            known.address.append(-1 if address is None else self.strings[address])
            known.decode.append(decode)
        return code

    def scope(self, key: Hashable, decode: Callable[[], Scope]) -> int:
        """The code of an instrumentation scope; equal keys give the same code."""
        code = self._scope_codes.get(key)
        if code is None:
            code = self._scope_codes[key] = len(self.scopes)
            self.scopes.append(decode)
        return code

    def append(
        self,
        *,
        trace: OnePerRow,
        span_id: npt.NDArray[np.uint64] | Sequence[int],
        parent_id: OnePerRow,
        flags: OnePerRow,
        start_ns: OnePerRow,
        duration_ns: OnePerRow,
        name: OnePerRow,
        resource: OnePerRow,
        scope: OnePerRow,
        kind: OnePerRow,
        status: OnePerRow,
        source: OnePerRow,
        offset: OnePerRow,
        length: OnePerRow,
    ) -> int:
        """Add a batch of spans in source order.

        Args are columns as in `SpanStore`; times in nanoseconds, -1 as resource or scope for none.

        Returns:
            The first row added.
        """
        batch = {name: value for name, value in locals().items() if name != "self"}
        return self.columns.append(batch)

    def set_resource(self, first_row: int, codes: npt.NDArray[np.int32]) -> None:
        """Fill in the resources of rows that were appended before their resource was known."""
        self.columns.put("resource", first_row, codes)

    def set_scope(self, first_row: int, codes: npt.NDArray[np.int32]) -> None:
        """Fill in the scopes of rows that were appended before their scope was known."""
        self.columns.put("scope", first_row, codes)

    def alternatives(self, row: int, references: list[Reference]) -> None:
        """Several parent references of one span; which one holds is settled when all spans are known."""
        self.references[row] = references

    def trace_issue(
        self, trace: int, code: IssueCode, sample: str = "", count: int = 1, row: int = -1
    ) -> None:
        """Count an issue that belongs to one trace; `row` is that of the span it was met in."""
        self.trace_issues.setdefault(trace, IssueLog()).add(code, sample, count=count, row=row)

    def finish(self, *, complete: bool = True, partial_view: bool = False) -> Collection:
        """Make the collection of all that was appended so far.

        Args:
            complete: Whether the sources were read to their ends.
            partial_view: Keep the columns, because more will be appended.
        """
        columns = self.columns.take(consume=not partial_view)
        return arrange(self, columns, complete=complete)
