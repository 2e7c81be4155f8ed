"""What spans called, whatever convention says it."""

from __future__ import annotations

import pytest

from scripts.tracegen.conventions import CONVENTIONS, attributes_of
from scripts.tracegen.plan import What
from tracetui.analysis.signature import Area, signature

CALLS = [
    (What("sql", "SELECT", "SELECT a FROM t WHERE id = 7"), Area.SQL, "SELECT a FROM t WHERE id = ?", "7"),
    (
        What("sql", "SELECT", "SELECT a FROM t WHERE id = 7", masked=True),
        Area.SQL,
        "SELECT a FROM t WHERE id = ?",
        None,
    ),
    (What("cache", "GET", "cart:7"), Area.CACHE, "GET cart:{id}", "GET cart:7"),
    (What("http", "GET", "/users/7", "/users/{id}", "users"), Area.HTTP, "GET /users/{id}", "/users/7"),
    (What("rpc", "", "shop.Users/GetUser", host="users"), Area.RPC, "shop.Users/GetUser", None),
]


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize(("what", "area", "text", "parameters"), CALLS)
def test_conventions_agree(
    convention: str, what: What, area: Area, text: str, parameters: str | None
) -> None:
    found = signature(dict(attributes_of(what, "client", convention)), "some name", "client")
    assert (found.area, found.text, found.parameters) == (area, text, parameters)
    assert found.reads is True


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_messages(convention: str) -> None:
    found = signature(
        dict(attributes_of(What("message", "publish", "jobs"), "producer", convention)), "x", "producer"
    )
    assert found.area is Area.MESSAGING
    assert found.text.endswith(" jobs") and found.reads is False


@pytest.mark.parametrize(
    ("attributes", "reads"),
    [
        ({"db.statement": "INSERT INTO t VALUES (1)"}, False),
        ({"db.statement": "SELECT a FROM t FOR UPDATE"}, False),
        ({"db.statement": "SELECT now()"}, False),
        ({"db.statement": "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x"}, False),
        ({"db.system": "redis", "db.statement": "SET a 1"}, False),
        ({"http.method": "POST", "http.target": "/a"}, False),
        ({"rpc.service": "S", "rpc.method": "CreateUser"}, False),
        ({"rpc.service": "S", "rpc.method": "Frobnicate"}, None),
        ({"db.system": "mongodb", "db.operation": "find", "db.mongodb.collection": "u"}, True),
        ({"db.system": "mongodb", "db.operation": "update"}, False),
    ],
)
def test_what_only_reads(attributes: dict[str, str], reads: bool | None) -> None:
    assert signature(dict(attributes), "name", "client").reads is reads


@pytest.mark.parametrize(
    ("attributes", "paged"),
    [
        ({"db.statement": "SELECT a FROM t LIMIT 10 OFFSET 20"}, True),
        ({"db.statement": "SELECT a FROM t WHERE id = 1 LIMIT 1"}, False),
        ({"http.method": "GET", "http.url": "http://a/items?page=3"}, True),
        ({"http.method": "GET", "http.url": "http://a/items?id=3"}, False),
    ],
)
def test_pages(attributes: dict[str, str], paged: bool) -> None:
    assert signature(dict(attributes), "name", "client").paged is paged


def test_labels_are_for_people() -> None:
    def label(name: str, **attributes: str) -> str:
        return signature(
            {key.replace("__", "."): value for key, value in attributes.items()}, name, "client"
        ).label

    assert label("SELECT stock", db__statement="SELECT a, b FROM stock WHERE x = 1") == "SELECT stock"
    assert label("postgres.query", sql__query="select a from public.users where x = 1") == "SELECT users"
    assert label("HTTP GET", http__method="GET", http__url="http://h/users/5") == "GET /users/{id}"
    assert label("work on 17") == "work on {id}"


def test_hostile_attributes() -> None:
    for value in ("", "\x00", "'" * 9999, 10**30, -1, True, None, [], {}, b"\xff", 1.5, float("nan")):
        for key in (
            "db.statement",
            "http.url",
            "rpc.method",
            "messaging.destination",
            "http.status_code",
            "db.system",
        ):
            signature({key: value}, "", "client")
