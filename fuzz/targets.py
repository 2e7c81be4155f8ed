"""What is fuzzed: functions from bytes. What they raise, a `TracetuiError` apart, is a fault."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

from fuzz.oracle import check, check_line
from tracetui.errors import NotATrace, TracetuiError
from tracetui.loaders import LoadOptions, jaeger_details, load, otlp_details, zipkin_details
from tracetui.loaders.detect import find_loader
from tracetui.model.attributes import SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.identity import Reference
from tracetui.model.store import Flag, Kind
from tracetui.model.trace import Collection
from tracetui.sources.base import MemorySource
from tracetui.text import cell_len
from tracetui.tui.detail.content import build
from tracetui.tui.detail.lines import Line
from tracetui.tui.detail.pager import pages
from tracetui.tui.detail.subject import Figures, subject_of

_PANE = 44
_LINES = 400
_START_NS = 1_700_000_000_000_000_000
_TIMES = (0, 1, 999, 10**6, 10**9, -1, -(10**9), 1 << 62, -(1 << 63), (1 << 63) - 1, 366 * 24 * 3600 * 10**9)
_MOST_MODEL_SPANS = 64


class _File:
    """A file that is written anew for every execution, in memory where the system has such a folder."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        self.path = str(Path(self._folder.name) / "input")

    def write(self, data: bytes) -> str:
        """Its path, with other bytes in it: a new file, as an open one does not change either."""
        Path(self.path).unlink(missing_ok=True)
        Path(self.path).write_bytes(data)
        return self.path


_file: list[_File] = []


def _load(data: bytes, input_format: str | None) -> None:
    """Read bytes as a file, and check what came of it."""
    if not _file:
        _file.append(_File())
    try:
        collection = load([_file[0].write(data)], LoadOptions(input_format, max_bytes=1 << 26))
    except TracetuiError as error:
        assert "\n" not in str(error).strip("\n") or data, "an error of several lines"
        return
    try:
        check(collection, data)
    finally:
        for source in collection.store.sources:
            source.close()


def detect(data: bytes) -> None:
    """A file of any content: containers, formats, whatever it is."""
    _load(data, None)


def head(data: bytes) -> None:
    """Telling formats apart, and what is said of what is none."""
    try:
        find_loader(MemorySource("fuzzed", data))
    except NotATrace as error:
        assert str(error)


def jaeger_ui(data: bytes) -> None:
    """Jaeger's JSON."""
    _load(data, "jaeger-ui")


def zipkin_v2(data: bytes) -> None:
    """Zipkin's JSON."""
    _load(data, "zipkin-v2")


def otlp_json(data: bytes) -> None:
    """OTLP's JSON: in documents or, by what the first byte says, in lines."""
    _load(data[1:], "otlp-ndjson" if data[:1] == b"\n" else "otlp-json")


def details(data: bytes) -> None:
    """One record decoded in full and laid out for the pane; the first byte says by which loader."""
    decoders = (jaeger_details.decode, zipkin_details.decode, otlp_details.decode)
    builder = StoreBuilder()
    record = data[1:]
    source = builder.add_source(MemorySource("fuzzed", record), "fuzzed", decoders[(data[:1] or b"0")[0] % 3])
    columns = _span(builder, source, length=len(record))
    builder.append(**{name: [value] for name, value in columns.items()})
    collection = builder.finish()
    check(collection, data)
    span = collection.traces[0].spans[0]
    for line in itertools.islice(build(subject_of(span), Figures(), _PANE), _LINES):
        _check_pane_line(line)
        if line.entry is not None:
            for page in itertools.islice(pages(line.entry, _PANE), 20):
                _check_pane_line(page)


def _check_pane_line(line: Line) -> None:
    check_line(line.text)
    assert cell_len(line.text) <= _PANE, f"a line of {cell_len(line.text)} cells"


class _Numbers:
    """Bytes as small numbers, zeros behind their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether bytes are left."""
        return self._at < len(self._data)

    def below(self, limit: int) -> int:
        """One byte as a number."""
        self._at += 1
        return self._data[self._at - 1] % limit if self._at <= len(self._data) else 0

    def time_ns(self) -> int:
        """A time near the others, or an odd one."""
        what = self.below(16)
        if what < 11:
            return _START_NS + (self.below(256) - 16) * (1, 10**3, 10**6, 10**9)[what % 4]
        return _TIMES[self.below(len(_TIMES))]


