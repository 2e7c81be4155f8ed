"""Orphans, cycles, odd times, roots and the flyweights."""

from __future__ import annotations

import pytest

from tests.model.build import S, build, codes, keys, parents
from tracetui.model.store import Flag, Status


def test_orphans_are_told_with_their_trace_and_the_rest_is_whole() -> None:
    found = build(S(1), S(2, 1), S(3, 77), S(4, 3))
    trace = found.traces[0]
    assert codes(found) == {"orphan": 1}
    assert (trace.root_count, trace.orphan_count, trace.span_count) == (1, 1, 4)
    assert trace.span("0000000000000003").parent_span_id == "000000000000004d"
    assert parents(found)["4"] == "3"


def test_a_cycle_is_cut_at_its_earliest_span_and_told() -> None:
    found = build(S(1, 2, start=5), S(2, 3, start=4), S(3, 1, start=3), S(4, 1, start=1))
    assert keys(found) == ["3", "2", "1", "4"]
    assert codes(found) == {"cycle": 1}
    assert found.traces[0].root_count == 0


def test_the_primary_root_starts_first_or_is_the_longest() -> None:
    found = build(S(1, start=5, duration=90), S(2, start=1, duration=5), S(3, start=1, duration=8))
    assert found.traces[0].root.key.lstrip("0") == "3"
    assert [int(found.store.span_id[row]) for row in found.traces[0].roots] == [3, 2, 1]


def test_without_a_root_the_largest_fragment_stands_for_the_trace() -> None:
    found = build(S(1, 88), S(2, 99, start=3), S(3, 2, start=4))
    assert found.traces[0].root.key.lstrip("0") == "2"


def test_negative_durations_and_missing_starts_are_mended_and_told() -> None:
    found = build(
        S(1, start=100, duration=50),
        S(2, 1, start=110, duration=-5),
        S(3, 1, flags=Flag.NO_TIME),
        S(4, 3, flags=Flag.NO_TIME),
    )
    starts = {span.key.lstrip("0"): span.start_ns for span in found.traces[0].spans}
    assert starts == {"1": 100, "2": 110, "3": 100, "4": 100}
    assert codes(found) == {"negative-duration": 1, "bad-time": 2}


def test_a_parent_without_a_start_takes_its_earliest_childs() -> None:
    found = build(S(1, flags=Flag.NO_TIME), S(2, 1, start=70), S(3, 1, start=60))
    assert found.traces[0].root.start_ns == 60


def test_starts_a_year_from_the_rest_are_told_and_kept() -> None:
    year = 366 * 24 * 3600 * 10**9
    found = build(S(1, start=2 * year), S(2, 1, start=2 * year + 5), S(3, 1, start=0))
    assert codes(found) == {"bad-time": 1, "outside-parent": 1}
    assert found.traces[0].start_ns == 0


def test_all_starts_at_zero_are_told() -> None:
    assert codes(build(S(1, start=0), S(2, 1, start=0))) == {"bad-time": 2}


@pytest.mark.parametrize("start", [2**63 - 1, -(2**63)])
def test_times_at_the_edge_of_an_integer_can_still_be_added(start: int) -> None:
    found = build(S(1, start=start, duration=2**63 - 1))
    assert found.traces[0].duration_ns >= 0
    assert "bad-time" in codes(found)


def test_a_trace_counts_its_errors_services_and_depth() -> None:
    found = build(
        S(1, start=1, service="a"),
        S(2, 1, start=2, service="b", status=Status.ERROR),
        S(3, 2, start=3, service="", duration=30),
        S(1, start=9, trace="u"),
    )
    trace = found.traces[0]
    assert (trace.error_count, trace.service_count, trace.depth) == (1, 2, 3)
    assert (trace.start_ns, trace.end_ns, trace.duration_ns, trace.root_duration_ns) == (1, 33, 32, 10)
    assert found.traces[1].span_count == 1


def test_details_are_read_from_the_spans_own_bytes() -> None:
    found = build(S(1, start=5), S(2, 1, start=4))
    span = found.traces[0].span("0000000000000002")
    assert span.attributes == {"record": "record 1"}
    assert span.resource == {"of": "resource"}
    assert found.store.raw(span.row) == b"record 1"


def test_children_and_parents_agree() -> None:
    found = build(S(1, start=0), S(2, 1, start=2), S(3, 1, start=1), S(4, 2, start=3))
    root = found.traces[0].root
    assert [child.key.lstrip("0") for child in root.children] == ["3", "2"]
    assert all(child.parent == root for child in root.children)


def test_some_traces_can_be_taken_out_of_a_collection() -> None:
    found = build(*(S(n, n - 1 if n % 2 == 0 else None, trace=f"t{n // 3}") for n in range(1, 9)))
    chosen = found.select([0, 2])
    assert [trace.trace_id for trace in chosen.traces] == ["t0", "t2"]
    for trace, original in ((0, 0), (1, 2)):
        assert keys(chosen, trace) == keys(found, original)
        assert parents(chosen, trace) == parents(found, original)
        assert [s.attributes for s in chosen.traces[trace].spans] == [
            s.attributes for s in found.traces[original].spans
        ]


def test_an_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build(S(1)).traces[0].span("nope")


def test_several_roots_are_told_not_called_broken() -> None:
    assert codes(build(S(1), S(2), S(3, 1))) == {"multiple-roots": 2}


@pytest.mark.parametrize(("start", "told"), [(0, 1), (60 * 10**6, 1), (9 * 10**6, 0), (10**6 * 11, 0)])
def test_children_that_start_outside_their_parent_are_told(start: int, told: int) -> None:
    found = build(S(1, start=2 * 10**6, duration=9 * 10**6), S(2, 1, start=start, duration=90 * 10**6))
    assert codes(found).get("outside-parent", 0) == told
