"""Why a section is there, and what else it might have been."""

from __future__ import annotations

from tests.analysis.columns import US, S, store
from tracetui.analysis import Mode, critical_paths
from tracetui.analysis.reasons import alternatives, reason, why_empty

LEAF = "own time, it has no children"


def us(key: str, start: int, end: int, parent: str | None = None, **more: object) -> S:
    return S(key, start * US, (end - start) * US, parent, **more)  # type: ignore[arg-type]


def reasons(*spans: S, mode: Mode = Mode.DEFAULT) -> list[tuple[str, str, list[str]]]:
    """For each section its span, the reason and the keys of the alternatives."""
    columns = store(spans)
    paths = critical_paths(columns, mode=mode)
    return [
        (
            columns.key(int(row)),
            reason(paths, columns, at),
            [columns.key(other) for other in alternatives(paths, columns, at)],
        )
        for at, row in enumerate(paths.span)
    ]


def test_calls_in_a_row() -> None:
    assert reasons(us("r", 0, 1000), us("a", 100, 400, "r"), us("b", 500, 900, "r")) == [
        ("r", "own time before its first child", []),
        ("a", "had finished when the next one started; own time, it has no children", []),
        ("r", "own time between its children", []),
        ("b", "last of 2 children to finish, the runner-up 500µs earlier; own time, it has no children", []),
        ("r", "own time after its last child", []),
    ]


def test_a_close_finish_is_told() -> None:
    found = reasons(
        us("r", 0, 1000),
        us("a", 0, 300, "r"),
        us("b", 0, 295, "r"),
        us("c", 0, 200, "r"),
        us("d", 300, 1000, "r"),
        us("e", 310, 992, "r"),
    )
    assert found == [
        (
            "a",
            f"last of 3 to finish before the next one started, the runner-up 5µs earlier; {LEAF}",
            ["b"],
        ),
        ("d", "last of 5 children to finish, the runner-up 8µs earlier; own time, it has no children", ["e"]),
    ]


def test_only_child_and_nested() -> None:
    assert reasons(us("r", 0, 100), us("a", 0, 100, "r"), us("b", 20, 80, "a")) == [
        ("a", "only child; own time before its first child", []),
        ("b", "only child; own time, it has no children", []),
        ("a", "only child; own time after its last child", []),
    ]


def test_near_sequential() -> None:
    found = reasons(us("r", 0, 10_000), us("a", 0, 5030, "r"), us("b", 5000, 10_000, "r"))
    assert found[0] == ("a", "finished as the next one started; own time, it has no children", [])


def test_a_wait() -> None:
    spans = us("r", 0, 100, kind="producer"), us("c", 300, 400, "r", kind="consumer")
    assert reasons(*spans, mode=Mode.TO_END) == [
        ("r", "own time, it waited for no child", []),
        ("r", "over already; nothing below it was running", []),
        ("c", "only child; own time, it has no children", []),
    ]


def test_why_there_is_no_path() -> None:
    columns = store([us("r", 5, 5), us("a", 5, 9, "r")])
    assert why_empty(columns, 0) == "the root has no duration, so there is no time to explain"
    assert why_empty(columns, 0, Mode.TO_END) == ""
    assert why_empty(columns, 1) == ""
    columns.flags[0] = 1024
    assert why_empty(columns, 0) == "no end of the root is recorded, so there is no time to explain"
