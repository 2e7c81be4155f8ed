"""Spans found by trace and id: against a dictionary, with hashes that collide, at many sizes."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import id_index
from tracetui.model.id_index import IdIndex
from tracetui.model.store import Flag

Record = tuple[int, int, int]
RECORD = st.tuples(st.integers(0, 2), st.integers(0, 6), st.sampled_from([0, int(Flag.OPAQUE_ID)]))


def columns(records: list[Record], without_id: frozenset[int] = frozenset()) -> dict[str, np.ndarray]:
    flags = [flag | (Flag.NO_ID if row in without_id else 0) for row, (_, _, flag) in enumerate(records)]
    return {
        "trace": np.array([trace for trace, _, _ in records], np.int32),
        "span_id": np.array([span_id for _, span_id, _ in records], np.uint64),
        "flags": np.array(flags, np.uint16),
    }


def few_hashes(trace: np.ndarray, ids: np.ndarray, opaque: np.ndarray) -> np.ndarray:
    """Only three different ones."""
    return (ids % np.uint64(3)) << np.uint64(60)


@pytest.mark.parametrize("mix", [id_index._mix, few_hashes])
@given(
    records=st.lists(RECORD, max_size=40),
    wanted=st.lists(RECORD, max_size=40),
    without_id=st.frozensets(st.integers(0, 39)),
)
def test_the_first_row_of_an_id_is_found(
    mix: object, records: list[Record], wanted: list[Record], without_id: frozenset[int]
) -> None:
    first: dict[Record, int] = {}
    rows: dict[Record, list[int]] = {}
    for row, record in enumerate(records):
        if row not in without_id:
            first.setdefault(record, row)
            rows.setdefault(record, []).append(row)
    with patch.object(id_index, "_mix", mix):
        index = IdIndex(columns(records, without_id))
        asked = columns(wanted)
        found = index.find(asked["trace"], asked["span_id"], asked["flags"] != 0)
        groups = index.groups(np.empty(0, np.int32))
    assert found.tolist() == [first.get(record, -1) for record in wanted]
    assert groups == sorted(group for group in rows.values() if len(group) > 1)


def test_a_hundred_thousand_ids_without_order() -> None:
    ids = np.random.default_rng(1).permutation(100_000).astype(np.uint64)
    index = IdIndex(
        {"trace": np.zeros(len(ids), np.int32), "span_id": ids, "flags": np.zeros(len(ids), np.uint16)}
    )
    found = index.find(np.zeros(len(ids), np.int32), ids, np.zeros(len(ids), np.bool_))
    assert found.tolist() == list(range(len(ids)))
    assert not len(index.repeats)


def test_many_ids_of_one_hash_cost_no_more_than_a_dictionary() -> None:
    rows = 3000
    records = [(0, number, 0) for number in range(rows)]
    with (
        patch.object(id_index, "_mix", lambda trace, ids, opaque: np.zeros(len(ids), np.uint64)),
        patch.object(IdIndex, "_real", autospec=True, side_effect=IdIndex._real) as looked_at,
    ):
        index = IdIndex(columns(records))
        asked = columns(records)
        found = index.find(asked["trace"], asked["span_id"], asked["flags"] != 0)
    assert found.tolist() == list(range(rows))
    assert looked_at.call_count == rows
