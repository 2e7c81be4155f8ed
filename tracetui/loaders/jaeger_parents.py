"""Which span of its trace a Jaeger span names as its parent."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracetui.loaders.jaeger_details import follows
from tracetui.loaders.jaeger_records import Reference, Skeleton
from tracetui.loaders.values import Oddities, span_ids, trace_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag

_NO_REFERENCE: Final = Reference()


class Parents:
    """Parent ids of a batch.

    Attributes:
        ids: uint64[n].
        flags: uint16[n], what is known of the parents.
        alternatives: For rows with several references into their own trace: all of them.
    """

    def __init__(self, builder: StoreBuilder, items: list[Skeleton], odd: Oddities) -> None:
        self._builder = builder
        self._odd = odd
        self.alternatives: dict[int, list[tuple[bool, int, bool]]] = {}
        self.flags: npt.NDArray[np.uint16] = np.zeros(len(items), np.uint16)
        lists = [item.references or () for item in items]
        single = [references[0] if references else _NO_REFERENCE for references in lists]
        special = [
            row
            for row, (item, reference) in enumerate(zip(items, single, strict=True))
            if reference.traceID != item.traceID and reference is not _NO_REFERENCE
        ]
        if max(map(len, lists)) > 1:
            special += [row for row, references in enumerate(lists) if len(references) > 1]
        if not {reference.refType for reference in single} <= {"CHILD_OF", ""}:
            special += [row for row, found in enumerate(single) if found.refType not in ("CHILD_OF", "")]
        texts: list[Any] = [reference.spanID for reference in single]
        if [item.parentSpanID for item in items].count(None) < len(items):
            for row, item in enumerate(items):
                if not lists[row] and item.parentSpanID:
                    texts[row] = item.parentSpanID
        for row in special:
            texts[row] = ""
        self.ids, opaque = span_ids(texts, builder, odd, parents=True)
        self.flags[opaque] |= np.uint16(Flag.OPAQUE_PARENT)
        self.flags[(self.ids != 0) | opaque] |= np.uint16(Flag.HAS_PARENT)
        for row in sorted(set(special)):
            self._resolve(row, items[row])

    def _resolve(self, row: int, item: Skeleton) -> None:
        """A span whose references are not simply one CHILD_OF of its own trace."""
        found: list[tuple[bool, int, bool]] = []
        own = trace_id(item.traceID) if isinstance(item.traceID, str) else ""
        for reference in item.references or ():
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
