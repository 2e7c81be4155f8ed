"""What is next in a large file, read ahead by a second process while the first reads what is before it.

    first:   |<- reads ->|             |<- reads ->|             |<- ...
    second:              |<-- a part ->|           |<-- a part ->|

A part begins where a separator was seen, which is a guess. So its spans count only if the first process comes
to just that byte when it wants the next record, and only if the second found nothing to remark on in them:
whatever has to be mended, told or decided is read again by the first. So it makes no difference to what is
shown whether there is a second process.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from tracetui.loaders.parts import Part
from tracetui.sources.base import ByteSource
from tracetui.sources.file import FileSource

if TYPE_CHECKING:
    from tracetui.loaders.second import Second

SETTLED: Final = 1024 * 1024
"""Bytes of an array after which more of the same is expected."""
SHARE: Final = 1024 * 1024
"""Bytes that the first process reads between two parts."""
WORTH_COPYING: Final = 16 * 1024 * 1024
"""Bytes from which on a copy of this process is worth its start."""
WORTH_STARTING: Final = 128 * 1024 * 1024
"""Likewise a new interpreter, which is busy for a quarter of a second before it reads anything."""
_PARTS: Final = 4
"""Parts that are asked for at a time: one takes longer than another, and neither process should wait."""
_SMALLEST: Final = SHARE // 2
_LARGEST: Final = SHARE * 2
_CHANGES: Final = (-4, -1, 0, 1)
"""By how many 32nds parts are to grow if none, one, two or more are there when one is wanted."""
_NEAR: Final = 16 * 1024
_MOST_FAILURES: Final = 8
_BETWEEN: Final = b", \t\r\n"

Cut = tuple[bytes, int]
"""A separator, and how many of its bytes belong to what is before it."""


class _Planned(Struct):
    """A part that was asked for: where the first process's share before it ends, and its own bounds."""

    share_end: int
    start: int
    end: int


class Ahead:
    """Has parts of one source read ahead, if that is worth while.

    Args:
        source: What is read.
        worker: The module whose `Worker` reads parts, see `second.Job`.
        allowed: Whether there may be a second process at all.
    """

    def __init__(self, source: ByteSource, worker: str, *, allowed: bool) -> None:
        self._source = source
        self._worker = worker
        self._second: Second | None = None
        self._planned: deque[_Planned] = deque()
        self._unanswered: deque[_Planned] = deque()
        self._answers: deque[Part | None] = deque()
        """To the oldest of these questions, which nobody has asked for yet."""
        self._size = SHARE
        self._reach = _NEAR
        self._failures = 0
        self._given_up = (
            not allowed or not isinstance(source, FileSource) or (source.size or 0) < WORTH_COPYING
        )
        self._context: Any = None
        self._cuts: Sequence[Cut] = ()
        self._began = 0

    def begin(self, position: int) -> None:
        """Something else begins here: what was planned is no more of use."""
        self._planned.clear()
        self._began = position

    def go_on(self, position: int, cuts: Sequence[Cut], context: Any) -> Part | None:
        """More of the same is wanted: ask for parts that come later, and see whether one begins here.

        Args:
            position: Of the next record.
            cuts: What separates records.
            context: Goes to the worker with each part.

        Returns:
            The part that begins at `position`, None if there is none.
        """
        if self._given_up:
            return None
        self._cuts, self._context = cuts, context
        part = self._found(position)
        try:
            if position - self._began >= SETTLED and self._is_there(position):
                self._plan(position if part is None else part.end)
        except (OSError, EOFError):
            self.close()
        return part

    def limit(self, position: int) -> int | None:
        """Where to stop reading, for there a part begins; None if that is nowhere."""
        return next((part.share_end for part in self._planned if part.share_end > position), None)

    def close(self) -> None:
        """No more parts are wanted."""
        self._given_up = True
        self._planned.clear()
        self._unanswered.clear()
        self._answers.clear()
        if self._second is not None:
            self._second.close()
            self._second = None

    # -- what was asked for ---------------------------------------------------------------------

    def _found(self, position: int) -> Part | None:
        while self._planned and self._planned[0].start < position:
            self._planned.popleft()
        if not self._planned or self._planned[0].start != position or self._second is None:
            return None
        planned = self._planned.popleft()
        try:
            while self._unanswered[0] is not planned:
                self._answer()
            self._adapt()
            part = self._answer()
        except (OSError, EOFError):
            self.close()
            return None
        if part is not None:
            part.end = planned.end
            return part
        self._failures += 1
        if self._failures >= _MOST_FAILURES:
            self.close()
        return None

    def _answer(self) -> Part | None:
        """The answer to the oldest question, if need be after a while."""
        assert self._second is not None
        self._unanswered.popleft()
        return self._answers.popleft() if self._answers else self._second.answer()

    def _adapt(self) -> None:
        """Choose a size with which the first process hardly waits, and the second always has some to do.

        Another size shows only when the parts that were asked for already are done. To shrink them once the
        first has to wait is too late then: so it is looked at how far the second is ahead. If the part that
        is wanted now is there and the next one as well, all is well.
        """
        assert self._second is not None
        with contextlib.suppress(OSError, EOFError):  # what is there counts, though no more will come
            while len(self._answers) < len(self._unanswered) and self._second.answered():
                self._answers.append(self._second.answer())
        change = _CHANGES[min(len(self._answers), len(_CHANGES) - 1)]
        self._size = max(_SMALLEST, min(self._size + self._size * change // 32, _LARGEST))

    # -- what is to be asked for ----------------------------------------------------------------

    def _is_there(self, position: int) -> bool:
        """Whether a second process waits for questions; it is started when it is wanted first."""
        if self._second is None and not self._given_up:
            self._start(position)
        return self._second is not None and self._second.is_ready()

    def _start(self, position: int) -> None:
        from tracetui.loaders import second  # only large files need it

        source = self._source
        place = source.place if isinstance(source, FileSource) else None
        rest = (source.size or 0) - position
        enough = WORTH_COPYING // 2 if second.can_copy() else WORTH_STARTING
        if second.cores() > 1 and place is not None and rest >= enough:
            self._second = second.Second(second.Job(self._worker, place))
        else:
            self._given_up = True

    def _plan(self, position: int) -> None:
        assert self._second is not None
        while len(self._unanswered) > _PARTS + len(self._planned):
            self._answer()
        at = max(position, self._planned[-1].end if self._planned else 0)
        size = self._source.size or 0
        while len(self._planned) < _PARTS:
            first = self._boundary(at + SHARE, at)
            last = self._boundary(first[1] + self._size, first[1]) if first else None
            # The end of the array may be near the end of the file.
            if not first or not last or last[1] + SHARE > size:
                return
            planned = _Planned(first[0], first[1], last[0])
            self._second.ask((planned.start, planned.end, self._context))
            self._planned.append(planned)
            self._unanswered.append(planned)
            at = last[1]

    def _boundary(self, target: int, after: int) -> tuple[int, int] | None:
        """Where records seem to be separated, the last place before `target`.

        Returns:
            Ends of what is before it, and the first byte of what follows; None if there is no place.
        """
        while True:
            base = max(target - self._reach, after)
            window = self._source.pread(base, target - base)
            found, before = max(((window.rfind(text), lead) for text, lead in self._cuts), default=(-1, 0))
            if found >= 0:
                end = found + before
                return base + end, base + len(window) - len(window[end:].lstrip(_BETWEEN))
            if base == after or self._reach >= SHARE:
                return None
            self._reach *= 4
