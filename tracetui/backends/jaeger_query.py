"""What Jaeger is asked, in the parameters of v1 and v3, and what it answers."""

from __future__ import annotations

from typing import Any

import orjson

from tracetui.loaders.values import trace_id as normal_id

from .base import Found, SearchQuery
from .when import go_duration, rfc3339


def params_v1(query: SearchQuery, now_ns: int) -> dict[str, str]:
    """A search of v1: times in microseconds, durations as Go writes them, attributes as a map of texts.

    Args:
        query: The search.
        now_ns: What time it is.
    """
    begin, end = query.window(now_ns)
    params = {"start": str(begin // 1000), "end": str(-(-end // 1000))}
    # As it was recorded: what the server would shift can be shifted here, and be seen to be.
    params |= {"limit": str(query.limit), "raw": "true"}
    tags = {key: "true" for key, value in query.tags if key == "error" and value is None}
    names = ("service", "operation", "minDuration", "maxDuration", "tags")
    return params | _conditions(query, names, tags)


def params_v3(query: SearchQuery, now_ns: int) -> dict[str, str]:
    """A search of v3, in the spelling that all of its versions take. Arguments as of `params_v1`."""
    begin, end = query.window(now_ns)
    params = {"query.start_time_min": rfc3339(begin), "query.start_time_max": rfc3339(end)}
    # Older servers know one name of the depth, newer ones the other.
    params |= {"query.num_traces": str(query.limit), "query.search_depth": str(query.limit)}
    names = ("service_name", "operation_name", "duration_min", "duration_max", "attributes")
    return params | _conditions(query, tuple(f"query.{name}" for name in names), {})


def _conditions(query: SearchQuery, names: tuple[str, ...], tags: dict[str, str]) -> dict[str, str]:
    """The conditions that there are, named: service, operation, least and greatest duration, tags."""
    tags = tags | {key: value for key, value in query.tags if value is not None}
    low, high = query.min_duration_ns, query.max_duration_ns
    values = (
        query.service,
        query.operation,
        None if low is None else go_duration(low),
        None if high is None else go_duration(high),
        orjson.dumps(tags).decode() if tags else None,
    )
    return {name: value for name, value in zip(names, values, strict=True) if value}


def summary(value: Any) -> Found | None:
    """A summary of v3. Which of its fields there are depends on the server's storage."""
    if not isinstance(value, dict) or not isinstance(value.get("traceId"), str):
        return None
    start, end = _number(value.get("minStartTimeUnixNano")), _number(value.get("maxEndTimeUnixNano"))
    services = value.get("services")
    return Found(
        trace_id=normal_id(value["traceId"]),
        service=value.get("rootServiceName"),
        name=value.get("rootOperationName"),
        start_ns=start,
        duration_ns=end - start if start is not None and end is not None else None,
        span_count=_number(value.get("spanCount")),
        # protobuf JSON leaves zeros out.
        error_count=_number(value.get("errorSpanCount", 0)) if "spanCount" in value else None,
        service_count=len(services) if isinstance(services, list) else None,
    )


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def padded(trace_id: str) -> str:
    """An id with the leading zeros that v3 wants; anything else as it is."""
    text = trace_id.strip()
    is_hex = 0 < len(text) <= 32 and set(text.lower()) <= set("0123456789abcdef")
    return text.lower().zfill(32) if is_hex else text


def is_empty(answer: Any) -> bool:
    """Whether an answer of v1 or v3 holds no trace."""
    if not isinstance(answer, dict):
        return bool(answer == [])
    if "result" in answer:
        result = answer["result"]
        return not isinstance(result, dict) or not result.get("resourceSpans")
    return "data" in answer and not answer["data"] and not answer.get("errors")
