"""Very deep and very wide traces: nothing recurses, nothing is quadratic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.analysis import shapes
from tests.analysis.columns import Columns
from tracetui.analysis import Mode, critical_paths, on_path_ns, self_times
from tracetui.analysis.reasons import MOST_ALTERNATIVES, Reasons, alternatives, reason
from tracetui.analysis.replay import Replay

MANY = 200_000
LEAF = "own time, it has no children"
SHAPES: dict[str, tuple[Callable[[int], Columns], dict[Mode, int]]] = {
    "chain": (shapes.chain, dict.fromkeys(Mode, 2 * MANY - 1)),
    "staircase": (shapes.staircase, {**dict.fromkeys(Mode, MANY), Mode.TO_END: MANY}),
    "one after the other": (shapes.one_after_the_other, dict.fromkeys(Mode, MANY - 1)),
    "all at once": (shapes.all_at_once, dict.fromkeys(Mode, 1)),
    "fan": (shapes.fan, dict.fromkeys(Mode, 2)),
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", SHAPES)
def test_critical_path_of_a_big_trace(name: str, mode: Mode) -> None:
    make, sections = SHAPES[name]
    columns = make(MANY)
    paths = critical_paths(columns, mode=mode)
    assert len(paths.span) == sections[mode]
    assert np.array_equal(paths.start_ns[1:], paths.end_ns[:-1])
    assert paths.start_ns[0] == columns.start_ns[0]
    if mode is not Mode.TO_END:
        assert on_path_ns(paths, columns).sum() == columns.duration_ns[0]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", SHAPES)
def test_self_time_of_a_big_trace(name: str, mode: Mode) -> None:
    columns = SHAPES[name][0](MANY)
    own = self_times(columns, mode=mode)
    assert (own >= 0).all()
    assert (own <= columns.duration_ns).all()


def test_near_sequential_spans_nested_deeply() -> None:
    columns = shapes.nested_cuts(20_000)
    paths = critical_paths(columns)
    assert len(np.unique(paths.span)) == len(columns.start_ns)
    assert on_path_ns(paths, columns).sum() == columns.duration_ns[0]


@pytest.mark.parametrize("mode", [Mode.DEFAULT, Mode.TO_END])
def test_reasons_in_a_big_trace(mode: Mode) -> None:
    columns = shapes.all_at_once(MANY)
    paths = critical_paths(columns, mode=mode)
    assert (
        reason(paths, columns, 0) == f"last of {MANY - 1} children to finish, together with another; {LEAF}"
    )
    assert len(alternatives(paths, columns, 0)) == MOST_ALTERNATIVES


@pytest.mark.parametrize("name", SHAPES)
def test_reasons_of_all_sections_of_a_big_trace(name: str) -> None:
    columns = SHAPES[name][0](MANY // 10)
    paths = critical_paths(columns)
    reasons = Reasons(paths, columns, 0)
    assert all(reasons.reason(at) and len(reasons.alternatives(at)) >= 0 for at in paths.of_root(0))


@pytest.mark.parametrize("name", SHAPES)
def test_replay_of_a_big_trace(name: str) -> None:
    columns = SHAPES[name][0](MANY)
    replay = Replay(columns, 0)
    time = on_path_ns(critical_paths(columns), columns)
    rows = [*range(0, MANY, MANY // 500), MANY - 1]
    for row in rows:
        below = int(time[row : row + int(columns.size[row])].sum())
        assert 0 <= replay.saves(row) <= below
        assert replay.slack(row) == 0 or replay.saves(row) == 0
    assert 0 <= replay.saving(dict.fromkeys(rows[1:], 0)) <= replay.duration_ns
    assert replay.saving(together=[rows[1:]]) <= replay.duration_ns
