"""An answer on its way: the network's thread fills it, whoever wants it reads it meanwhile."""

from __future__ import annotations

import os
import tempfile
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from tracetui.errors import BackendError, Cancelled, TracetuiError
from tracetui.files import reason

from .call import Call

MEMORY_LIMIT: Final = 64 * 1024 * 1024
"""Decoded bytes that stay in memory; more go to an unlinked temporary file."""


class Head(Struct, frozen=True):
    """How an answer begins.

    Attributes:
        status: The HTTP status.
        content_type: What it says that it is, in lower case, without parameters.
        url: Which URL it is of, after redirects. Not to be shown.
    """

    status: int
    content_type: str = ""
    url: str = ""


class Transfer:
    """The decoded bytes of an answer (or of several, one after the other), and how it is going.

    Args:
        name: What stands for it in messages.
        call: The call that wants it.
        max_bytes: How large it may be.
    """

    def __init__(self, name: str, call: Call, max_bytes: int) -> None:
        self.name = name
        self.max_bytes = max_bytes
        self.call = call
        self.raw_bytes = 0
        self.raw_total: int | None = None
        self._changed = threading.Condition(threading.RLock())
        self._memory = _Pieces()
        self._file = -1
        self._length = 0
        self._at = 0
        self._given = 0
        self._needed = 0
        self._head: Head | None = None
        self._ended = False
        self._fault: TracetuiError | None = None
        self._abort: Callable[[], object] | None = None
        self._forget = call.listen(self._cancelled)

    # The network's side

    def on_abort(self, abort: Callable[[], object]) -> None:
        """Have `abort` called when the bytes are no longer wanted."""
        with self._changed:
            self._abort = abort
            late = self._ended
        if late:
            abort()

    @property
    def position(self) -> int:
        """How many bytes are there: where the next answer begins."""
        return self._length

    def begin(self, head: Head | None, at: int = 0) -> None:
        """An answer begins; what came of an earlier try has to come again.

        Args:
            head: How; None for one that goes on where another ended.
            at: Where its bytes go.
        """
        with self._changed:
            self._head = head or self._head
            self._at = at
            if self._given <= at < self._length:
                self._cut(at)
            self._changed.notify_all()

    def feed(self, piece: bytes) -> None:
        """More of it.

        Raises:
            BackendError: It is not what an earlier try gave, of which somebody has read already; or it cannot
                be kept.
        """
        with self._changed:
            if self._at < self._length:
                known = self._read(self._at, len(piece))
                if known != piece[: len(known)]:
                    raise BackendError(
                        "broke off, and was another answer at the second try", source=self.name
                    )
                self._at += len(known)
                piece = piece[len(known) :]
            if piece and not self._ended:
                self._keep(piece)
                self._at = self._length
                if self._length >= self._needed:
                    self._changed.notify_all()

    def finish(self, fault: TracetuiError | None = None) -> None:
        """Nothing more comes."""
        self._forget()
        with self._changed:
            if not self._ended:
                self._ended, self._fault = True, fault
            self._changed.notify_all()

    # The reader's side

    def head(self) -> Head:
        """How it begins; waits for that.

        Raises:
            BackendError: It never began.
            Cancelled: It is no longer wanted.
        """
        with self._changed:
            self._wait(lambda: self._head is not None or self._ended)
            if self._fault is not None:
                raise self._fault
            assert self._head is not None
            return self._head

    def pread(self, offset: int, length: int) -> bytes:
        """The bytes from `offset`; waits until they are there, or nothing more comes.

        Raises:
            BackendError: It broke off before them.
            Cancelled: It is no longer wanted.
        """
        with self._changed:
            end = offset + length
            self._needed = end
            self._wait(lambda: self._length >= end or self._ended)
            if self._fault is not None and self._length < end:
                raise self._fault
            data = self._read(offset, length)
            self._given = max(self._given, offset + len(data))
            return data

    def _wait(self, come: Callable[[], bool]) -> None:
        """Wait for something; the lock is held, and given away meanwhile."""
        pause = self.call.waiting_s
        while not come():
            self._changed.wait(pause)
            if pause is not None and not come():
                _ = self.call.cancelled  # if so, its listeners end this

    def all(self) -> bytes:
        """All of it; waits for the end. Raises as `pread`."""
        return self.pread(0, 1 << 62)

    @property
    def size(self) -> int | None:
        """Number of decoded bytes, None as long as more may come."""
        return self._length if self._ended else None

    def close(self) -> None:
        """The bytes are no longer wanted."""
        self._forget()
        with self._changed:
            abort = None if self._ended else self._abort
            self._ended = True
            if self._fault is None:
                self._fault = Cancelled("closed")
            self._drop()
            self._changed.notify_all()
        if abort is not None:
            abort()

    def _cancelled(self) -> None:
        with self._changed:
            abort = None if self._ended else self._abort
            if not self._ended:
                self._ended, self._fault = True, Cancelled("cancelled")
            self._changed.notify_all()
        if abort is not None:
            abort()

    # Where the bytes are; the lock is held

    def _keep(self, piece: bytes) -> None:
        if self._file < 0 and self._length + len(piece) > MEMORY_LIMIT:
            memory, self._memory = self._memory, _Pieces()
            self._file, path = tempfile.mkstemp(prefix="tracetui-")
            Path(path).unlink()
            for kept in memory.pieces:
                self._write(kept)
        if self._file >= 0:
            self._write(piece)
        else:
            self._memory.append(piece)
        self._length += len(piece)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            told = f"cannot be kept in a temporary file: {reason(error)}"
            raise BackendError(told, source=self.name, hint="see TMPDIR") from None

    def _read(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self._length - offset))
        if self._file < 0:
            return self._memory.read(offset, length)
        data = os.pread(self._file, length, offset)
        while len(data) < length and (more := os.pread(self._file, length - len(data), offset + len(data))):
            data += more
        return data

    def _cut(self, at: int) -> None:
        self._length = at
        if self._file >= 0:
            os.lseek(self._file, at, os.SEEK_SET)
        else:
            self._memory.cut(at)

    def _drop(self) -> None:
        self._memory = _Pieces()
        self._length = self._at = 0
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class _Pieces:
    """Bytes in memory, as they came: to put them together would be to move all of them once more."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._starts: list[int] = []
        self._length = 0

    def append(self, piece: bytes) -> None:
        """Add bytes at the end; there is at least one."""
        self.pieces.append(piece)
        self._starts.append(self._length)
        self._length += len(piece)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of a range, all of which are there."""
        if length <= 0:
            return b""
        end = offset + length
        first, last = bisect_right(self._starts, offset) - 1, bisect_left(self._starts, end)
        found = self.pieces[first:last]
        cut_off = self._starts[first] + sum(map(len, found)) - end
        if cut_off:
            found[-1] = found[-1][:-cut_off]
        if skipped := offset - self._starts[first]:
            found[0] = found[0][skipped:]
        return found[0] if len(found) == 1 else b"".join(found)

    def cut(self, at: int) -> None:
        """Keep the first bytes only."""
        kept = self.read(0, at)
        self.pieces, self._starts, self._length = [], [], 0
        if kept:
            self.append(kept)


class NetSource:
    """An answer as a `ByteSource`: what is there is given at once, for the rest the reader waits.

    Args:
        transfer: Where it comes from.
    """

    def __init__(self, transfer: Transfer) -> None:
        self.name = transfer.name
        self._transfer = transfer

    def pread(self, offset: int, length: int) -> bytes:
        """See `ByteSource`; raises `BackendError` where the answer broke off."""
        return self._transfer.pread(offset, length)

    @property
    def size(self) -> int | None:
        """Number of decoded bytes, once all are there."""
        return self._transfer.size

    def progress(self) -> tuple[int, int | None]:
        """Bytes that came over the wire, and how many there will be."""
        return self._transfer.raw_bytes, self._transfer.raw_total

    def close(self) -> None:
        """See `ByteSource`; what is still on its way is given up."""
        self._transfer.close()
