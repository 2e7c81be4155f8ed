"""Faults to be planted in ordinary requests, one of each kind, in many sizes and shapes."""

from __future__ import annotations

import random
from collections.abc import Callable

from scripts.tracegen.ordinary import TABLES, Request, query, request, work
from scripts.tracegen.plan import MS, Node, Told, What, call, message, tell
from scripts.tracegen.story import CLIENT, INTERNAL

HOSTS = ("api.payments.example", "maps.example", "rates.example", "push.example")


def planted(kind: str, seed: int, convention: str) -> Told:
    """A request with one fault.

    Args:
        kind: Which, by the name that `why` has for it; "" for none.
        seed: Another number, another request.
        convention: One of `conventions.CONVENTIONS`.
    """
    rng = random.Random(f"{kind}/{seed}")
    plan = request(rng)
    if kind:
        where = rng.choice(plan.servers)
        at = rng.randrange(1, len(where.steps))
        _PLANTERS[kind](plan, where, at, rng)
    return tell(plan.root, rng, convention, f"{rng.getrandbits(128) | 1 << 124:032x}", plan.skew)


def crowded(seed: int, convention: str, *, unit_us: int = 1) -> Told:
    """A request with several faults.

    Args:
        seed: Another number, another request.
        convention: One of `conventions.CONVENTIONS`.
        unit_us: What all times are a multiple of, in microseconds: the more, the more of them are the same.
    """
    rng = random.Random(f"crowded/{seed}")
    plan = request(rng)
    for kind in rng.choices(kinds(), k=rng.randint(3, 7)):
        where = rng.choice(plan.servers)
        _PLANTERS[kind](plan, where, rng.randrange(1, len(where.steps)), rng)
    told = tell(plan.root, rng, convention, f"{rng.getrandbits(128) | 1 << 124:032x}", plan.skew)
    for span in told.story.spans:
        span.at_us -= span.at_us % unit_us
        span.lasts_us -= span.lasts_us % unit_us
    return told


def kinds() -> list[str]:
    """The kinds that can be planted."""
    return list(_PLANTERS)


