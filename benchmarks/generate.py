"""Write big trace files, streaming: `python -m benchmarks.generate FORMAT SPANS FILE [--many]`.

A file holds requests of 5 to 119 spans each, in the order in which an SDK would export them (by their end).
With `--many` each request is a trace; without, all hang under the batches of one trace. The same bytes each
time.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

START_US = 1_795_300_000_000_000
ID_STEP = 0x9E3779B97F4A7C15
SERVICES = (
    "frontend", "cart", "catalog", "inventory", "payment", "pricing",
    "recommendation", "search", "shipping", "orders", "currency", "profile",
)  # fmt: skip
OPERATIONS = (
    "GET /api/v2/products/{id}", "POST /api/v2/cart/items", "SELECT shop.products", "HGETALL",
    "orders.v1.Orders/List", "UPDATE shop.stock", "GET /api/v2/recommendations", "POST /internal/quotes",
    "publish order.events",
)  # fmt: skip
KINDS = ("server", "client", "internal", "client", "producer")
OTLP_KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
REQUESTS_A_BATCH = 40


class Row(NamedTuple):
    """One span of the file; times in microseconds, ids as hex, `draw` any 32 bits for the values."""

    trace_id: str
    span_id: str
    parent_id: str
    service: int
    operation: str
    kind: str
    start_us: int
    duration_us: int
    error: bool
    draw: int


def _id(number: int) -> str:
    return f"{number * ID_STEP % 2**64:016x}"


def _request(
    rng: random.Random, number: int, count: int, trace_id: str, parent_id: str, at_us: int
) -> list[Row]:
    """One request of `count` spans, numbered from `number`; siblings run one after another."""
    parents = [-1] + [rng.randrange(i) for i in range(1, count)]
    children = [0] * count
    for parent in parents[1:]:
        children[parent] += 1
    starts, lasts, taken, rows = [at_us], [20_000 + rng.randrange(1_500_000)], [0] * count, []
    for i, parent in enumerate(parents):
        if i:
            slot = max(2, lasts[parent] * 9 // 10 // children[parent])
            starts.append(starts[parent] + lasts[parent] // 20 + slot * taken[parent])
            lasts.append(max(1, slot - 1 - rng.randrange(1 + slot // 8)))
            taken[parent] += 1
        draw = rng.getrandbits(32)
        rows.append(
            Row(
                trace_id,
                _id(number + i),
                _id(number + parents[i]) if i else parent_id,
                (draw >> 8) % len(SERVICES) if i else 0,
                OPERATIONS[draw % len(OPERATIONS)],
                KINDS[draw % len(KINDS)] if i else "server",
                starts[i],
                lasts[i],
                draw % 97 == 0,
                draw,
            )
        )
    rows.sort(key=lambda row: row.start_us + row.duration_us)
    return rows


def traces(spans: int, *, many: bool) -> Iterator[tuple[str, Iterator[list[Row]]]]:
    """The traces of a file of exactly `spans` spans: each its id and its requests.

    Args:
        spans: How many; at least 5.
        many: Whether each request is a trace of its own.

    Yields:
        Trace id and requests; the requests of a trace are to be used up before the next trace is asked for.
    """
    rng = random.Random(spans)
    if not many:
        trace_id = f"{rng.getrandbits(128):032x}"
        yield trace_id, _one_trace(rng, trace_id, spans)
        return
    number = 1
    while number <= spans:
        count = _count(rng, spans - number + 1)
        trace_id = f"{rng.getrandbits(128):032x}"
        yield trace_id, iter([_request(rng, number, count, trace_id, "", START_US + number * 3_000)])
        number += count


def _count(rng: random.Random, left: int) -> int:
    count = 5 + rng.randrange(115)
    return left if left - count < 5 else count


def _one_trace(rng: random.Random, trace_id: str, spans: int) -> Iterator[list[Row]]:
    number, requests, batch, at_us = 2, 0, "", START_US + 1_000
    while number <= spans:
        if requests % REQUESTS_A_BATCH == 0:
            batch, lasts = _id(number), REQUESTS_A_BATCH * 150_000 + 2_000_000
            yield [Row(trace_id, batch, _id(1), 0, "batch", "internal", at_us, lasts, False, number)]
            number += 1
        count = min(5 + rng.randrange(115), spans - number + 1)
        if count > 0:
            yield _request(rng, number, count, trace_id, batch, at_us + rng.randrange(400_000))
        at_us += 150_000
        number += count
        requests += 1
    yield [
        Row(
            trace_id,
            _id(1),
            "",
            0,
            "nightly import",
            "internal",
            START_US,
            at_us - START_US + 3_000_000,
            False,
            1,
        )
    ]


def _values(row: Row) -> tuple[tuple[str, str | int], ...]:
    draw = row.draw
    return (
        ("http.request.method", "GET" if draw & 1 else "POST"),
        ("url.full", f"http://{SERVICES[row.service]}:8080/api/v2/items/{draw % 100_000}?page={draw % 17}"),
        ("http.response.status_code", 500 if row.error else 200),
        ("server.address", f"10.24.{draw >> 24}.{draw >> 16 & 255}"),
        ("network.peer.port", 1_024 + draw % 60_000),
        ("thread.name", f"http-nio-8080-exec-{draw % 64}"),
        ("app.tenant.subscription.plan", "enterprise" if draw & 2 else "free"),
        ("user.id", f"customer-{draw:08x}"),
    )


def _jaeger_span(row: Row) -> str:
    tags = "".join(
        f',{{"key":"{key}","type":"int64","value":{value}}}'
        if isinstance(value, int)
        else f',{{"key":"{key}","type":"string","value":"{value}"}}'
        for key, value in _values(row)
    )
    if row.error:
        tags += ',{"key":"error","type":"bool","value":true}'
    references = ""
    if row.parent_id:
        references = f'{{"refType":"CHILD_OF","traceID":"{row.trace_id}","spanID":"{row.parent_id}"}}'
    logs = ""
    if row.draw % 3 == 0:
        logs = (
            f'{{"timestamp":{row.start_us + row.duration_us // 2},"fields":['
            f'{{"key":"event","type":"string","value":"cache lookup"}},'
            f'{{"key":"cache.key","type":"string","value":"item:{row.draw}"}}]}}'
        )
    return (
        f'{{"traceID":"{row.trace_id}","spanID":"{row.span_id}","flags":1,"operationName":"{row.operation}",'
        f'"references":[{references}],"startTime":{row.start_us},"duration":{row.duration_us},'
        f'"tags":[{{"key":"span.kind","type":"string","value":"{row.kind}"}}{tags}],'
        f'"logs":[{logs}],"processID":"p{row.service + 1}","warnings":null}}'
    )


def _processes() -> str:
    return ",".join(
        f'"p{n}":{{"serviceName":"{name}","tags":[{{"key":"hostname","type":"string","value":"{name}-0"}}]}}'
        for n, name in enumerate(SERVICES, 1)
    )


def jaeger(spans: int, *, many: bool) -> Iterator[str]:
    """Jaeger's answer, compact; about 990 bytes a span."""
    comma = '{"data":['
    for trace_id, requests in traces(spans, many=many):
        yield f'{comma}{{"traceID":"{trace_id}","spans":['
        between = ""
        for rows in requests:
            yield between + ",".join(map(_jaeger_span, rows))
            between = ","
        yield f'],"processes":{{{_processes()}}},"warnings":null}}'
        comma = ","
    yield '],"total":0,"limit":0,"offset":0,"errors":null}\n'


