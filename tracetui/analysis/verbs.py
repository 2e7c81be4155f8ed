"""Words by which calls are told: what only reads, what changes something, what asks for pages."""

from __future__ import annotations

import re
from typing import Final

CACHES: Final = frozenset(
    {"redis", "memcached", "memcache", "valkey", "keydb", "dragonfly", "hazelcast", "cache"}
)
DOCUMENTS: Final = frozenset({"mongodb", "elasticsearch", "opensearch", "dynamodb", "couchdb", "cosmosdb"})
READ_VERBS: Final = frozenset(
    {"SELECT", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "VALUES", "WITH", "TABLE", "PRAGMA", "FETCH", "MATCH"}
)
READ_OPERATIONS: Final = frozenset(
    [
        "select",
        "find",
        "findone",
        "get",
        "getitem",
        "batchgetitem",
        "batchgetitems",
        "query",
        "scan",
        "aggregate",
        "count",
        "distinct",
        "search",
        "mget",
        "lookup",
        "read",
        "exists",
        "getmore",
    ]
)
READ_COMMANDS: Final = frozenset(
    [
        "GET",
        "MGET",
        "GETS",
        "HGET",
        "HMGET",
        "HGETALL",
        "HKEYS",
        "HVALS",
        "HLEN",
        "HEXISTS",
        "EXISTS",
        "SMEMBERS",
        "SISMEMBER",
        "SCARD",
        "ZRANGE",
        "ZSCORE",
        "ZRANGEBYSCORE",
        "ZREVRANGE",
        "ZCARD",
        "ZCOUNT",
        "ZRANK",
        "LRANGE",
        "LLEN",
        "LINDEX",
        "STRLEN",
        "TTL",
        "PTTL",
        "TYPE",
        "KEYS",
        "SCAN",
        "HSCAN",
        "SSCAN",
        "ZSCAN",
        "BITCOUNT",
        "GETRANGE",
        "GETBIT",
        "SINTER",
        "SUNION",
    ]
)
SCANS: Final = frozenset({"SCAN", "HSCAN", "SSCAN", "ZSCAN"})
WRITES_INSIDE: Final = re.compile(r"\b(?:insert|update|delete|merge|replace|truncate|into)\b", re.I)
CHANGING: Final = re.compile(
    r"\b(?:for\s(?:no\skey\s)?(?:update|share)|now|random|rand|uuid|nextval|currval|last_insert_id|clock_timestamp"
    r"|current_timestamp|sysdate|getdate|get_lock|release_lock|\w*advisory\w*lock\w*|lock\sin\sshare\smode)\b",
    re.I,
)
TABLE: Final = re.compile(r"\b(?:from|into|update|join|table)\s(?:only\s)?[\"`\[]?([\w.\"`]{1,120})", re.I)
PAGED: Final = re.compile(
    r"\boffset\b|\bfetch\s(?:next|first|forward)\b|\blimit\s?\?\s?,\s?\?|\bfetch\b.*\bfrom\b", re.I
)
PAGE_QUERY: Final = re.compile(
    r"[?&](?:page|offset|cursor|after|before|skip|start|from|page_?token|next_?token|continuation\w{0,8}|startAt)=",
    re.I,
)
GENERIC: Final = re.compile(
    r"(?:https?|db|sql|postgres(?:ql)?|mysql|sqlite|redis|mongo(?:db)?|pg|database|query|execute|request|fetch|rpc"
    r"|grpc|command|call|get|post|put|delete|patch|head|options|client|server|\W)+",
    re.I,
)
RPC_READS: Final = re.compile(
    r"(?:Batch)?(?:Get|List|Find|Read|Fetch|Search|Lookup|Query|Count|Check|Has|Is)(?![a-z])"
)
RPC_WRITES: Final = re.compile(
    r"(?:Create|Update|Delete|Put|Post|Set|Add|Insert|Remove|Send|Publish|Place|Commit|Charge|Reserve|Write|Save"
    r"|Store|Submit|Cancel|Confirm|Book|Pay|Append|Register|Upsert|Patch|Begin|Lock)(?![a-z])"
)
LONGEST_LABEL: Final = 60
