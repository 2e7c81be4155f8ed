"""What was mended in a batch of records, until the traces of the batch are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracetui.model.issues import IssueCode


class TraceIssues(Protocol):
    """What an `Oddities` needs of a builder."""

    def trace_issue(
        self, trace: int, code: IssueCode, sample: str = "", count: int = 1, row: int = -1
    ) -> None: ...


class Oddities:
    """What was mended in one batch of records, each record counted once for each code."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, IssueCode], str] = {}

    def add(self, row: int, code: IssueCode, sample: str = "") -> None:
        """Note that record `row` of the batch (0-based) has this fault."""
        self._found.setdefault((row, code), sample)

    def move_to(self, other: Oddities, rows: Sequence[int]) -> None:
        """Note all of this for another batch, in which record n of this one is record `rows[n]`."""
        for (row, code), sample in self._found.items():
            other.add(rows[row], code, sample)
        self._found.clear()

    def report(
        self, builder: TraceIssues, traces: int | Sequence[int] | NDArray[np.int32], first: int
    ) -> None:
        """Tell the builder, and forget.

        Args:
            builder: The builder of the import.
            traces: The trace code of the batch, or one for each of its records.
            first: The builder's row of the first record.
        """
        if not self._found:
            return
        for (row, code), sample in self._found.items():
            trace = traces if isinstance(traces, int) else int(traces[row])
            builder.trace_issue(trace, code, sample, row=first + row)
        self._found.clear()

    def __bool__(self) -> bool:
        return bool(self._found)


def tell_capitals(joined: str, texts: Sequence[str], odd: Oddities, first: int = 0) -> None:
    """Note the ids in which hexadecimal digits are capitals.

    Args:
        joined: All of them as one text: looking for six letters in it costs next to nothing.
        texts: The ids of a batch.
        odd: Where they are noted.
        first: Record of the first of them.
    """
    if any(capital in joined for capital in "ABCDEF"):
        for row, text in enumerate(texts, first):
            if text != text.lower():
                odd.add(row, IssueCode.ID_CASE, f"id {text}")
