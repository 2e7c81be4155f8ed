"""What a finding is: one answer to "why is it slow?". Found by `analysis.findings`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

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


ROLES: Final = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "text",
    Severity.INFO: "muted",
}
"""The role, among those of screen and text, in which a finding's number is told."""

LABELS: Final = {
    Kind.N_PLUS_ONE: "N+1",
    Kind.SERIAL_CALLS: "in series",
    Kind.RETRY: "retry",
    Kind.IDLE_GAP: "idle",
    Kind.FAN_OUT_STRAGGLER: "straggler",
    Kind.ERROR_ORIGIN: "error",
    Kind.SLOW_STATEMENT: "slow query",
    Kind.QUEUE_WAIT: "queued",
    Kind.CHATTY_SERVICES: "chatty",
    Kind.MISSING_INSTRUMENTATION: "not traced",
    Kind.CLOCK_SKEW: "clock",
    Kind.FRAGMENTED_TRACE: "fragment",
    Kind.OUTLIVES_PARENT: "outlives",
    Kind.REDUNDANT_WORK: "same",
    Kind.NETWORK_OVERHEAD: "network",
    Kind.CALLER_GAVE_UP: "gave up",
    Kind.CONCURRENCY_LIMIT: "limit",
    Kind.POOL_WAIT: "waits",
    Kind.TRUNCATED_DATA: "cut",
    Kind.DOMINANT_SPAN: "most of it",
}
"""A word for each kind, for lists and rows."""
