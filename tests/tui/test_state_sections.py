"""Sections of the critical path, by node and merged for a bar."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.tui.state.sections import FEW, Sections


def sections_of(triples: list[tuple[int, int, int]]) -> Sections:
    node, start, end = zip(*triples, strict=True)
    return Sections.build(np.array(node, np.int32), np.array(start, np.int64), np.array(end, np.int64))


def test_few_sections_stand_as_they_are() -> None:
    sections = sections_of([(0, 0, 10), (2, 10, 30), (0, 30, 40), (1, 40, 45), (0, 45, 50)])
    assert sections.intervals(0, 1, 0, 50, 10) == [(0, 10), (30, 40), (45, 50)]
    assert sorted(sections.intervals(0, 3, 0, 50, 10)) == [(0, 10), (10, 30), (30, 40), (40, 45), (45, 50)]
    assert sections.intervals(3, 4, 0, 50, 10) == []
    assert sections.first_of(1) == 3
    assert sections.first_of(7) == -1


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=FEW + 1, max_size=300),
    st.integers(1, 40),
)
def test_many_sections_are_merged_by_eighths_without_losing_time(
    steps: list[tuple[int, int]], cells: int
) -> None:
    triples, now = [], 0
    for gap, length in steps:
        triples.append((len(triples) % 3, now + gap, now + gap + length))
        now += gap + length
    end = max(now, 1)
    sections = sections_of(triples)
    merged = sections.intervals(0, 3, 0, end, cells)
    assert merged
    assert len(merged) <= cells * 8
    assert all(0 <= a < b <= end or b == a for a, b in merged)
    assert all(before[1] < after[0] for before, after in pairwise(merged))
    # An edge of each merged stretch is off by less than an eighth from where half the time is.
    on_path = sum(b - a for _, a, b in triples)
    drawn = sum(b - a for a, b in merged)
    if on_path == end:
        assert drawn == end


def test_a_path_thinner_than_an_eighth_everywhere_is_still_drawn() -> None:
    sections = sections_of([(0, 1000 * i, 1000 * i + 1) for i in range(200)])
    assert len(sections.intervals(0, 1, 0, 200_000, 2)) == 1
