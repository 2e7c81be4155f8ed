"""Replay: unchanged it is what was recorded; changed it is what the rule says."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.columns import Columns, S, store
from tests.analysis.forests import forests, jittery
from tests.analysis.retiming import Retiming
from tracetui.analysis import Mode, critical_path, on_path_ns
from tracetui.analysis.replay import Replay

MODES = st.sampled_from(list(Mode))
TRACES = forests(unit=1) | forests(unit=1, max_spans=24) | jittery()


def subtree(columns: Columns, row: int) -> range:
    return range(row, row + int(columns.size[row]))


def saves_of_all(replay: Replay, count: int) -> list[int]:
    return [replay.saves(row) for row in range(count)]


@st.composite
def replays(draw: st.DrawFn) -> tuple[Columns, int, Mode]:
    """A trace, any span of it as the root, and a mode."""
    columns = store(draw(TRACES))
    root = draw(st.just(0) | st.integers(0, len(columns.start_ns) - 1))
    return columns, root, draw(MODES)


@settings(deadline=None, max_examples=50)
@given(replays())
def test_unchanged_is_as_recorded(drawn: tuple[Columns, int, Mode]) -> None:
    columns, root, mode = drawn
    replay = Replay(columns, root, mode)
    assert replay.saving() == 0
    assert Retiming(columns, root, mode).length() == replay.duration_ns
    if mode is not Mode.TO_END:
        assert replay.duration_ns == columns.duration_ns[root]
    for row in subtree(columns, root):
        assert replay.what_if(row, 1) == replay.duration_ns
        assert replay.saving({row: 1 << 62}) == 0
    # Changes that change nothing, so that every family is re-timed all the same.
    start = columns.start_ns
    assert replay.saving(together=[[row] for row in subtree(columns, root)]) == 0
    assert (
        replay.saving(gaps=[(row, int(start[row]), int(start[row])) for row in subtree(columns, root)]) == 0
    )


@settings(deadline=None, max_examples=50)
@given(replays())
def test_saves_lies_between_nothing_and_the_time_on_the_path(drawn: tuple[Columns, int, Mode]) -> None:
    columns, root, mode = drawn
    replay = Replay(columns, root, mode)
    path = critical_path(columns, root, mode)
    time = on_path_ns(path, columns)
    for row in subtree(columns, root):
        below = subtree(columns, row)
        assert 0 <= replay.saves(row) <= time[below.start : below.stop].sum()


@settings(deadline=None, max_examples=50)
@given(replays())
def test_saves_is_the_retiming_without_the_span(drawn: tuple[Columns, int, Mode]) -> None:
    columns, root, mode = drawn
    replay, retiming = Replay(columns, root, mode), Retiming(columns, root, mode)
    for row in subtree(columns, root):
        left = retiming.length({row - root: 0})
        assert replay.saves(row) == replay.duration_ns - left, row
        assert replay.saving({row: 0}) == replay.saves(row)
        assert replay.what_if(row, 0) == left


@settings(deadline=None, max_examples=50)
@given(replays(), st.integers(0, 5), st.integers(1, 3))
def test_what_if(drawn: tuple[Columns, int, Mode], times: int, divided_by: int) -> None:
    columns, root, mode = drawn
    replay, retiming = Replay(columns, root, mode), Retiming(columns, root, mode)
    for row in subtree(columns, root):
        new = replay.length(row) * times // divided_by
        assert replay.what_if(row, times, divided_by) == retiming.length({row - root: new})


@settings(deadline=None, max_examples=50)
@given(replays())
def test_slack_is_what_a_span_can_grow_by(drawn: tuple[Columns, int, Mode]) -> None:
    columns, root, mode = drawn
    replay, retiming = Replay(columns, root, mode), Retiming(columns, root, mode)
    for row in subtree(columns, root):
        slack = replay.slack(row)
        if slack is None:
            assert retiming.length({row - root: 1 << 62}) == replay.duration_ns
        else:
            grown = replay.length(row) + slack
            assert retiming.length({row - root: grown}) == replay.duration_ns
            assert retiming.length({row - root: grown + 1}) == replay.duration_ns + 1


@settings(deadline=None, max_examples=50)
@given(replays(), st.data())
def test_several_changes_at_once(drawn: tuple[Columns, int, Mode], data: st.DataObject) -> None:
    columns, root, mode = drawn
    replay, retiming = Replay(columns, root, mode), Retiming(columns, root, mode)
    rows = st.integers(root, root + int(columns.size[root]) - 1)
    lengths = data.draw(st.dictionaries(rows, st.integers(0, 400), max_size=5))
    times = st.integers(-2, 420).map(lambda time: int(columns.start_ns[root]) + time)
    gaps = data.draw(st.lists(st.tuples(rows, times, times), max_size=3))
    parents = sorted({int(columns.parent[row]) for row in subtree(columns, root)[1:]})
    together = []
    if parents and data.draw(st.booleans()):
        above = data.draw(st.sampled_from(parents))
        kids = [row for row in subtree(columns, root) if columns.parent[row] == above]
        together.append(data.draw(st.lists(st.sampled_from(kids), min_size=1, unique=True)))
    fixed = {row - root: length for row, length in lengths.items() if length < replay.length(row)}
    left = retiming.length(
        fixed,
        [(row - root, a, b) for row, a, b in gaps],
        [[row - root for row in group] for group in together],
    )
    saving = replay.saving(lengths, gaps, together)
    assert saving == replay.duration_ns - left
    assert replay.saving(lengths, gaps, together) == saving
    assert 0 <= saving <= replay.duration_ns


@settings(deadline=None, max_examples=30)
@given(jittery())
def test_windows_that_were_walked_one_by_one_are_inside_their_parents(spans: list[S]) -> None:
    columns = store(spans)
    wanted = saves_of_all(Replay(columns, 0), len(spans))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["tracetui.analysis.critical_path"], "ROUNDS", 0)
        replay = Replay(columns, 0)
        assert saves_of_all(replay, len(spans)) == wanted
        assert replay.saving() == 0


def test_calls_one_after_the_other() -> None:
    """Five calls of 10 with 1 between them: together 10, side by side sum - max, the gaps stay."""
    spans = [S("00", 0, 60), *(S(f"0{n}", 11 * n - 8, 10, "00", clock="b") for n in range(1, 6))]
    replay = Replay(store(spans), 0)
    calls = [1, 2, 3, 4, 5]
    assert [replay.saves(row) for row in range(6)] == [60, 10, 10, 10, 10, 10]
    assert replay.side_by_side(calls) == 40
    assert replay.saving(together=[calls]) == 44
    assert replay.saving(dict.fromkeys(calls, 4)) == 30
    assert replay.saving(gaps=[(0, 13, 14), (0, 57, 60)]) == 4
    assert replay.what_if(2, 1, 2) == 55
    assert replay.what_if(2, 3) == 80


def test_the_runner_up_takes_over() -> None:
    """
    root  |--------------------|
    slow    |---------------|      4 longer than the next: no more than that is to be gained
    next    |-----------|
    small   |--|
    """
    spans = [S("00", 0, 22), *(S(f"0{n}", 2, length, "00") for n, length in ((1, 16), (2, 12), (3, 3)))]
    replay = Replay(store(spans), 0)
    assert [replay.saves(row) for row in (1, 2, 3)] == [4, 0, 0]
    assert [replay.slack(row) for row in (1, 2, 3)] == [0, 4, 13]
    assert replay.saving({1: 0, 2: 0}) == 13
    assert replay.saving({1: 12}) == 4


def test_nobody_waits_for_what_goes_on_alone() -> None:
    spans = [S("00", 0, 20_000), S("01", 5_000, 90_000, "00"), S("02", 9_000, 0, "00"), S("03", 0, 99, "01")]
    replay = Replay(store(spans), 0)
    rows = [replay.slack(store(spans).row(key)) for key in ("01", "02", "03")]
    assert rows == [None, None, None]
    with pytest.raises(ValueError, match="not below"):
        Replay(store(spans), 1).saves(0)