def _n_plus_one(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    calls, lasts, table = rng.randint(7, 40), rng.randint(8, 25) * MS, rng.choice(TABLES)
    masked, area = rng.random() < 0.5, rng.choice(("sql", "http", "rpc", "cache"))
    wrapped = rng.random() < 0.25
    for n in range(calls):
        if area == "sql":
            text = f"SELECT * FROM {table} WHERE parent_id = {1000 + n}"
            node = Node(where.service, f"SELECT {table}", CLIENT, What("sql", "SELECT", text, masked=masked))
        elif area == "http":
            what = What("http", "GET", f"/{table}/{1000 + n}", f"/{table}/{{id}}", "detail-svc")
            node = Node(where.service, rng.choice(("HTTP GET", "GET")), CLIENT, what)
            node.name = "GET"
        elif area == "rpc":
            what = What("rpc", "", f"Details/Get{table.title()}", host="details")
            node = Node(where.service, what.text, CLIENT, what)
        else:
            node = Node(where.service, "HGETALL", CLIENT, What("cache", "HGETALL", f"{table}:{1000 + n}"))
        node.fault = True
        node.add(int(lasts * rng.uniform(0.8, 1.2)))
        step = Node(where.service, f"load {table}", INTERNAL, steps=[100, node, 100]) if wrapped else node
        where.steps[at + 2 * n : at + 2 * n] = [step, rng.randint(50, 600)]


def _serial_calls(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    lasts = rng.randint(90, 350) * MS
    for n in range(rng.randint(3, 5)):
        table = TABLES[n]
        if rng.random() < 0.5:
            what = What("http", "GET", f"/{table}/summary", f"/{table}/summary", HOSTS[n % 4])
            node = Node(where.service, f"GET /{table}/summary", CLIENT, what)
        else:
            text = f"SELECT count(*) FROM {table} WHERE owner = 17"
            node = Node(where.service, f"SELECT {table}", CLIENT, What("sql", "SELECT", text))
        node.fault = True
        where.steps[at + n : at + n] = [node.add(int(lasts * rng.uniform(0.7, 1.3)))]


def _retry(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    tries, lasts, pause = rng.randint(2, 4), rng.randint(60, 400) * MS, rng.randint(15, 80) * MS
    rpc = rng.random() < 0.4
    steps: list[int | Node | list[Node]] = []
    for n in range(tries):
        good = n == tries - 1
        if rpc:
            what = What("rpc", "", "Payments/Authorise", host="payments", code=0 if good else 14)
        else:
            code = 200 if good else rng.choice((503, 502, 429))
            what = What("http", "POST", "/v1/charges", "/v1/charges", HOSTS[0], code, n)
        node = Node(where.service, what.text if rpc else "POST /v1/charges", CLIENT, what, fault=True)
        node.add(int(lasts * rng.uniform(0.8, 1.2)))
        if not good and rng.random() < 0.7:
            node.error = "upstream failed"
        steps += [node] if good else [node, pause << n]
    where.steps[at:at] = steps


def _idle_gap(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    where.fault = True
    where.steps[at:at] = [rng.randint(250, 900) * MS]


def _fan_out_straggler(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    lasts, count, table = rng.randint(15, 60) * MS, rng.randint(5, 14), rng.choice(TABLES)
    slow = rng.randrange(count)
    nodes = []
    for n in range(count):
        what = What("http", "GET", f"/parts/{n}/{table}", f"/parts/{{id}}/{table}", f"node-{n}")
        took = int(lasts * rng.uniform(0.8, 1.2)) * (rng.randint(5, 12) if n == slow else 1)
        nodes.append(Node(where.service, f"GET /parts/{table}", CLIENT, what, [took], fault=n == slow))
    where.steps[at:at] = [nodes]


def _error_origin(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    """A database's error that comes up through all that called it."""
    broken = query(where.service, rng)
    broken.fault, broken.error = True, "ERROR: deadlock detected"
    if rng.random() < 0.6:
        broken.exception = ("org.postgresql.util.PSQLException", "ERROR: deadlock detected")
    where.steps[at:at] = [broken]
    _fail_up(plan.root, broken)


def _fail_up(node: Node, origin: Node) -> bool:
    """Mark what is above an error as failed; whether it is below this node."""
    below = node is origin
    for step in node.steps:
        for child in step if isinstance(step, list) else [step] if isinstance(step, Node) else []:
            below = _fail_up(child, origin) or below
    if below and node is not origin:
        node.error = "failed"
        if node.what.area:
            node.what.code = 500 if node.what.area == "http" else 13
    return below


def _slow_statement(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    table = rng.choice(TABLES)
    text = (
        f"SELECT a.*, b.total FROM {table} a JOIN history b ON lower(a.k) = lower(b.k) WHERE a.owner = 4711"
    )
    what = What("sql", "SELECT", text, masked=rng.random() < 0.5)
    node = Node(where.service, rng.choice((f"SELECT {table}", "postgres.query", "query")), CLIENT, what)
    node.fault = True
    where.steps[at:at] = [node.add(rng.randint(600, 3_000) * MS)]


def _queue_wait(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    sent = message(
        where.service, rng.choice(plan.services), "jobs.render", rng.randint(200, 900) * MS, 20 * MS
    )
    sent.fault = True
    taken = sent.steps[-1]
    assert isinstance(taken, Node)
    taken.fault = True
    where.steps[at:at] = [sent]
    if rng.random() < 0.5:  # the caller waits for the answer
        where.steps[at + 1 : at + 1] = [taken.late_us + 20 * MS + rng.randint(1, 5) * MS]


def _chatty_services(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    callee = next((name for name in plan.services if name != where.service), "other")
    for n in range(rng.randint(20, 36)):
        method = f"{callee.title()}/{('Get', 'Find')[n % 2]}{TABLES[n % 9].title()}"
        what = What("rpc", "", method, host=callee)
        client, server = call(where.service, callee, what, method, rng, way_us=rng.randint(3_000, 4_800))
        client.fault = True
        server.add(rng.randint(5, 9) * MS)
        where.steps[at:at] = [client, work(rng)]


def _missing_instrumentation(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    if rng.random() < 0.5:
        node = Node(where.service, "calculate", INTERNAL, steps=[rng.randint(900, 2_000) * MS], fault=True)
    else:
        peer = next((server.service for server in plan.servers[1:] if server.service != where.service), "")
        what = What("http", "GET", "/export", "/export", peer or plan.services[-1])
        node = Node(where.service, "GET /export", CLIENT, what, [rng.randint(200, 400) * MS], fault=True)
        if not peer or peer == where.service:
            node = Node(where.service, "calculate", INTERNAL, steps=[2_000 * MS], fault=True)
    where.steps[at:at] = [node]


def _clock_skew(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    server = rng.choice([one for one in plan.servers if one.service != plan.root.service])
    server.fault = True
    by = rng.randint(30, 2_000) * MS * rng.choice((-1, 1))
    plan.skew = (server.service, by)


def _fragmented_trace(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    lost = rng.choice(plan.servers[1:])
    lost.lost = True
    for step in lost.steps:
        for child in step if isinstance(step, list) else [step] if isinstance(step, Node) else []:
            child.fault = True


def _outlives_parent(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    node = Node(
        where.service, "write audit log", INTERNAL, steps=[rng.randint(2_000, 4_000) * MS], fault=True
    )
    node.detached = True
    where.steps[at:at] = [node]


def _redundant_work(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    text = "SELECT id, plan, flags FROM accounts WHERE account_id = 90125"
    if rng.random() < 0.4:
        what = What("http", "GET", "/accounts/90125?full=1", "/accounts/{id}", "accounts.internal")
    else:
        what = What("sql", "SELECT", text)
    lasts = rng.randint(60, 200) * MS
    for n in range(rng.randint(2, 4)):
        name = "GET /accounts/{id}" if what.area == "http" else "SELECT accounts"
        node = Node(where.service, name, CLIENT, what, [int(lasts * rng.uniform(0.9, 1.1))], fault=True)
        step = Node(where.service, f"step {TABLES[n]}", INTERNAL, steps=[3 * MS, node, 2 * MS])
        where.steps[at:at] = [step, rng.randint(2, 9) * MS]


def _network_overhead(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    callee = next((name for name in plan.services if name != where.service), "other")
    way = rng.randint(250, 900) * MS
    what = What("http", "GET", "/blobs/77", "/blobs/{id}", callee)
    client, server = call(where.service, callee, what, "GET /blobs/{id}", rng, way_us=way)
    server.add(rng.randint(5, 60) * MS)
    client.fault = server.fault = True
    where.steps[at:at] = [client]


def _caller_gave_up(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    callee = next((name for name in plan.services if name != where.service), "other")
    limit = rng.choice((250, 500, 1_000, 2_000, 5_000)) * MS + rng.randint(0, 900)
    rpc = rng.random() < 0.5
    what = What("rpc", "", "Reports/Build", host=callee, code=4)
    if not rpc:
        what = What("http", "GET", "/report", "/report", callee, 504)
    client, server = call(where.service, callee, what, what.text if rpc else "GET /report", rng)
    server.what = What(what.area, what.verb, what.text, what.route, what.host, 0)
    client.lasts_us, client.error = limit, "deadline exceeded"
    server.add(int(limit * rng.uniform(1.3, 2.5)))
    if rng.random() < 0.3:  # only the callee notices
        client.error, client.what = None, What(what.area, what.verb, what.text, what.route, what.host, 0)
        server.what = What(what.area, what.verb, what.text, what.route, what.host, 1 if rpc else 499)
    client.fault = server.fault = True
    where.steps[at:at] = [client]


def _concurrency_limit(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    lanes, count, lasts = rng.randint(2, 4), rng.randint(14, 24), rng.randint(50, 110) * MS
    free = [0] * lanes
    nodes = []
    for n in range(count):
        lane = free.index(min(free))
        took = int(lasts * rng.uniform(0.8, 1.2))
        what = What("http", "GET", f"/thumbs/{n}", "/thumbs/{id}", "thumbs.internal")
        node = Node(where.service, "GET /thumbs/{id}", CLIENT, what, [took], fault=True)
        node.late_us = free[lane]
        free[lane] += took + rng.randint(0, 300)
        nodes.append(node)
    where.steps[at:at] = [nodes]


def _pool_wait(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    name = rng.choice(
        (
            "HikariPool.getConnection",
            "pool.acquire",
            "pg-pool.connect",
            "acquire connection",
            "lock wait",
            "semaphore",
        )
    )
    wait = Node(where.service, name, INTERNAL, steps=[rng.randint(120, 600) * MS], fault=True)
    where.steps[at:at] = [wait, query(where.service, rng)]


def _truncated_data(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    text = (
        f"SELECT * FROM events WHERE id IN ({', '.join(str(rng.randrange(10**6)) for _ in range(60))}, 45..."
    )
    node = Node(where.service, "SELECT events", CLIENT, What("sql", "SELECT", text), [5 * MS], fault=True)
    where.steps[at:at] = [node]


def _dominant_span(plan: Request, where: Node, at: int, rng: random.Random) -> None:
    host = rng.choice(HOSTS)
    what = What("http", "POST", "/v2/score", "/v2/score", host)
    node = Node(where.service, "POST /v2/score", CLIENT, what, [rng.randint(1_200, 3_000) * MS], fault=True)
    where.steps[at:at] = [node]


SAMPLES = {
    "n_plus_one": 14, "serial_calls": 50, "retry": 37, "idle_gap": 3, "fan_out_straggler": 39,
    "error_origin": 18, "slow_statement": 2, "queue_wait": 11, "chatty_services": 40,
    "missing_instrumentation": 18, "clock_skew": 6, "fragmented_trace": 17, "outlives_parent": 30,
    "redundant_work": 16, "network_overhead": 57, "caller_gave_up": 28, "concurrency_limit": 9,
    "pool_wait": 4, "truncated_data": 29, "dominant_span": 8,
}  # fmt: skip
"""The seed of each kind's sample: a small request in which nothing else is found, or little."""

Planter = Callable[[Request, Node, int, random.Random], None]
_PLANTERS: dict[str, Planter] = {
    "n_plus_one": _n_plus_one,
    "serial_calls": _serial_calls,
    "retry": _retry,
    "idle_gap": _idle_gap,
    "fan_out_straggler": _fan_out_straggler,
    "error_origin": _error_origin,
    "slow_statement": _slow_statement,
    "queue_wait": _queue_wait,
    "chatty_services": _chatty_services,
    "missing_instrumentation": _missing_instrumentation,
    "clock_skew": _clock_skew,
    "fragmented_trace": _fragmented_trace,
    "outlives_parent": _outlives_parent,
    "redundant_work": _redundant_work,
    "network_overhead": _network_overhead,
    "caller_gave_up": _caller_gave_up,
    "concurrency_limit": _concurrency_limit,
    "pool_wait": _pool_wait,
    "truncated_data": _truncated_data,
    "dominant_span": _dominant_span,
}
