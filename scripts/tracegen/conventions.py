"""One call in the words of several conventions: OpenTelemetry's of today and before, OpenTracing's, Zipkin's,
Datadog's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.tracegen.story import Attributes

if TYPE_CHECKING:
    from scripts.tracegen.plan import What

CONVENTIONS = ("stable", "old", "opentracing", "zipkin", "datadog")


def attributes_of(what: What, kind: str, convention: str) -> Attributes:
    """The attributes of a call.

    Args:
        what: The call.
        kind: The kind of the span.
        convention: One of `CONVENTIONS`.
    """
    if not what.area:
        return {"component": "app"} if convention == "opentracing" else {}
    maker = {"sql": _sql, "cache": _cache, "http": _http, "rpc": _rpc, "message": _message}[what.area]
    return maker(what, kind, convention)


def _masked(what: What) -> str:
    return re.sub(r"'[^']*'|\b\d+\b", "?", what.text) if what.masked else what.text


def _sql(what: What, kind: str, convention: str) -> Attributes:
    text = _masked(what)
    host: Attributes = {"server.address": what.host or "db-1"}
    if convention == "stable":
        return {"db.system.name": "postgresql", "db.query.text": text, "db.namespace": "shop"} | host
    if convention == "old":
        return {
            "db.system": "mysql",
            "db.statement": text,
            "db.name": "shop",
            "net.peer.name": what.host or "db-1",
        }
    if convention == "opentracing":
        return {"component": "java-jdbc", "db.type": "sql", "db.statement": text, "db.instance": "shop"}
    if convention == "zipkin":
        return {"sql.query": text}
    return {
        "span.type": "sql",
        "resource.name": text,
        "out.host": what.host or "db-1",
        "component": "psycopg",
    }


def _cache(what: What, kind: str, convention: str) -> Attributes:
    command = f"{what.verb} {what.text}"
    if convention == "stable":
        return {"db.system.name": "redis", "db.operation.name": what.verb, "db.query.text": command}
    if convention == "old":
        return {"db.system": "redis", "db.statement": command}
    if convention == "opentracing":
        return {"component": "java-redis", "db.type": "redis", "db.statement": command}
    if convention == "zipkin":
        return {"db.system": "redis", "db.statement": command}
    return {"span.type": "redis", "redis.raw_command": command, "component": "redis"}


def _http(what: What, kind: str, convention: str) -> Attributes:
    host = what.host or "api.internal"
    url = f"http://{host}{what.text}"
    code = what.code or 200
    client = kind == "client"
    found: Attributes
    if convention == "stable":
        found = {"http.request.method": what.verb, "http.response.status_code": code, "server.address": host}
        found |= (
            {"url.full": url} if client else {"url.path": what.text, "http.route": what.route or what.text}
        )
        if what.resend > 0:
            found["http.request.resend_count"] = what.resend
    elif convention == "old":
        found = {"http.method": what.verb, "http.status_code": code}
        found |= {"http.url": url, "net.peer.name": host} if client else {"http.target": what.text}
        if what.route and not client:
            found["http.route"] = what.route
    elif convention == "opentracing":
        found = {"component": "http", "http.method": what.verb, "http.url": url, "http.status_code": code}
        if client:
            found["peer.service"] = host.partition(".")[0]
    elif convention == "zipkin":
        found = {
            "http.method": what.verb,
            "http.path": what.text.partition("?")[0],
            "http.status_code": str(code),
        }
        if client:
            found["peer.service"] = host
        if "?" in what.text:
            found["http.url"] = url
    else:
        found = {
            "span.type": "http",
            "http.method": what.verb,
            "http.url": url,
            "http.status_code": str(code),
        }
        found |= {"resource.name": f"{what.verb} {what.route or what.text}", "out.host": host}
    return found


def _rpc(what: What, kind: str, convention: str) -> Attributes:
    service, _, method = what.text.partition("/")
    if convention == "stable":
        return {
            "rpc.system.name": "grpc",
            "rpc.method": what.text,
            "rpc.response.status_code": str(what.code),
        }
    if convention == "old":
        return {
            "rpc.system": "grpc",
            "rpc.service": service,
            "rpc.method": method,
            "rpc.grpc.status_code": what.code,
        }
    if convention == "opentracing":
        return {"component": "grpc", "grpc.method": f"/{what.text}", "grpc.status_code": what.code}
    if convention == "zipkin":
        return {"grpc.status_code": str(what.code), "rpc.service": service, "rpc.method": method}
    return {"span.type": "rpc", "component": "grpc", "grpc.method": what.text, "grpc.code": str(what.code)}


def _message(what: What, kind: str, convention: str) -> Attributes:
    if convention == "stable":
        return {
            "messaging.system": "kafka",
            "messaging.operation.name": what.verb,
            "messaging.destination.name": what.text,
        }
    if convention == "old":
        return {
            "messaging.system": "kafka",
            "messaging.operation": what.verb,
            "messaging.destination": what.text,
        }
    if convention == "opentracing":
        return {"component": "java-kafka", "message_bus.destination": what.text}
    return {"messaging.system": "kafka", "kafka.topic": what.text}
