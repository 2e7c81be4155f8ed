"""Files that real writers wrote: the spans and traces that the index of the reference data gives them."""

from __future__ import annotations

from functools import partial
from types import ModuleType

import pytest

from tests.conftest import shared
from tests.loaders.reading import issues, read, recognised
from tracetui.loaders import otlp, otlp_ndjson, zipkin
from tracetui.sources import ByteSource, open_source


def _next(source: ByteSource, at: list[int]) -> bytes:
    piece = source.pread(at[0], 1 << 20)
    at[0] += len(piece)
    return piece


LOADERS: dict[str, ModuleType] = {"otlp-json": otlp, "otlp-ndjson": otlp_ndjson, "zipkin-v2": zipkin}


def _files() -> list[tuple[str, str, int, int]]:
    lines = shared("samples/INDEX.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(row[0], row[1], int(row[5]), int(row[6])) for row in rows if row[1] in LOADERS]


@pytest.mark.parametrize(("path", "format", "spans", "traces"), _files())
def test_counts(path: str, format: str, spans: int, traces: int) -> None:
    source = open_source(str(shared(f"samples/{path}")))
    data = b"".join(iter(partial(_next, source, [0]), b""))
    assert [name for name, loader in LOADERS.items() if recognised(loader, data)] == [format]
    collection = read(LOADERS[format], data)
    found = issues(collection)
    assert collection.span_count + found.get("merged-span", 0) + found.get("duplicate-span", 0) == spans
    assert len(collection.traces) == traces
    assert not found.keys() & {"bad-span", "bad-line", "bad-type", "mixed-formats"}
