"""What `why` prints, byte for byte. With `UPDATE_GOLDEN=1` in the environment the files are written."""

from __future__ import annotations

import os

import pytest

from tests.conftest import CHECKOUT
from tracetui import loaders
from tracetui.analysis.findings import Kind, Thresholds
from tracetui.colours import DEFAULT_PALETTE
from tracetui.export.ansi import ColourDepth, Painter, TextOptions
from tracetui.export.report import Report
from tracetui.export.why import Answers
from tracetui.export.why_json import write_why_json
from tracetui.export.why_markdown import write_why_markdown
from tracetui.export.why_text import wrapped, write_why_text
from tracetui.text import cell_len

GOLDEN = CHECKOUT / "tests" / "golden_why"
SAMPLES = [
    "checkout",
    "shop-checkout.jaeger",
    "failing-request",
    "fragmented",
    "n-plus-one",
    "several-traces",
]
LAYOUTS = {
    "80": TextOptions(80),
    "40": TextOptions(40),
    "ascii-80": TextOptions(80, ascii=True),
    "colour-120": TextOptions(120, Painter(ColourDepth.TRUE, DEFAULT_PALETTE)),
}


def answers(sample: str, limit: int | None = None) -> Answers:
    return Answers(Report(loaders.load([str(CHECKOUT / "sample_traces" / f"{sample}.json")])), limit=limit)


def check(name: str, written: bytes) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written)
    assert written == path.read_bytes(), f"{name} differs from what was kept"


def lines(written: object) -> bytes:
    return "".join(f"{line}\n" for line in written).encode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("sample", SAMPLES)
def test_text_of_samples(sample: str) -> None:
    check(f"{sample}.80.txt", lines(write_why_text(answers(sample), LAYOUTS["80"])))


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "80"])
def test_layouts(layout: str) -> None:
    check(f"checkout.{layout}.txt", lines(write_why_text(answers("checkout"), LAYOUTS[layout])))


@pytest.mark.parametrize("width", [20, 33, 59, 60, 61, 80, 200])
def test_no_line_is_too_long(width: int) -> None:
    for line in write_why_text(answers("checkout"), TextOptions(width)):
        assert cell_len(line) <= max(width, 24), line


def test_json() -> None:
    check("checkout.json", b"".join(write_why_json(answers("checkout"))))


def test_markdown() -> None:
    check("checkout.md", lines(write_why_markdown(answers("checkout"))))
    check("several-traces.md", lines(write_why_markdown(answers("several-traces", limit=2))))


def test_nothing_found_is_said() -> None:
    high = Thresholds.of(dict.fromkeys(Thresholds.__struct_fields__, 1_000_000))
    quiet = Answers(Report(loaders.load([str(CHECKOUT / "tests" / "data" / "orders.json")])), high)
    quiet.of = lambda trace: []  # type: ignore[method-assign]
    assert any("nothing found" in line for line in write_why_text(quiet, LAYOUTS["80"]))
    assert any("Nothing found" in line for line in write_why_markdown(quiet))


def test_words_are_wrapped() -> None:
    options = TextOptions(80)
    assert wrapped("one two three", 7, options) == ["one two", "three"]
    assert wrapped("", 7, options) == [""]
    assert wrapped("unbreakable", 5, options) == ["unbr…"]
    assert wrapped("a b c d e f", 3, options, most=2) == ["a b", "c …"]


def test_the_first_answer_of_the_shop_is_the_slow_statement() -> None:
    one = answers("shop-checkout.jaeger")
    [summary] = one.report.summaries()
    first = one.of(summary)[0]
    assert first.kind is Kind.SLOW_STATEMENT
    assert first.saving_ns > 1_900_000_000
