"""Stores of spans with random attributes, written as JSON in every way that writers have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tracetui.loaders import jaeger_details, otlp_details
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, SpanStore
from tracetui.sources.base import MemorySource

PIECES = [
    *'aAbkKsSiIéÉЖжßΣσςſ\u212a\u0130😀/"\\\n\t{}[]:,.-<>= 015\x01\x7f\ufffd',
    *("key", "value", "tags", "event", "stringValue", "cart", "GET", "string", "}}", '{"key":"'),
    *("true", "500", "a/b", "two words", "i\u0307", "κόσμος", "Straße"),
]
PLAIN_KEYS = ["db.system", "http.route", "key", "value", "event", "é", 'a"b', "x/y", "k", "status"]

texts = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
keys = st.sampled_from(PLAIN_KEYS) | texts
scalars = texts | st.booleans() | st.integers(-1000, 10_000_000) | st.sampled_from([0.5, 200.0, -3.25])
attributes = st.dictionaries(keys, scalars, max_size=3)
styles = st.sampled_from(["plain", "ascii", "upper", "slashes", "html", "all", "mixed"])


@dataclass
class Made:
    """One span to be written."""

    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    message: str = ""
    service: str = "shop"
    name: str = "op"
    style: str = "plain"
    format: str = "jaeger"
    duration_ns: int = 10
    kind: int = 0
    status: int = 0


made_spans = st.lists(
    st.builds(
        Made,
        attributes,
        st.lists(st.tuples(texts, attributes), max_size=1),
        st.just("") | texts,
        st.sampled_from(["shop", "Cart", "cart", "é"]),
        st.sampled_from(["op", "GET /cart", "key"]),
        styles,
        st.sampled_from(["jaeger", "otlp"]),
        st.integers(0, 100_000_000),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)


def quoted(text: str, style: str) -> str:
    """A JSON string in a certain style of escaping."""
    out = []
    for at, char in enumerate(text):
        must = char in '"\\' or char < " "
        code = f"{ord(char):04x}" if ord(char) < 0x10000 else ""
        if not code:
            pair = char.encode("utf-16-be").hex()
            code = pair[:4] + "\\u" + pair[4:]
        if style == "all" or (style == "mixed" and at % 2) or (style in ("ascii", "upper") and char > "~"):
            out.append("\\u" + (code.upper().replace("U", "u") if style == "upper" else code))
        elif must:
            out.append({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(char) or "\\u" + code)
        elif style == "slashes" and char == "/":
            out.append("\\/")
        elif style == "html" and char in "<>&=":
            out.append("\\u" + code)
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def dump(value: Any, style: str) -> str:
    """JSON in a certain style."""
    if isinstance(value, str):
        return quoted(value, style)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quoted(k, style)}:{dump(v, style)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(item, style) for item in value) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)


def _tags(values: dict[str, Any]) -> list[Any]:
    names = {str: "string", bool: "bool", int: "int64", float: "float64"}
    return [{"key": k, "type": names[type(v)], "value": v} for k, v in values.items()]


def _any_values(values: dict[str, Any]) -> list[Any]:
    names = {str: "stringValue", bool: "boolValue", int: "intValue", float: "doubleValue"}
    return [{"key": k, "value": {names[type(v)]: str(v) if type(v) is int else v}} for k, v in values.items()]


def written(span: Made) -> bytes:
    """The record of a span."""
    if span.format == "otlp":
        record = {
            "spanId": "0123456789abcdef",
            "attributes": _any_values(span.attributes),
            "events": [
                {"name": n, "timeUnixNano": "1", "attributes": _any_values(a)} for n, a in span.events
            ],
            "status": {"message": span.message},
        }
    else:
        logs = [{"timestamp": 1, "fields": _tags({"event": name, **values})} for name, values in span.events]
        tags = {**span.attributes, "otel.status_description": span.message}
        record = {"spanID": "0123456789abcdef", "logs": logs, "tags": _tags(tags)}
    return dump(record, span.style).encode()


def store_of(spans: list[Made], resource: dict[str, Any] | None = None) -> SpanStore:
    """A store of one trace with these spans, all below the first."""
    builder = StoreBuilder()
    sources: dict[str, int] = {}
    contents = {
        name: b",".join(written(span) for span in spans if span.format == name) for name in ("jaeger", "otlp")
    }
    decoders: dict[str, Callable[[bytes], Any]] = {
        "jaeger": jaeger_details.decode,
        "otlp": otlp_details.decode,
    }
    offsets = dict.fromkeys(contents, 0)
    for name, content in contents.items():
        sources[name] = builder.add_source(MemorySource(name, content), name, decoders[name])
    for at, span in enumerate(spans):
        length = len(written(span))
        known = builder.resource(span.service, span.service, lambda: dict(resource or {}))
        builder.append(
            trace=builder.trace("0af7651916cd43dd8448eb211c80319c"),
            span_id=[0x1000_0000_0000_0001 + at],
            parent_id=0x1000_0000_0000_0001 if at else 0,
            flags=int(Flag.HAS_PARENT) if at else 0,
            start_ns=1000 + at,
            duration_ns=span.duration_ns,
            name=builder.strings[span.name],
            resource=known,
            scope=-1,
            kind=span.kind,
            status=span.status,
            source=sources[span.format],
            offset=offsets[span.format],
            length=length,
        )
        offsets[span.format] += length + 1
    return builder.finish().store


def all_texts(store: SpanStore, row: int) -> list[str]:
    """All that a search looks at in a row, ids left out."""
    details = store.details(row)
    found = [store.strings[store.name[row]], store.strings[store.service[row]], details.status_message]
    places = [details.attributes, *(event.attributes for event in details.events)]
    places.append(store.resources.decode[int(store.resource[row])]())
    found += [event.name for event in details.events]
    for place in places:
        for key, value in place.items():
            found += [key, {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)]
    return found
