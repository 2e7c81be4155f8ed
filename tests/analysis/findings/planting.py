"""Planted requests, written in every format and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from scripts.tracegen import writers
from scripts.tracegen.conventions import CONVENTIONS
from scripts.tracegen.faults import planted
from scripts.tracegen.plan import Told
from tracetui import loaders
from tracetui.analysis.findings import Finding, find
from tracetui.model.trace import Trace

FORMATS = ("jaeger", "zipkin", "otlp")


def written(form: str, told: Sequence[Told]) -> Any:
    """A document of a format."""
    stories = [one.story for one in told]
    if form == "jaeger":
        return writers.jaeger(stories)
    return writers.zipkin(stories) if form == "zipkin" else writers.otlp(stories)


def requests(kind: str, form: str, count: int) -> list[Told]:
    """Requests with a fault of one kind (none for ""), each by another convention."""
    shift = 1_000 * FORMATS.index(form)
    return [planted(kind, shift + seed, CONVENTIONS[seed % len(CONVENTIONS)]) for seed in range(count)]


def answers(folder: Path, kind: str, form: str, count: int) -> Iterator[tuple[Told, Trace, list[Finding]]]:
    """Requests, the traces that they became, and what is found in them."""
    told = requests(kind, form, count)
    file = folder / f"{form}.json"
    file.write_bytes(orjson.dumps(written(form, told)))
    traces = {trace.trace_id: trace for trace in loaders.load([str(file)]).traces}
    for one in told:
        trace = traces[one.story.trace_id]
        yield one, trace, find(trace)
