"""Small valid documents to begin with, made of the sample traces."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parent.parent / "sample_traces"
_SPANS = 4
_RANDOM = bytes(range(256)) + bytes(range(255, -1, -3)) * 3


def seeds(target: str, folder: Path | None = None) -> list[bytes]:
    """Inputs to begin with.

    Args:
        target: Name of a target.
        folder: Files to add, each as it stands.
    """
    more = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()] if folder else []
    documents = {"jaeger": _jaeger(), "zipkin": _zipkin(), "otlp": _otlp()}
    written = {name: json.dumps(document).encode() for name, document in documents.items()}
    lines = b"\n".join(json.dumps(span).encode() for span in documents["zipkin"])
    if target == "model":
        return [bytes(64), _RANDOM[:200], _RANDOM]
    if target == "details":
        return [b"%d" % number + record for number, record in enumerate(_records(documents))]
    if target == "otlp":
        return [b" " + written["otlp"], b"\n" + written["otlp"] + b"\n" + written["otlp"], *_each(b" ", more)]
    if target == "zipkin":
        return [written["zipkin"], lines, *more]
    if target == "jaeger":
        return [written["jaeger"], json.dumps(documents["jaeger"]["data"][0]).encode(), *more]
    packed = [gzip.compress(written["zipkin"], mtime=0)]
    return [*written.values(), lines, written["otlp"] + b"\n" + written["otlp"], *packed, *more]


def _each(before: bytes, documents: list[bytes]) -> list[bytes]:
    return [before + document for document in documents]


def _read(name: str) -> Any:
    return json.loads((SAMPLES / name).read_bytes())


def _jaeger() -> Any:
    document = _read("shop-checkout.jaeger.json")
    trace = document["data"][0]
    trace["spans"] = trace["spans"][:_SPANS]
    used = {span["processID"] for span in trace["spans"]}
    trace["processes"] = {key: value for key, value in trace["processes"].items() if key in used}
    return document


def _zipkin() -> Any:
    return _read("shop-checkout.zipkin.json")[:_SPANS]


def _otlp() -> Any:
    document = _read("shop-checkout.otlp.json")
    document["resourceSpans"] = document["resourceSpans"][:2]
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            scope["spans"] = scope["spans"][:2]
    return document


def _records(documents: dict[str, Any]) -> list[bytes]:
    """One span of each format, in the order of the decoders."""
    spans = (
        documents["jaeger"]["data"][0]["spans"][0],
        documents["zipkin"][0],
        documents["otlp"]["resourceSpans"][0]["scopeSpans"][0]["spans"][0],
    )
    return [json.dumps(span).encode() for span in spans]
