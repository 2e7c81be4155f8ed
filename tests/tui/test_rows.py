"""One row of the waterfall: width, columns, guides, names, bars, marks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.viewer import CHECKOUT, collection, span
from tracetui.text import cell_len
from tracetui.tui.state.facts import Facts, analyse, lay_out
from tracetui.tui.state.view import ViewState
from tracetui.tui.theme import ANSI_THEME, DEFAULT_THEME, paint_named
from tracetui.tui.widgets.layout import Columns
from tracetui.tui.widgets.rows import RowPainter

COLOUR = paint_named(DEFAULT_THEME)
SIXTEEN = paint_named(ANSI_THEME, ansi=True)
MONO = paint_named(ANSI_THEME, ansi=True, mono=True)


def made(*spans: dict, analysed: bool = True) -> tuple[Facts, ViewState]:
    facts = lay_out(collection(spans).traces[0])
    return (analyse(facts) if analysed else facts), ViewState(facts.forest, facts.whole)


def painter(facts: Facts, view: ViewState, width: int = 100, paint=COLOUR, ascii: bool = False) -> RowPainter:
    columns = Columns.fitting(width)
    return RowPainter(facts, view, paint, columns, " " * columns.bars, ascii)


def rows(facts: Facts, view: ViewState, **more) -> list[str]:
    drawn = painter(facts, view, **more)
    return [drawn.strip(int(node)).text for node in view.visible]


def test_a_row_has_guides_names_bar_and_duration() -> None:
    facts, view = made(*CHECKOUT)
    text = [row.rstrip() for row in rows(facts, view)]
    assert text[0].startswith(" ▾ frontend POST /checkout")
    assert text[1].startswith(" ├─▾ auth authorize")
    assert text[2].startswith(" │ └── auth GET session")
    assert text[3].startswith(" └─▾ ✗ payment charge")
    assert text[4].startswith("   ├── ✗ gateway POST /charge")
    assert text[5].startswith("   └── risk score")
    assert [row.split()[-1] for row in text] == ["100ms", "20ms", "5ms", "60ms", "40ms", "10ms"]


def test_a_folded_row_tells_what_it_hides() -> None:
    facts, view = made(*CHECKOUT)
    view.fold(3)
    assert "▸ ✗ payment charge +2 ✗1" in rows(facts, view)[3]
    view.fold(0)
    assert "▸ frontend POST /checkout +5 ✗2" in rows(facts, view)[0]


def test_a_folded_row_shows_the_path_of_its_children() -> None:
    facts, view = made(*CHECKOUT)
    columns = Columns.fitting(100)
    before = rows(facts, view, paint=MONO)[0][columns.bars_at : columns.bars_at + columns.bars]
    assert "░" in before
    view.fold(0)
    after = rows(facts, view, paint=MONO)[0][columns.bars_at : columns.bars_at + columns.bars]
    assert set(after) == {"█"}


def test_without_colours_the_path_has_another_shape() -> None:
    facts, view = made(*CHECKOUT)
    for paint in (SIXTEEN, MONO):
        text = rows(facts, view, paint=paint)
        assert "░" in text[0]
        assert "█" in text[0]
        assert "█" not in text[5]
    assert "░" not in "".join(rows(facts, view))


def test_ascii_is_ascii() -> None:
    facts, view = made(*CHECKOUT, span(9, 77, 20, 5, name="naïve ␛ ☃", service="日本"))
    view.fold(1)
    assert all(row.isascii() for row in rows(facts, view, paint=MONO, ascii=True))


def test_an_exception_is_marked_on_the_bar_and_leaves_its_end_alone() -> None:
    facts, view = made(*CHECKOUT)
    columns = Columns.fitting(100)
    bar = rows(facts, view)[4][columns.bars_at : columns.bars_at + columns.bars].rstrip()
    assert bar.count("✗") == 1
    assert bar.rindex("✗") >= len(bar) - 2


def test_fragments_hang_under_an_outlined_row() -> None:
    facts, view = made(
        span(1, 0, 0, 100), span(2, 0x4BF92F3577B34DA6, 10, 5), span(3, 0x4BF92F3577B34DA6, 40, 5)
    )
    text = rows(facts, view)
    assert "missing span 4bf9… (2 children)" in text[1]
    assert "─" in text[1][40:]
    assert text[2].startswith(" ├── shop op 2")
    assert text[3].startswith(" └── shop op 3")


def test_deep_rows_give_up_guides_and_keep_names_and_bars() -> None:
    facts, view = made(*(span(n, n - 1, n, 500 - 2 * n, name="deep") for n in range(1, 200)))
    for width in (60, 80, 140):
        columns = Columns.fitting(width)
        for row in rows(facts, view, width=width):
            assert "deep" in row[: columns.bars_at]
            assert row[columns.bars_at - 1] == " "
        assert "⋯198 " in row


def test_a_span_shorter_than_an_eighth_is_a_visible_tick() -> None:
    facts, view = made(span(1, 0, 0, 100_000), span(2, 1, 50_000, 0), span(3, 1, 70_000, 1))
    for row in rows(facts, view, width=80)[1:]:
        columns = Columns.fitting(80)
        assert row[columns.bars_at : columns.bars_at + columns.bars].strip()


def test_a_span_outside_the_window_points_to_where_it_is() -> None:
    from tracetui.tui.state.zoom import to_span

    facts, view = made(*CHECKOUT)
    view.move_to(4)
    to_span(view)
    columns = Columns.fitting(100)
    text = rows(facts, view)
    assert text[2][columns.bars_at] == "‹"
    view.move_to(2)
    to_span(view)
    assert rows(facts, view)[4][columns.bars_at + columns.bars - 1] == "›"


NAMES = st.text(max_size=40) | st.sampled_from(
    [
        "x[/nope]",
        "[@click=app.quit]q[/]",
        "\x1b]52;c;AAAA\x07",
        "\u202eevil",
        "a\nb",
        "日本語",
        "e" + "\u0301" * 9,
        "👩‍👩‍👧",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    NAMES, NAMES, st.integers(0, 320), st.booleans(), st.sampled_from([COLOUR, SIXTEEN, MONO]), st.booleans()
)
def test_any_names_at_any_width_fill_the_width_and_leave_the_bars_in_place(
    service: str, name: str, width: int, cursor: bool, paint, ascii: bool
) -> None:
    facts, view = made(
        span(1, 0, 0, 100, service="a", name="b"),
        span(2, 1, 0, 100, service=service, name=name, error=True),
        span(3, 2, 10, 5, service=service, name=name, events=[(12, "exception")]),
    )
    view.fold(1)
    drawn = painter(facts, view, width=width, paint=paint, ascii=ascii)
    columns = drawn.columns
    for node in (0, 1, 2):
        strip = drawn.strip(node, cursor=cursor)
        assert strip.cell_length == width == cell_len(strip.text)
        assert all(ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0 for c in strip.text)
        if columns.bars > 2 and node < 2:
            # The names never reach the bars, which start in the same cell on every row.
            assert strip.crop(columns.bars_at - 1, columns.bars_at).text[-1] == " "
            assert strip.crop(columns.bars_at, columns.bars_at + 1).text != " "


@given(st.integers(-5, 1000), st.integers(-300, 300))
def test_columns_fit_any_width(width: int, shift: int) -> None:
    columns = Columns.fitting(width, shift)
    assert columns.tree >= 0
    assert columns.bars >= 0
    right = columns.duration + 2 if columns.duration else 0
    assert columns.bars_at + columns.bars + right <= max(width, 2)
    if width >= 80:
        assert columns.bars >= 12
        assert columns.tree >= 12


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_row_is_few_segments(width: int) -> None:
    facts, view = made(*CHECKOUT)
    drawn = painter(facts, view, width=width)
    segments = [len(list(drawn.strip(int(node)))) for node in view.visible]
    assert sum(segments) / len(segments) < 11
