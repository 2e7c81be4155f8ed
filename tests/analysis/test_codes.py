"""Distinct values of columns of codes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.codes import coded


@given(st.lists(st.integers(-1, 30) | st.integers(-1, 2**31 - 1), max_size=40))
def test_as_unique_says(values: list[int]) -> None:
    column = np.array(values, np.int32)
    found, first, which = coded(column)
    expected = np.unique(column, return_index=True, return_inverse=True)
    assert found.tolist() == expected[0].tolist()
    assert first.tolist() == expected[1].tolist()
    assert which.tolist() == expected[2].reshape(-1).tolist()