def _otlp_span(row: Row) -> str:
    attributes = ",".join(
        f'{{"key":"{key}","value":{{"intValue":"{value}"}}}}'
        if isinstance(value, int)
        else f'{{"key":"{key}","value":{{"stringValue":"{value}"}}}}'
        for key, value in _values(row)
    )
    events = ""
    if row.draw % 3 == 0:
        events = (
            f'{{"timeUnixNano":"{row.start_us + row.duration_us // 2}000","name":"cache lookup","attributes":'
            f'[{{"key":"cache.key","value":{{"stringValue":"item:{row.draw}"}}}}]}}'
        )
    status = '{"code":2}' if row.error else "{}"
    return (
        f'{{"traceId":"{row.trace_id}","spanId":"{row.span_id}","parentSpanId":"{row.parent_id}",'
        f'"flags":257,"name":"{row.operation}","kind":{OTLP_KINDS[row.kind]},'
        f'"startTimeUnixNano":"{row.start_us}000","endTimeUnixNano":"{row.start_us + row.duration_us}000",'
        f'"attributes":[{attributes}],"events":[{events}],"status":{status}}}'
    )


def _exports(spans: int, *, many: bool) -> Iterator[str]:
    """The resourceSpans of the file in batches of about 500 spans, as a collector sends them."""
    waiting: list[Row] = []
    for _, requests in traces(spans, many=many):
        for rows in requests:
            waiting += rows
            if len(waiting) >= 500:
                yield _resource_spans(waiting)
                waiting = []
    if waiting:
        yield _resource_spans(waiting)


