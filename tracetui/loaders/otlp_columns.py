"""OTLP spans into columns, in batches that span arrays, requests and traces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress, groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from tracetui.loaders.lenient import Fault
from tracetui.loaders.otlp_records import SpanRecord, StatusRecord
from tracetui.loaders.parts import Part
from tracetui.loaders.records import Chunk, locate
from tracetui.loaders.values import (
    Oddities,
    TraceCodes,
    both_times,
    codes_of,
    id_flags,
    kinds,
    shown,
    span_ids,
    statuses,
)
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Uint32s = npt.NDArray[np.uint32]

ENOUGH = 1024
"""Spans in a batch: below that, numpy's cost per call shows."""
ENOUGH_AT_FIRST = 128
"""Spans in the first batch: more than a screen shows, and there at once."""
_YEAR_NS = 366 * 24 * 3600 * 10**9


class Slot:
    """The code of a resource or a scope that may only be read after its spans.

    Args:
        fill: Sets the code of rows that were appended before it was known.
    """

    def __init__(self, fill: Callable[[int, Int32s], None], code: int | None = None) -> None:
        self.code = code
        self._fill = fill
        self._waiting: list[tuple[int, int]] = []

    def wait(self, first_row: int, count: int) -> None:
        """These rows were appended; they get the code when it is known."""
        self._waiting.append((first_row, count))

    def settle(self, code: int) -> None:
        """It is known now."""
        self.code = code
        for first_row, count in self._waiting:
            self._fill(first_row, np.full(count, code, np.int32))
        self._waiting.clear()


class SpanRows:
    """Gathers spans and appends them to the builder, many at a time.

    Args:
        builder: Where they go.
        source: The source's number.
        step: Called after each batch.
    """

    def __init__(self, builder: StoreBuilder, source: int, step: Callable[[], None]) -> None:
        self._builder = builder
        self._source = source
        self._step = step
        self._traces = TraceCodes(builder.trace, builder)
        self._kinds = kinds()
        self._statuses = statuses()
        self._odd = Oddities()
        self._clear()
        self.total = 0

    def _clear(self) -> None:
        self._spans: list[SpanRecord] = []
        self._places: list[Chunk[SpanRecord] | tuple[Int64s, Uint32s]] = []
        self._groups: list[tuple[int, Slot, Slot]] = []
        self._mended: dict[int, list[Fault]] = {}

    def mended(self, span: SpanRecord, faults: list[Fault]) -> None:
        """This span, which is about to be added, was mended."""
        self._mended.setdefault(id(span), []).extend(faults)

    def add_chunk(self, chunk: Chunk[SpanRecord], resource: Slot, scope: Slot) -> None:
        """Take the spans of one chunk, all of one resource and scope."""
        self._spans += chunk.items
        self._places.append(chunk)
        self._groups.append((len(chunk.items), resource, scope))
        if len(self._spans) >= (ENOUGH if self.total else ENOUGH_AT_FIRST):
            self.flush()

    def add(
        self,
        spans: list[SpanRecord],
        offsets: Int64s,
        lengths: Int64s,
        groups: list[tuple[int, Slot, Slot]],
    ) -> None:
        """Take spans whose places are known; `groups` says how many of them have which resource and scope."""
        self._spans += spans
        self._places.append((offsets, lengths.astype(np.uint32)))
        self._groups += groups
        if len(self._spans) >= (ENOUGH if self.total else ENOUGH_AT_FIRST):
            self.flush()

    def take(self, part: Part, groups: list[tuple[int, Slot, Slot]]) -> None:
        """Append what a second process has read; `groups` as of `add`."""
        self.flush()
        sizes = [count for count, _, _ in groups]
        batch = part.columns | {
            "trace": part.with_codes("trace", [self._traces[text] for text in part.traces]),
            "name": part.with_codes("name", [self._builder.strings[text] for text in part.names]),
            "resource": np.repeat(_codes([slot for _, slot, _ in groups]), sizes),
            "scope": np.repeat(_codes([slot for _, _, slot in groups]), sizes),
            "source": self._source,
        }
        first_row = self._builder.append(**batch)
        self.total += len(part)
        _wait(first_row, groups)
        self._step()

    def some(self) -> bool:
        """Whether there were spans."""
        return bool(self.total or self._spans)

    def flush(self) -> None:
        """Append what was gathered."""
        if not self._spans:
            return
        spans, groups = self._spans, self._groups
        for row, faults in self._faults():
            for code, sample in faults:
                self._odd.add(row, code, sample)
        offsets, lengths = _located(self._places)
        columns = self._columns(spans)
        sizes = [count for count, _, _ in groups]
        first_row = self._builder.append(
            **columns,
            resource=np.repeat(_codes([slot for _, slot, _ in groups]), sizes),
            scope=np.repeat(_codes([slot for _, _, slot in groups]), sizes),
            source=self._source,
            offset=offsets,
            length=lengths,
        )
        self._odd.report(self._builder, columns["trace"], first_row)
        self.total += len(spans)
        _wait(first_row, groups)
        self._clear()
        self._step()

    def _faults(self) -> list[tuple[int, list[Fault]]]:
        if not self._mended:
            return []
        found = ((row, self._mended.get(id(span))) for row, span in enumerate(self._spans))
        return [(row, faults) for row, faults in found if faults]

    def _columns(self, spans: list[SpanRecord]) -> dict[str, npt.NDArray[Any]]:
        builder, odd = self._builder, self._odd
        ids, opaque = span_ids([span.span_id for span in spans], builder, odd)
        parents, parents_opaque = span_ids(
            [span.parent_span_id for span in spans], builder, odd, parents=True
        )
        flags = id_flags(ids, opaque, parents, parents_opaque)
        start, duration = self._times(spans, flags)
        flags[_rows([span.events for span in spans])] |= np.uint16(Flag.EVENTS)
        names: list[Any] = [span.name for span in spans]
        codes = _plain_statuses(spans)
        if codes is None:
            for row in (row for row, name in enumerate(names) if name is None):
                odd.add(row, IssueCode.MISSING_FIELD, "name")
                names[row] = ""
            flags[_rows([span.links for span in spans])] |= np.uint16(Flag.LINKS)
            self._note_dropped(spans)
            codes = _status_codes([span.status for span in spans])
        return {
            "trace": self._trace_codes([span.trace_id for span in spans]),
            "span_id": ids,
            "parent_id": parents,
            "flags": flags,
            "start_ns": start,
            "duration_ns": duration,
            "name": codes_of(builder.strings, names),
            "kind": self._kinds.of([span.kind for span in spans], odd, "kind"),
            "status": self._statuses.of(codes, odd, "status"),
        }

    def _trace_codes(self, texts: list[str]) -> Int32s:
        if texts[0] == texts[-1] and texts.count(texts[0]) == len(texts):
            return np.full(len(texts), self._traces[texts[0]], np.int32)
        return codes_of(self._traces, texts)

    def _times(self, spans: list[SpanRecord], flags: npt.NDArray[np.uint16]) -> tuple[Int64s, Int64s]:
        """Starts and durations in nanoseconds; flags those that lack one."""
        starts = [span.start_time_unix_nano for span in spans]
        ends = [span.end_time_unix_nano for span in spans]
        (start, timeless), (end, endless) = both_times(starts, ends)
        duration = end - start
        if len(timeless):
            flags[timeless] |= int(Flag.NO_TIME)
        else:
            timeless = np.zeros(len(spans), np.bool_)
        # An end of 0 is how the wire says that there is none; the first second of 1970 is no time either.
        absent = (np.abs(end) < 10**9) & (duration < -_YEAR_NS) & ~timeless
        if len(endless):
            absent |= endless
        if absent.any():
            for row in np.flatnonzero(absent & ~timeless).tolist():
                self._odd.add(row, IssueCode.BAD_TIME, f"end {shown(spans[row].end_time_unix_nano)}")
            flags[absent] |= int(Flag.UNFINISHED)
        duration[absent | timeless] = 0
        return start, duration

    def _note_dropped(self, spans: list[SpanRecord]) -> None:
        lost = [
            span.dropped_attributes_count or span.dropped_events_count or span.dropped_links_count
            for span in spans
        ]
        if any(lost):
            for row, count in enumerate(lost):
                if count:
                    self._odd.add(row, IssueCode.TRUNCATED, "the SDK dropped attributes, events or links")


