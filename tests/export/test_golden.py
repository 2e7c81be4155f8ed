"""Every output format, byte for byte. With `UPDATE_GOLDEN=1` in the environment the files are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tracetui import loaders
from tracetui.colours import DEFAULT_PALETTE
from tracetui.export.ansi import ColourDepth, Painter, TextOptions
from tracetui.export.csv import write_csv
from tracetui.export.json import write_json, write_jsonl
from tracetui.export.markdown import write_markdown
from tracetui.export.report import Report, Spans
from tracetui.export.table import write_table
from tracetui.export.tree import write_tree

GOLDEN = CHECKOUT / "tests" / "golden"
ORDERS = "tests/data/orders.json"
SAMPLES = ["checkout", "failing-request", "fragmented", "n-plus-one"]

TRUE_COLOUR = Painter(ColourDepth.TRUE, DEFAULT_PALETTE)
LAYOUTS = {
    "80": TextOptions(80),
    "140": TextOptions(140),
    "30": TextOptions(30),
    "ascii-80": TextOptions(80, ascii=True),
    "colour-80": TextOptions(80, TRUE_COLOUR),
    "colour-140": TextOptions(140, TRUE_COLOUR),
    "colour16-80": TextOptions(80, Painter(ColourDepth.ANSI, DEFAULT_PALETTE)),
    "colour256-80": TextOptions(80, Painter(ColourDepth.INDEXED, DEFAULT_PALETTE)),
}


def report(source: str, spans: Spans = Spans.ALL) -> Report:
    return Report(loaders.load([source]), spans=spans)


def lines(written: object) -> bytes:
    return "".join(f"{line}\n" for line in written).encode()  # type: ignore[attr-defined]


def check(name: str, written: bytes) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(written)
    assert written == path.read_bytes(), f"{name} differs from what was kept"


@pytest.fixture(autouse=True)
def _in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of sources stand in the output: give them as they are in any checkout."""
    monkeypatch.chdir(CHECKOUT)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tree(layout: str) -> None:
    check(f"orders.tree.{layout}.txt", lines(write_tree(report(ORDERS), LAYOUTS[layout])))


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("layout", ["80", "140"])
def test_tree_of_samples(sample: str, layout: str) -> None:
    written = lines(write_tree(report(f"sample_traces/{sample}.json"), LAYOUTS[layout]))
    check(f"{sample}.tree.{layout}.txt", written)


@pytest.mark.parametrize("spans", [Spans.PATH, Spans.NONE])
def test_tree_of_a_choice(spans: Spans) -> None:
    check(f"orders.tree.{spans}.txt", lines(write_tree(report(ORDERS, spans), LAYOUTS["80"])))


@pytest.mark.parametrize("layout", ["80", "140", "ascii-80", "colour-80"])
def test_table(layout: str) -> None:
    check(f"orders.table.{layout}.txt", lines(write_table(report(ORDERS), LAYOUTS[layout])))


def test_several_traces() -> None:
    several = report("sample_traces/several-traces.json", Spans.NONE)
    check("several.table.none.txt", lines(write_table(several, LAYOUTS["80"])))
    check("several.tree.none.txt", lines(write_tree(several, LAYOUTS["80"])))
    check("several.csv", "".join(write_csv(several)).encode())


@pytest.mark.parametrize("spans", Spans)
def test_json(spans: Spans) -> None:
    check(f"orders.{spans}.json", b"".join(write_json(report(ORDERS, spans))))


def test_jsonl() -> None:
    check("several.jsonl", b"".join(write_jsonl(report("sample_traces/several-traces.json", Spans.PATH))))


def test_csv() -> None:
    check("orders.csv", "".join(write_csv(report(ORDERS))).encode())


@pytest.mark.parametrize("spans", [Spans.ALL, Spans.NONE])
def test_markdown(spans: Spans) -> None:
    check(f"orders.{spans}.md", lines(write_markdown(report(ORDERS, spans))))


def test_nothing_kept_is_unused() -> None:
    """Files that no test writes any more should go."""
    sources = Path(__file__).read_text()
    for path in GOLDEN.iterdir():
        stem = path.name.split(".")[0]
        assert stem in sources
