"""Addresses of Jaeger: those of its pages and of its APIs v1 and v3."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import orjson

from tracetui.query.values import duration_ns

from .address import Address, Parts
from .base import DEFAULT_LIMIT, SearchQuery
from .when import time_ns

NAME = "jaeger"
MAX_LIMIT = 1_000_000
_PAGES = ("search", "trace", "dependencies", "compare", "monitor", "quality-metrics")
_V1 = ("services", "operations", "dependencies", "archive", "metrics", "capabilities")


def recognise(parts: Parts) -> Address | None:
    """A Jaeger, if the URL is one of Jaeger's."""
    at = parts.find("api", "v3")
    if at >= 0:
        return _api_v3(parts, at)
    at = parts.find("api", "traces")
    if at >= 0:
        ids = parts.segments[at + 2 : at + 3] or parts.all("traceID")
        return Address(NAME, parts.base(at), ids, query=None if ids else _query(parts), api="v1")
    for word in _V1:
        at = parts.find("api", word)
        if at >= 0:
            ids = parts.segments[at + 2 : at + 3] if word == "archive" else ()
            return Address(NAME, parts.base(at), ids, query=_query(parts) if word == "operations" else None)
    return _page(parts)


def _api_v3(parts: Parts, at: int) -> Address:
    what = parts.segments[at + 2 : at + 3]
    ids = parts.segments[at + 3 : at + 4] if what == ("traces",) else ()
    wanted = None if ids or what == ("services",) else _query(parts)
    return Address(NAME, parts.base(at), ids, query=wanted, api="v3")


def _page(parts: Parts) -> Address | None:
    if "api" in parts.segments:
        return None
    for page in _PAGES:
        at = parts.find(page)
        # A word in the middle of a path may be a folder's name.
        if at < 0 or len(parts.segments) - at > (2 if page == "trace" else 1):
            continue
        if page == "trace":
            ids = tuple(id for id in "".join(parts.segments[at + 1 :]).split("...") if id)
            if not ids:
                return Address(NAME, parts.base(at))
            return Address(NAME, parts.base(at), ids, span_id=span_id_of(parts.first("uiFind")))
        ids = parts.all("traceID") if page == "search" else ()
        return Address(
            NAME, parts.base(at), ids, query=_query(parts) if page == "search" and not ids else None
        )
    return None


def span_id_of(text: str) -> str:
    """A span's id, if a parameter holds one; else nothing."""
    text = text.strip().lower()
    return text if 0 < len(text) <= 16 and set(text) <= set("0123456789abcdef") else ""


def _query(parts: Parts) -> SearchQuery | None:
    """The search that the parameters make, of v1 and of v3 in both spellings; None where there are none."""
    if not parts.query:
        return None

    def get(name: str, snake: str = "", camel: str = "") -> str:
        return parts.first(name, f"query.{snake}", f"query.{camel}")

    operation = get("operation", "operation_name", "operationName")
    lookback = parts.first("lookback")
    now = time.time_ns()
    return SearchQuery(
        service=get("service", "service_name", "serviceName") or None,
        operation=None if operation in ("", "all") else operation,
        tags=tags_of(parts),
        min_duration_ns=read(duration_ns, get("minDuration", "duration_min", "durationMin")),
        max_duration_ns=read(duration_ns, get("maxDuration", "duration_max", "durationMax")),
        start_ns=_time(get("start", "start_time_min", "startTimeMin"), now),
        end_ns=_time(get("end", "start_time_max", "startTimeMax"), now),
        since_ns=read(duration_ns, lookback),
        limit=limit_of(get("limit", "num_traces", "searchDepth") or parts.first("query.search_depth")),
    )


def read(convert: Callable[[str], int], text: str) -> int | None:
    """What a parameter says; None where it says nothing that makes sense."""
    with suppress(ValueError):
        return convert(text) if text else None
    return None


def limit_of(text: str) -> int:
    """How many traces a parameter asks for."""
    number = read(int, text[:9]) or 0
    return min(number, MAX_LIMIT) if number > 0 else DEFAULT_LIMIT


def _time(text: str, now: int) -> int | None:
    """A time of v1 (microseconds) or of v3 (RFC 3339)."""
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return int(text) * 1000
    return read(lambda word: time_ns(word, now), text)


def tags_of(parts: Parts) -> tuple[tuple[str, str | None], ...]:
    """Conditions on attributes: `tags={"k":"v"}`, `tag=k:v`, `query.attributes={"k":"v"}`."""
    found: list[tuple[str, str | None]] = []
    for text in (*parts.all("tags"), *parts.all("query.attributes")):
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(text)
            if isinstance(value, dict):
                found += [(key, one if isinstance(one, str) else str(one)) for key, one in value.items()]
    for text in parts.all("tag"):
        key, mark, value = text.partition(":")
        found.append((key, value if mark else None))
    return tuple(found)
