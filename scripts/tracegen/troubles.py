"""Traces with something wrong: an error that bubbles up, spans that were lost, a query for each row."""

from __future__ import annotations

from scripts.tracegen.semconv import grpc, http_client, http_server, kafka, redis, sql
from scripts.tracegen.story import CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, Span, Story

LOCK_STACK = """\
org.postgresql.util.PSQLException: ERROR: deadlock detected
  Detail: Process 21877 waits for ShareLock on transaction 88121043; blocked by process 21902.
\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2733)
\tat org.postgresql.jdbc.PgPreparedStatement.executeUpdate(PgPreparedStatement.java:157)
\tat example.ledger.AccountStore.debit(AccountStore.java:94)
\tat example.ledger.TransferService.post(TransferService.java:61)"""


def failing_request() -> Story:
    """A transfer that fails: a deadlock four services down becomes a 500 at the edge."""
    story = Story("c0ffee11d4a94e0fb7c5a1e2903f6b48", 1795341774918000)
    for service, language, version, pod in (
        ("edge", "cpp", "1.32.1", "edge-0"),
        ("banking-api", "nodejs", "12.0.4", "banking-api-6b5f7d8c9-4xq2m"),
        ("transfers", "go", "3.3.0", "transfers-7c8d9b6f5-r9t6w"),
        ("accounts", "go", "4.0.2", "accounts-5f6c7d8b9-k8h3z"),
        ("ledger", "java", "9.2.0", "ledger-1"),
        ("fraud", "python", "1.1.0", "fraud-69b8c7d5f-v5n2p"),
        ("notifications", "python", "2.0.9", "notifications-58d7f6c9b-c7m4x"),
    ):
        story.resource(service, language, version, pod)
    served = http_server("POST", "/v1/transfers", "/v1/transfers", 500, host="api.bank.example")
    root = story.span("edge", "POST /v1/transfers", SERVER, 0, 1_148_000, attributes=served)
    root.fail("upstream answered 500")
    api = _hop(story, root, "banking-api", "POST", "/v1/transfers", 4_000, 1_139_000, 500)
    session = redis("GET", "session:9f21ab")
    story.span("banking-api", "GET", CLIENT, 12_000, 2_400, under=api, attributes=session)
    limits = _hop(story, api, "accounts", "GET", "/accounts/{id}/limits", 18_000, 46_000, 200)
    found = "SELECT daily_limit, used_today FROM limits WHERE account_id = $1"
    _query(story, limits, "limits", found, 24_000, 31_000)
    transfers = _hop(story, api, "transfers", "POST", "/transfers", 70_000, 1_061_000, 500)
    _check_fraud(story, transfers)
    _post_to_ledger(story, transfers)
    told = _hop(story, api, "notifications", "POST", "/notify", 1_133_500, 6_500, 202)
    told.event(1_137_000, "template rendered", template="transfer-failed")
    return story


def _hop(
    story: Story, caller: Span, callee: str, method: str, route: str, at_us: int, lasts_us: int, status: int
) -> Span:
    path = route.replace("{id}", "8100442")
    failed = status >= 500
    client = story.span(
        caller.service,
        f"{method} {route}",
        CLIENT,
        at_us,
        lasts_us,
        under=caller,
        attributes=http_client(method, f"http://{callee}:8080{path}", status),
    )
    server = story.span(
        callee,
        f"{method} {route}",
        SERVER,
        at_us + 1_200,
        lasts_us - 2_400,
        under=client,
        attributes=http_server(method, route, path, status, host=callee),
    )
    if failed:
        client.fail(f"HTTP {status} from {callee}")
        server.fail("transfer could not be posted")
    return server


def _query(story: Story, under: Span, table: str, statement: str, at_us: int, lasts_us: int) -> Span:
    name = f"{statement.split(None, 1)[0]} {table}"
    attributes = sql(statement, database=under.service, table=table)
    return story.span(under.service, name, CLIENT, at_us, lasts_us, under=under, attributes=attributes)


