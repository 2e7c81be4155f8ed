from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLES
from tracetui.loaders import load
from tracetui.model import many_details as module
from tracetui.model.many_details import many_details

FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".md")


@pytest.mark.parametrize("window", [1, 3000, 1 << 20])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_same_as_one_by_one(path: Path, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WINDOW", window)
    store = load([str(path)]).store
    in_order = np.lexsort((store.offset, store.source))
    for rows in (in_order, np.arange(len(store)), in_order[::-1], in_order[::3], in_order[:0]):
        assert list(many_details(store, rows)) == [store.details(row) for row in rows.tolist()]


def test_a_source_that_was_cut_says_so_for_each_span(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_bytes((SAMPLES / "checkout.json").read_bytes())
    store = load([str(path)]).store
    with path.open("r+b") as file:
        file.truncate(10)
    found = list(many_details(store, np.arange(3)))
    assert len(found) == 3
    assert all("cannot be read any more" in details.warnings[0] for details in found)
