"""When a finding is worth telling: numbers that a user can change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

MS: Final = 1_000_000


def _at(description: str) -> Meta:
    return Meta(ge=0, le=1_000_000, description=description)


class Thresholds(Struct, frozen=True, kw_only=True):
    """The thresholds of findings, as the table `findings` of the settings has them.

    Names end in what they count in: `_ms` milliseconds, `_percent` hundredths of the root's duration unless
    the description says otherwise, `_calls` calls.
    """

    n_plus_one_calls: Annotated[int, _at("Like calls, one after another, from which they are an N+1.")] = 5
    n_plus_one_ms: Annotated[int, _at("What they take together, at least this,")] = 50
    n_plus_one_percent: Annotated[int, _at("or this share.")] = 5
    serial_each_ms: Annotated[int, _at("What each of several calls in a row takes at least.")] = 30
    serial_saving_ms: Annotated[int, _at("What running them at once would save at least.")] = 100
    serial_saving_percent: Annotated[int, _at("And which share of the row of calls.")] = 10
    idle_ms: Annotated[int, _at("Time in which nothing is recorded: at least this,")] = 10
    idle_percent: Annotated[int, _at("and this share.")] = 5
    straggler_calls: Annotated[int, _at("Like calls at once from which one can be the straggler.")] = 4
    straggler_ms: Annotated[int, _at("How much slower than the others it is at least.")] = 20
    slow_statement_ms: Annotated[int, _at("A statement is slow from this on,")] = 500
    slow_statement_percent: Annotated[int, _at("or from this share on,")] = 20
    slow_statement_least_ms: Annotated[int, _at("if it also takes this.")] = 20
    queue_wait_ms: Annotated[int, _at("How long a message lay in the queue: more than this,")] = 10
    queue_wait_percent: Annotated[int, _at("and than this share.")] = 5
    chatty_calls: Annotated[int, _at("Calls from one service to another that are many,")] = 10
    chatty_many_calls: Annotated[int, _at("and that are too many whatever they cost.")] = 50
    chatty_percent: Annotated[int, _at("What lies between caller and callee, as a share.")] = 10
    unseen_percent: Annotated[int, _at("A span without children that takes this share hides something.")] = 50
    redundant_ms: Annotated[int, _at("What repeating the same read costs at least.")] = 10
    network_ms: Annotated[int, _at("What a call takes longer for its caller: at least this,")] = 5
    network_percent: Annotated[int, _at("and this share of the call.")] = 50
    staircase_calls: Annotated[int, _at("Like calls from which a limit to their number at once shows.")] = 8
    pool_wait_ms: Annotated[int, _at("Waiting for connections or locks, together at least.")] = 10
    pool_late_ms: Annotated[int, _at("How late what a database call does starts, each time.")] = 20
    skew_ms: Annotated[int, _at("How far a clock has to be off.")] = 1
    outlives_ms: Annotated[int, _at("How long a span goes on after its parent.")] = 1
    dominant_percent: Annotated[int, _at("One operation's share of the critical path.")] = 50

    @classmethod
    def of(cls, table: Mapping[str, int]) -> Thresholds:
        """Thresholds with some given; names that are none are left out (see `unknown`)."""
        return cls(**{name: value for name, value in table.items() if name in cls.__struct_fields__})

    @classmethod
    def unknown(cls, table: Mapping[str, int]) -> list[str]:
        """The names of a table that are no thresholds."""
        return [name for name in table if name not in cls.__struct_fields__]