def _check_fraud(story: Story, transfers: Span) -> None:
    """A side road that failed too, but was handled: the second model answered."""
    asked = grpc("fraud.v2.Fraud", "Assess", 14, peer="fraud")
    story.span(
        "transfers", "fraud.v2.Fraud/Assess", CLIENT, 76_000, 52_000, under=transfers, attributes=asked
    ).fail("UNAVAILABLE: connection refused")
    again = grpc("fraud.v2.Fraud", "Assess", peer="fraud")
    client = story.span(
        "transfers", "fraud.v2.Fraud/Assess", CLIENT, 141_000, 88_000, under=transfers, attributes=again
    )
    answered = grpc("fraud.v2.Fraud", "Assess") | {"fraud.score": 0.07}
    story.span("fraud", "fraud.v2.Fraud/Assess", SERVER, 143_500, 83_000, under=client, attributes=answered)


def _post_to_ledger(story: Story, transfers: Span) -> None:
    asked = grpc("ledger.v1.Ledger", "Post", 10, peer="ledger")
    client = story.span(
        "transfers", "ledger.v1.Ledger/Post", CLIENT, 236_000, 887_000, under=transfers, attributes=asked
    ).fail("ABORTED: could not debit account 8100442")
    answered = grpc("ledger.v1.Ledger", "Post", 10)
    ledger = story.span(
        "ledger", "ledger.v1.Ledger/Post", SERVER, 239_000, 880_000, under=client, attributes=answered
    ).fail("ABORTED: could not debit account 8100442")
    _query(
        story,
        ledger,
        "journal",
        "INSERT INTO journal (id, kind, booked_at) VALUES ($1, $2, now())",
        246_000,
        14_000,
    )
    _query(
        story, ledger, "accounts", "UPDATE accounts SET balance = balance + $2 WHERE id = $1", 264_000, 21_000
    )
    debit = story.span("ledger", "AccountStore.debit", INTERNAL, 288_000, 826_000, under=ledger)
    debit.attributes |= {"code.function.name": "example.ledger.AccountStore.debit", "account.id": "8100442"}
    stuck = "UPDATE accounts SET balance = balance - $2 WHERE id = $1 AND balance >= $2"
    deadlock = _query(story, debit, "accounts", stuck, 290_000, 822_000)
    deadlock.attributes |= {
        "db.response.status_code": "40P01",
        "error.type": "org.postgresql.util.PSQLException",
    }
    problem = ("org.postgresql.util.PSQLException", "ERROR: deadlock detected", LOCK_STACK)
    deadlock.fail("ERROR: deadlock detected", exception=problem)
    debit.fail("could not debit account 8100442")
    _query(story, ledger, "journal", "ROLLBACK", 1_115_000, 3_000)


