"""Zipkin spans into columns, in batches that span traces."""

from __future__ import annotations

from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET, UnsetType

from tracetui.loaders.control import Control
from tracetui.loaders.lenient import Fault
from tracetui.loaders.parts import Part
from tracetui.loaders.records import Chunk, locate
from tracetui.loaders.values import Oddities, TraceCodes, codes_of, id_flags, kinds, span_ids, times
from tracetui.loaders.zipkin_details import core_times, is_error, resource_attributes
from tracetui.loaders.zipkin_records import Endpoint, SpanRecord, endpoint
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.store import Flag, Status
from tracetui.sources.base import ByteSource

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

ENOUGH = 1024
"""Spans in a batch: below that, numpy's cost per call shows."""
ENOUGH_AT_FIRST = 128
"""Spans in the first batch: more than a screen shows, and there at once."""
_US = 1000


class ZipkinTraces:
    """Codes of traces whose ids may be written with 64 bits here and with 128 bits there.

    Zipkin takes ids with equal lower halves for one when one of them lacks the upper half; the longer one is
    the trace's name then.

    Args:
        builder: Gives the codes.
    """

    def __init__(self, builder: StoreBuilder) -> None:
        self._builder = builder
        self._by_low_half: dict[str, tuple[str, int]] = {}

    def code(self, trace_id: str) -> int:
        """The code of a trace, by its id in canonical form."""
        low = trace_id[-16:]
        known = self._by_low_half.get(low) if len(trace_id) == 32 and low.strip("0") else None
        if known is None:
            code = self._builder.trace(trace_id)
            self._by_low_half[low] = trace_id, code
            return code
        other, code = known
        short, shorter = (text.startswith("0" * 16) for text in (trace_id, other))
        if trace_id == other:
            return code
        if not short and not shorter:
            return self._builder.trace(trace_id)
        self._builder.trace_issue(code, IssueCode.MIXED_ID_WIDTH, trace_id)
        if not short:
            self._builder.rename_trace(code, trace_id)
            self._by_low_half[low] = trace_id, code
        return code


class Endpoints(dict[bytes, int]):
    """Bytes of local endpoints to resource codes, -1 for none."""

    def __init__(self, builder: StoreBuilder) -> None:
        super().__init__()
        self._builder = builder

    def __missing__(self, raw: bytes) -> int:
        found, faults = endpoint(raw)
        code = -1
        if found != Endpoint():
            code = self._builder.resource(
                found.service_name,
                ("zipkin", found),
                lambda: resource_attributes(found),
                clock=("zipkin", found.service_name),
                address=found.address or None,
            )
        if not faults:
            # Bad ones are told every time.
            self[raw] = code
        return code


