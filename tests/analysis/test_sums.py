"""Sums over a path, and self time by hand."""

from __future__ import annotations

from tests.analysis.columns import US, S, store
from tracetui.analysis import Mode, critical_paths, on_path_ns, path_by_service, self_times


def us(key: str, start: int, end: int, parent: str | None = None, **more: object) -> S:
    return S(key, start * US, (end - start) * US, parent, **more)  # type: ignore[arg-type]


TRACE = [
    us("r", 0, 100, service="web"),
    us("a", 10, 60, "r", service="cart"),
    us("b", 20, 40, "a", service="stock"),
    us("c", 60, 90, "r", service="stock"),
    us("d", 30, 70, "r", service="mail", follows=True),
]


def test_on_path() -> None:
    columns = store([us("q", 0, 7)], TRACE)
    time = on_path_ns(critical_paths(columns), columns, 1, 6)
    by_key = {columns.key(row + 1): int(ns) // US for row, ns in enumerate(time)}
    assert by_key == {"r": 20, "a": 30, "b": 20, "c": 30, "d": 0}


def test_by_service() -> None:
    columns = store(TRACE)
    paths = critical_paths(columns)
    assert path_by_service(paths, columns, 0) == [("stock", 50 * US), ("cart", 30 * US), ("web", 20 * US)]
    assert path_by_service(paths, columns, 1) == []


def test_self_time() -> None:
    columns = store(TRACE)
    own = {columns.key(row): int(ns) // US for row, ns in enumerate(self_times(columns))}
    assert own == {"r": 20, "a": 30, "b": 20, "c": 30, "d": 40}
    clip = {columns.key(row): int(ns) // US for row, ns in enumerate(self_times(columns, mode=Mode.CLIP))}
    assert clip["r"] == 20


def test_self_time_counts_overlapping_children_once() -> None:
    spans = [us("r", 0, 100), us("a", 0, 50, "r"), us("b", 10, 20, "r"), us("c", 40, 70, "r")]
    assert int(self_times(store(spans))[0]) == 30 * US


def test_self_time_of_part_of_a_store() -> None:
    columns = store([us("q", 0, 7)], TRACE)
    assert self_times(columns, 1, 6).tolist() == self_times(columns)[1:].tolist()
