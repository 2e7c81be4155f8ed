"""All rules, in the order in which they are asked: what is repeated first, for others leave that alone."""

from __future__ import annotations

from typing import Final

from tracetui.analysis.findings import (
    caller_gave_up,
    chatty_services,
    clock_skew,
    concurrency_limit,
    dominant_span,
    error_origin,
    fan_out_straggler,
    fragmented_trace,
    idle_gap,
    missing_instrumentation,
    n_plus_one,
    network_overhead,
    outlives_parent,
    pool_wait,
    queue_wait,
    redundant_work,
    retry,
    serial_calls,
    slow_statement,
    truncated_data,
)
from tracetui.analysis.findings.finding import Rule

RULES: Final[tuple[Rule, ...]] = (
    retry.RULE,
    n_plus_one.RULE,
    redundant_work.RULE,
    concurrency_limit.RULE,
    serial_calls.RULE,
    idle_gap.RULE,
    fan_out_straggler.RULE,
    error_origin.RULE,
    slow_statement.RULE,
    queue_wait.RULE,
    chatty_services.RULE,
    missing_instrumentation.RULE,
    clock_skew.RULE,
    fragmented_trace.RULE,
    outlives_parent.RULE,
    network_overhead.RULE,
    caller_gave_up.RULE,
    pool_wait.RULE,
    truncated_data.RULE,
    dominant_span.RULE,
)