def _rows(values: list[Any]) -> list[int]:
    """Where there is something."""
    return list(compress(range(len(values)), values))


def _plain_statuses(spans: list[SpanRecord]) -> list[int | str | None] | None:
    """Their status codes; None if one of them has what few have: links, a loss, no name, an old status."""
    try:
        some = [
            span.links
            or span.dropped_attributes_count
            or span.dropped_events_count
            or span.dropped_links_count
            or span.name is None
            or span.status.deprecated_code  # type: ignore[union-attr]
            for span in spans
        ]
        return None if any(some) else [span.status.code for span in spans]  # type: ignore[union-attr]
    except AttributeError:
        return None


def _status_codes(found: list[StatusRecord | int | str | None]) -> list[int | str | None]:
    # Before 1.0 every deprecated code but 0 was an error.
    return [
        status.code or (2 if status.deprecated_code else 0) if isinstance(status, StatusRecord) else status
        for status in found
    ]


def _wait(first_row: int, groups: list[tuple[int, Slot, Slot]]) -> None:
    """Have rows that were appended get codes that are not known yet."""
    at = first_row
    for count, resource, scope in groups:
        if resource.code is None:
            resource.wait(at, count)
        if scope.code is None:
            scope.wait(at, count)
        at += count


def _codes(slots: list[Slot]) -> Int32s:
    return np.array([-1 if slot.code is None else slot.code for slot in slots], np.int32)


def _located(places: list[Chunk[SpanRecord] | tuple[Int64s, Uint32s]]) -> tuple[Int64s, Uint32s]:
    """Offsets and lengths of all records, in order."""
    parts: list[tuple[Int64s, Uint32s]] = []
    for are_chunks, run in groupby(places, lambda place: isinstance(place, Chunk)):
        if are_chunks:
            parts.append(locate([place for place in run if isinstance(place, Chunk)]))
        else:
            parts += [place for place in run if not isinstance(place, Chunk)]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
