"""Addresses of Zipkin: those of its pages and of its API v2."""

from __future__ import annotations

from tracetui.query.values import duration_ns

from .address import Address, Parts
from .base import SearchQuery
from .jaeger_address import limit_of, read, span_id_of

NAME = "zipkin"
_API = (
    "services",
    "spans",
    "remoteServices",
    "traces",
    "dependencies",
    "autocompleteKeys",
    "autocompleteValues",
)
_QUERY = (
    "serviceName",
    "remoteServiceName",
    "spanName",
    "annotationQuery",
    "lookback",
    "endTs",
    "minDuration",
)


def recognise(parts: Parts) -> Address | None:
    """A Zipkin, if the URL is one of Zipkin's."""
    at = parts.find("api", "v2", "trace")
    if at >= 0:
        return Address(NAME, parts.base(at), parts.segments[at + 3 : at + 4], api="v2")
    at = parts.find("api", "v2", "traceMany")
    if at >= 0:
        ids = tuple(id for id in parts.first("traceIds").split(",") if id)
        return Address(NAME, parts.base(at), ids, api="v2")
    for word in _API:
        at = parts.find("api", "v2", word)
        if at >= 0 and len(parts.segments) == at + 3:
            return Address(NAME, parts.base(at), query=_query(parts), api="v2")
    return _page(parts)


def _page(parts: Parts) -> Address | None:
    if "api" in parts.segments:
        return None
    at = parts.find("traces")
    if at >= 0 and len(parts.segments) == at + 2:
        # As the links made here have it; the page of 3.5.1 does not look at it.
        span_id = span_id_of(parts.first("spanId"))
        return Address(NAME, parts.base(at), parts.segments[at + 1 :], span_id=span_id)
    at = parts.find("zipkin")
    if at >= 0 and (at + 1 == len(parts.segments) or parts.segments[at + 1 :] == ("dependency",)):
        return Address(NAME, parts.base(at + 1), query=_query(parts))
    if not parts.segments and any(parts.first(name) for name in ("serviceName", "annotationQuery")):
        return Address(NAME, parts.origin, query=_query(parts))
    return None


def _query(parts: Parts) -> SearchQuery | None:
    """The search that the parameters make; None where there are none."""
    if not any(parts.first(name) for name in _QUERY):
        return None
    end_ms = read(int, parts.first("endTs")[:15])
    start_ms = read(int, parts.first("startTs")[:15])
    service = parts.first("serviceName")
    return SearchQuery(
        service=None if service in ("", "all") else service,
        operation=None if parts.first("spanName") in ("", "all") else parts.first("spanName"),
        remote_service=parts.first("remoteServiceName") or None,
        tags=tags_of(parts.first("annotationQuery")),
        min_duration_ns=_micros(parts.first("minDuration")),
        max_duration_ns=_micros(parts.first("maxDuration")),
        start_ns=None if start_ms is None else start_ms * 1_000_000,
        end_ns=None if end_ms is None else end_ms * 1_000_000,
        since_ns=_lookback(parts.first("lookback")),
        limit=limit_of(parts.first("limit")),
    )


def _micros(text: str) -> int | None:
    """A duration in microseconds, or with its unit as the page has it."""
    number = read(int, text[:18])
    return number * 1000 if number is not None else read(duration_ns, text)


def _lookback(text: str) -> int | None:
    """Milliseconds to the API, `15m` or `millis:900000` to the page."""
    number = read(int, text.removeprefix("millis:")[:15])
    return number * 1_000_000 if number is not None else read(duration_ns, text)


def tags_of(text: str) -> tuple[tuple[str, str | None], ...]:
    """Conditions of an annotation query: `http.path=/x and error`."""
    found: list[tuple[str, str | None]] = []
    for term in text.split(" and "):
        key, mark, value = term.strip().partition("=")
        if key:
            found.append((key, value if mark else None))
    return tuple(found)
