"""Reading attributes by any of the names that conventions gave them: OpenTelemetry's of today and before,
OpenTracing's, Zipkin's and Datadog's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tracetui.model.attributes import Attributes

__all__ = [
    "DB_SYSTEM",
    "GRPC",
    "GRPC_STATUS",
    "HOST",
    "HTTP_METHOD",
    "HTTP_PATH",
    "HTTP_ROUTE",
    "HTTP_STATUS",
    "HTTP_URL",
    "MESSAGING_DESTINATION",
    "PEER_SERVICE",
    "STATEMENT",
    "first_number",
    "first_text",
    "whole_number",
]

STATEMENT: Final = (
    "db.query.text",
    "db.statement",
    "sql.query",
    "db.query",
    "cassandra.query",
    "mongodb.query",
)
DB_SYSTEM: Final = ("db.system.name", "db.system", "db.type", "db.vendor")
DB_OPERATION: Final = ("db.operation.name", "db.operation", "mongodb.method")
DB_COLLECTION: Final = (
    "db.collection.name",
    "db.sql.table",
    "db.mongodb.collection",
    "db.cassandra.table",
    "db.cosmosdb.container",
    "mongodb.collection",
)
DB_PARAMETERS: Final = ("db.statement.parameters", "db.sql.parameters", "db.params", "sql.params")
DB_PARAMETER_PREFIX: Final = ("db.query.parameter.", "db.operation.parameter.")
COMMAND: Final = ("redis.raw_command", "redis.command", "memcached.query", "db.redis.command")
HTTP_METHOD: Final = ("http.request.method", "http.method")
HTTP_ROUTE: Final = ("http.route", "url.template", "http.path_group")
HTTP_PATH: Final = ("url.path", "http.target", "http.path")
HTTP_QUERY: Final = ("url.query", "http.query.string")
HTTP_URL: Final = ("url.full", "http.url")
HTTP_STATUS: Final = ("http.response.status_code", "http.status_code", "http.status")
HTTP_RESENDS: Final = ("http.request.resend_count", "http.resend_count")
RPC_SERVICE: Final = ("rpc.service", "grpc.service")
RPC_METHOD: Final = ("rpc.method", "grpc.method", "rpc.grpc.method", "grpc.path", "grpc.full_method")
GRPC: Final = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""Names of the gRPC status codes, by their numbers."""
GRPC_STATUS: Final = (
    "rpc.grpc.status_code",
    "rpc.response.status_code",
    "grpc.status_code",
    "grpc.code",
)
MESSAGING_SYSTEM: Final = ("messaging.system",)
MESSAGING_DESTINATION: Final = (
    "messaging.destination.name",
    "messaging.destination.template",
    "messaging.destination",
    "message_bus.destination",
    "kafka.topic",
    "messaging.kafka.topic",
)
MESSAGING_OPERATION: Final = ("messaging.operation.name", "messaging.operation.type", "messaging.operation")
PEER_SERVICE: Final = ("peer.service", "service.peer.name", "server.service.name")
HOST: Final = (
    "server.address",
    "net.peer.name",
    "network.peer.address",
    "http.host",
    "peer.hostname",
    "peer.address",
    "net.peer.ip",
    "peer.ipv4",
    "out.host",
    "server.socket.domain",
    "net.sock.peer.addr",
)
RESOURCE_NAME: Final = ("resource.name", "resource")
"""What Datadog's spans are told apart by: the statement, or method and route."""
SPAN_TYPE: Final = ("span.type", "type")
ERROR_TYPE: Final = ("exception.type", "error.type", "error.kind", "error.name")
ERROR_MESSAGE: Final = ("exception.message", "error.message", "error.msg", "message", "error")

_MOST: Final = 10**18


def first_text(attributes: Attributes, names: Iterable[str]) -> str:
    """The first of some attributes that is a text or a whole number; "" where none is."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str):
            if value:
                return value
        elif isinstance(value, int) and not isinstance(value, bool) and -_MOST < value < _MOST:
            return str(value)
    return ""


def first_number(attributes: Attributes, names: Iterable[str]) -> int | None:
    """The first of some attributes that is a whole number, or the decimal digits of one."""
    for name in names:
        if name in attributes:
            number = whole_number(attributes[name])
            if number is not None:
                return number
    return None


def whole_number(value: object) -> int | None:
    """A value as a whole number, where it is one: 200, 200.0 or "200"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return max(-_MOST, min(value, _MOST))
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _MOST else None
    if isinstance(value, str):
        text = value.strip() if len(value) < 32 else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    return None
