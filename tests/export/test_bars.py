"""Bars and rulers: exact, visible, inside the window."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.export.bars import Ink, Style, Window, bar, ruler, ticks

MS = 1_000_000


def drawn(start: int, end: int, sections: list[tuple[int, int]], width: int, style: Style) -> str:
    """A bar over a window of 0 to 100, as text."""
    result = bar(start, end, sections, Window(0, 100, width), style)
    return " " * result.column + "".join(run.text for run in result.runs)


@pytest.mark.parametrize(
    ("start", "end", "sections", "mono", "ascii"),
    [
        (0, 100, [], "░░░░░░░░░░", "----------"),
        (0, 100, [(0, 100)], "██████████", "##########"),
        (0, 100, [(0, 20), (80, 100)], "██░░░░░░██", "##------##"),
        (20, 45, [(20, 45)], "  ██▌", "  ###"),
        (25, 40, [(25, 40)], "  ▐█", "  ##"),
        (50, 50, [], "     ░", "     -"),
        (50, 50, [(50, 50)], "     ▏", "     #"),
        (100, 100, [(100, 100)], "         ▕", "         #"),
    ],
)
def test_bar_without_colour(
    start: int, end: int, sections: list[tuple[int, int]], mono: str, ascii: str
) -> None:
    assert drawn(start, end, sections, 10, Style.MONO) == mono
    assert drawn(start, end, sections, 10, Style.ASCII) == ascii


def test_bar_in_colour_is_exact_at_both_ends() -> None:
    result = bar(125, 475, [(200, 300)], Window(0, 800, 8), Style.COLOUR)
    assert result.column == 1
    assert [(run.text, run.fg, run.bg) for run in result.runs] == [
        ("▎", Ink.NONE, Ink.OFF),
        ("█", Ink.ON, Ink.NONE),
        ("█▊", Ink.OFF, Ink.NONE),
    ]


def test_bar_outside_the_window_is_empty_and_a_clipped_one_fills_it() -> None:
    assert bar(0, 10, [], Window(20, 30, 10)).runs == ()
    assert bar(40, 50, [], Window(20, 30, 10)).runs == ()
    assert bar(0, 50, [], Window(20, 30, 0)).runs == ()
    clipped = bar(0, 50, [], Window(20, 30, 4))
    assert (clipped.column, [run.text for run in clipped.runs]) == (0, ["████"])


times = st.integers(-(2**63), 2**64)


@settings(deadline=None)
@given(times, st.integers(0, 2**63), times, st.integers(0, 2**63), st.integers(1, 60), st.sampled_from(Style))
def test_any_bar_stays_in_its_window_and_is_visible(
    window_start: int, window_length: int, start: int, length: int, width: int, style: Style
) -> None:
    window = Window(window_start, window_start + window_length, width)
    sections = [(start + length // 4, start + length // 2)]
    result = bar(start, start + length, sections, window, style)
    cells = sum(len(run.text) for run in result.runs)
    assert result.column >= 0 and result.column + cells <= width
    if start <= window.start_ns + window.span_ns and start + length >= window.start_ns:
        assert any(run.fg or run.bg for run in result.runs)
    else:
        assert not result.runs


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(1, 50))
def test_inks_are_within_half_an_eighth_of_the_times(start: int, length: int, width: int) -> None:
    """The painted eighths of a bar on its own are its length, to rounding."""
    window = Window(0, 2000, width)
    result = bar(start, start + length, [], window, Style.COLOUR)
    eighth_ns = 2000 / (8 * width)
    left = window.eighth(start) * eighth_ns
    assert abs(left - start) <= eighth_ns / 2 + 1e-6
    assert result.column == min(window.eighth(start), 8 * width - 1) // 8


def test_ruler_has_round_numbers_in_one_unit() -> None:
    window = Window(5_000 * MS, 8_010 * MS, 60)
    marks = ticks(window, 5_000 * MS)
    assert [mark.label for mark in marks] == ["0", "0.5s", "1s", "1.5s", "2s", "2.5s", ""]
    assert ruler(marks, 60) == "╷0        ╷0.5s    ╷1s       ╷1.5s     ╷2s       ╷2.5s     ╷"
    assert [mark.label for mark in ticks(Window(0, 900_000, 40), 0, ascii=True)] == [
        "0",
        "200us",
        "400us",
        "600us",
        "",
    ]


def test_ruler_of_a_zoomed_and_of_an_empty_window() -> None:
    zoomed = ticks(Window(2_750_000_000, 2_750_400_000, 60), 0)
    assert [mark.label for mark in zoomed if mark.label] == ["2.75s", "2.7501s", "2.7502s", "2.7503s"]
    assert [mark.label for mark in ticks(Window(7, 7, 20), 7)] == ["0", ""]
    assert ticks(Window(0, 10, 0), 0) == []


@settings(deadline=None)
@given(times, st.integers(0, 2**63), st.integers(1, 200))
def test_any_ruler_is_ordered_and_as_wide_as_asked(start: int, length: int, width: int) -> None:
    marks = ticks(Window(start, start + length, width), start)
    columns = [mark.column for mark in marks]
    assert columns == sorted(columns)
    assert all(0 <= column < width for column in columns)
    assert len(ruler(marks, width)) == width
