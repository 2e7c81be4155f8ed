"""Repeats, shared halves, partial reports, several parents: who is who."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.model.build import S, build, codes, keys, parents
from tracetui.model import id_index, identity
from tracetui.model.store import Flag, Kind


def test_a_record_repeated_byte_for_byte_is_one_span_and_told() -> None:
    found = build(S(1, record=b"same"), S(2, 1), S(1, record=b"same"))
    assert keys(found) == ["1", "2"]
    assert codes(found) == {"duplicate-span": 1}


def test_an_id_of_very_many_spans_is_not_compared_pair_by_pair() -> None:
    with patch.object(identity, "_one_span", wraps=identity._one_span) as compared:
        found = build(*(S(1, start=number, kind=Kind.CLIENT) for number in range(400)), partial=True)
    assert len(keys(found)) == 400
    assert compared.call_count < 200


def test_other_repeats_are_numbered_in_source_order_and_children_stay_with_the_first() -> None:
    found = build(S(9), S(1, 9, start=3), S(1, 9, start=1), S(2, 1, start=5), S(1, 9, start=2))
    assert keys(found) == ["9", "1_1", "1_2", "1", "2"]
    assert parents(found)["2"] == "1"
    assert codes(found)["duplicate-id"] == 2


def test_client_and_server_with_one_id_become_parent_and_child_wherever_they_stand() -> None:
    client = S(1, 9, service="web", kind=Kind.CLIENT)
    server = S(1, 9, service="db", kind=Kind.SERVER)
    of_server, of_client = S(2, 1, service="db"), S(3, 1, service="web")
    for order in ((client, server), (server, client)):
        found = build(S(9, service="web"), *order, of_server, of_client)
        assert parents(found) == {"9": "", "1": "9", "1_1": "1", "2": "1_1", "3": "1"}
        assert "duplicate-id" not in codes(found)


def test_a_pair_beside_a_further_repeat_keeps_its_keys() -> None:
    found = build(
        S(1, kind=Kind.INTERNAL, name="x"),
        S(1, kind=Kind.SERVER, service="b"),
        S(1, kind=Kind.CLIENT, service="a"),
        S(2, 1, service="a"),
    )
    by_key = {span.key.lstrip("0"): span for span in found.traces[0].spans}
    assert by_key["1"].kind == "client"
    assert by_key["1_1"].kind == "server"
    assert by_key["1_2"].kind == "internal"
    assert parents(found)["2"] == "1"


def test_partial_reports_of_one_span_are_joined() -> None:
    found = build(
        S(1, start=5, flags=Flag.UNFINISHED, duration=0, kind=Kind.CLIENT, service=""),
        S(1, start=5, duration=7, name="", service="db"),
        partial=True,
    )
    (span,) = found.traces[0].spans
    assert (span.duration_ns, span.service, span.name, span.kind) == (7, "db", "op", "client")
    assert codes(found) == {"merged-span": 1}
    assert found.store.more_records == {0: [(0, len(b"record 0"), len(b"record 1"))]}


def test_reports_that_disagree_stay_apart() -> None:
    found = build(S(1, name="a"), S(1, name="b"), S(1, name="a", start=2000), partial=True)
    assert keys(found) == ["1", "1_1", "1_2"]


def test_reports_are_joined_only_where_the_format_makes_them() -> None:
    assert keys(build(S(1, duration=5), S(1, duration=5, name=""))) == ["1", "1_1"]


def test_the_first_child_of_that_exists_wins_over_an_earlier_follows_from() -> None:
    found = build(S(1), S(2), S(3, references=((False, 1), (True, 77), (True, 2))))
    assert parents(found)["3"] == "2"
    assert not int(found.traces[0].span("0000000000000003").store.flags[2]) & Flag.FOLLOWS_FROM


def test_follows_from_hangs_where_no_child_of_exists() -> None:
    found = build(S(1), S(3, references=((True, 77), (False, 1))))
    assert parents(found)["3"] == "1"
    assert int(found.store.flags[1]) & Flag.FOLLOWS_FROM


def test_references_that_all_lead_nowhere_make_an_orphan_of_the_first_child_of() -> None:
    found = build(S(1), S(3, references=((False, 66), (True, 77))))
    span = found.traces[0].span("0000000000000003")
    assert span.is_orphan
    assert span.parent_span_id == "000000000000004d"


def test_a_span_that_names_itself_has_no_parent() -> None:
    found = build(S(1, 1), S(2, 1))
    assert parents(found) == {"1": "", "2": "1"}
    assert found.traces[0].root_count == 1
    assert codes(found)["cycle"] == 1


def test_opaque_ids_never_match_numbers() -> None:
    found = build(S("a", start=1), S(1, "a"), S(2, 1), S("b", "a"))
    assert parents(found)["b"] == "a"
    assert parents(found)["2"] == "1"


def test_spans_without_ids_are_named_by_their_place_and_adopt_nobody() -> None:
    found = build(S(None), S(None), S(5, 0))
    assert set(keys(found)) == {"@0", "@1", "5"}
    assert found.traces[0].span("0000000000000005").is_orphan


def test_the_same_id_in_two_traces_is_two_spans() -> None:
    found = build(S(1, trace="x"), S(2, 1, trace="x"), S(1, trace="y"), S(2, 1, trace="y"))
    assert [keys(found, trace) for trace in (0, 1)] == [["1", "2"], ["1", "2"]]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5), st.sampled_from("xy")), max_size=12))
def test_hash_collisions_change_nothing(records: list[tuple[int, int, str]]) -> None:
    spans = [S(a, b or None, start=n, trace=t) for n, (a, b, t) in enumerate(records)]

    def everything_collides(trace: np.ndarray, ids: np.ndarray, opaque: np.ndarray) -> np.ndarray:
        return np.zeros(len(ids), np.uint64)

    if not spans:
        return
    plain = build(*spans)
    with patch.object(id_index, "_mix", everything_collides):
        colliding = build(*spans)
    for trace in range(len(plain.traces)):
        assert parents(plain, trace) == parents(colliding, trace)
