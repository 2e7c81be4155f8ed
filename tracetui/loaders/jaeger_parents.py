"""Which span of its trace a Jaeger span names as its parent.

Nearly all spans name one parent, in bytes that differ by the ids alone:

    [{"refType":"CHILD_OF","traceID":"4bf92f3577b34da6a3ce929d0e0e4736","spanID":"a1b2c3d400000001"}]
    |<-------- head ------------->|                                |<- mid ->|                |<tail>|

Where a batch's references look like the first one that was decoded, their ids are cut out all at once. The
others are decoded.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.loaders.jaeger_details import follows
from tracetui.loaders.jaeger_records import Reference, Skeleton, read_references
from tracetui.loaders.scan import stands_at
from tracetui.loaders.values import Oddities, span_ids, trace_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag

_NO_REFERENCE: Final = Reference()
_DIGITS: Final = 16
"""Hex digits of a span id."""

Rows = npt.NDArray[np.int64]
Owners = list[tuple[str | None, int]]
"""Trace ids of the spans of a batch, as runs: the text and how many; None where they differ."""


class Layout(Struct, frozen=True):
    """How a writer puts one CHILD_OF reference: what is before, between and after the two ids."""

    head: bytes
    trace_digits: int
    middle: bytes
    tail: bytes

    @property
    def length(self) -> int:
        """Bytes of the whole."""
        return len(self.head) + self.trace_digits + len(self.middle) + _DIGITS + len(self.tail)

    def template(self) -> npt.NDArray[np.uint8]:
        """The bytes of such a reference, with anything where the ids are."""
        ids = b" " * self.trace_digits, b" " * _DIGITS
        return np.frombuffer(self.head + ids[0] + self.middle + ids[1] + self.tail, np.uint8)

    def traces(self, owners: Owners) -> npt.NDArray[np.uint8]:
        """The bytes of the trace ids of a batch, uint8[n, digits], or one for all.

        One that is longer or shorter than in the layout is put as quotes: in JSON no id has a bare one.
        """
        own = [(owner or "").encode("utf-8", "surrogatepass") for owner, _ in owners]
        fitting = [id if len(id) == self.trace_digits else b'"' * self.trace_digits for id in own]
        ids = np.frombuffer(b"".join(fitting), np.uint8).reshape(len(own), self.trace_digits)
        return ids if len(own) == 1 else np.repeat(ids, [count for _, count in owners], axis=0)

    @classmethod
    def of(cls, raw: bytes) -> Layout | None:
        """The layout of a list of references; None if it is not as simple as that."""
        references, notes = read_references(raw)
        if notes or len(references) != 1 or references[0].refType != "CHILD_OF":
            return None
        trace, span = references[0].traceID.encode(), references[0].spanID.encode()
        head, _, rest = raw.partition(b'"' + trace + b'"')
        middle, _, tail = rest.partition(b'"' + span + b'"')
        if len(span) != _DIGITS or not trace or not tail or head.count(b"{") != 1:
            return None
        return cls(head + b'"', len(trace), b'"' + middle + b'"', b'"' + tail)


class ParentReader:
    """Reads the references of batches of spans; remembers how they are written.

    Args:
        builder: Where opaque ids are interned.
    """

    def __init__(self, builder: StoreBuilder) -> None:
        self._builder = builder
        self._layout: Layout | None = None

    def read(self, items: list[Skeleton], owners: Owners, odd: Oddities) -> Parents:
        """The parents of a batch.

        Args:
            items: The spans.
            owners: The traces that they are in.
            odd: Gets what is wrong with them.
        """
        parents = Parents(self._builder, len(items), odd)
        raws = [item.references for item in items]
        text = b"\n".join(raws)
        data = np.frombuffer(text, np.uint8)
        starts = np.zeros(len(items), np.int64)
        starts[1:] = np.flatnonzero(data == 10) + 1
        lengths = np.append(starts[1:] - 1, len(text)) - starts
        rest = ~((lengths == 2) & stands_at(text, starts, b"[]"))
        if self._layout is None and rest.any():
            self._layout = Layout.of(bytes(raws[int(rest.argmax())]))
        if self._layout is not None:
            rest &= ~self._read_plain(self._layout, text, starts, lengths, owners, parents)
        if items and [item.parentSpanID for item in items].count(None) < len(items):
            rest |= np.array([item.parentSpanID is not None for item in items])
        rows = np.flatnonzero(rest).tolist()
        if rows:
            parents.read_lists(rows, [items[row] for row in rows])
        return parents

    @staticmethod
    def _read_plain(
        layout: Layout, text: bytes, starts: Rows, lengths: Rows, owners: Owners, parents: Parents
    ) -> npt.NDArray[np.bool_]:
        """Fill in the parents of the spans whose references have the layout; which they are."""
        plain: npt.NDArray[np.bool_] = lengths == layout.length
        rows = np.flatnonzero(plain)
        if not len(rows):
            return plain
        whole = np.ndarray((len(text) - layout.length + 1,), f"V{layout.length}", text, strides=(1,))
        found = whole[starts[rows]].view(np.uint8).reshape(len(rows), layout.length)
        differs = found != layout.template()
        trace = slice(len(layout.head), len(layout.head) + layout.trace_digits)
        own = layout.traces(owners)
        differs[:, trace] = found[:, trace] != (own if len(own) == 1 else own[rows])
        span = slice(trace.stop + len(layout.middle), trace.stop + len(layout.middle) + _DIGITS)
        differs[:, span] = False
        as_written = ~differs.any(axis=1)
        plain[rows] = as_written
        rows, found = rows[as_written], found[as_written]
        try:
            ids = np.frombuffer(bytes.fromhex(found[:, span].tobytes().decode("ascii")), ">u8")
        except (ValueError, UnicodeDecodeError):
            return np.zeros(len(starts), np.bool_)
        if len(ids) != len(rows):  # blanks among the digits
            return np.zeros(len(starts), np.bool_)
        parents.ids[rows] = ids
        parents.flags[rows[ids != 0]] |= np.uint16(Flag.HAS_PARENT)
        return plain


class Parents:
    """Parent ids of a batch.

    Attributes:
        ids: uint64[n].
        flags: uint16[n], what is known of the parents.
        alternatives: For rows with several references into their own trace: all of them.
    """

    def __init__(self, builder: StoreBuilder, count: int, odd: Oddities) -> None:
        self._builder = builder
        self._odd = odd
        self.alternatives: dict[int, list[tuple[bool, int, bool]]] = {}
        self.flags: npt.NDArray[np.uint16] = np.zeros(count, np.uint16)
        self.ids: npt.NDArray[np.uint64] = np.zeros(count, np.uint64)

    def read_lists(self, rows: list[int], items: list[Skeleton]) -> None:
        """Decode the references of some rows and fill in their parents."""
        lists = [self._decoded(row, item.references) for row, item in zip(rows, items, strict=True)]
        single = [references[0] if references else _NO_REFERENCE for references in lists]
        special = {
            at
            for at, (item, reference, references) in enumerate(zip(items, single, lists, strict=True))
            if len(references) > 1
            or (reference.traceID != item.traceID and reference is not _NO_REFERENCE)
            or reference.refType not in ("CHILD_OF", "")
        }
        texts: list[Any] = [reference.spanID for reference in single]
        for at, item in enumerate(items):
            if at in special:
                texts[at] = ""
            elif not lists[at] and item.parentSpanID:
                texts[at] = item.parentSpanID
        odd = Oddities()
        ids, opaque = span_ids(texts, self._builder, odd, parents=True)
        odd.move_to(self._odd, rows)
        where = np.array(rows, np.int64)
        self.ids[where] = ids
        self.flags[where[opaque]] |= np.uint16(Flag.OPAQUE_PARENT)
        self.flags[where[(ids != 0) | opaque]] |= np.uint16(Flag.HAS_PARENT)
        for at in sorted(special):
            self._resolve(rows[at], items[at], lists[at])

    def _decoded(self, row: int, raw: msgspec.Raw) -> list[Reference]:
        references, notes = read_references(bytes(raw))
        for code, sample in notes:
            self._odd.add(row, code, sample)
        return references

    def _resolve(self, row: int, item: Skeleton, references: list[Reference]) -> None:
        """A span whose references are not simply one CHILD_OF of its own trace."""
        found: list[tuple[bool, int, bool]] = []
        own = trace_id(item.traceID) if isinstance(item.traceID, str) else ""
        for reference in references:
            if not reference.spanID:
                self._odd.add(row, IssueCode.BAD_LINK, "reference without a spanID")
                continue
            if reference.traceID and own and trace_id(reference.traceID) != own:
                self.flags[row] |= np.uint16(Flag.LINKS)
                continue
            ids, opaque = span_ids([reference.spanID], self._builder, Oddities(), parents=True)
            if ids[0] or opaque[0]:
                found.append((not follows(reference.refType), int(ids[0]), bool(opaque[0])))
        if not found:
            return
        chosen = next((candidate for candidate in found if candidate[0]), found[0])
        child_of, self.ids[row], is_opaque = chosen
        self.flags[row] |= np.uint16(Flag.HAS_PARENT)
        if not child_of:
            self.flags[row] |= np.uint16(Flag.FOLLOWS_FROM)
        if is_opaque:
            self.flags[row] |= np.uint16(Flag.OPAQUE_PARENT)
        if len(found) > 1:
            self.flags[row] |= np.uint16(Flag.LINKS)
            self.alternatives[row] = found
