"""Clock times on the ruler: what `t` goes through."""

from __future__ import annotations

import time
from enum import Enum

from tracetui.export.bars import Tick, Window
from tracetui.format import clock as utc_clock

_SECOND = 1_000_000_000
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)
_STEPS = (
    *(base * 10**power for power in range(9) for base in (1, 2, 5)),
    *(seconds * _SECOND for seconds in _SECONDS),
)


class Clock(Enum):
    """How times are shown."""

    RELATIVE = "relative"
    LOCAL = "local"
    UTC = "utc"

    def next(self) -> Clock:
        order = list(Clock)
        return order[(order.index(self) + 1) % len(order)]


def local_offset_ns(time_ns: int) -> int:
    """Return how far local time is ahead of UTC at a point in time; 0 where the system cannot tell."""
    try:
        return time.localtime(time_ns // _SECOND).tm_gmtoff * _SECOND
    except (OverflowError, ValueError, OSError):
        return 0


def clock_text(time_ns: int, clock: Clock) -> str:
    """Return the time of day with milliseconds: `07:21:03.120Z`, local without the Z."""
    if clock is Clock.LOCAL:
        return utc_clock(time_ns + local_offset_ns(time_ns))[:-1]
    return utc_clock(time_ns)


def clock_ticks(window: Window, clock: Clock, spare: int = 0) -> list[Tick]:
    """Return ticks at round times of day; `spare` is as for `bars.ticks`."""
    shift = local_offset_ns(window.start_ns) if clock is Clock.LOCAL else 0
    for step in _STEPS:
        digits = 0 if step >= _SECOND else max(1, 9 - (len(str(step)) - 1))
        cells = 8 + (1 + digits if digits else 0) + 3
        if step * window.width >= cells * window.span_ns:
            break
    else:
        return []
    marks = []
    start = window.start_ns + shift
    for at in range(-(-start // step) * step, start + window.span_ns + 1, step):
        column = min(window.eighth(at - shift) // 8, window.width - 1)
        label = _time_of_day(at, digits)
        marks.append(Tick(column, label if column + 1 + len(label) <= window.width + spare else ""))
    return marks


def _time_of_day(time_ns: int, digits: int) -> str:
    seconds, rest = divmod(time_ns % (86_400 * _SECOND), _SECOND)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{rest:09d}"[: len(text) + 1 + digits] if digits else text
