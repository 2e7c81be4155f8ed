"""Changes to documents: some to the JSON values in them, some to their bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

Place = tuple[Any, Any]
"""A container, and the key or index of one of its values."""

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, -0.0, 1e400, float("nan"), 2**31, 2**53 + 1),
    *(2**63 - 1, 2**63, -(2**63), 2**64, 10**30, 1_700_000_000_000_000, 1_700_000_000_000_000_000),
    *("", "0", "1", "-1", "abc", "x" * 300, "1700000000000000000", "9" * 30, "1e5", "0x1F", "NaN"),
    *("00000000000000ff", "00000000000000FF", "0" * 16, "0" * 32, "f" * 40, "ff", "zz", "/wAAAAAAAAA="),
    *(
        "\x00",
        "\x1b[2J\x1b]52;c;AA==\x07",
        "\u202eevil",
        "\ud800",
        "\U0001f468\u200d\U0001f469",
        "e\u0301" * 9,
    ),
    *("[/nope]", "[@click=app.quit]x", "SELECT 1", '{"a": [1]}', "https://u:p@h/?token=x", "{", "\r\n\t"),
    *(
        [],
        {},
        [[]],
        [{}],
        [None],
        {"": None},
        {"key": "k"},
        {"key": "k", "value": {}},
        {"a": {"b": [1, "2"]}},
    ),
    *({"stringValue": "s"}, {"intValue": "x"}, {"kvlistValue": {"values": [{}]}}, {"bytesValue": "!"}),
    *({"refType": "CHILD_OF", "spanID": "ff"}, {"refType": 3}, {"key": "k", "type": "int64", "value": "x"}),
)
NAMES = (
    *("data", "spans", "traceID", "traceId", "trace_id", "spanID", "spanId", "span_id", "id", "parentId"),
    *("parentSpanId", "parentSpanID", "references", "refType", "operationName", "name", "startTime"),
    *(
        "duration",
        "timestamp",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "start_time_unix_nano",
        "tags",
        "logs",
    ),
    *("attributes", "events", "links", "annotations", "processID", "processes", "process", "serviceName"),
    *("localEndpoint", "remoteEndpoint", "kind", "status", "code", "shared", "resource", "resourceSpans"),
    *("scopeSpans", "instrumentationLibrarySpans", "scope", "warnings", "flags", "key", "value", "type"),
    *("fields", "errors", "resourceLogs", "resourceMetrics", "batches", "droppedAttributesCount"),
)
_TOKENS = (
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"\\ud800", b"null", b"NaN", b"-", b"1e999"),
    *(
        b"\n",
        b"\r",
        b"\x00",
        b"\x1b",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\x1e",
    ),
    *(b"0" * 20, b"9" * 400, b"[" * 1100, b'{"a":' * 600, b"//", b"/*", b")]}',\n"),
)
_DEEPEST = 60


def places(value: Any) -> list[Place]:
    """Every place in a JSON value where another could stand; not those far down."""
    found: list[Place] = []
    todo = [(value, 0)]
    while todo:
        container, depth = todo.pop()
        keys: Any = container.keys() if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], (dict, list)) and depth < _DEEPEST:
                todo.append((container[key], depth + 1))
    return found


def mutate_value(value: Any, random: Random) -> Any:
    """Change a JSON value in a few places; the one given may be changed too."""
    if not isinstance(value, (dict, list)):
        return random.choice(ODD_VALUES)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        found = places(value)
        if not found:
            return random.choice(ODD_VALUES)
        container, key = random.choice(found)
        other, at = random.choice(found)
        what = random.randrange(8)
        if what < 3:
            container[key] = _copy(random.choice(ODD_VALUES))
        elif what == 3:
            container[key] = _copy(other[at])
        elif what == 4:
            del container[key]
        elif what == 5 and isinstance(container, list):
            container.insert(key, _copy(container[key]))
        elif what == 5:
            container[random.choice(NAMES)] = container.pop(key)
        elif what == 6 and isinstance(container[key], str):
            container[key] = _mutate_text(container[key], random)
        elif what == 6 and isinstance(container[key], int):
            container[key] += random.choice((1, -1, 1000, -1000, 10**9, -(10**12)))
        else:
            wrapped = random.choice(([_copy(container[key])], {random.choice(NAMES): _copy(container[key])}))
            container[key] = wrapped
    return value


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value)) if isinstance(value, (dict, list)) else value


def _mutate_text(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    odd = random.choice([value for value in ODD_VALUES if isinstance(value, str)])
    return random.choice((text[:at], text[:at] + odd + text[at:], text.upper(), text * 2, odd + text[at:]))


def mutate_document(data: bytes, random: Random) -> bytes:
    """Change the JSON in a document, or how it is written; bytes where there is none."""
    try:
        value = json.loads(data)
        value = mutate_value(value, random)
        indent = random.choice((None, None, None, 1))
        text = json.dumps(value, ensure_ascii=random.random() < 0.5, indent=indent)
        document = text.encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError, MemoryError):
        lines = data.split(b"\n")
        if len(lines) < 2 or random.random() < 0.5:
            return mutate_bytes(data, random)
        at = random.randrange(len(lines))
        lines[at] = mutate_document(lines[at], random) if lines[at].count(b"\n") == 0 else lines[at]
        return b"\n".join(lines)
    what = random.randrange(24)
    if what == 0:
        return document + random.choice((b"\n", b"", b" ")) + document
    if what == 1:
        return document.decode("utf-8", "replace").encode(random.choice(("utf-16", "utf-16-be", "utf-8-sig")))
    if what == 2:
        return _one_a_line(value)
    if what == 3:
        return document[: random.randint(0, len(document))]
    return document


def _one_a_line(value: Any) -> bytes:
    """A list as one value a line, anything else on one line."""
    values = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(one).encode() for one in values)


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """Change some bytes."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        at = random.randint(0, len(out))
        end = min(len(out), at + random.choice((1, 1, 2, 8, 64)))
        changes: tuple[Callable[[], bytes], ...] = (
            lambda: bytes([random.randrange(256)]),
            lambda: random.choice(_TOKENS),
            lambda: b"",
            lambda at=at, end=end: bytes(out[at:end]) * 2,  # type: ignore[misc]
            lambda: json.dumps(random.choice(ODD_VALUES)).encode(),
        )
        out[at : end if random.random() < 0.7 else at] = random.choice(changes)()
    return bytes(out)


def mutate(data: bytes, random: Random) -> bytes:
    """Change a document by its values or by its bytes."""
    return mutate_document(data, random) if random.random() < 0.7 else mutate_bytes(data, random)
