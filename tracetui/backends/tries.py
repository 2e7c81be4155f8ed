"""A request with its tries: what it is about, and when the next one is due."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from tenacity import RetryCallState, wait_random_exponential

from .faults import Busy
from .transfer import Transfer

_JITTER: Final = wait_random_exponential(multiplier=0.25, max=2)


class Try(Struct):
    """A request under way.

    Attributes:
        transfer: What gets the answer.
        url: The whole URL. Not to be shown.
        first: Whether it is the first of its transfer.
        at: Where its bytes go.
        patient: Whether it may keep silent for as long as it has time before it answers.
        attempt: Which try it is.
        got: Bytes that came.
        total: How many there will be.
    """

    transfer: Transfer
    url: str
    first: bool
    at: int
    patient: bool
    attempt: int = 0
    got: int = 0
    total: int | None = None


def busy_of(state: RetryCallState) -> Busy:
    """Why the last try failed."""
    assert state.outcome is not None
    busy = state.outcome.exception()
    assert isinstance(busy, Busy)
    return busy


def pause_before_next(state: RetryCallState) -> float:
    """How many seconds to wait before the next try: as the server says, else a random while."""
    pause = busy_of(state).pause_s
    return float(_JITTER(state)) if pause is None else pause