def model(data: bytes) -> None:
    """Columns as a loader could give them, whatever they say: repeats, cycles, absurd times."""
    numbers = _Numbers(data)
    builder = StoreBuilder()
    records = b"AABC" * _MOST_MODEL_SPANS
    partial = bool(numbers.below(2))
    sources = [
        builder.add_source(MemorySource(name, records), "fuzzed", lambda _: SpanDetails(), partial=partial)
        for name in ("one", "other")
    ]
    while numbers.more and builder.span_count < _MOST_MODEL_SPANS:
        _append_odd(builder, sources, numbers)
        if numbers.below(8) == 7:
            check(builder.finish(complete=False, partial_view=True), data)
    if builder.span_count:
        collection = builder.finish()
        check(collection, data)
        _check_selection(collection, numbers)


def _append_odd(builder: StoreBuilder, sources: list[int], numbers: _Numbers) -> None:
    """A batch of spans."""
    rows = []
    references: dict[int, list[Reference]] = {}
    for row in range(1 + numbers.below(_MOST_MODEL_SPANS)):
        if not numbers.more:
            break
        rows.append(_odd_span(builder, sources, numbers))
        if numbers.below(8) == 7:
            references[row] = [
                (bool(numbers.below(2)), numbers.below(14), False) for _ in range(numbers.below(3) + 1)
            ]
    if rows:
        first = builder.append(**{name: [row[name] for row in rows] for name in rows[0]})
        for row, found in references.items():
            builder.alternatives(first + row, found)


def _odd_span(builder: StoreBuilder, sources: list[int], numbers: _Numbers) -> dict[str, int]:
    what = numbers.below(64)
    opaque = numbers.below(16) == 15
    flags = Flag.NO_ID if what == 0 else Flag.OPAQUE_ID if opaque else Flag(0)
    flags |= Flag.NO_TIME if numbers.below(16) == 15 else Flag(0)
    flags |= Flag.SHARED if numbers.below(16) == 15 else Flag(0)
    parent = numbers.below(12)
    if parent:
        flags |= Flag.HAS_PARENT | (Flag.FOLLOWS_FROM if numbers.below(8) == 7 else Flag(0))
        flags |= Flag.OPAQUE_PARENT if parent == 11 else Flag(0)
    start = numbers.time_ns()
    duration = numbers.time_ns() - _START_NS if numbers.below(8) else _TIMES[numbers.below(len(_TIMES))]
    kind = numbers.below(len(Kind))
    return _span(
        builder,
        sources[numbers.below(2)],
        span_id=0 if flags & Flag.NO_ID else builder.opaque("odd") if opaque else 1 + what % 13,
        parent_id=builder.opaque("odd") if parent == 11 else parent,
        flags=flags,
        start_ns=start,
        duration_ns=max(-(1 << 63), min(duration, (1 << 63) - 1)),
        kind=kind,
        trace=f"{numbers.below(8) // 7:032x}",
        name=("op", "\x1b[2J", "")[numbers.below(3)],
        offset=numbers.below(4),
        service=("a", "b", "\u202e")[numbers.below(3)],
    )


def _span(
    builder: StoreBuilder,
    source: int,
    *,
    span_id: int = 1,
    parent_id: int = 0,
    flags: Flag = Flag.EVENTS,
    start_ns: int = _START_NS,
    duration_ns: int = 10**6,
    kind: int = 0,
    trace: str = "1" * 32,
    name: str = "op",
    service: str = "shop",
    offset: int = 0,
    length: int = 1,
) -> dict[str, int]:
    """One span's columns."""
    return {
        "trace": builder.trace(trace),
        "span_id": span_id,
        "parent_id": parent_id,
        "flags": int(flags),
        "start_ns": start_ns,
        "duration_ns": duration_ns,
        "name": builder.strings[name],
        "resource": builder.resource(service, service, dict),
        "scope": -1,
        "kind": kind,
        "status": kind % 3,
        "source": source,
        "offset": offset,
        "length": length,
    }


def _check_selection(collection: Collection, numbers: _Numbers) -> None:
    """Some of the traces alone must hold together as well."""
    chosen = [number for number in range(len(collection.traces)) if numbers.below(2)]
    if chosen:
        part = collection.select(chosen)
        assert part.span_count == sum(collection.traces[number].span_count for number in chosen)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "detect": detect,
    "head": head,
    "jaeger": jaeger_ui,
    "zipkin": zipkin_v2,
    "otlp": otlp_json,
    "details": details,
    "model": model,
}
