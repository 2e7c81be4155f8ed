"""Texts without what differs from call to call."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis import names, normalise


@pytest.mark.parametrize(
    ("statement", "text", "parameters"),
    [
        ("SELECT * FROM a WHERE id = 5", "SELECT * FROM a WHERE id = ?", "5"),
        ("select 1 -- why\n from t", "select ? from t", "1"),
        ("SELECT /* x\n 7 */ a FROM t1", "SELECT a FROM t1", ""),
        ("SELECT a FROM t WHERE n = 'it''s'", "SELECT a FROM t WHERE n = ?", "'it''s'"),
        ("SELECT a FROM t WHERE id IN (1, 2,3)", "SELECT a FROM t WHERE id IN (?)", "1\x1f2\x1f3"),
        ("INSERT INTO t VALUES (1,'a'), (2,'b')", "INSERT INTO t VALUES (?)", "1\x1f'a'\x1f2\x1f'b'"),
        ("SELECT a FROM t WHERE id = $1", "SELECT a FROM t WHERE id = ?", None),
        ("SELECT a FROM t WHERE id = :id AND b = %s", "SELECT a FROM t WHERE id = ? AND b = ?", None),
        ("SELECT a::text FROM t", "SELECT a::text FROM t", ""),
        ("SELECT $x$ it's $x$ FROM t", "SELECT ? FROM t", "$x$ it's $x$"),
        ('SELECT "Id" FROM "T 1" WHERE `n` = 0x1F;', 'SELECT "Id" FROM "T 1" WHERE `n` = ?', "0x1F"),
        ("SELECT 'open", "SELECT ?", "'open"),
    ],
)
def test_statements(statement: str, text: str, parameters: str | None) -> None:
    assert normalise.sql(statement) == (text, parameters)


def test_documents() -> None:
    one = normalise.document('{"find": "users", "filter": {"_id": "5", "n": [1, 2]}}')
    assert one == ('{"find": ?, "filter": {"_id": ?, "n": [?]}}', '"users"\x1f"5"\x1f1\x1f2')
    assert normalise.document('{"_id": "?"}').parameters is None


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/users/17/orders", "/users/{id}/orders"),
        ("/v1/users/550e8400-e29b-41d4-a716-446655440000", "/v1/users/{id}"),
        ("/carts/c-90125?full=1", "/carts/c-{id}"),
        ("/oauth2/s3/token", "/oauth2/s3/token"),
        ("/blobs/deadbeef0123", "/blobs/{id}"),
        ("/mail/someone@example.org", "/mail/{id}"),
        ("/x/AbC123dEf456GhI789jKl0", "/x/{id}"),
        ("/users/{id}", "/users/{id}"),
        ("", "/"),
    ],
)
def test_paths(target: str, text: str) -> None:
    assert normalise.path(target).text == (text if target else "") or text == "/"


def test_names() -> None:
    assert names.name("GET /users/123") == "GET /users/{id}"
    assert names.name("orders.v1.Orders/List") == "orders.v1.Orders/List"
    assert names.name("worker-7 took 12345") == "worker-{id} took {id}"


def test_urls_are_split() -> None:
    assert normalise.split_url("https://me:secret@host:8080/a?b#c") == ("host:8080", "/a?b#c")
    assert normalise.split_url("https://host?x=1") == ("host", "?x=1")
    assert normalise.split_url("/only/a/path") == ("", "/only/a/path")


def test_long_texts_differ_where_they_differ() -> None:
    one, other = "x" * 40_000 + "1", "x" * 40_000 + "2"
    assert normalise.bounded(one) != normalise.bounded(other)
    assert len(normalise.bounded(one)) <= 256
    assert (
        normalise.sql(f"SELECT {'1, ' * 20_000} 1").parameters
        != normalise.sql(f"SELECT {'1, ' * 20_000} 2").parameters
    )


@given(st.text(alphabet=string.ascii_letters + string.digits + " '\"`$()[],.;:?@%-/*\\\n{}", max_size=200))
def test_any_text(text: str) -> None:
    for function in (normalise.sql, normalise.document):
        found = function(text)
        assert "\n" not in found.text or "\n" in text
        assert len(found.text) <= len(text) + 2 * text.count("'") + 2
    normalise.path(text)
    names.name(text)
    normalise.split_url(text)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_like_statements_are_alike(one: int, other: int) -> None:
    made = [normalise.sql(f"SELECT a FROM t WHERE id = {value} AND s = 'k{value}'") for value in (one, other)]
    assert made[0].text == made[1].text
    assert (made[0].parameters == made[1].parameters) == (one == other)
