"""Many spans and many traces: a nightly import of 5,000 spans, and a dozen requests to choose from."""

from __future__ import annotations

import random

from scripts.tracegen.semconv import http_client, http_server, kafka, redis, sql
from scripts.tracegen.story import CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, Attributes, Span, Story

MINUTE_US = 60_000_000


def large(spans: int = 5_000) -> Story:
    """A nightly import of prices in four lanes: chunks, products, statements; a few tries fail.

    Args:
        spans: How many spans exactly; at least 100.
    """
    story = Story("1a26e5000000000000000000005ca1ed", 1795302000000000)
    for service, language, version, pod in (
        ("scheduler", "go", "1.4.2", "scheduler-0"),
        ("price-import", "python", "3.0.0", "price-import-28912340-4kxvd"),
        ("pricing", "java", "11.1.0", "pricing-7b8c9d6f5-q4m2t"),
        ("search", "java", "7.4.2", "search-2"),
    ):
        story.resource(service, language, version, pod)
    rng = random.Random(5_000)
    root = story.span(
        "scheduler", "nightly-price-import", INTERNAL, 0, 0, attributes={"faas.trigger": "timer"}
    )
    job = story.span("price-import", "import prices", CONSUMER, 40_000, 0, under=root)
    job.attributes |= kafka("process", "jobs.price-import", partition=0, offset=8_812)
    lanes = [180_000, 181_000, 182_000, 183_000]
    chunk = 0
    while len(story.spans) < spans - 1:
        lane = lanes.index(min(lanes))
        lanes[lane] = _chunk(story, job, chunk, lane, lanes[lane], spans - 1, rng) + 2_000
        chunk += 1
    end = max(lanes) + 24_000
    told = kafka("publish", "prices.imported", partition=0, offset=4_400)
    story.span(
        "price-import", "prices.imported publish", PRODUCER, end - 20_000, 6_000, under=job, attributes=told
    )
    job.lasts_us = end - job.at_us
    root.lasts_us = end + 30_000
    return story


def _chunk(
    story: Story, job: Span, number: int, lane: int, at_us: int, limit: int, rng: random.Random
) -> int:
    """One chunk of a lane: it is fetched, its products are priced one by one. Returns its end."""
    chunk = story.span("price-import", "import chunk", INTERNAL, at_us, 0, under=job)
    chunk.attributes |= {"chunk.number": number, "thread.name": f"lane-{lane}"}
    now = at_us + 1_500
    if len(story.spans) < limit:
        url = f"https://feeds.example/prices/2026-11-21/{number:04d}.csv"
        took = 30_000 + rng.randrange(60_000)
        got = http_client("GET", url, 200)
        story.span("price-import", "GET /prices/{day}/{part}", CLIENT, now, took, under=chunk, attributes=got)
        now += took + 800
    for row in range(24):
        if len(story.spans) >= limit:
            break
        now = _product(story, chunk, number * 24 + row, now, limit, rng) + 300
    chunk.lasts_us = now + 700 - at_us
    return chunk.end_us


def _product(story: Story, chunk: Span, number: int, at_us: int, limit: int, rng: random.Random) -> int:
    product = story.span(
        "pricing", "reprice", SERVER, at_us, 0, under=chunk, attributes={"product.id": 40_000 + number}
    )
    now = at_us + 200
    fails = rng.random() < 0.004
    steps: list[tuple[str, str, Attributes]] = [
        ("pricing", "SELECT rules", {"db.system.name": "postgresql", "db.collection.name": "rules"}),
        ("pricing", "UPDATE prices", {"db.system.name": "postgresql", "db.collection.name": "prices"}),
        ("search", "index document", {"search.index": "products"}),
    ]
    for service, name, attributes in steps:
        if len(story.spans) >= limit:
            break
        took = 900 + int(rng.expovariate(1 / 2_600))
        kind = SERVER if service == "search" else CLIENT
        span = story.span(service, name, kind, now, took, under=product, attributes=attributes)
        if fails and name == "UPDATE prices":
            stale = ("StaleObjectError", f"price {40_000 + number} was changed meanwhile", "")
            span.fail("could not serialize access due to concurrent update", exception=stale)
        now += took + 120
    product.lasts_us = now + 80 - at_us
    return product.end_us


