from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model.distinct import distinct


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1)))
def test_each_value_once_ascending(values: list[int]) -> None:
    found = distinct(np.array(values, np.int64))
    assert found.tolist() == sorted(set(values))
    assert found.dtype == np.int64
