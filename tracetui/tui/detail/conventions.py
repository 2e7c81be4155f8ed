"""What the semantic conventions say of a span, old and new names alike, in a line or two.

The names are those of OpenTelemetry's semantic conventions, their forerunners of before the stable releases,
and OpenTracing's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeAlias

import orjson

from tracetui import format as fmt
from tracetui.analysis.conventions import GRPC
from tracetui.model.attributes import Attributes, AttributeValue
from tracetui.tui.detail.lines import Piece, clean
from tracetui.tui.detail.values import PieceLine, status_role, url_pieces

__all__ = ["summary"]

_MOST_LINES: Final = 2
_MOST_REASONS: Final = 5
_CELLS: Final = 200
"""Characters of one word of a summary: the whole value stands among the attributes."""
_SERVER_FAULTS: Final = frozenset({2, 4, 12, 13, 14, 15})
"""gRPC codes that are the server's fault; the others are its answer to what the client did."""

Part: TypeAlias = Callable[[Attributes, str], PieceLine]
"""Takes attributes and kind; gives what there is to tell, nothing where nothing is known."""


def _text(attributes: Attributes, names: tuple[str, ...]) -> str:
    """The first of some attributes that is a text or a whole number, neutralised."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return clean(value if isinstance(value, str) else str(_bounded(value)), _CELLS)
    return ""


def _bounded(value: int) -> int:
    return max(-(10**18), min(value, 10**18))


def _number(attributes: Attributes, names: tuple[str, ...]) -> int | None:
    """The first of some attributes that is a whole number, or the decimal digits of one."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return _bounded(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
            return int(value)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
            return int(value)
    return None


def _word(*names: str, role: str = "text", before: str = "", kinds: dict[str, str] | None = None) -> Part:
    """A word as it stands, behind another one, which may depend on the span's kind."""

    def part(attributes: Attributes, kind: str) -> PieceLine:
        word = _text(attributes, names)
        lead = (kinds or {}).get(kind, before)
        return [*([Piece(lead + " ", "muted")] if lead else []), Piece(word, role)] if word else []

    return part


def _count(noun: str, *names: str, least: int = 0) -> Part:
    def part(attributes: Attributes, kind: str) -> PieceLine:
        number = _number(attributes, names)
        return [Piece(fmt.plural(number, noun))] if number is not None and number >= least else []

    return part


def _tokens(word: str, *names: str) -> Part:
    def part(attributes: Attributes, kind: str) -> PieceLine:
        number = _number(attributes, names)
        return [] if number is None else [Piece(fmt.count(number)), Piece(f" {word}", "muted")]

    return part


def _size(*names: str) -> Part:
    def part(attributes: Attributes, kind: str) -> PieceLine:
        number = _number(attributes, names)
        return [Piece(fmt.size(number))] if number is not None and number >= 0 else []

    return part


def _target(*names: str) -> Part:
    """A route or a URL; of a URL the host stands out."""

    def part(attributes: Attributes, kind: str) -> PieceLine:
        for name in names:
            value = attributes.get(name)
            if isinstance(value, str) and value:
                pieces = url_pieces(value) if len(value) <= _CELLS else None
                return pieces or [Piece(clean(value, _CELLS))]
        return []

    return part


def _http_status(attributes: Attributes, kind: str) -> PieceLine:
    code = _number(attributes, ("http.response.status_code", "http.status_code"))
    return [Piece(str(code), status_role(code))] if code is not None and 0 < code < 1000 else []


def _rpc_method(attributes: Attributes, kind: str) -> PieceLine:
    """`service/method`: today one attribute, formerly two."""
    service, method = _text(attributes, ("rpc.service",)), _text(attributes, ("rpc.method", "grpc.method"))
    if not service or "/" in method:
        return [Piece(method)] if method else []
    return [Piece(f"{service}/{method}" if method else service)]


def _rpc_status(attributes: Attributes, kind: str) -> PieceLine:
    """The status code with its name; red where it is the server's fault, or the client's to suffer."""
    names = ("rpc.grpc.status_code", "rpc.response.status_code", "grpc.status_code")
    code = _number(attributes, names)
    word = "" if code is not None else _text(attributes, (*names, "rpc.connect_rpc.error_code")).upper()
    if code is None and word in GRPC:
        code = GRPC.index(word)
    if code is None:
        return [Piece(word, "error")] if word else []
    role = "good" if code == 0 else "warning" if kind == "server" and code not in _SERVER_FAULTS else "error"
    return [Piece(f"{code} {GRPC[code]}" if 0 <= code < len(GRPC) else str(code), role)]


def _rpc_error(attributes: Attributes, kind: str) -> PieceLine:
    code = _number(attributes, ("rpc.jsonrpc.error_code",))
    return [Piece(f"error {code}", "error")] if code else []


def _models(attributes: Attributes, kind: str) -> PieceLine:
    """The model asked for, and the one that answered where it is another."""
    asked = _text(attributes, ("gen_ai.request.model", "llm.request.model", "llm.model_name"))
    answered = _text(attributes, ("gen_ai.response.model", "llm.response.model"))
    if not asked or not answered or asked == answered:
        return [Piece(asked or answered)] if asked or answered else []
    return [Piece(asked), Piece(" answered by ", "muted"), Piece(answered)]


