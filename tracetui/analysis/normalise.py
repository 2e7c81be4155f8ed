"""Texts without what differs from call to call: statements without literals, paths without ids.

Each function is linear in its text, whatever the text: patterns are possessive or end at the end of the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tracetui.analysis.names import IDS, LONGEST, UUID

MOST_TEXT: Final = 16_384
"""Characters of a statement that are looked at one by one; the rest counts as one parameter."""
_LONG: Final = 256
_SEPARATOR: Final = "\x1f"

_SQL: Final = re.compile(
    r"""
    (?P<comment>--[^\n]*+|/\*.*?(?:\*/|\Z))
    |(?P<literal>
        [NEXBnexb]?'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z)
        |(?P<tag>\$(?:[A-Za-z_]\w{0,31}+)?+\$).*?(?:(?P=tag)|\Z)
    )
    |(?P<hole>\?+|\$\d++|(?<![:\w]):[A-Za-z_]\w*+|(?<![@\w])@[A-Za-z_]\w*+|%s|%\(\w++\)s)
    |(?P<number>(?<![\w$])\d[\w.]*+)
    |(?P<name>"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|`[^`]*+`?)
    |(?P<space>\s++)
    |(?P<word>\w++)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_JSON: Final = re.compile(
    r"""
    (?P<key>"(?:[^"\\]++|\\.)*+"(?=\s*+:))
    |(?P<literal>"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z))
    |(?P<number>(?<![\w$])-?\d[\w.]*+)
    |(?P<hole>\?+)
    |(?P<space>\s++)
    |(?P<word>\w++)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LIST: Final = re.compile(r"([(\[]) ?\?(?: ?, ?\?)*+ ?([)\]])")
_ROWS: Final = re.compile(r"\(\?\)(?: ?, ?\(\?\))++")

_SEGMENT_ID: Final = re.compile(
    rf"{UUID}|[0-9a-fA-F]{{16,}}|(?=[^0-9]*\d)[A-Za-z0-9_\-=~.]{{20,}}|[^@/]+@[^@/]+\.[^@/]+"
)


class Normal(NamedTuple):
    """A text in two parts.

    Attributes:
        text: What it shares with its like.
        parameters: What was taken out; None where the text says only that there was something.
    """

    text: str
    parameters: str | None


def bounded(text: str) -> str:
    """A text, or of a long one its beginning and a digest: equal where the texts are equal."""
    if len(text) <= _LONG:
        return text
    from hashlib import blake2b  # loads a large library, for what is rare

    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f"{text[: _LONG - 25]}…{digest}"


@lru_cache(4096)
def sql(statement: str) -> Normal:
    """A statement without literals, numbers and comments, its lists and rows of values as one.

    Args:
        statement: As recorded.
    """
    return _normal(_SQL, statement)


@lru_cache(4096)
def document(statement: str) -> Normal:
    """A query written as JSON, without its values; keys stay."""
    return _normal(_JSON, statement)


def _normal(pattern: re.Pattern[str], statement: str) -> Normal:
    head, rest = statement[:MOST_TEXT], statement[MOST_TEXT:]
    out: list[str] = []
    literals: list[str] = [rest] if rest else []
    masked = False
    for match in pattern.finditer(head):
        group, text = match.lastgroup, match[0]
        if group in ("word", "other", "name", "key"):
            out.append(text)
        elif group in ("space", "comment"):
            if out and out[-1] != " ":
                out.append(" ")
        elif group == "hole" or text in ('"?"', "'?'"):
            masked = True
            out.append("?")
        else:
            literals.append(text)
            out.append("?")
    flat = "".join(out).strip().rstrip("; ")
    flat = _ROWS.sub("(?)", _LIST.sub(r"\1?\2", flat))
    return Normal(flat, None if masked else bounded(_SEPARATOR.join(literals)))


@lru_cache(4096)
def path(target: str) -> Normal:
    """A URL's path without ids, as a route would be written; the query is a parameter.

    Args:
        target: A path, with or without a query; no host.
    """
    target = target[:MOST_TEXT].partition("#")[0]
    way, _, _query = target.partition("?")
    segments = [_segment(part) for part in way[:LONGEST].split("/")]
    return Normal("/".join(segments) or "/", bounded(target))


def _segment(part: str) -> str:
    if not part or part.isalpha() or part[0] in "{:<*":
        return part
    if _SEGMENT_ID.fullmatch(part):
        return "{id}"
    return IDS.sub("{id}", part)


def split_url(url: str) -> tuple[str, str]:
    """Host (with its port, without who is logged in) and the rest of a URL; no host where there is none."""
    _, sep, rest = url[:MOST_TEXT].partition("://")
    if not sep:
        return "", url[:MOST_TEXT]
    ends = [at for at in (rest.find("/"), rest.find("?"), rest.find("#")) if at >= 0]
    at = min(ends, default=len(rest))
    return rest[:at].rpartition("@")[2], rest[at:] or "/"