def several() -> list[Story]:
    """A dozen requests of ten minutes to one shop; one is slow, two failed."""
    plan = (
        ("GET", "/", 200, 1.0),
        ("GET", "/products/{id}", 200, 1.4),
        ("GET", "/search", 200, 2.1),
        ("POST", "/cart/items", 201, 0.8),
        ("GET", "/products/{id}", 404, 0.4),
        ("GET", "/search", 200, 61.0),
        ("POST", "/checkout", 502, 9.5),
        ("GET", "/", 200, 1.2),
        ("GET", "/account/orders", 200, 3.3),
        ("POST", "/cart/items", 500, 1.1),
        ("GET", "/products/{id}", 200, 1.6),
        ("POST", "/checkout", 201, 6.2),
    )
    start = 1795349100000000
    return [
        _request(n, start + n * MINUTE_US * 5 // 6 + n * n * 917_331 % 30_000_000, *row)
        for n, row in enumerate(plan)
    ]


def _request(number: int, start_us: int, method: str, route: str, status: int, weight: float) -> Story:
    rng = random.Random(number)
    story = Story(f"{rng.getrandbits(128) | 1 << 124:032x}", start_us)
    story.resource("shop-web", "nodejs", "4.1.0", f"shop-web-5d8c7b9f4-{'k2m8p' if number % 2 else 'v6t3x'}")
    story.resource("shop-api", "go", "2.12.0", "shop-api-6b9c8d7f5-r4n8w")
    story.resource("search", "java", "7.4.2", "search-2")
    path = route.replace("{id}", "48213")
    served = http_server(method, route, path, status, host="shop.example")
    root = story.span("shop-web", f"{method} {route}", SERVER, 0, 0, attributes=served)
    asked = http_client(method, f"http://shop-api:8080{path}", status)
    client = story.span("shop-web", f"{method} {route}", CLIENT, 3_000, 0, under=root, attributes=asked)
    answered = http_server(method, route, path, status, host="shop-api")
    api = story.span("shop-api", f"{method} {route}", SERVER, 4_200, 0, under=client, attributes=answered)
    now = 6_000
    session = redis("GET", f"session:{rng.getrandbits(24):06x}")
    story.span("shop-api", "GET", CLIENT, now, 1_100, under=api, attributes=session)
    now += 1_600
    for step in range(2 + number * 5 % 4 + (6 if route == "/checkout" else 0)):
        now = _step(story, api, route, step, now, weight, rng)
    if status >= 500:
        for span in (root, client, api):
            span.fail(f"HTTP {status}")
        story.spans[-1].fail(
            "connection reset by peer", exception=("ConnectionError", "connection reset by peer", "")
        )
    for span, lead in ((api, 900), (client, 2_100), (root, 4_300)):
        span.lasts_us = now + lead - span.at_us
    return story


def _step(story: Story, api: Span, route: str, step: int, now: int, weight: float, rng: random.Random) -> int:
    took = 4_000 + int(weight * (9_000 + rng.randrange(14_000)))
    if route == "/search" and step == 0:
        query: Attributes = {"search.query": "waterproof boots", "search.shards": 6, "search.hits": 1_204}
        shards = story.span("search", "query", SERVER, now, took * 3, under=api, attributes=query)
        story.span("search", "merge hits", INTERNAL, now + took * 2, took * 3 // 4, under=shards)
        return now + took * 3 + 400
    table = ("products", "prices", "carts", "customers")[step % 4]
    statement = f"SELECT * FROM {table} WHERE id = ANY ($1)"
    rows = sql(statement, database="shop", table=table, rows=1 + step)
    story.span("shop-api", f"SELECT {table}", CLIENT, now, took, under=api, attributes=rows)
    return now + took + 400
