"""By how much one clock of a trace is off: found by the analysis, told by a collection by adjusted clocks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tracetui import format as fmt


class ClockOffset(Struct, frozen=True):
    """One clock against that of its callers or callees; all times in nanoseconds.

    Attributes:
        name: Which clock, as found (see `Clocks.names`).
        against: The clock that it was compared with, nearer to the root's.
        low: What has to be added to its times against that one's, at least.
        high: And at most.
        edges: How many calls say so.
        shift_ns: What is added to its times to agree with the root's clock: the middles on the way there.
        rows: Its rows, counted from the trace's first.
        contradictory: The calls contradict each other, so that it is not moved against that clock.
    """

    name: str
    against: str
    low: int
    high: int
    edges: int
    shift_ns: int
    rows: npt.NDArray[np.intp]
    contradictory: bool = False

    @property
    def plus_minus_ns(self) -> int:
        """Half the width of the interval."""
        return abs(self.high - self.low) // 2

    @property
    def beyond_ns(self) -> int:
        """How far 0 is from the interval."""
        return max(self.low, -self.high, 0)

    def in_words(self, *, ascii: bool = False) -> str:
        """As it is told: "B +3.2ms ±400µs (17 edges)". The name is as found."""
        edges = fmt.plural(self.edges, "edge")
        if self.contradictory:
            return f"{self.name}: {edges} with {self.against} contradict each other"
        shift = fmt.duration(abs(self.shift_ns), ascii=ascii)
        width = fmt.duration(self.plus_minus_ns, ascii=ascii)
        sign = "-" if self.shift_ns < 0 else "+"
        return f"{self.name} {sign}{shift} {'+-' if ascii else '±'}{width} ({edges})"
