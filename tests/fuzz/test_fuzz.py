"""The fuzzers themselves: each runs, notices a fault, and what was once found stays mended."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fuzz.__main__ import NAMES, main
from fuzz.findings import Findings
from fuzz.mutate import mutate
from fuzz.oracle import check, check_line, check_tree
from fuzz.seeds import seeds
from fuzz.targets import TARGETS
from tests.model.build import S, build

CRASHERS = Path(__file__).parent / "crashers"


@pytest.mark.parametrize("path", sorted(CRASHERS.glob("*-*")), ids=lambda path: path.name)
def test_what_was_once_found_stays_mended(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_target_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([name, "--engine", "random", "--runs", "25", "--seconds", "60", "--out", str(tmp_path)])
    assert code == 0, capsys.readouterr().out
    assert json.loads((tmp_path / f"{name}.json").read_text()) == {"executions": 25, "faults": {}}


def test_a_fault_is_kept_once_with_its_smallest_input(tmp_path: Path) -> None:
    def broken(data: bytes) -> None:
        json.loads("{" * len(data))

    found = Findings("broken", broken, tmp_path)
    for data in (b"abc", b"a", b"ab"):
        found.run(data)
    assert list(found.faults.values()) == [3]
    (kept,) = (path for path in tmp_path.iterdir() if not path.suffix)
    assert kept.read_bytes() == b"a"
    assert "JSONDecodeError" in kept.with_suffix(".txt").read_text()


def test_the_oracle_notices_a_wrong_tree() -> None:
    collection = build(
        S(1), S(2, parent=1, start=1001), S(3, parent=2, start=1002), S(4, parent=1, start=1003)
    )
    check(collection)
    store = collection.store
    for name, values in (
        ("parent", [-1, 0, 0, 0]),
        ("depth", [0, 1, 1, 1]),
        ("size", [4, 2, 1, 2]),
        ("start_ns", [1000, 1004, 1002, 1003]),
    ):
        column = np.array(values, getattr(store, name).dtype)
        with pytest.raises(AssertionError):
            check_tree(replace(store, **{name: column}))


def test_the_oracle_notices_what_a_terminal_would_act_on() -> None:
    check_line("✗ plain 漢字 ⟨202E⟩ ␛[2J e\u0301")
    for line in ("\x1b[2J", "a\u202eb", "\x9b1m", "a\u200db", "\u3000", "a\tb"):
        with pytest.raises(AssertionError):
            check_line(line)


@given(st.sampled_from(("jaeger", "zipkin", "otlp", "detect")), st.integers(0, 1 << 32), st.integers(1, 12))
def test_documents_changed_many_times_over(name: str, seed: int, times: int) -> None:
    random = Random(seed)
    data = random.choice(seeds(name))
    for _ in range(times):
        data = mutate(data, random)[: 1 << 16]
    TARGETS[name](data)
