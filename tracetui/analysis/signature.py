"""What a span called, without what differs from call to call: two calls with one signature are alike.

The parameters are kept apart: alike calls with equal parameters are the same work done twice. Where a
statement's values are masked it cannot be known whether they were equal, and that is said too.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tracetui.analysis import conventions as conv
from tracetui.analysis import normalise, verbs
from tracetui.analysis.conventions import first_text
from tracetui.analysis.names import name as plain_name
from tracetui.model.attributes import Attributes

__all__ = ["Area", "Signature", "signature"]


class Area(StrEnum):
    """What a call went to."""

    SQL = "sql"
    DATABASE = "database"
    CACHE = "cache"
    HTTP = "http"
    RPC = "rpc"
    MESSAGING = "messaging"
    NONE = ""

    @property
    def is_store(self) -> bool:
        """Whether it is a database or a cache."""
        return self in (Area.SQL, Area.DATABASE, Area.CACHE)


class Signature(Struct, frozen=True):
    """What a span called.

    Attributes:
        area: What it went to; NONE for a span that follows no convention.
        text: What like calls share: statement, method and route, command, destination, or the name.
        label: The same in a few words, for people.
        parameters: What tells equal calls from like ones; None where that cannot be known.
        target: The host or service it went to, "" where none is named.
        reads: Whether it changes nothing; None where it cannot be known.
        paged: Whether it fetches one page of many.
        verb: The statement's or request's first word, upper case.
    """

    area: Area
    text: str
    label: str
    parameters: str | None
    target: str = ""
    reads: bool | None = None
    paged: bool = False
    verb: str = ""

    @property
    def like(self) -> tuple[Area, str]:
        """Equal for calls that are alike."""
        return self.area, self.text.casefold()


def signature(attributes: Attributes, name: str, kind: str = "unspecified") -> Signature:
    """What a span called.

    Args:
        attributes: The span's own.
        name: Its name.
        kind: Its kind in lower case.

    Returns:
        Its signature; texts in it are as found, not neutralised.
    """
    keys = attributes.keys()
    for known_by, maker in _MAKERS:
        if not known_by.isdisjoint(keys):
            found = maker(attributes, name, kind)
            if found is not None:
                return found
    plain = plain_name(name)
    return Signature(Area.NONE, plain, _short(plain), None, _target(attributes))


def _short(text: str) -> str:
    return text if len(text) <= verbs.LONGEST_LABEL else text[: verbs.LONGEST_LABEL - 1] + "…"


def _target(attributes: Attributes) -> str:
    return first_text(attributes, conv.PEER_SERVICE) or first_text(attributes, conv.HOST)


def _messaging(attributes: Attributes, name: str, kind: str) -> Signature | None:
    destination = first_text(attributes, conv.MESSAGING_DESTINATION)
    if not destination and not first_text(attributes, conv.MESSAGING_SYSTEM):
        return None
    operation = first_text(attributes, conv.MESSAGING_OPERATION) or kind
    where = plain_name(destination) or plain_name(name)
    text = f"{operation} {where}"
    return Signature(Area.MESSAGING, text, _short(text), None, destination, False, verb=operation.upper())


def _statement(attributes: Attributes, name: str) -> str:
    text = first_text(attributes, conv.STATEMENT) or first_text(attributes, conv.COMMAND)
    if not text and (_is_stored(attributes) or name.endswith((".query", ".command", ".execute"))):
        text = first_text(attributes, conv.RESOURCE_NAME)
    return text


def _is_stored(attributes: Attributes) -> bool:
    return first_text(attributes, conv.SPAN_TYPE).lower() in (
        "sql",
        "db",
        "cache",
        "redis",
        "mongodb",
        "memcached",
    )


def _system(attributes: Attributes) -> str:
    found = first_text(attributes, conv.DB_SYSTEM).lower()
    kind = first_text(attributes, conv.SPAN_TYPE).lower()
    if not found and kind in ("redis", "memcached", "mongodb", "cache"):
        return kind
    if not found and ("redis.raw_command" in attributes or "redis.command" in attributes):
        return "redis"
    if not found and "memcached.query" in attributes:
        return "memcached"
    if not found:
        component = first_text(attributes, ("component",)).lower()
        for system in ("redis", "memcached", "mongo"):
            if system in component:
                return "mongodb" if system == "mongo" else system
    return found


def _store(attributes: Attributes, name: str, kind: str) -> Signature | None:
    system = _system(attributes)
    statement = _statement(attributes, name)
    if not system and not statement and not first_text(attributes, conv.DB_OPERATION):
        return None
    if system in verbs.CACHES:
        return _cache(attributes, name, statement)
    if not statement:
        return _operation(attributes, name)
    if system in verbs.DOCUMENTS or statement.lstrip()[:1] in ("{", "["):
        return _document(attributes, name, statement)
    normal = normalise.sql(statement)
    verb = _verb(normal.text)
    reads = (
        verb in verbs.READ_VERBS
        and not verbs.WRITES_INSIDE.search(normal.text)
        and not verbs.CHANGING.search(normal.text)
    )
    return Signature(
        Area.SQL,
        normal.text,
        _sql_label(normal.text, verb, name),
        _parameters(attributes, normal.parameters),
        _target(attributes),
        reads,
        bool(verbs.PAGED.search(normal.text)),
        verb,
    )


def _verb(text: str) -> str:
    word = re.match(r"\W{0,8}([A-Za-z]+)", text)
    return word[1].upper() if word else ""


def _parameters(attributes: Attributes, literals: str | None) -> str | None:
    """The literals of a statement, and the values of its placeholders where they are recorded."""
    given = first_text(attributes, conv.DB_PARAMETERS)
    named = [
        f"{key}={value}"
        for key, value in sorted(attributes.items())
        if key.startswith(conv.DB_PARAMETER_PREFIX) and isinstance(value, str | int | float)
    ]
    if not given and not named:
        return literals
    return normalise.bounded("\x1f".join([literals or "", given, *named]))


def _sql_label(text: str, verb: str, name: str) -> str:
    if name and verb and verb in name.upper() and not verbs.GENERIC.fullmatch(name) and len(name) <= 40:
        return plain_name(name)
    table = verbs.TABLE.search(text)
    if verb and table:
        return _short(f"{verb} {table[1].strip(chr(34) + '`').rpartition('.')[2]}")
    return _short(text) if text else _short(plain_name(name))


def _operation(attributes: Attributes, name: str) -> Signature:
    operation = first_text(attributes, conv.DB_OPERATION)
    table = first_text(attributes, conv.DB_COLLECTION)
    text = " ".join(part for part in (operation, table) if part) or plain_name(name)
    reads = operation.lower() in verbs.READ_OPERATIONS if operation else None
    paged = operation.lower() in ("getmore", "scan")
    return Signature(
        Area.DATABASE, text, _short(text), None, _target(attributes), reads, paged, operation.upper()
    )


def _document(attributes: Attributes, name: str, statement: str) -> Signature:
    plain = _operation(attributes, name)
    normal = normalise.document(statement)
    parameters = _parameters(attributes, normal.parameters)
    return Signature(
        Area.DATABASE,
        f"{plain.text} {normal.text}",
        plain.label,
        parameters,
        plain.target,
        plain.reads,
        plain.paged,
        plain.verb,
    )


def _cache(attributes: Attributes, name: str, statement: str) -> Signature:
    statement = statement or first_text(attributes, conv.DB_OPERATION) or name
    words = statement[: normalise.MOST_TEXT].split(None, 2)
    verb = words[0].upper() if words else ""
    key = plain_name(words[1]) if len(words) > 1 else ""
    masked = len(words) < 2 or "?" in statement
    text = f"{verb} {key}".rstrip()
    return Signature(
        Area.CACHE,
        text,
        _short(text),
        None if masked else normalise.bounded(statement),
        _target(attributes),
        verb in verbs.READ_COMMANDS,
        verb in verbs.SCANS,
        verb,
    )


def _rpc(attributes: Attributes, name: str, kind: str) -> Signature | None:
    method = first_text(attributes, conv.RPC_METHOD)
    service = first_text(attributes, conv.RPC_SERVICE)
    system = first_text(attributes, ("rpc.system.name", "rpc.system"))
    if not (method or service or system or _is_grpc(attributes)):
        return None
    if method and service and "/" not in method:
        text = f"{service}/{method}"
    else:
        text = method.lstrip("/") or plain_name(name)
    word = text.rpartition("/")[2].rpartition(".")[2]
    reads = True if verbs.RPC_READS.match(word) else False if verbs.RPC_WRITES.match(word) else None
    return Signature(Area.RPC, text, _short(text), None, _target(attributes), reads, verb=word.upper())


def _is_grpc(attributes: Attributes) -> bool:
    return first_text(attributes, ("component",)).lower() in ("grpc", "thrift") or any(
        key in attributes for key in ("grpc.status_code", "grpc.code", "rpc.grpc.status_code")
    )


def _http(attributes: Attributes, name: str, kind: str) -> Signature | None:
    method = first_text(attributes, conv.HTTP_METHOD).upper()
    url = first_text(attributes, conv.HTTP_URL)
    route = first_text(attributes, conv.HTTP_ROUTE)
    target = first_text(attributes, conv.HTTP_PATH)
    if not (method or url or route or target) and first_text(attributes, conv.HTTP_STATUS) == "":
        return None
    host, way = normalise.split_url(url) if url else ("", "")
    if not url or not way.startswith("/"):
        way = target + _query(attributes, target) if target else way
    normal = normalise.path(way) if way else None
    where = route or (normal.text if normal else "") or _named_path(name)
    verb = method or "HTTP"
    text = f"{verb} {where}".rstrip()
    return Signature(
        Area.HTTP,
        text,
        _short(text),
        normal.parameters if normal else None,
        first_text(attributes, conv.PEER_SERVICE) or host or _target(attributes),
        method in ("GET", "HEAD", "OPTIONS") if method else None,
        bool(way and verbs.PAGE_QUERY.search(way)),
        verb,
    )


def _query(attributes: Attributes, target: str) -> str:
    query = first_text(attributes, conv.HTTP_QUERY)
    return f"?{query}" if query and "?" not in target else ""


def _named_path(name: str) -> str:
    """The path in a name such as `GET /users/5`; a name that says no more than the method gives nothing."""
    if verbs.GENERIC.fullmatch(name[:40]):
        return ""
    rest = name.removeprefix("HTTP ")
    word, _, way = rest.partition(" ")
    return normalise.path(way).text if word.isupper() and way.startswith("/") else plain_name(rest)


_MAKERS: Final = (
    (frozenset((*conv.MESSAGING_DESTINATION, *conv.MESSAGING_SYSTEM)), _messaging),
    (
        frozenset(
            (
                *conv.STATEMENT,
                *conv.COMMAND,
                *conv.DB_SYSTEM,
                *conv.DB_OPERATION,
                *conv.SPAN_TYPE,
                *conv.RESOURCE_NAME,
                "component",
            )
        ),
        _store,
    ),
    (
        frozenset(
            (
                *conv.RPC_METHOD,
                *conv.RPC_SERVICE,
                *conv.GRPC_STATUS,
                "rpc.system",
                "rpc.system.name",
                "component",
            )
        ),
        _rpc,
    ),
    (
        frozenset((*conv.HTTP_METHOD, *conv.HTTP_URL, *conv.HTTP_ROUTE, *conv.HTTP_PATH, *conv.HTTP_STATUS)),
        _http,
    ),
)
"""What stands nearer to the work comes first: a database's call over HTTP is one of the database."""
