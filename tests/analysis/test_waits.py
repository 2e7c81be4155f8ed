"""Waits found for many traces at once are those of each root alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tracetui import loaders
from tracetui.analysis import Mode
from tracetui.analysis.replay import Replay
from tracetui.analysis.waits import Waits

SAMPLES = Path(__file__).resolve().parents[2] / "sample_traces"


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("name", ["several-traces", "fragmented", "checkout"])
def test_replay_is_the_same(name: str, mode: Mode) -> None:
    store = loaders.load([str(SAMPLES / f"{name}.json")]).store
    waits = Waits(store, mode)
    roots = np.flatnonzero(store.parent < 0).tolist()
    for root in [*roots, roots[0]]:  # and back again
        alone, shared = Replay(store, root, mode), Replay(store, root, mode, waits.below(root))
        for row in range(root, root + int(store.size[root])):
            assert shared.saves(row) == alone.saves(row)
            assert shared.slack(row) == alone.slack(row)