class SpanRows:
    """Gathers spans and appends them to the builder, many at a time.

    Args:
        builder: Where they go.
        source: Where they come from.
        number: The source's number.
        control: Told after each batch.
        endpoints: What stands for local endpoints; resources if it is not given.
    """

    def __init__(
        self,
        builder: StoreBuilder,
        source: ByteSource,
        number: int,
        control: Control,
        endpoints: dict[bytes, int] | None = None,
    ) -> None:
        self._builder = builder
        self._source = source
        self._number = number
        self._control = control
        self._traces = TraceCodes(ZipkinTraces(builder).code, builder)
        self._endpoints = Endpoints(builder) if endpoints is None else endpoints
        self._kinds = kinds()
        self._odd = Oddities()
        self._chunks: list[Chunk[SpanRecord]] = []
        self._waiting = 0
        self._mended: dict[int, list[Fault]] = {}
        self.total = 0

    def mended(self, span: SpanRecord, faults: list[Fault]) -> None:
        """This span, which is about to be added, was mended."""
        self._mended[id(span)] = faults

    def add(self, chunk: Chunk[SpanRecord]) -> None:
        """Take the spans of a chunk."""
        self._chunks.append(chunk)
        self._waiting += len(chunk.items)
        if self._waiting >= (ENOUGH if self.total else ENOUGH_AT_FIRST):
            self.flush()

    def some(self) -> bool:
        """Whether there were spans."""
        return bool(self.total or self._waiting)

    def flush(self) -> None:
        """Append what was gathered."""
        if not self._waiting:
            self._chunks.clear()
            return
        chunks = [chunk for chunk in self._chunks if chunk.items]
        spans = chunks[0].items if len(chunks) == 1 else [span for chunk in chunks for span in chunk.items]
        if self._mended:
            for row, span in enumerate(spans):
                for code, sample in self._mended.get(id(span), ()):
                    self._odd.add(row, code, sample)
        offsets, lengths = locate(chunks)
        columns = self._columns(spans, offsets, lengths)
        first = self._builder.append(**columns, scope=-1, source=self._number, offset=offsets, length=lengths)
        self._odd.report(self._builder, columns["trace"], first)
        self.total += len(spans)
        self._chunks.clear()
        self._mended.clear()
        self._waiting = 0
        self._control.step()

    def take(self, part: Part) -> None:
        """Append what a second process has read."""
        self.flush()
        batch = part.columns | {
            "trace": part.with_codes("trace", [self._traces[text] for text in part.traces]),
            "name": part.with_codes("name", [self._builder.strings[text] for text in part.names]),
            "resource": part.with_codes("resource", [self._endpoints[raw] for raw in part.owners]),
            "source": self._number,
        }
        self._builder.append(**batch)
        self.total += len(part)
        self._control.step()

    def _columns(self, spans: list[SpanRecord], offsets: Int64s, lengths: Any) -> dict[str, npt.NDArray[Any]]:
        builder, odd = self._builder, self._odd
        ids, opaque = span_ids([span.id for span in spans], builder, odd)
        parents, parents_opaque = span_ids([span.parent_id for span in spans], builder, odd, parents=True)
        flags = id_flags(ids, opaque, parents, parents_opaque)
        if any([span.annotations or span.shared for span in spans]):  # noqa: C419
            _flag_some(flags, Flag.EVENTS, [span.annotations for span in spans])
            _flag_some(flags, Flag.SHARED, [span.shared for span in spans])
        start, duration = self._times(spans, flags, offsets, lengths)
        names = [span.name or "" for span in spans]
        return {
            "trace": self._trace_codes([span.trace_id for span in spans]),
            "span_id": ids,
            "parent_id": parents,
            "flags": flags,
            "start_ns": start,
            "duration_ns": duration,
            "name": codes_of(builder.strings, names),
            "resource": self._resources(spans),
            "kind": self._kinds.of([span.kind for span in spans], odd, "kind"),
            "status": _statuses(spans),
        }

    def _trace_codes(self, texts: list[str]) -> Int32s:
        if texts[0] == texts[-1] and texts.count(texts[0]) == len(texts):
            return np.full(len(texts), self._traces[texts[0]], np.int32)
        return codes_of(self._traces, texts)

    def _resources(self, spans: list[SpanRecord]) -> Int32s:
        raws = [span.local_endpoint for span in spans]
        texts = b"\n".join(raws).split(b"\n")
        if len(texts) != len(raws):
            texts = list(map(bytes, raws))
        codes = codes_of(self._endpoints, texts)
        for row in np.flatnonzero(codes < 0).tolist():
            for code, sample in endpoint(texts[row])[1]:
                self._odd.add(row, code, sample)
        return codes

    def _times(
        self, spans: list[SpanRecord], flags: npt.NDArray[np.uint16], offsets: Int64s, lengths: Any
    ) -> tuple[Int64s, Int64s]:
        """Starts and durations in nanoseconds; flags those that lack one, which is quite usual."""
        decoded = not self._mended
        start, timeless = _maybe([span.timestamp for span in spans], None, decoded)
        duration, endless = _maybe([span.duration for span in spans], self._odd, decoded)
        if timeless is not None:
            for row in np.flatnonzero(timeless).tolist():
                if spans[row].annotations:
                    record = self._source.pread(int(offsets[row]), int(lengths[row]))
                    at, lasted = core_times(record)
                    if at is not None:
                        start[row], timeless[row] = at, False
                    if lasted is not None and endless is not None and endless[row]:
                        duration[row], endless[row] = lasted, False
            flags[timeless] |= int(Flag.NO_TIME)
        if endless is not None:
            flags[endless] |= int(Flag.UNFINISHED)
        return start, duration


def _flag_some(flags: npt.NDArray[np.uint16], flag: Flag, values: list[Any]) -> None:
    """Flag the spans for which a value says something."""
    flags[list(compress(range(len(values)), values))] |= np.uint16(flag)


def _maybe(values: list[Any], odd: Oddities | None, decoded: bool) -> tuple[Int64s, Bools | None]:
    """Times in nanoseconds that may be absent, and where they are; None if all are there.

    Args:
        values: As found.
        odd: Where bad ones are noted.
        decoded: Whether all are as the decoder gave them, which takes neither true nor false for a number.
    """
    present = values
    absent = np.zeros(0, np.bool_)
    types: set[type] = {int} if decoded and _are_whole(values) else set(map(type, values))
    if UnsetType in types:
        absent = np.array([value is UNSET for value in values])
        present = [0 if value is UNSET else value for value in values]
        types = {int} if types == {int, UnsetType} else set()
    found, bad = times(present, odd, unit=_US, what="duration", types=types)
    if len(bad):
        absent = absent | bad if len(absent) else bad
    return found, absent if len(absent) else None


def _are_whole(values: list[Any]) -> bool:
    """Whether these are integers or booleans: nothing else adds up to an integer."""
    try:
        return type(sum(values)) is int
    except TypeError:
        return False


def _statuses(spans: list[SpanRecord]) -> npt.NDArray[np.uint8]:
    """ERROR where there is a tag `error`."""
    statuses = np.zeros(len(spans), np.uint8)
    try:
        rows = [row for row, span in enumerate(spans) if span.tags.error is not UNSET]  # type: ignore[union-attr]
    except AttributeError:
        rows = [row for row, span in enumerate(spans) if span.tags and span.tags.error is not UNSET]
    statuses[[row for row in rows if is_error(spans[row].tags.error)]] = Status.ERROR  # type: ignore[union-attr]
    return statuses
