"""Where the lines of the text waterfall stand."""

from __future__ import annotations

from hypothesis import given, settings

from tests.export.forests import S, collection
from tests.export.test_report import forests
from tracetui.export.ansi import TextOptions
from tracetui.export.report import Report, Spans
from tracetui.export.rows import MISSING, arranged
from tracetui.export.tree import write_tree
from tracetui.text import cell_len


def outline(spans: list[S], choice: Spans = Spans.ALL) -> list[str]:
    report = Report(collection(spans), spans=choice)
    (trace,) = report.summaries()
    rows = arranged(report.store, trace, report.rows(trace))
    store = report.store
    names = [f"?{r.missing}" if r.row == MISSING else store.strings[store.name[r.row]] for r in rows]
    return [f"{'  ' * r.depth}{'└' if r.last else '├'}{name}" for r, name in zip(rows, names, strict=True)]


def test_fragments_of_one_missing_parent_come_together() -> None:
    spans = [
        S(1, 0, 0, 100, name="root"),
        S(2, 1, 1, 10, name="a"),
        S(3, 0xDEAD, 2, 10, name="x"),
        S(4, 3, 3, 5, name="x1"),
        S(5, 0xBEEF, 4, 10, name="y"),
        S(6, 0xDEAD, 5, 10, name="z"),
        S(7, 1, 50, 10, name="b"),
    ]
    assert outline(spans) == [
        "├root",
        "  ├a",
        "  └b",
        f"├?{0xDEAD:016x}",
        "  ├x",
        "    └x1",
        "  └z",
        f"└?{0xBEEF:016x}",
        "  └y",
    ]


def test_a_choice_hangs_under_the_nearest_ancestor_kept() -> None:
    spans = [
        S(1, 0, 0, 100, name="root"),
        S(2, 1, 10, 90, name="all the rest"),
        S(3, 2, 10, 30, name="first"),
        S(4, 2, 40, 60, name="second"),
        S(5, 2, 40, 10, name="beside"),
    ]
    assert outline(spans, Spans.PATH) == ["└root", "  ├first", "  └second"]


@settings(max_examples=40, deadline=None)
@given(forests())
def test_any_forest_fits_any_width(traces: list[list[S]]) -> None:
    for width in (1, 9, 21, 47, 80):
        written = list(write_tree(Report(collection(*traces)), TextOptions(width)))
        assert max(map(cell_len, written)) <= width


def test_a_deep_chain_shows_its_depth_and_keeps_its_width() -> None:
    levels = [S(n, n - 1, n, 5000 - 2 * n, name=f"level {n}") for n in range(2, 2001)]
    chain = [S(1, 0, 0, 5000, name="root"), *levels]
    written = list(write_tree(Report(collection(chain)), TextOptions(80)))
    assert max(map(cell_len, written)) <= 80
    deepest = next(line for line in written if "level 2000" in line)
    assert deepest.startswith("‥1999")
    column = {line.index("shop") for line in written[-500:]}
    assert len(column) == 1
