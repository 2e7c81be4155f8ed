from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.export import kept
from tracetui.export.kept import KeptPieces
from tracetui.sources import scratch


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_BLOCK", 10)
    monkeypatch.setattr(scratch, "MEMORY_LIMIT", 30)


@given(st.lists(st.binary(max_size=12), min_size=1, max_size=30), st.data())
def test_pieces_come_back_in_any_order(pieces: list[bytes], data: st.DataObject) -> None:
    made = KeptPieces()
    for piece in pieces:
        made.add(piece)
    numbers = data.draw(st.lists(st.integers(0, len(pieces) - 1)))
    assert b"".join(made.joined(numbers)) == b"".join(pieces[number] for number in numbers)
    assert b"".join(made.joined(range(len(pieces)))) == b"".join(pieces)


def test_neighbours_are_read_together() -> None:
    made = KeptPieces()
    for piece in (b"ab", b"cd", b"ef", b"gh"):
        made.add(piece)
    assert list(made.joined([1, 2, 0, 3])) == [b"cdef", b"ab", b"gh"]
