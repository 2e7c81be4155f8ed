"""Rows of the trace list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.build import S, build
from tracetui.model.store import Status
from tracetui.text import cell_len
from tracetui.tui.theme import ANSI_THEME, DEFAULT_THEME, paint_named
from tracetui.tui.traces_state import TraceListState
from tracetui.tui.widgets.times import Clock
from tracetui.tui.widgets.trace_rows import Layout, RowDrawer

DAY = 86_400_000_000_000
NAMES = st.text(max_size=40) | st.sampled_from(
    ["x[/nope]", "\x1b]52;c;AAAA\x07", "\u202eevil", "a\nb", "日本語", "e" + "\u0301" * 9, ""]
)


def state(service: str = "nginx-web-server", name: str = "/compose", *, days: int = 0) -> TraceListState:
    return TraceListState(
        build(
            S(1, start=0, duration=2_750_000_000, service=service, name=name, trace="a"),
            S(2, 1, start=5, duration=7, service="b", status=Status.ERROR, trace="a"),
            S(1, 9, start=days * DAY + 1000, duration=1_000_000, service="payment", name="charge", trace="b"),
        )
    )


def drawn(
    found: TraceListState,
    width: int,
    position: int = 0,
    *,
    theme: str = DEFAULT_THEME,
    clock: Clock = Clock.UTC,
    ascii: bool = False,
) -> str:
    starts = found.collection.table.start_ns
    layout = Layout.fitting(width, dated=bool(starts.max() - starts.min() >= DAY))
    drawer = RowDrawer(found, layout, paint_named(theme), clock, ascii=ascii)
    return drawer.row(position, width, cursor=False).strip().text


def test_a_row_says_it_all_at_eighty_columns() -> None:
    found = state()
    header = RowDrawer(
        found, Layout.fitting(79, dated=False), paint_named(DEFAULT_THEME), Clock.UTC, ascii=False
    )
    assert header.header(79).strip().text.split() == [
        "when",
        "service",
        "·",
        "operation",
        "▾duration",
        "spans",
        "svcs",
        "err",
        "iss",
    ]
    row = drawn(found, 79)
    assert row.startswith(" 00:00:00 nginx-web-server /compose")
    assert row.split()[3:5] == ["2.75s", "█" * 12]
    assert row.rstrip().endswith("2    2   ✗1")
    assert drawn(found, 79, 1).rstrip().endswith("1    1        !1")


def test_days_are_told_where_there_are_several() -> None:
    assert drawn(state(days=3), 79, 1).startswith(" 01-04 00:00:00 ")
    assert drawn(state(days=3), 120, 1).startswith(" 1970-01-04 00:00:00 ")


def test_times_can_be_relative() -> None:
    assert drawn(state(days=3), 79, 1, clock=Clock.RELATIVE).startswith(" +3d 00h ")


def test_a_service_gives_way_only_where_the_operation_needs_the_room() -> None:
    assert "nginx-web-server /compose" in drawn(state(), 70)
    assert "…" in drawn(state(name="/a/very/long/path/of/an/operation/indeed"), 70)


def test_what_matters_least_goes_first() -> None:
    narrow = Layout.fitting(50, dated=False)
    assert narrow.name >= 20 and narrow.number and narrow.bar
    assert not narrow.issues and not narrow.services and not narrow.when


def test_without_colours_only_the_slow_have_full_bars() -> None:
    found = state()
    assert "█" in drawn(found, 79, 0, theme=ANSI_THEME)
    assert "░" in drawn(found, 79, 1, theme=ANSI_THEME)
    assert "#" in drawn(found, 79, 0, ascii=True)
    assert drawn(found, 79, 0, ascii=True).isascii()


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("width", range(0, 220, 3))
def test_parts_never_take_more_than_there_is(width: int, dated: bool) -> None:
    places = Layout.fitting(width, dated=dated, most_spans=10**7).starts()
    assert [start for _, start, _ in places] == sorted(start for _, start, _ in places)
    if width >= 24:
        assert places[-1][2] <= width


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, st.integers(0, 200), st.booleans(), st.sampled_from([DEFAULT_THEME, ANSI_THEME]))
def test_any_names_at_any_width_fill_the_width(
    service: str, name: str, width: int, ascii: bool, theme: str
) -> None:
    found = state(service, name)
    for position in (0, 1):
        row = drawn(found, width, position, theme=theme, ascii=ascii)
        assert cell_len(row) == width
        assert not any(ord(char) < 32 or char in "\x7f\u202e" for char in row)
