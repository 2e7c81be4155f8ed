"""Decimal texts as numbers: all that are plain, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.loaders.digits import numbers


@given(st.integers(1, 19), st.data())
def test_plain_texts(width: int, data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("0123456789", min_size=width, max_size=width), min_size=1))
    found = numbers(texts)
    assert found is not None
    assert found.tolist() == [int(text) for text in texts]


@given(st.lists(st.text("0189/: -.é٣", max_size=4), min_size=1))
def test_others(texts: list[str]) -> None:
    plain = len(set(map(len, texts))) == 1 and all(set(text) <= set("0123456789") for text in texts)
    found = numbers(texts)
    assert (found is not None) == (plain and texts[0] != "")


@pytest.mark.parametrize(
    "texts",
    [
        ["17", "9/0000000000000000000009"],
        ["17", "171"],
        ["171", "1/1"],
        ["1" * 20],
        ["1" * 19, "1" * 19 + "/0000" + "1" * 19],
        ["12", "\ud800"],
    ],
)
def test_strokes_and_widths(texts: list[str]) -> None:
    assert numbers(texts) is None


def test_no_text() -> None:
    with pytest.raises(TypeError):
        numbers(["12", 12])  # type: ignore[list-item]
