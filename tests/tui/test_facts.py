"""What is computed of a trace for the screen, and its carrying over to a newer picture."""

from __future__ import annotations

from tests.tui.viewer import CHECKOUT, MS, START, collection, span
from tracetui.tui.state import jumps
from tracetui.tui.state.carry import carry_over
from tracetui.tui.state.facts import analyse, lay_out
from tracetui.tui.state.view import ViewState, Window


def test_rows_of_a_later_trace_are_counted_from_its_own_first() -> None:
    made = collection([span(1), span(2, 1)], CHECKOUT)
    facts = analyse(lay_out(made.traces[1]))
    assert facts.first == 2
    assert facts.forest.parent.tolist() == [-1, 0, 1, 0, 3, 3]
    assert facts.row(4) == 6
    assert facts.sections is not None
    assert facts.sections.node.tolist() == [0, 1, 2, 1, 0, 3, 4, 3, 0]
    assert facts.self_ns is not None
    assert facts.self_ns.tolist() == [ms * MS for ms in (20, 15, 5, 20, 40, 10)]
    assert facts.shares[0] == ("gateway", 40 * MS)
    assert sum(part for _, part in facts.shares) == 100 * MS
    assert facts.whole == Window(START, START + 100 * MS)


def test_origins_are_errors_without_an_error_below() -> None:
    spans = [
        span(1, error=True),
        span(2, 1, error=True),
        span(3, 2, 1),
        span(4, 2, 2, error=True),
        span(5, 1, 3, error=True),
    ]
    facts = lay_out(collection(spans).traces[0])
    assert facts.origins.tolist() == [3, 4]
    assert facts.errors_below(0) == 3
    assert facts.errors_below(3) == 0


def test_missing_parents_shift_nodes_but_not_figures() -> None:
    spans = [span(1, 0, 0, 100), span(2, 1, 10, 20), span(3, 99, 30, 10), span(4, 3, 32, 4)]
    facts = analyse(lay_out(collection(spans).traces[0]))
    assert facts.row(2) == -1
    assert facts.sections is not None
    assert set(facts.sections.node.tolist()) == {0, 1, 3, 4}
    assert facts.slowest is not None
    assert facts.slowest.tolist() == [0, 1, 3, 4]
    assert not facts.is_on_path(2)
    view = ViewState(facts.forest, facts.whole)
    assert jumps.slowest(view, facts) is not None
    assert view.cursor == 0


def test_jumping_without_an_analysis_says_so() -> None:
    facts = lay_out(collection(CHECKOUT).traces[0])
    view = ViewState(facts.forest, facts.whole)
    assert jumps.next_section(view, facts) == jumps.WAIT
    assert jumps.slowest(view, facts) == jumps.WAIT
    assert jumps.only_path(view, facts) == jumps.WAIT


def test_the_ends_of_the_path_are_told() -> None:
    facts = analyse(lay_out(collection(CHECKOUT).traces[0]))
    view = ViewState(facts.forest, facts.whole)
    assert "start" in str(jumps.previous_section(view, facts))
    for _ in range(9):
        jumps.next_section(view, facts)
    assert "end" in str(jumps.next_section(view, facts))
    assert view.cursor == 0


def test_carrying_over_knows_spans_by_id() -> None:
    old = lay_out(collection(CHECKOUT[:4]).traces[0])
    view = ViewState(old.forest, old.whole)
    view.fold(1)
    view.move_to(3)
    view.marks = {3}
    view.set_window(Window(START, START + 50 * MS))
    new = lay_out(collection([*CHECKOUT, span(8, 1, 1, 1)]).traces[0])
    fresh = carry_over(old, view, new)
    assert new.forest.start_ns[fresh.cursor] == START + 30 * MS
    assert fresh.folded.nonzero()[0].tolist() == [2]
    assert fresh.marks == {fresh.cursor}
    assert fresh.window == view.window


def test_many_folds_are_carried_over() -> None:
    spans = [span(1, 0, 0, 1000), *(span(n, n - 1, n, 900 - n) for n in range(2, 60))]
    old = lay_out(collection(spans).traces[0])
    view = ViewState(old.forest, old.whole)
    view.set_folds(old.forest.size > 1)
    fresh = carry_over(old, view, lay_out(collection([*spans, span(99, 1, 1, 1)]).traces[0]))
    assert int(fresh.folded.sum()) == 58
    assert fresh.visible.tolist() == [0]


def test_a_span_is_found_by_its_id() -> None:
    facts = lay_out(collection([span(1)], CHECKOUT).traces[1])
    assert facts.find(f"{4:016x}") == 3
    assert facts.find(f"{40:016x}") == -1
    assert facts.find("no id") == -1
