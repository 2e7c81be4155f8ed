"""Semantic conventions in a line or two."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.tui.detail.conventions import summary


def text(attributes: dict[str, Any], kind: str = "unspecified") -> list[str]:
    return ["".join(piece.text for piece in line) for line in summary(attributes, kind)]


def role(attributes: dict[str, Any], word: str, kind: str = "unspecified") -> str:
    return next(piece.role for line in summary(attributes, kind) for piece in line if piece.text == word)


HTTP_NEW = {"http.request.method": "GET", "http.route": "/cart/{id}", "http.response.status_code": 200}
HTTP_OLD = {"http.method": "GET", "http.url": "http://shop:8080/cart?id=1", "http.status_code": "404"}


@pytest.mark.parametrize(
    ("attributes", "kind", "expected"),
    [
        (HTTP_NEW, "server", ["HTTP GET  /cart/{id}  200"]),
        (HTTP_OLD, "client", ["HTTP GET  http://shop:8080/cart?id=1  404"]),
        ({"http.method": "POST", "http.target": "/a?b"}, "server", ["HTTP POST  /a?b"]),
        (
            {"http.request.method": "PUT", "url.full": "https://a.example/", "http.request.resend_count": 2},
            "client",
            ["HTTP PUT  https://a.example/  2 resends"],
        ),
        (
            {
                "rpc.system": "grpc",
                "rpc.service": "shop.Cart",
                "rpc.method": "Add",
                "rpc.grpc.status_code": 14,
            },
            "client",
            ["RPC grpc  shop.Cart/Add  14 UNAVAILABLE"],
        ),
        (
            {
                "rpc.system.name": "grpc",
                "rpc.method": "shop.Cart/Add",
                "rpc.response.status_code": "NOT_FOUND",
            },
            "server",
            ["RPC grpc  shop.Cart/Add  5 NOT_FOUND"],
        ),
        (
            {"rpc.system": "jsonrpc", "rpc.method": "add", "rpc.jsonrpc.error_code": -32600},
            "client",
            ["RPC jsonrpc  add  error -32600"],
        ),
        (
            {
                "messaging.system": "kafka",
                "messaging.operation.name": "send",
                "messaging.destination.name": "orders",
                "messaging.destination.partition.id": "3",
                "messaging.batch.message_count": 12,
                "messaging.message.body.size": 1840,
            },
            "producer",
            ["messaging kafka  send  to orders  partition 3  12 messages  1.8 kB"],
        ),
        (
            {
                "messaging.system": "rabbitmq",
                "messaging.operation": "process",
                "messaging.destination": "orders",
                "messaging.message_payload_size_bytes": 99,
            },
            "consumer",
            ["messaging rabbitmq  process  from orders  99 B"],
        ),
        ({"message_bus.destination": "orders"}, "producer", ["messaging to orders"]),
        (
            {
                "db.system.name": "postgresql",
                "db.operation.name": "SELECT",
                "db.collection.name": "orders",
                "db.namespace": "shop",
                "db.response.returned_rows": 1,
            },
            "client",
            ["database postgresql  SELECT  orders  in shop  1 row"],
        ),
        (
            {"db.system": "mysql", "db.operation": "UPDATE", "db.sql.table": "cart", "db.name": "shop"},
            "client",
            ["database mysql  UPDATE  cart  in shop"],
        ),
        ({"db.type": "sql", "db.instance": "shop"}, "client", ["database sql  in shop"]),
        ({"db.system": "redis", "db.redis.database_index": 0}, "client", ["database redis  in 0"]),
        ({"db.statement": "SELECT 1"}, "client", []),
        (
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "some-ai",
                "gen_ai.request.model": "large",
                "gen_ai.response.model": "large-2",
                "gen_ai.usage.input_tokens": 1840,
                "gen_ai.usage.cache_read.input_tokens": 920,
                "gen_ai.usage.output_tokens": 260,
                "gen_ai.response.finish_reasons": ["stop", "length"],
            },
            "client",
            [
                "GenAI chat  some-ai  large answered by large-2",
                "      1,840 tokens in  920 cached  260 tokens out  finished stop, length",
            ],
        ),
        (
            {
                "gen_ai.system": "some-ai",
                "gen_ai.request.model": "small",
                "gen_ai.response.model": "small",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.completion_tokens": "5",
                "gen_ai.response.finish_reasons": '["tool_calls"]',
            },
            "client",
            ["GenAI some-ai  small", "      10 tokens in  5 tokens out  finished tool_calls"],
        ),
        (
            {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "triage"},
            "server",
            ["GenAI invoke_agent  agent triage"],
        ),
        (
            {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"},
            "internal",
            ["GenAI execute_tool  tool search"],
        ),
        (
            {"db.system": "elasticsearch", "db.operation": "search", **HTTP_NEW},
            "client",
            ["database elasticsearch  search", "HTTP GET  /cart/{id}  200"],
        ),
        ({"url.full": "https://a.example/", "component": "net"}, "client", []),
        ({}, "server", []),
    ],
)
def test_summary(attributes: dict[str, Any], kind: str, expected: list[str]) -> None:
    assert text(attributes, kind) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [(200, "good"), (302, "text"), (404, "warning"), ("503", "error")]
)
def test_http_status_has_the_colour_of_its_class(code: int | str, expected: str) -> None:
    assert role({"http.status_code": code}, str(code)) == expected


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [(0, "server", "good"), (5, "server", "warning"), (5, "client", "error"), (13, "server", "error")],
)
def test_grpc_status_is_as_bad_as_it_is_for_the_kind(code: int, kind: str, expected: str) -> None:
    (line,) = summary({"rpc.system": "grpc", "rpc.grpc.status_code": code}, kind)
    assert line[-1].role == expected


def test_a_code_that_has_no_name() -> None:
    assert text({"rpc.system": "grpc", "rpc.grpc.status_code": 99}) == ["RPC grpc  99"]
    assert text({"http.method": "GET", "http.status_code": 10**5000}) == ["HTTP GET"]


NAMES = [
    *HTTP_NEW,
    *HTTP_OLD,
    "rpc.system",
    "rpc.method",
    "rpc.grpc.status_code",
    "messaging.system",
    "messaging.batch.message_count",
    "messaging.message.body.size",
    "db.system",
    "db.response.returned_rows",
    "gen_ai.system",
    "gen_ai.usage.input_tokens",
    "gen_ai.response.finish_reasons",
]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.text() | st.integers())
    | st.dictionaries(st.text(), st.integers())
    | st.just("[" * 900)
    | st.just(-(10**5000))
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from(["server", "client", "producer"]))
def test_values_of_any_type_are_survived(attributes: dict[str, Any], kind: str) -> None:
    lines = text(attributes, kind)
    assert len(lines) <= 2
    for line in lines:
        assert not any(ord(char) < 32 or char in "\x7f\x9b\u202e" for char in line)
