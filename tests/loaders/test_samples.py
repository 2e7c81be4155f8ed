"""Real files of every supported format give the spans and traces that their index says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import shared
from tracetui.loaders import load

DROPS = ("duplicate-span", "merged-span", "dropped", "bad-span")


def test_every_jaeger_file_gives_its_spans_and_traces() -> None:
    folder = Path(shared("samples"))
    with (folder / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [row for row in csv.DictReader(index, delimiter="\t") if row["format"] == "jaeger-ui"]
    if not rows:
        pytest.skip("no such files")
    for row in rows:
        collection = load([str(folder / row["path"])])
        left_out = sum(i.count for t in collection.traces for i in t.issues if str(i.code) in DROPS)
        found = collection.span_count + left_out, len(collection.traces)
        assert found == (int(row["spans"]), int(row["traces"])), row["path"]
        for one in collection.traces:
            for span in one.spans:
                assert (span.attributes, span.events, span.links, span.resource) is not None
