"""SQL laid out."""

from __future__ import annotations

import pytest

from tracetui.tui.detail.sql import is_sql, layout
from tracetui.tui.detail.values import present


def text(statement: str) -> list[str]:
    return ["".join(piece.text for piece in line) for line in layout(statement)]


def test_clauses_stand_on_lines_of_their_own() -> None:
    assert text("SELECT a, b FROM t JOIN u ON u.id = t.id WHERE x = $1 AND y IN (1, 2) ORDER BY 1") == [
        "SELECT a, b",
        "FROM t",
        "JOIN u ON u.id = t.id",
        "WHERE x = $1",
        "  AND y IN (1, 2)",
        "ORDER BY 1",
    ]


def test_keywords_strings_and_numbers_are_marked() -> None:
    roles = {
        piece.text: piece.role
        for line in layout("SELECT a FROM t WHERE b = 'c' LIMIT 5 -- d")
        for piece in line
    }
    assert roles["SELECT"] == "keyword"
    assert roles["'c'"] == "string"
    assert roles["5"] == "number"
    assert roles["-- d"] == "muted"
    assert roles["a"] == "text"


@pytest.mark.parametrize(
    ("statement", "system", "expected"),
    [
        ("SELECT 1", "postgresql", True),
        ("select 1", "", True),
        ("/* app */ INSERT INTO t VALUES (1)", "mysql", True),
        ("-- hello\nWITH x AS (SELECT 1) SELECT * FROM x", "", True),
        ("SELECT 1", "redis", False),
        ("GET session:4711", "", False),
        ("HMSET key a b", "redis", False),
        ('{"find": "users"}', "mongodb", False),
        ("selection of things", "", False),
        ("", "postgresql", False),
    ],
)
def test_is_sql(statement: str, system: str, expected: bool) -> None:
    assert is_sql(statement, system) is expected


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT (((((",
        "SELECT 'open",
        "SELECT %s, %(a)s, ?, :b",
        "SELECT " + "(" * 500,
        "SELECT \x1b[31m\u202e",
    ],
)
def test_broken_statements_are_shown_all_the_same(statement: str) -> None:
    shown = "".join(text(statement))
    assert "SELECT" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_a_statement_too_long_to_lay_out_is_still_marked() -> None:
    lines = layout("SELECT " + ", ".join(f"column_{n}" for n in range(400)))
    assert len(lines) == 1
    assert lines[0][0].role == "keyword"


def test_statements_are_laid_out_where_attributes_say_so() -> None:
    shown = present("db.query.text", "SELECT a FROM b", 40, system="postgresql")
    assert len(shown.lines) == 2
    assert len(present("message", "SELECT a FROM b", 40).lines) == 1


@pytest.mark.parametrize(
    ("statement", "clause"),
    [
        ("SELECT a FROM b WHERE x = $1 FOR UPDATE OF b SKIP LOCKED", "FOR UPDATE OF b SKIP LOCKED"),
        ("SELECT a FROM b FOR NO KEY UPDATE", "FOR NO KEY UPDATE"),
        (
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1",
            "ON CONFLICT (a) DO UPDATE SET b = 1",
        ),
        ("insert into t values (1) on duplicate key update a = 1", "on duplicate key update a = 1"),
    ],
)
def test_a_clause_with_the_name_of_a_statement_is_not_torn(statement: str, clause: str) -> None:
    shown = "\n".join("".join(piece.text for piece in line) for line in layout(statement))
    assert clause in shown
