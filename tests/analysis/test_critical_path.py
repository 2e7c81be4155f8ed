"""The rules one by one, small enough to check by eye."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.columns import MS, US, S, Section, paths_of, store
from tracetui.analysis import Mode, critical_path, critical_paths

PLAIN = [Mode.DEFAULT, Mode.EXACT, Mode.CLIP]


def us(key: str, start: int, end: int, parent: str | None = None, **more: object) -> S:
    """A span by its start and end in microseconds."""
    return S(key, start * US, (end - start) * US, parent, **more)  # type: ignore[arg-type]


def path(*spans: S, mode: Mode = Mode.DEFAULT) -> str:
    """The path of the only root as "key:start-end …", in microseconds, waits in brackets."""
    (sections,) = paths_of(store(spans), mode)[0].values()
    return told(sections)


def told(sections: list[Section]) -> str:
    texts = []
    for key, start, end, wait in sections:
        text = f"{key}:{start // US}-{end // US}"
        texts.append(f"[{text}]" if wait else text)
    return " ".join(texts)


def test_the_example_of_the_documentation() -> None:
    def ms(key: str, start: int, end: int, parent: str | None = "checkout") -> S:
        return us(key, start * 1000, end * 1000, parent)

    spans = (
        ms("checkout", 0, 100, None),
        ms("cart", 10, 40),
        ms("audit", 10, 25),
        ms("prices", 45, 65),
        ms("stock", 45, 75),
        ms("mail", 55, 140),
    )
    wanted = "checkout:0-10000 cart:10000-40000 checkout:40000-45000 stock:45000-75000 checkout:75000-100000"
    assert path(*spans) == wanted


@pytest.mark.parametrize("mode", Mode)
def test_a_span_alone_is_its_own_path(mode: Mode) -> None:
    assert path(us("r", 5, 9), mode=mode) == "r:5-9"


@pytest.mark.parametrize("mode", Mode)
def test_calls_one_after_the_other_are_all_waited_for(mode: Mode) -> None:
    spans = us("r", 0, 100), us("a", 10, 40, "r"), us("b", 50, 90, "r")
    assert path(*spans, mode=mode) == "r:0-10 a:10-40 r:40-50 b:50-90 r:90-100"


@pytest.mark.parametrize("mode", Mode)
def test_touching_calls_are_both_on_the_path(mode: Mode) -> None:
    spans = us("r", 0, 100), us("a", 0, 50, "r"), us("b", 50, 100, "r")
    assert path(*spans, mode=mode) == "a:0-50 b:50-100"


@pytest.mark.parametrize("mode", Mode)
def test_of_parallel_calls_the_last_to_end_counts(mode: Mode) -> None:
    spans = us("r", 0, 100), us("a", 10, 80, "r"), us("b", 12, 90, "r"), us("c", 0, 11, "r")
    assert path(*spans, mode=mode) == "c:0-11 r:11-12 b:12-90 r:90-100"


@pytest.mark.parametrize("mode", Mode)
def test_children_of_a_parallel_call_that_lost_are_not_on_the_path(mode: Mode) -> None:
    spans = us("r", 0, 100), us("a", 10, 80, "r"), us("a1", 20, 70, "a"), us("b", 10, 90, "r")
    assert path(*spans, mode=mode) == "r:0-10 b:10-90 r:90-100"


@pytest.mark.parametrize("mode", PLAIN)
def test_a_late_child_on_the_same_clock_was_not_waited_for(mode: Mode) -> None:
    spans = us("r", 0, 1000), us("a", 100, 1500, "r")
    assert path(*spans, mode=mode) == ("r:0-100 a:100-1000" if mode is Mode.CLIP else "r:0-1000")


@pytest.mark.parametrize("mode", PLAIN)
def test_a_late_child_on_another_clock_is_clipped(mode: Mode) -> None:
    assert path(us("r", 0, 1000), us("a", 100, 1500, "r", clock="b"), mode=mode) == "r:0-100 a:100-1000"


def test_one_process_at_two_addresses_is_two_clocks() -> None:
    root = us("r", 0, 1000, address="10.0.0.1")
    assert path(root, us("a", 100, 1500, "r", address="10.0.0.2")) == "r:0-100 a:100-1000"
    assert path(root, us("a", 100, 1500, "r", address="10.0.0.1")) == "r:0-1000"
    assert path(root, us("a", 100, 1500, "r")) == "r:0-1000"


@pytest.mark.parametrize(("end", "mode", "blocks"), [
    (1010, Mode.DEFAULT, True),
    (1011, Mode.DEFAULT, False),
    (1002, Mode.EXACT, True),
    (1003, Mode.EXACT, False),
])  # fmt: skip
def test_how_much_a_child_may_outlive_its_parent(end: int, mode: Mode, blocks: bool) -> None:
    spans = us("r", 0, 1000), us("a", 100, end, "r")
    assert path(*spans, mode=mode) == ("r:0-100 a:100-1000" if blocks else "r:0-1000")


@pytest.mark.parametrize("mode", Mode)
def test_follows_from(mode: Mode) -> None:
    spans = us("r", 0, 100), us("a", 20, 90, "r", follows=True)
    waits = mode in (Mode.CLIP, Mode.TO_END)
    assert path(*spans, mode=mode) == ("r:0-20 a:20-90 r:90-100" if waits else "r:0-100")


@pytest.mark.parametrize("mode", Mode)
def test_a_producer_does_not_wait_for_its_consumer(mode: Mode) -> None:
    spans = us("r", 0, 100, kind="producer"), us("a", 20, 90, "r", kind="consumer")
    assert path(*spans, mode=mode) == ("r:0-20 a:20-90 r:90-100" if mode is Mode.TO_END else "r:0-100")


@pytest.mark.parametrize("mode", PLAIN)
def test_children_without_time_in_their_parent_count_for_nothing(mode: Mode) -> None:
    spans = us("a", 50, 50, "r"), us("b", 100, 140, "r", clock="b"), us("c", -20, 0, "r", clock="b")
    assert path(us("r", 0, 100), *spans, mode=mode) == "r:0-100"


@pytest.mark.parametrize("mode", Mode)
def test_a_child_that_starts_early_is_clipped(mode: Mode) -> None:
    assert path(us("r", 10, 100), us("a", 0, 50, "r"), mode=mode) == "a:10-50 r:50-100"


def test_clipping_goes_down() -> None:
    spans = us("r", 0, 1000), us("a", 500, 1500, "r", clock="b"), us("b", 600, 1400, "a", clock="b")
    late = us("c", 1100, 1300, "b", clock="b")
    assert path(*spans, late) == "r:0-500 a:500-600 b:600-1000"


def test_near_sequential_siblings() -> None:
    spans = us("r", 0, 10_000), us("a", 1000, 5030, "r"), us("b", 5000, 9000, "r")
    assert path(*spans) == "r:0-1000 a:1000-5000 b:5000-9000 r:9000-10000"
    assert path(*spans, mode=Mode.EXACT) == "r:0-5000 b:5000-9000 r:9000-10000"
    assert path(*spans, mode=Mode.CLIP) == "r:0-5000 b:5000-9000 r:9000-10000"
    # Somebody else starts in the overlap: then it is a fan-out, and nobody knows.
    assert path(*spans, us("c", 5010, 6000, "r")) == "r:0-5000 b:5000-9000 r:9000-10000"
    # More than 1 % of the parent, or 10 % of the shorter.
    assert path(spans[0], us("a", 1000, 5101, "r"), spans[2]) == "r:0-5000 b:5000-9000 r:9000-10000"
    assert path(spans[0], us("a", 4900, 5030, "r"), spans[2]) == "r:0-5000 b:5000-9000 r:9000-10000"


def test_a_span_cut_by_its_successor_cuts_its_children() -> None:
    spans = us("r", 0, 10_000), us("a", 1000, 5030, "r"), us("b", 5000, 9000, "r")
    inner = us("x", 1000, 5020, "a"), us("y", 4000, 5010, "a")
    assert path(*spans, *inner) == "r:0-1000 x:1000-5000 b:5000-9000 r:9000-10000"


def test_whole_milliseconds_have_a_wider_tolerance() -> None:
    assert path(S("r", 0, 10 * MS), S("a", MS, 11 * MS, "r")) == "r:0-1000 a:1000-10000"
    assert path(S("r", 0, 10 * MS), S("a", MS, 11 * MS + 1, "r")) == "r:0-10000"


def test_ties() -> None:
    root = us("r", 0, 100)
    assert path(root, us("b", 10, 90, "r"), us("a", 20, 90, "r")) == "r:0-10 b:10-90 r:90-100"
    assert path(root, us("b", 10, 90, "r"), us("a", 10, 90, "r")) == "r:0-10 a:10-90 r:90-100"
    assert path(root, us("a_1", 10, 90, "r"), us("a", 10, 90, "r")) == "r:0-10 a:10-90 r:90-100"
    spans = us("b", 10, 90, "r"), us("a", 10, 90, "r"), us("x", 20, 30, "b")
    assert path(root, *spans) == "r:0-10 b:10-20 x:20-30 b:30-90 r:90-100"


def test_to_the_end() -> None:
    spans = us("r", 0, 100, kind="producer"), us("c", 300, 400, "r", kind="consumer"), us("d", 350, 500, "c")
    assert path(*spans, mode=Mode.TO_END) == "r:0-100 [r:100-300] c:300-350 d:350-500"
    assert path(*spans) == "r:0-100"


def test_every_root_has_a_path_of_its_own() -> None:
    columns = store(
        [us("r", 0, 100), us("a", 10, 20, "r"), us("q", 50, 150)],
        [us("r", 0, 0)],
        [us("s", 7, 8)],
    )
    found = critical_paths(columns)
    assert found.roots.tolist() == [0, 2, 3, 4]
    assert found.offsets.tolist() == [0, 3, 4, 4, 5]
    assert found.span.tolist() == [0, 1, 0, 2, 4]
    assert list(found.of_root(2)) == [3]
    assert list(found.of_root(3)) == []
    assert list(found.of_root(1)) == []


def test_no_spans() -> None:
    found = critical_paths(store())
    assert found.roots.tolist() == []
    assert found.offsets.tolist() == [0]


def test_part_of_a_store() -> None:
    columns = store([us("r", 0, 100)], [us("s", 0, 50), us("a", 10, 20, "s")], [us("t", 7, 8)])
    found = critical_paths(columns, 1, 3)
    assert found.roots.tolist() == [1]
    assert found.span.tolist() == [1, 2, 1]


def test_pieces_of_many_traces_join(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = store(*([us("r", 0, 100), us("a", n, n + 10, "r")] for n in range(1, 40)))
    whole = critical_paths(columns)
    monkeypatch.setattr("tracetui.analysis.chunks.CHUNK", 5)
    pieces = critical_paths(columns)
    for name in ("roots", "offsets", "span", "start_ns", "end_ns", "wait"):
        assert np.array_equal(getattr(whole, name), getattr(pieces, name)), name


@pytest.mark.parametrize("mode", Mode)
def test_extreme_times_do_not_break_it(mode: Mode) -> None:
    huge = np.iinfo(np.int64).max
    spans = [
        S("r", -(2**62), huge),
        S("a", 2**62, huge, "r"),
        S("b", -(2**63), huge, "r"),
        S("c", -(2**63), 5, "b"),
        S("d", huge - 1, huge, "a"),
    ]
    columns = store(spans)
    for row in range(5):
        found = critical_path(columns, row, mode)
        assert np.array_equal(found.start_ns[1:], found.end_ns[:-1])
        assert (found.start_ns < found.end_ns).all()
