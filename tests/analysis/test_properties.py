"""What must hold for any trace, whatever its shape."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.analysis.columns import S, Section, paths_of, sections_of, store
from tests.analysis.forests import forests, jittery
from tests.analysis.oracle import blocking_parts, oracle_path
from tracetui.analysis import Mode, critical_path, critical_paths, on_path_ns, self_times
from tracetui.analysis.blocking import latest_ends
from tracetui.analysis.columns import end_times, local_parents

MODES = st.sampled_from(list(Mode))
TRACES = forests() | jittery()


def paths(spans: list[S], mode: Mode) -> dict[str, list[Section]]:
    return paths_of(store(spans), mode)[0]


@given(st.lists(TRACES, min_size=1, max_size=3), MODES)
def test_the_quick_walk_says_what_the_rule_says(traces: list[list[S]], mode: Mode) -> None:
    found = paths_of(store(*traces), mode)
    for spans, answer in zip(traces, found, strict=True):
        assert answer == {s.key: oracle_path(spans, s.key, mode) for s in spans if s.parent is None}


@given(TRACES, MODES, st.data())
def test_any_span_can_be_the_root(spans: list[S], mode: Mode, data: st.DataObject) -> None:
    columns = store(spans)
    root = data.draw(st.sampled_from(spans)).key
    row = columns.row(root)
    found = critical_path(columns, row, mode)
    assert found.roots.tolist() == [row]
    assert sections_of(columns, found, row) == oracle_path(spans, root, mode)


@given(jittery(depth=4))
def test_spans_cut_short_are_walked_alike_one_by_one(spans: list[S]) -> None:
    wanted = paths(spans, Mode.DEFAULT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["tracetui.analysis.critical_path"], "ROUNDS", 0)
        assert paths(spans, Mode.DEFAULT) == wanted


@given(forests(), MODES)
def test_levels_and_rows_clip_alike(spans: list[S], mode: Mode) -> None:
    wanted = paths(spans, mode)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracetui.analysis.blocking.DEEP", 1)
        assert paths(spans, mode) == wanted


@given(TRACES, MODES)
def test_sections_cover_the_root_exactly(spans: list[S], mode: Mode) -> None:
    columns = store(spans)
    by_key = {s.key: s for s in spans}
    latest = latest_ends(local_parents(columns, 0, len(spans)), end_times(columns, slice(None)))
    for root, sections in paths(spans, mode).items():
        row = columns.row(root)
        end = int(latest[row]) if mode is Mode.TO_END else by_key[root].start + by_key[root].duration
        assert [s[1] for s in sections] + [end] == [by_key[root].start] + [s[2] for s in sections]
        for key, start, stop, wait in sections:
            span = by_key[key]
            assert start < stop
            assert span.start <= start
            assert span.start + span.duration <= start if wait else stop <= span.start + span.duration
            assert not wait or mode is Mode.TO_END
        assert all(a[0::3] != b[0::3] for a, b in itertools.pairwise(sections))


@given(TRACES, MODES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(spans: list[S], mode: Mode, random: object) -> None:
    shuffled = spans.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert paths(shuffled, mode) == paths(spans, mode)


@given(TRACES, MODES, st.integers(-(10**15), 10**18))
def test_shifting_all_times_changes_nothing_else(spans: list[S], mode: Mode, shift: int) -> None:
    shift = shift // 10**6 * 10**6
    moved = [replace(s, start=s.start + shift) for s in spans]
    shifted = {
        root: [(key, start + shift, end + shift, wait) for key, start, end, wait in sections]
        for root, sections in paths(spans, mode).items()
    }
    assert paths(moved, mode) == shifted


@given(TRACES, MODES.filter(lambda mode: mode is not Mode.TO_END), st.data())
def test_children_that_cannot_block_change_nothing(spans: list[S], mode: Mode, data: st.DataObject) -> None:
    parent = data.draw(st.sampled_from(spans))
    end = parent.start + parent.duration
    extra = [
        S("f0", parent.start + parent.duration // 2, 0, parent.key, clock="c"),
        S("f1", end, 10**9, parent.key, clock="c"),
        S("f2", parent.start - 5 * 10**6, 10**6, parent.key, clock="c"),
    ]
    if mode is not Mode.CLIP:
        extra.append(S("f3", parent.start, parent.duration, parent.key, clock="c", follows=True))
    child = data.draw(st.sampled_from(extra))
    # A longer or finer trace may have another tolerance; that is not what is looked at here.
    assume(len(spans) > 1 and any(s.start % 10**6 or s.duration % 10**6 for s in spans))
    assert paths([*spans, child], mode) == paths(spans, mode)


@given(TRACES, st.data())
def test_exact_without_what_is_off_the_path_is_the_same(spans: list[S], data: st.DataObject) -> None:
    columns = store(spans)
    wanted = paths(spans, Mode.EXACT)
    seen = {key for sections in wanted.values() for key, *_ in sections}
    subtrees = {
        columns.key(row): {columns.key(inner) for inner in range(row, row + int(columns.size[row]))}
        for row in range(len(spans))
        if columns.parent[row] >= 0
    }
    off = [keys for keys in subtrees.values() if not keys & seen]
    assume(off)
    gone = data.draw(st.sampled_from(off))
    rest = [s for s in spans if s.key not in gone]
    whole = all(s.start % 10**6 == 0 == s.duration % 10**6 for s in spans)
    assume(whole == (len(rest) > 1 and all(s.start % 10**6 == 0 == s.duration % 10**6 for s in rest)))
    assert paths(rest, Mode.EXACT) == wanted


@given(TRACES, MODES)
def test_on_path_time_adds_up_to_the_roots(spans: list[S], mode: Mode) -> None:
    columns = store(spans)
    found = paths(spans, mode)
    time = on_path_ns(critical_paths(columns, mode=mode), columns)
    assert int(time.sum()) == sum(end - start for path in found.values() for _, start, end, _ in path)
    if mode is not Mode.TO_END:
        assert int(time.sum()) == sum(s.duration for s in spans if s.parent is None)


@given(TRACES)
def test_self_time_is_the_duration_without_the_blocking_children(spans: list[S]) -> None:
    columns = store(spans)
    own = self_times(columns)
    for row, key in enumerate(columns.keys):
        left = int(columns.duration_ns[row])
        reached = int(columns.start_ns[row])
        for start, end in sorted(blocking_parts(spans, key)):
            left -= max(0, end - max(start, reached))
            reached = max(reached, end)
        assert own[row] == left
