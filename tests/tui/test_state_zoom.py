"""The window of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.forests import forest_of
from tracetui.tui.state import zoom
from tracetui.tui.state.view import ViewState, Window

COMMANDS = [zoom.to_span, zoom.to_whole, zoom.zoom_in, zoom.zoom_out, zoom.pan_left, zoom.pan_right]


def view_of(whole: Window) -> ViewState:
    return ViewState(forest_of([-1, 0, 1, 0, 0]), whole)


@given(
    st.integers(-(2**63), 2**63 - 2),
    st.integers(1, 2**64),
    st.lists(st.sampled_from(COMMANDS), max_size=40),
    st.integers(0, 4),
)
def test_the_window_stays_inside_the_whole_and_is_never_empty(
    start: int, width: int, commands: list, node: int
) -> None:
    whole = Window(start, start + width)
    view = view_of(whole)
    view.move_to(node)
    for command in commands:
        command(view)
        assert whole.start_ns <= view.window.start_ns < view.window.end_ns <= whole.end_ns


def test_zoom_to_a_span_and_again_to_its_parent() -> None:
    view = ViewState(forest_of([-1, 0, 1]), Window(0, 1000))
    view.move_to(2)  # starts at 20, lasts 15
    zoom.to_span(view)
    assert view.window == Window(20, 35)
    zoom.to_span(view)
    assert view.window == Window(10, 25)
    zoom.to_whole(view)
    assert view.window == view.whole


def test_zooming_in_keeps_the_span_where_it_is() -> None:
    view = ViewState(forest_of([-1, 0, 1]), Window(0, 1000))
    view.move_to(2)
    for _ in range(8):
        zoom.zoom_in(view)
        assert view.window.start_ns <= 27 <= view.window.end_ns
    for _ in range(20):
        zoom.zoom_out(view)
    assert view.window == view.whole
    assert zoom.zoom_out(view) == "this is the whole trace"


def test_a_version_tells_of_each_change() -> None:
    view = view_of(Window(0, 1000))
    before = view.look_version
    zoom.pan_left(view)
    assert view.look_version == before
    zoom.zoom_in(view)
    assert view.look_version == before + 1


def test_follow_pans_only_as_far_as_needed() -> None:
    view = view_of(Window(0, 1000))
    view.set_window(Window(100, 200))
    zoom.follow(view, 150, 160)
    assert view.window == Window(100, 200)
    zoom.follow(view, 250, 260)
    assert view.window == Window(160, 260)
    zoom.follow(view, 10, 20)
    assert view.window == Window(10, 110)
    zoom.follow(view, 0, 500)
    assert view.window == Window(0, 500)
