"""What is done about records that do not fit: mended where that is possible, told where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from tracetui.loaders.lenient import Fault
from tracetui.loaders.twin import decode_twin
from tracetui.loaders.values import shown
from tracetui.model.issues import IssueCode, IssueLog

T = TypeVar("T")

_SHOWN = 60


class Mending(Generic[T]):
    """A `records.Repair` that mends single records, and counts what is lost with the import.

    Args:
        decoder: What refuses the records.
        mend: Makes an item of a record of the wrong kinds, with its faults; None or ValueError if it cannot.
        mended: Told of each item that was made, before it is used.
        issues: Where lost records are told.
    """

    def __init__(
        self,
        decoder: msgspec.json.Decoder[T],
        mend: Callable[[bytes], tuple[T, list[Fault]] | None],
        mended: Callable[[T, list[Fault]], None],
        issues: IssueLog,
    ) -> None:
        self._decoder = decoder
        self._mend = mend
        self._mended = mended
        self._issues = issues

    def repair(self, record: bytes, offset: int, error: Exception) -> T | None:
        """See `records.Repair`."""
        try:
            # Most of what is refused by its bytes, and not by its kinds, has a twin.
            by_kinds = isinstance(error, msgspec.ValidationError)
            found = (None if by_kinds else decode_twin(record, self._decoder)) or self._mend(record)
        except ValueError as fault:
            self.broken(offset, str(fault))
            return None
        if found is None:
            self.broken(offset, shown(record[:_SHOWN].decode("utf-8", "replace")))
            return None
        item, faults = found
        self._mended(item, faults)
        return item

    def broken(self, offset: int, reason: str) -> None:
        """See `records.Repair`."""
        self._issues.add(IssueCode.BAD_SPAN, f"byte {offset}: {reason}")

    def bad_text(self, offset: int) -> None:
        """See `records.Repair`."""
        self._issues.add(IssueCode.BAD_UTF8, f"byte {offset}")
