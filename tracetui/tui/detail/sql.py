"""SQL laid out over lines, with its keywords marked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tracetui.text import neutralise
from tracetui.tui.detail.lines import Piece

__all__ = ["KEYS", "is_sql", "layout"]

_LAYS_OUT: Final = 2000  # characters: the parser takes some 45 µs each

KEYS: Final = frozenset({"db.query.text", "db.statement", "sql.query", "db.query.summary"})

_SQL_SYSTEMS: Final = re.compile(
    r"sql|postgres|oracle|maria|db2|sqlite|cockroach|clickhouse|cassandra|h2|hsqldb|derby|redshift|snowflake"
    r"|spanner|trino|presto|hive|vertica|teradata|sybase|firebird|informix|tidb|yugabyte",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(
    r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*|\(\s*)*"
    r"(?:select|insert|update|delete|with|merge|replace|upsert|create|alter|drop|truncate|begin|commit|rollback"
    r"|explain|call|exec|execute|set|show|declare|savepoint|release|lock|values|grant|copy|analyze|vacuum)\b",
    re.IGNORECASE | re.DOTALL,
)

_TORN: Final = re.compile(r"\b(for(?: no key)?|do|duplicate key|on)\s*\n\s*(update)\b\s*", re.IGNORECASE)
"""Where sqlparse takes the second word of a clause for the beginning of a statement."""


def is_sql(text: str, system: str = "") -> bool:
    """Whether a statement is SQL: it begins like it, and its database, where it is named, speaks it."""
    if system and not _SQL_SYSTEMS.search(system):
        return False
    return _BEGINS.match(text, 0, 512) is not None


@lru_cache(maxsize=256)
def layout(text: str) -> tuple[list[Piece], ...]:
    """Lines of a statement, indented by clause; a very long one, or one that cannot be parsed, as it is."""
    import sqlparse  # 40 ms: only once there is a statement to show
    from sqlparse.exceptions import SQLParseError

    try:
        laid_out = text
        if len(text) <= _LAYS_OUT:
            laid_out = _TORN.sub(r"\1 \2 ", sqlparse.format(text, reindent=True, wrap_after=60))
        tokens = list(sqlparse.lexer.tokenize(laid_out))  # type: ignore[no-untyped-call]
    except (SQLParseError, RecursionError):
        return tuple([Piece(neutralise(line, multiline=True))] for line in text.splitlines())
    lines: list[list[Piece]] = [[]]
    for kind, value in tokens:
        role = _role(kind)
        for index, part in enumerate(value.split("\n")):
            if index:
                lines.append([])
            if shown := neutralise(part.rstrip("\r"), multiline=True):
                lines[-1].append(Piece(shown, role))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return tuple(lines)


def _role(kind: object) -> str:
    name = str(kind)
    if name.startswith("Token.Keyword"):
        return "keyword"
    if name.startswith("Token.Literal.String"):
        return "string"
    if name.startswith(("Token.Literal.Number", "Token.Name.Placeholder")):
        return "number"
    return "muted" if name.startswith("Token.Comment") else "text"
