"""All places of a pattern are found, however it lies across words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.loaders.scan import Finder, find_all, stands_at

FEW = st.binary().map(lambda data: bytes(97 + byte % 2 for byte in data))
"""Texts of two letters, in which patterns repeat and overlap."""


def naive(data: bytes, pattern: bytes) -> list[int]:
    return [at for at in range(len(data) - len(pattern) + 1) if data.startswith(pattern, at)]


@given(data=FEW, pattern=FEW.filter(bool), before=st.binary(), after=st.binary())
def test_like_a_plain_search(data: bytes, pattern: bytes, before: bytes, after: bytes) -> None:
    for text in (data, before + pattern + data + pattern + after, bytearray(data * 3)):
        assert find_all(text, pattern).tolist() == naive(bytes(text), pattern)


@pytest.mark.parametrize("length", range(1, 20))
def test_every_alignment(length: int) -> None:
    pattern = bytes(range(65, 65 + length))
    for at in range(12):
        for behind in range(6):
            text = b"." * at + pattern + b"." * behind
            assert find_all(text, pattern).tolist() == [at]


def test_goes_on_finding_where_other_words_are_rare() -> None:
    finder = Finder(b'},{"traceID":')
    for filler in (b'"traceID":', b'},{"key":', b'{"', b"ID"):
        text = (filler * 50 + b'},{"traceID":') * 7
        assert finder.places(text).tolist() == naive(text, b'},{"traceID":')


def test_empty() -> None:
    assert find_all(b"", b"a").tolist() == []
    assert find_all(b"", b"abcdefgh").tolist() == []


@given(data=FEW, pattern=FEW.filter(bool), places=st.lists(st.integers(-5, 120)))
def test_stands_at(data: bytes, pattern: bytes, places: list[int]) -> None:
    import numpy as np

    found = stands_at(data, np.array(places, np.int64), pattern)
    assert found.tolist() == [at >= 0 and data.startswith(pattern, at) for at in places]