def _finish(attributes: Attributes, kind: str) -> PieceLine:
    """Why the model stopped: a list, which some write as a JSON text."""
    names = ("gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "llm.response.finish_reason")
    value: AttributeValue = next((attributes[name] for name in names if attributes.get(name)), None)
    if isinstance(value, str) and value.startswith("[") and len(value) <= 1000:
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    reasons = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    words = [clean(word, 40) for word in reasons[:_MOST_REASONS] if isinstance(word, str) and word]
    return [Piece("finished ", "muted"), Piece(", ".join(words))] if words else []


class Convention(NamedTuple):
    """One area of the conventions.

    Attributes:
        label: What it is called.
        known_by: A span with one of these attributes is of it.
        lines: The parts of its lines.
    """

    label: str
    known_by: tuple[str, ...]
    lines: tuple[tuple[Part, ...], ...]


_GENAI: Final = Convention(
    "GenAI",
    (
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.system",
        "gen_ai.request.model",
        "gen_ai.response.model",
        "llm.request.type",
        "llm.request.model",
        "llm.model_name",
    ),
    (
        (
            _word("gen_ai.operation.name", "llm.request.type", role="strong"),
            _word("gen_ai.agent.name", before="agent"),
            _word("gen_ai.tool.name", before="tool"),
            _word("gen_ai.provider.name", "gen_ai.system", "llm.vendor", "llm.provider"),
            _models,
        ),
        (
            _tokens(
                "tokens in",
                "gen_ai.usage.input_tokens",
                "gen_ai.usage.prompt_tokens",
                "llm.usage.prompt_tokens",
                "llm.token_count.prompt",
            ),
            _tokens("cached", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
            _tokens(
                "tokens out",
                "gen_ai.usage.output_tokens",
                "gen_ai.usage.completion_tokens",
                "llm.usage.completion_tokens",
                "llm.token_count.completion",
            ),
            _finish,
        ),
    ),
)

_MESSAGING: Final = Convention(
    "messaging",
    ("messaging.system", "messaging.destination.name", "messaging.destination", "message_bus.destination"),
    (
        (
            _word("messaging.system"),
            _word(
                "messaging.operation.name", "messaging.operation.type", "messaging.operation", role="strong"
            ),
            _word(
                "messaging.destination.name",
                "messaging.destination.template",
                "messaging.destination",
                "message_bus.destination",
                kinds={"producer": "to", "consumer": "from"},
            ),
            _word(
                "messaging.destination.partition.id",
                "messaging.kafka.destination.partition",
                "messaging.kafka.partition",
                before="partition",
            ),
            _word("messaging.consumer.group.name", "messaging.kafka.consumer.group", before="group"),
            _count("message", "messaging.batch.message_count"),
            _size(
                "messaging.message.body.size",
                "messaging.message.envelope.size",
                "messaging.message.payload_size_bytes",
                "messaging.message_payload_size_bytes",
            ),
        ),
    ),
)

_DATABASE: Final = Convention(
    "database",
    (
        "db.system.name",
        "db.system",
        "db.type",
        "db.query.text",
        "db.statement",
        "db.operation.name",
        "db.operation",
    ),
    (
        (
            _word("db.system.name", "db.system", "db.type"),
            _word("db.operation.name", "db.operation", role="strong"),
            _word(
                "db.collection.name",
                "db.sql.table",
                "db.mongodb.collection",
                "db.cassandra.table",
                "db.cosmosdb.container",
            ),
            _word("db.stored_procedure.name", before="procedure"),
            _word(
                "db.namespace",
                "db.name",
                "db.instance",
                "db.cassandra.keyspace",
                "db.redis.database_index",
                before="in",
            ),
            _count("statement", "db.operation.batch.size", least=2),
            _count("row", "db.response.returned_rows"),
            _word("db.response.status_code", before="status"),
        ),
    ),
)

_RPC: Final = Convention(
    "RPC",
    ("rpc.system.name", "rpc.system", "rpc.service", "rpc.method", "grpc.status_code"),
    ((_word("rpc.system.name", "rpc.system"), _rpc_method, _rpc_status, _rpc_error),),
)

_HTTP: Final = Convention(
    "HTTP",
    (
        "http.request.method",
        "http.method",
        "http.response.status_code",
        "http.status_code",
        "http.route",
        "http.url",
    ),
    (
        (
            _word("http.request.method", "http.method", role="strong"),
            _target(
                "http.route", "url.template", "url.full", "http.url", "url.path", "http.target", "http.path"
            ),
            _http_status,
            _count("resend", "http.request.resend_count", "http.resend_count", least=1),
        ),
    ),
)

_CONVENTIONS: Final = (_GENAI, _MESSAGING, _DATABASE, _RPC, _HTTP)
"""What stands nearer to the work first: a call of a model or of a database is often one of HTTP too."""


def summary(attributes: Attributes, kind: str = "unspecified") -> list[PieceLine]:
    """What a span did, in the words of the conventions that its attributes follow.

    Args:
        attributes: The span's own.
        kind: Its kind in lower case: `server`, `client`, `producer`...

    Returns:
        At most two lines; none for a span that follows no convention. Texts are neutralised.
    """
    found: list[PieceLine] = []
    for label, known_by, lines in _CONVENTIONS:
        if not any(name in attributes for name in known_by):
            continue
        for number, parts in enumerate(lines):
            lead = Piece(" " * len(label) if number and found else label, "muted")
            line = [lead]
            for part in parts:
                if pieces := part(attributes, kind):
                    line += [Piece(" " if line[-1] is lead else "  "), *pieces]
            if len(line) > 1:
                found.append(line)
        if len(found) >= _MOST_LINES:
            break
    return found[:_MOST_LINES]
