"""Documents of other formats in one source: each loader leaves to others what is not its own."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from tracetui.errors import NotATrace
from tracetui.loaders.control import Control
from tracetui.loaders.detect import Loader, candidates
from tracetui.loaders.documents import line_of
from tracetui.loaders.head import HEAD_SIZES, Head
from tracetui.loaders.stream import JsonFault
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import MAX_SAMPLES, IssueCode
from tracetui.sources.base import ByteSource, MemorySource

_SHOWN: Final = 60


class Excerpt:
    """Some documents of a source, at the offsets that they have there; blanks stand for all others.

    Args:
        source: The whole.
        ranges: First byte and end of each document, ascending.

    Attributes:
        whole: The source.
    """

    def __init__(self, source: ByteSource, ranges: list[tuple[int, int]]) -> None:
        self.name = source.name
        self.whole = source
        self._source = source
        self._starts, self._ends = [start for start, _ in ranges], [end for _, end in ranges]

    @property
    def size(self) -> int:
        """Where the last of them ends."""
        return self._ends[-1]

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        end = min(offset + length, self.size)
        parts: list[bytes] = []
        number = max(bisect_right(self._starts, offset) - 1, 0)
        at = offset
        while at < end and number < len(self._starts):
            start, stop = max(self._starts[number], at), min(self._ends[number], end)
            if start < stop:
                parts += [_blanks(start - at), self._source.pread(start, stop - start)]
                at = stop
            elif start >= end:
                break
            number += 1
        return b"".join(parts) + _blanks(end - at)

    def first(self, length: int) -> bytes:
        """The first of the documents, a line each, of about `length` bytes."""
        parts: list[bytes] = []
        for start, end in zip(self._starts, self._ends, strict=True):
            parts.append(self._source.pread(start, min(end - start, length)))
            length -= len(parts[-1])
            if length <= 0:
                break
        return b"\n".join(parts)

    def progress(self) -> tuple[int, int | None]:
        """See `ByteSource`."""
        return self._source.progress()

    def close(self) -> None:
        """The whole is closed by its owner."""


def _blanks(length: int) -> bytes:
    """A line without anything in it."""
    return b" " * (length - 1) + b"\n" if length > 0 else b""


def read_all(loader: Loader, source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Read a source into a builder, also what is of another format than the loader's.

    Raises:
        JsonFault: It is not JSON, and no span stands before the fault.
        InputError: It holds no spans, or an error of a backend.
    """
    control.foreign = []
    before = builder.span_count
    try:
        loader.load(source, builder, control)
    except (JsonFault, NotATrace):
        if not control.foreign:
            raise
        _read_foreign(loader, source, builder, control)
        if builder.span_count == before:
            raise
    else:
        _read_foreign(loader, source, builder, control)


def _read_foreign(own: Loader, source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Have other loaders read the documents that one left, and tell of them all."""
    read = {_family(own)}
    while ranges := sorted(control.foreign):
        control.foreign = []
        excerpt = Excerpt(source, ranges)
        head = Head(MemorySource(source.name, excerpt.first(HEAD_SIZES[1])), HEAD_SIZES[1])
        other = next((one for one in candidates(head) if _family(one) not in read and one.sniff(head)), None)
        if other is None:
            _tell(source, builder, ranges, "")
            return
        read.add(_family(other))
        _tell(source, builder, ranges, f"{other.NAME}, read as such")
        try:
            other.load(excerpt, builder, control)
        except JsonFault as fault:
            builder.issues.add(IssueCode.BAD_LINE, str(fault))
        except NotATrace:
            builder.issues.add(IssueCode.NO_SPANS, f"{source.name}: {other.NAME}")


def _family(loader: Loader) -> str:
    return loader.NAME.partition("-")[0]


def _tell(source: ByteSource, builder: StoreBuilder, ranges: list[tuple[int, int]], what: str) -> None:
    for start, end in ranges[:MAX_SAMPLES]:
        text = what or source.pread(start, min(end - start, _SHOWN)).decode("utf-8", "replace")
        builder.issues.add(IssueCode.MIXED_FORMATS, f"line {line_of(source, start)}: {text}")
    if len(ranges) > MAX_SAMPLES:
        builder.issues.add(IssueCode.MIXED_FORMATS, count=len(ranges) - MAX_SAMPLES)
