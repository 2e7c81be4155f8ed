"""Work by two threads: the same answers, in order, and what goes wrong is not swallowed."""

from __future__ import annotations

import threading

import pytest

from tracetui.model.side_by_side import WORTH, side_by_side


@pytest.mark.parametrize("rows", [0, WORTH - 1, WORTH])
def test_answers_come_in_the_order_of_the_items(rows: int) -> None:
    assert side_by_side(lambda item: item * item, range(7), rows) == [0, 1, 4, 9, 16, 25, 36]


def test_little_is_done_without_a_thread() -> None:
    assert side_by_side(lambda _: threading.current_thread(), [1], WORTH - 1) == [threading.current_thread()]


def test_much_is_done_by_threads_that_end() -> None:
    before = threading.active_count()
    both = threading.Barrier(2, timeout=20)
    side_by_side(lambda _: both.wait(), range(2), WORTH)
    assert threading.active_count() == before


@pytest.mark.parametrize("rows", [0, WORTH])
def test_a_fault_comes_out(rows: int) -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 // item, [1, 0, 2], rows)
