"""Attributes as the OpenTelemetry semantic conventions name them, one function for each sort of span."""

from __future__ import annotations

from urllib.parse import urlsplit

from scripts.tracegen.story import Attributes

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def http_server(
    method: str, route: str, path: str, status: int, *, host: str, **more: str | int | float
) -> Attributes:
    """A request that was served."""
    return {
        "http.request.method": method,
        "http.route": route,
        "url.path": path,
        "url.scheme": "http",
        "server.address": host,
        "network.protocol.version": "1.1",
        "http.response.status_code": status,
        **{key.replace("__", "."): value for key, value in more.items()},
    }


def http_client(method: str, url: str, status: int, *, resend: int | None = None) -> Attributes:
    """A request that was sent; `resend` counts the tries before this one."""
    host = urlsplit(url)
    found: Attributes = {
        "http.request.method": method,
        "url.full": url,
        "server.address": host.hostname or "",
        "server.port": host.port or (443 if host.scheme == "https" else 80),
        "http.response.status_code": status,
    }
    if resend is not None:
        found["http.request.resend_count"] = resend
    return found


def sql(statement: str, *, database: str, table: str, rows: int | None = None) -> Attributes:
    """A statement, in the names of the stable database conventions."""
    found: Attributes = {
        "db.system.name": "postgresql",
        "db.namespace": database,
        "db.operation.name": statement.split(None, 1)[0].upper(),
        "db.collection.name": table,
        "db.query.text": statement,
        "server.address": f"{database}-db",
        "server.port": 5432,
    }
    if rows is not None:
        found["db.response.returned_rows"] = rows
    return found


def old_sql(statement: str, *, database: str, table: str) -> Attributes:
    """A statement, in the names that most instrumentations still write (`db.statement`)."""
    return {
        "db.system": "postgresql",
        "db.name": database,
        "db.user": f"{database}_rw",
        "db.operation": statement.split(None, 1)[0].upper(),
        "db.sql.table": table,
        "db.statement": statement,
        "server.address": f"{database}-db.shop.svc.cluster.local",
        "server.port": 5432,
    }


def redis(command: str, key: str) -> Attributes:
    """A command to a cache."""
    return {
        "db.system": "redis",
        "db.operation": command,
        "db.statement": f"{command} {key}",
        "server.address": "redis",
        "server.port": 6379,
    }


def kafka(operation: str, topic: str, *, partition: int, offset: int) -> Attributes:
    """A message sent or worked on; `operation` is publish or process."""
    found: Attributes = {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": str(partition),
        "messaging.kafka.message.offset": offset,
    }
    if operation == "process":
        found["messaging.consumer.group.name"] = f"{topic.partition('.')[0]}-workers"
    return found


def grpc(service: str, method: str, code: int = 0, *, peer: str = "") -> Attributes:
    """A remote procedure call; `code` is gRPC's status code."""
    found: Attributes = {
        "rpc.system": "grpc",
        "rpc.service": service,
        "rpc.method": method,
        "rpc.grpc.status_code": code,
    }
    if peer:
        found |= {"server.address": peer, "server.port": 50051}
    return found