def _resource_spans(rows: list[Row]) -> str:
    by_service: dict[int, list[Row]] = {}
    for row in rows:
        by_service.setdefault(row.service, []).append(row)
    return ",".join(
        '{"resource":{"attributes":['
        f'{{"key":"service.name","value":{{"stringValue":"{SERVICES[service]}"}}}},'
        f'{{"key":"host.name","value":{{"stringValue":"{SERVICES[service]}-0"}}}}]}},'
        '"scopeSpans":[{"scope":{"name":"example.instrumentation","version":"1.4.0"},'
        f'"spans":[{",".join(map(_otlp_span, own))}]}}]}}'
        for service, own in by_service.items()
    )


def otlp(spans: int, *, many: bool) -> Iterator[str]:
    """One OTLP JSON document."""
    between = '{"resourceSpans":['
    for export in _exports(spans, many=many):
        yield between + export
        between = ","
    yield "]}\n"


def otlp_ndjson(spans: int, *, many: bool) -> Iterator[str]:
    """OTLP JSON, an export request a line, as a collector's file exporter writes it."""
    for export in _exports(spans, many=many):
        yield f'{{"resourceSpans":[{export}]}}\n'


def _zipkin_span(row: Row) -> str:
    parent = f'"parentId":"{row.parent_id}",' if row.parent_id else ""
    kind = "" if row.kind == "internal" else f'"kind":"{row.kind.upper()}",'
    tags = ",".join(f'"{key}":"{value}"' for key, value in _values(row)[:3])
    error = ',"error":"500"' if row.error else ""
    return (
        f'{{"traceId":"{row.trace_id}",{parent}"id":"{row.span_id}",{kind}"name":"{row.operation}",'
        f'"timestamp":{row.start_us},"duration":{row.duration_us},'
        f'"localEndpoint":{{"serviceName":"{SERVICES[row.service]}","ipv4":"10.24.0.{row.service + 1}"}},'
        f'"tags":{{{tags}{error}}}}}'
    )


def zipkin(spans: int, *, many: bool) -> Iterator[str]:
    """A list of Zipkin v2 spans; about 400 bytes each."""
    between = "["
    for _, requests in traces(spans, many=many):
        for rows in requests:
            yield between + ",".join(map(_zipkin_span, rows))
            between = ","
    yield "]\n"


class Writer(NamedTuple):
    """How a format is written, and how its files end."""

    write: Callable[..., Iterator[str]]
    suffix: str


FORMATS = {
    "jaeger": Writer(jaeger, ".json"),
    "otlp": Writer(otlp, ".json"),
    "otlp-ndjson": Writer(otlp_ndjson, ".ndjson"),
    "zipkin": Writer(zipkin, ".json"),
}


def write(name: str, spans: int, path: Path, *, many: bool) -> None:
    """Write one file, whole or not at all.

    Args:
        name: A key of FORMATS.
        spans: How many spans.
        path: Where to.
        many: Whether the spans are split into traces of 5 to 119.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as out:
        for text in FORMATS[name].write(spans, many=many):
            out.write(text)
    unfinished.replace(path)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="write a big trace file")
    parser.add_argument("format", choices=list(FORMATS))
    parser.add_argument("spans", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--many", action="store_true", help="traces of 5 to 119 spans instead of one")
    given = parser.parse_args()
    write(given.format, given.spans, given.file, many=given.many)
    print(f"{given.file}: {given.spans:,} spans, {given.file.stat().st_size / given.spans:.0f} bytes a span")


if __name__ == "__main__":
    main()
