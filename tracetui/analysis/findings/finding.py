"""What a finding is, and what a detector hands in to become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from tracetui.analysis.findings.context import Context

MS: Final = 1_000_000

Evidence: TypeAlias = "dict[str, int | str | bool | list[str] | list[int]]"
"""Numbers and texts that fired a rule; times are integer nanoseconds in names that end in `_nano`."""


class Kind(StrEnum):
    """The twenty kinds of finding, in the order of their table."""

    N_PLUS_ONE = "n_plus_one"
    SERIAL_CALLS = "serial_calls"
    RETRY = "retry"
    IDLE_GAP = "idle_gap"
    FAN_OUT_STRAGGLER = "fan_out_straggler"
    ERROR_ORIGIN = "error_origin"
    SLOW_STATEMENT = "slow_statement"
    QUEUE_WAIT = "queue_wait"
    CHATTY_SERVICES = "chatty_services"
    MISSING_INSTRUMENTATION = "missing_instrumentation"
    CLOCK_SKEW = "clock_skew"
    FRAGMENTED_TRACE = "fragmented_trace"
    OUTLIVES_PARENT = "outlives_parent"
    REDUNDANT_WORK = "redundant_work"
    NETWORK_OVERHEAD = "network_overhead"
    CALLER_GAVE_UP = "caller_gave_up"
    CONCURRENCY_LIMIT = "concurrency_limit"
    POOL_WAIT = "pool_wait"
    TRUNCATED_DATA = "truncated_data"
    DOMINANT_SPAN = "dominant_span"


class Severity(StrEnum):
    """How much a finding matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer to "why is it slow?", or to "why did it fail?". Texts may hold foreign text, as found.

    Attributes:
        kind: Which rule fired.
        title: What was found, in words, with the numbers.
        detail: Where, in a few words more.
        severity: How much it matters.
        saving_ns: How much earlier the root would end, less what a more specific finding is credited with.
        on_critical_path: Whether the root waited for it.
        spans: Rows of the store, the culprits first.
        evidence: Numbers and texts that fired the rule.
        caveat: What to know before believing it.
        disproof: What would show that it is wrong.
        badge: A word for the culprit's row.
        reached_root: An error that came out at the root.
    """

    kind: Kind
    title: str
    detail: str
    severity: Severity
    saving_ns: int
    on_critical_path: bool
    spans: tuple[int, ...]
    evidence: Evidence
    caveat: str
    disproof: str
    badge: str
    reached_root: bool = False


@dataclass(slots=True)
class Draft:
    """What a detector says; rows count from the trace's first row.

    Attributes:
        title: As in `Finding`.
        detail: Likewise.
        rows: The spans, culprits first.
        evidence: Likewise.
        lengths: What would change: new lengths by row, 0 for spans that would go.
        gaps: And stretches of spans' own time that would go: row, start and end.
        ceiling: The most severe that it can be: ordinary work can look like it.
        floor: The least severe that it can be: an error that somebody saw.
        badge: For the culprit's row, if not the rule's.
        caveat: If not the rule's.
        reached_root: An error that came out at the root.
    """

    title: str
    rows: list[int]
    detail: str = ""
    evidence: Evidence = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    gaps: list[tuple[int, int, int]] = field(default_factory=list)
    ceiling: Severity = Severity.HIGH
    floor: Severity = Severity.INFO
    badge: str = ""
    caveat: str = ""
    reached_root: bool = False


Detector: TypeAlias = "Callable[[Context], Iterator[Draft]]"


class Rule(Struct, frozen=True):
    """One kind of finding: what it is and how it is found. The page of each kind is made from this.

    Attributes:
        kind: Its name in outputs.
        badge: A word for rows and lists.
        headline: What it is, in a sentence.
        looks: What it looks like in a waterfall.
        rule: When it fires; names of thresholds stand in braces.
        guards: When it does not, though it looks like it.
        caveat: What to know before believing one.
        disproof: What would show that one is wrong.
        fix: What usually mends it.
        detect: What finds it.
    """

    kind: Kind
    badge: str
    headline: str
    looks: str
    rule: str
    guards: str
    caveat: str
    disproof: str
    fix: str
    detect: Detector
