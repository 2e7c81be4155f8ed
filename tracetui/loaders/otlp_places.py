"""Where spans that were cut out of some lines stand in the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tracetui.loaders.lenient import Fault
from tracetui.loaders.otlp_lines import Sound
from tracetui.loaders.otlp_window import Cut, Int64s


class LinePlaces:
    """Places in lines that were put together with a line end between two, and in the source.

    Args:
        lines: The lines; some may be longer than what stands in the source, see `Twin`.
    """

    def __init__(self, lines: Sequence[Sound]) -> None:
        self._lines = lines
        self._begins = np.cumsum([0] + [len(line.text) + 1 for line in lines[:-1]])
        self._offsets = np.array([line.offset for line in lines], np.int64)
        ends: list[int] = []
        shifts: list[int] = [0]
        before = 0
        self._twins = [number for number, line in enumerate(lines) if line.twin is not None]
        for number, begin in zip(self._twins, self._begins[self._twins].tolist(), strict=True):
            twin = lines[number].twin
            assert twin is not None
            ends += [begin + end for end in twin.ends]
            shifts += [before + shift for shift in twin.shifts]
            before = shifts[-1]
        self._ends, self._shifts = np.array(ends, np.int64), np.array(shifts, np.int64)

    def of(self, cut: Cut) -> tuple[Int64s, Int64s]:
        """Starts and lengths of spans in the source, int64[n] each."""
        line = np.searchsorted(self._begins, cut.starts, "right") - 1
        starts = cut.starts + (self._offsets - self._begins)[line]
        if not self._twins:
            return starts, cut.lengths
        before = self._shift(cut.starts)
        starts -= before - self._shift(self._begins)[line]
        return starts, cut.lengths - (self._shift(cut.starts + cut.lengths) - before)

    def _shift(self, places: Int64s) -> Int64s:
        """By how much more than in the source stands before some places."""
        return self._shifts[np.searchsorted(self._ends, places, "right")]

    def faults(self, cut: Cut) -> Iterator[tuple[int, int, list[Fault]]]:
        """What was wrong with lines: the span's number, -1 for none; where the line stands; the faults."""
        if not self._twins:
            return
        numbers = np.searchsorted(cut.starts, self._ends - 1, "right") - 1
        if len(cut.starts):
            numbers[self._ends > (cut.starts + cut.lengths)[numbers]] = -1
        at = 0
        for line in self._twins:
            twin = self._lines[line].twin
            assert twin is not None
            found: dict[int, list[Fault]] = {}
            for number, fault in zip(numbers[at : at + len(twin.ends)].tolist(), twin.faults, strict=True):
                told = found.setdefault(number, [])
                if fault not in told:
                    told.append(fault)
            at += len(twin.ends)
            for number, told in found.items():
                yield number, self._lines[line].offset, told
