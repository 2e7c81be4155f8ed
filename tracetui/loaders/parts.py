"""Parts of a source that are read by a second process: what is handed over, and how it is put together.

The second process runs the same code as the first on a builder of its own, so there is one way to read a
span. Texts go over once for each part, as the first process has codes of its own for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui.model.builder import StoreBuilder
from tracetui.model.columns import GrowingColumns

Int32s = npt.NDArray[np.int32]


class Part(Struct):
    """Records that were read by the second process.

    Attributes:
        columns: A batch for `StoreBuilder.append`; `name`, `trace` and `resource` are indices into the texts.
        names, traces: Texts as found.
        owners: What a loader needs to know whose the spans are.
        end: Offset of the byte behind them.
    """

    columns: dict[str, Any]
    names: list[str]
    traces: list[str]
    owners: Any = None
    end: int = 0

    def with_codes(self, column: str, codes: Sequence[int]) -> Int32s:
        """A column with the first process's codes for its texts, int32[n]."""
        found: Int32s = np.array(codes, np.int32)[self.columns[column]]
        return found

    def __len__(self) -> int:
        return len(self.columns["span_id"])


class Scratch(StoreBuilder):
    """A builder that keeps no batch but the last."""

    def __init__(self) -> None:
        super().__init__()
        self.last = _LastBatch()
        self.columns = self.last

    @property
    def is_silent(self) -> bool:
        """Whether nothing was remarked on: no issue, and no choice between parents."""
        return not (len(self.issues) or self.trace_issues or self.references)

    def part(self) -> Part:
        """What was appended last."""
        columns = self.last.batch
        columns["trace"], traces = counted(columns["trace"], self.traces.texts.__getitem__)
        columns["name"], names = counted(columns["name"], self.strings.texts.__getitem__)
        return Part(columns, names, traces)


class _LastBatch(GrowingColumns):
    """Columns that keep only what was appended last."""

    def __init__(self) -> None:
        super().__init__()
        self.batch: dict[str, Any] = {}

    def append(self, columns: dict[str, Any]) -> int:
        """Keep this batch only."""
        self.batch = columns
        return 0


class Refused(Exception):
    """A record is not as expected."""


class Strict:
    """A `records.Repair` that repairs nothing."""

    def repair(self, record: bytes, offset: int, error: Exception) -> NoReturn:
        """See `Repair`."""
        raise Refused

    def broken(self, offset: int, reason: str) -> NoReturn:
        """See `Repair`."""
        raise Refused

    def bad_text(self, offset: int) -> NoReturn:
        """See `Repair`."""
        raise Refused


def counted(codes: Int32s, what: Callable[[int], Any]) -> tuple[Int32s, list[Any]]:
    """Codes counted anew in the order in which they come, int32[n], and what they stand for.

    Args:
        codes: int32[n].
        what: What a code stands for.
    """
    rows = len(codes)
    first = np.full(int(codes.max(initial=0)) + 1, rows, np.int32)
    first[codes[::-1]] = np.arange(rows - 1, -1, -1, dtype=np.int32)  # of several the last one stays
    used = np.flatnonzero(first < rows)
    order = used[np.argsort(first[used])]
    rank = np.empty(len(first), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], [what(code) for code in order.tolist()]
