"""The documents of a source one after the other, past those that are damaged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tracetui.loaders.control import Control
from tracetui.loaders.stream import BATCH, JsonFault, JsonStream, JsonTruncated
from tracetui.model.issues import MAX_SAMPLES, IssueCode, IssueLog
from tracetui.sources.base import ByteSource

_BOM: Final = b"\xef\xbb\xbf"
_NEAR: Final = 4096
_NEXT_LINE: Final = re.compile(rb"\n[^ \t\r\n}\]]")


class Documents:
    """Goes through a source, document by document, and tells what it has to pass over.

    Args:
        source: Where the bytes come from.
        issues: Where lost documents are told.
        control: Told of documents of other formats.
    """

    def __init__(self, source: ByteSource, issues: IssueLog, control: Control) -> None:
        self._source = source
        self._issues = issues
        self._control = control
        self._passed = False
        self._told: dict[IssueCode, int] = {}

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
                self._passed = True
            except JsonFault as fault:
                first = first or fault
                if not self.pass_over(stream, start, fault, some()):
                    break
        return first

    def pass_over(self, stream: JsonStream, start: int, fault: JsonFault, some: bool) -> bool:
        """Tell of a damaged document, and go to where the next one may begin.

        Args:
            stream: What is read.
            start: Where the document begins.
            fault: What is wrong with it.
            some: Whether spans were read so far.

        Returns:
            False if nothing follows.
        """
        more = self._next_document(stream, start, fault.offset)
        if not more and isinstance(fault, JsonTruncated):
            self._issues.add(IssueCode.TRUNCATED, str(fault))
        elif not more and some and (not self._passed or self._source.pread(start, 1) not in (b"{", b"[")):
            self._issues.add(IssueCode.TRAILING_BYTES, str(fault))
        else:
            self.tell(IssueCode.BAD_LINE, fault.offset, str(fault))
        return more

    def _next_document(self, stream: JsonStream, start: int, fault: int) -> bool:
        """Go to the first line behind `start` that may begin a document.

        A fault in the first byte of a line is about what is missing in the line before. Lines that are
        indented or begin with a bracket that closes belong to the damaged document.
        """
        line = self._line_start(start, fault)
        at = line - 1 if line > start and self._source.pread(line, 1) in (b"{", b"[") else fault
        length = _NEAR
        while True:
            window = self._source.pread(at, length)
            found = _NEXT_LINE.search(window)
            if found is not None:
                stream.seek(at + found.start() + 1)
                return True
            if len(window) < length:
                return False
            at += len(window) - 1
            length = BATCH

    def _line_start(self, start: int, place: int) -> int:
        """Where the line of `place` begins, or `start` if that is in the same line or far away."""
        first = max(start, place - _NEAR)
        found = self._source.pread(first, place - first).rfind(b"\n")
        return first + found + 1 if found >= 0 else start

    def scalar(self, stream: JsonStream) -> None:
        """Read a document that is neither object nor list.

        Raises:
            JsonFault: It is none, but words that begin like one.
        """
        start = stream.position
        end = start + len(stream.raw_value())
        if self._source.pread(end, 1) not in (b"", b"\n", b"\r"):
            raise JsonFault(start, "expected a document")
        self.foreign(start, end)

    def foreign(self, start: int, end: int) -> None:
        """A document of another format: another loader may read it."""
        self._control.foreign.append((start, end))

    def tell(self, code: IssueCode, offset: int, what: str) -> None:
        """Count an issue, with the line it was met in."""
        told = self._told[code] = self._told.get(code, 0) + 1
        # Lines are counted only while samples are still wanted.
        self._issues.add(code, f"line {line_of(self._source, offset)}: {what}" if told <= MAX_SAMPLES else "")


def line_of(source: ByteSource, offset: int) -> int:
    """The number of the line that holds a byte, counted from 1. Reads all that is before."""
    source = getattr(source, "whole", source)
    line, at = 1, 0
    while at < offset and (piece := source.pread(at, min(BATCH, offset - at))):
        line += piece.count(b"\n")
        at += len(piece)
    return line


class Piece:
    """Some bytes of a source, read already, at the offsets that they have there.

    Args:
        name: The source's name.
        data: The bytes.
        offset: Where they stand.
    """

    def __init__(self, name: str, data: bytes, offset: int) -> None:
        self.name = name
        self._data = data
        self._offset = offset

    @property
    def size(self) -> int:
        """Where they end."""
        return self._offset + len(self._data)

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`."""
        at = offset - self._offset
        return self._data[max(at, 0) : max(at + length, 0)]

    def progress(self) -> tuple[int, int | None]:
        """See `ByteSource`."""
        return self.size, self.size

    def close(self) -> None:
        """The source is closed by its owner."""
