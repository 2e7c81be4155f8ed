"""Requests in which nothing is wrong, of many shapes: the ground in which faults are planted."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from scripts.tracegen.plan import MS, Node, What, call, message
from scripts.tracegen.story import CLIENT, INTERNAL, SERVER

SERVICES = (
    "edge", "gateway", "orders", "billing", "catalog", "users", "search", "stock", "mailer", "pricing",
    "ledger", "web-bff", "ShippingService", "auth_svc", "reco.engine", "media-store", "quotes", "fleet",
    "claims", "booking",
)  # fmt: skip
TABLES = ("orders", "users", "items", "prices", "stock", "invoices", "sessions", "carts", "events", "offers")
VERBS = ("Get", "List", "Find", "Check")


@dataclass(slots=True)
class Request:
    """A plan, and where in it something can be planted.

    Attributes:
        root: The plan.
        servers: Servers that the root waits for, root first.
        services: All services of it.
        skew: A service whose clock is off, and by how many microseconds.
    """

    root: Node
    servers: list[Node] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    skew: tuple[str, int] | None = None


def request(rng: random.Random) -> Request:
    """An ordinary request."""
    services = rng.sample(SERVICES, rng.randint(3, 6))
    verb, path = rng.choice(
        (("GET", "/v1/cart"), ("POST", "/orders"), ("GET", "/api/home"), ("PUT", "/profile"))
    )
    root = Node(services[0], f"{verb} {path}", SERVER, What("http", verb, path, path, "shop.example"))
    found = Request(root, [root], services)
    root.add(work(rng))
    for callee in services[1:]:
        _serve(found, root, callee, rng, 0)
    if rng.random() < 0.3:
        root.add(
            message(services[0], services[-1], "page.viewed", rng.randint(1, 4) * MS, rng.randint(3, 9) * MS)
        )
    root.add(work(rng))
    return found


def work(rng: random.Random) -> int:
    """A little work of a span's own, in microseconds."""
    return rng.randint(200, 3_500)


def _serve(found: Request, caller: Node, callee: str, rng: random.Random, depth: int) -> None:
    """Let one service call another, which asks its database and perhaps another service."""
    path = f"/{rng.choice(TABLES)}/{rng.randint(1, 9999)}"
    if rng.random() < 0.4:
        method = f"{callee.title()}/{rng.choice(VERBS)}{rng.choice(TABLES).title()}"
        client, server = call(caller.service, callee, What("rpc", "", method, host=callee), method, rng)
    else:
        route = path.rpartition("/")[0] + "/{id}"
        client, server = call(
            caller.service, callee, What("http", "GET", path, route, callee), f"GET {route}", rng
        )
    server.add(work(rng))
    for _ in range(rng.randint(1, 3)):
        server.add(query(server.service, rng), work(rng))
    if rng.random() < 0.25:
        server.add(fan_out(server.service, rng), work(rng))
    if depth < 1 and rng.random() < 0.35:
        _serve(found, server, rng.choice(found.services[1:]), rng, depth + 1)
        server.add(work(rng))
    if rng.random() < 0.2:
        server.add(Node(server.service, "render", INTERNAL, steps=[rng.randint(2, 9) * MS]))
    found.servers.append(server)
    caller.add(client, work(rng))


def query(service: str, rng: random.Random, *, lasts_us: int = -1) -> Node:
    """A call of a database or a cache."""
    lasts = rng.randint(1, 14) * MS + rng.randint(0, 999) if lasts_us < 0 else lasts_us
    table = rng.choice(TABLES)
    if rng.random() < 0.3:
        what = What("cache", "GET", f"{table}:{rng.randint(1, 10**6)}")
        return Node(service, "GET", CLIENT, what, [lasts])
    columns = ", ".join(
        rng.sample(("id", "name", "state", "total", "owner", "at", "kind"), rng.randint(2, 4))
    )
    text = f"SELECT {columns} FROM {table} WHERE id = {rng.randint(1, 10**6)}"
    return Node(
        service, f"SELECT {table}", CLIENT, What("sql", "SELECT", text, masked=rng.random() < 0.5), [lasts]
    )


def fan_out(service: str, rng: random.Random) -> list[Node]:
    """A few like calls at the same time, of about one length."""
    lasts = rng.randint(8, 30) * MS
    table = rng.choice(TABLES)
    return [
        Node(
            service,
            f"GET /shards/{table}",
            CLIENT,
            What("http", "GET", f"/shards/{shard}/{table}", f"/shards/{{id}}/{table}", f"shard-{shard}"),
            [int(lasts * rng.uniform(0.85, 1.15))],
        )
        for shard in range(rng.randint(2, 6))
    ]