def fragmented() -> Story:
    """A trace with holes: the gateway's and a worker's spans never arrived, their children did."""
    story = Story("5eed0000bad0cafe1badb002deadf00d", 1795343012087000)
    for service, language, version, pod in (
        ("web", "nodejs", "4.1.0", "web-7d9f8c6b5-b3w7q"),
        ("search", "java", "7.4.2", "search-2"),
        ("suggest", "rust", "0.9.1", "suggest-5b7c9d8f6-x9l2v"),
        ("ads", "go", "2.2.0", "ads-66f8d7b9c-n4j6t"),
        ("indexer", "java", "7.4.2", "indexer-0"),
    ):
        story.resource(service, language, version, pod)
    page = http_server("GET", "/search", "/search", 200, host="www.example", url__query="q=waterproof+boots")
    root = story.span("web", "GET /search", SERVER, 0, 734_000, attributes=page)
    asked = http_client("GET", "http://gateway:8080/query", 200)
    story.span("web", "GET /query", CLIENT, 9_000, 702_000, under=root, attributes=asked)
    story.span("web", "render results", INTERNAL, 713_000, 18_000, under=root)
    gateway = story.lost_id()
    for service, route, at_us, lasts_us in (
        ("search", "/shards/query", 21_000, 664_000),
        ("suggest", "/complete", 22_000, 48_000),
        ("ads", "/auction", 23_000, 231_000),
    ):
        attributes = http_server("POST", route, route, 200, host=service)
        top = story.span(
            service, f"POST {route}", SERVER, at_us, lasts_us, parent_id=gateway, attributes=attributes
        )
        if service == "search":
            for shard in range(6):
                lasts = 96_000 + 23_000 * (shard * 5 % 6) + (420_000 if shard == 4 else 0)
                story.span(
                    "search",
                    "query shard",
                    INTERNAL,
                    34_000 + 400 * shard,
                    lasts,
                    under=top,
                    attributes={"shard.id": shard, "shard.documents": 1_204_331 + 977 * shard},
                )
        elif service == "ads":
            bids = sql(
                "SELECT bid, creative FROM campaigns WHERE keyword = ANY ($1)",
                database="ads",
                table="campaigns",
            )
            story.span("ads", "SELECT campaigns", CLIENT, 31_000, 204_000, under=top, attributes=bids)
    worker = story.lost_id()
    logged = kafka("process", "searches", partition=2, offset=7_140_022)
    index = story.span(
        "indexer", "searches process", CONSUMER, 801_000, 77_000, parent_id=worker, attributes=logged
    )
    story.span("indexer", "append segment", INTERNAL, 815_000, 51_000, under=index)
    return story


def n_plus_one() -> Story:
    """A page of orders: one query for the list, then one for the customer of each of 64 rows."""
    story = Story("0b5e7a1c93d84f26a4b1c8e07f29d6e5", 1795345530266000)
    story.resource(
        "backoffice", "ruby", "2026.11.0", "backoffice-6c7d8f9b5-z2k9m", service__instance__id="puma-3"
    )
    story.resource("avatars", "go", "1.0.4", "avatars-5d6f7b8c9-h8q3r")
    page = http_server("GET", "/orders", "/orders", 200, host="backoffice.example", url__query="page=7")
    root = story.span("backoffice", "GET /orders", SERVER, 0, 1_372_000, attributes=page)
    action = {"code.function.name": "OrdersController#index"}
    index = story.span(
        "backoffice", "OrdersController#index", INTERNAL, 6_000, 1_358_000, under=root, attributes=action
    )
    listed = "SELECT * FROM orders WHERE store_id = $1 ORDER BY placed_at DESC LIMIT 64 OFFSET 384"
    rows = sql(listed, database="backoffice", table="orders", rows=64)
    story.span("backoffice", "SELECT orders", CLIENT, 11_000, 27_000, under=index, attributes=rows)
    at_us = 44_000
    for n in range(64):
        took = 13_000 + 1_700 * (n * 7 % 5)
        asked = sql(
            f"SELECT * FROM customers WHERE id = {70_211 + n * 37 % 911} LIMIT 1",
            database="backoffice",
            table="customers",
            rows=1,
        )
        story.span("backoffice", "SELECT customers", CLIENT, at_us, took, under=index, attributes=asked)
        at_us += took + 900
    view = story.span(
        "backoffice", "render orders/index", INTERNAL, at_us + 4_000, 1_360_000 - at_us - 4_000, under=index
    )
    sprite = http_client("GET", "http://avatars:8080/sprite", 200)
    story.span("backoffice", "GET /sprite", CLIENT, at_us + 9_000, 24_000, under=view, attributes=sprite)
    audit = kafka("publish", "audit.page-viewed", partition=0, offset=3_310_458)
    story.span(
        "backoffice", "audit.page-viewed publish", PRODUCER, 1_365_000, 5_000, under=root, attributes=audit
    )
    return story
