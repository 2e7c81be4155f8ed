"""Requests told as plans, and what is found in them."""

from __future__ import annotations

import random

import orjson

from scripts.tracegen import writers
from scripts.tracegen.plan import MS, Node, What, tell
from scripts.tracegen.story import CLIENT, SERVER
from tests.analysis.findings.reading import load_json
from tracetui.analysis.findings import Finding, Kind, find
from tracetui.model.trace import Trace

__all__ = ["MS", "Node", "What", "client", "findings_of", "of_kind", "server", "trace_of"]


def server(service: str, name: str, *steps: int | Node | list[Node]) -> Node:
    """A server's span with its steps, times in microseconds."""
    return Node(service, name, SERVER, steps=list(steps))


def client(service: str, path: str, *steps: int | Node | list[Node], code: int = 0) -> Node:
    """A client's span that gets a path over HTTP."""
    return Node(service, f"GET {path}", CLIENT, What("http", "GET", path, path, "", code), list(steps))


def trace_of(root: Node, convention: str = "stable") -> Trace:
    """A plan as a trace that was read from OTLP."""
    story = tell(root, random.Random(1), convention, "5" * 32).story
    [trace] = load_json(orjson.dumps(writers.otlp([story]))).traces
    return trace


def findings_of(root: Node) -> list[Finding]:
    """All findings of a plan."""
    return find(trace_of(root))


def of_kind(root: Node, kind: Kind) -> list[Finding]:
    """The findings of one kind."""
    return [finding for finding in findings_of(root) if finding.kind is kind]
