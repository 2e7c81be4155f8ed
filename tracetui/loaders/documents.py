"""The documents of a source one after the other, past those that are damaged."""

from __future__ import annotations

from collections.abc import Callable

from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, JsonTruncated
from tracetui.model.issues import MAX_SAMPLES, IssueCode, IssueLog
from tracetui.sources.base import ByteSource

_BOM = b"\xef\xbb\xbf"


class Documents:
    """Goes through a source, document by document, and tells what it has to pass over.

    Args:
        source: Where the bytes come from.
        issues: Where lost documents are told.
    """

    def __init__(self, source: ByteSource, issues: IssueLog) -> None:
        self._source = source
        self._issues = issues
        self._counted = (0, 1)

    def each(self, read: Callable[[JsonStream], None], some: Callable[[], bool]) -> JsonFault | None:
        """Have documents read until the end of the data.

        Args:
            read: Reads one document or more, from the stream's position to behind the last of them.
            some: Whether spans were read so far.

        Returns:
            The first fault, None if there was none.
        """
        first: JsonFault | None = None
        stream = JsonStream(self._source, start=len(_BOM) if self._source.pread(0, 3) == _BOM else 0)
        while stream.peek() >= 0:
            start = stream.position
            try:
                read(stream)
            except JsonFault as fault:
                first = first or fault
                more = stream.next_line(max(start, stream.position))
                if not more and isinstance(fault, JsonTruncated):
                    self._issues.add(IssueCode.TRUNCATED, f"{self._source.name}: {fault}")
                elif not more and some():
                    self._issues.add(IssueCode.TRAILING_BYTES, f"{self._source.name}: {fault}")
                else:
                    self.tell(IssueCode.BAD_LINE, fault.offset, str(fault))
                if not more:
                    break
        return first

    def tell(self, code: IssueCode, offset: int, what: str) -> None:
        """Count an issue, with the line it was met in."""
        known = next((issue for issue in self._issues if issue.code == code), None)
        # Lines are counted only while samples are still wanted.
        wanted = known is None or len(known.samples) < MAX_SAMPLES
        self._issues.add(code, f"line {self._line(offset)}: {what}" if wanted else "")

    def _line(self, offset: int) -> int:
        at, line = self._counted if self._counted[0] <= offset else (0, 1)
        while at < offset:
            piece = self._source.pread(at, min(BATCH, offset - at))
            if not piece:
                break
            line += piece.count(b"\n")
            at += len(piece)
        self._counted = (at, line)
        return line


class Part:
    """A source up to some byte: what comes after belongs to another line.

    Args:
        source: The whole.
        end: The first byte that does not belong to it.
    """

    def __init__(self, source: ByteSource, end: int) -> None:
        self.name = source.name
        self._source = source
        self._end = end

    @property
    def size(self) -> int:
        """Where it ends."""
        return self._end

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        return self._source.pread(offset, max(0, min(length, self._end - offset)))

    def progress(self) -> tuple[int, int | None]:
        """See `ByteSource`."""
        return self._source.progress()

    def close(self) -> None:
        """The whole is closed by its owner."""
