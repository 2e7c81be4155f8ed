"""Runs of like siblings: one row that unfolds in place."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tui.viewer import Made, collection, press, span, viewing
from tracetui.model.trace import Collection
from tracetui.tui.state.facts import analyse, lay_out, rearrange
from tracetui.tui.state.view import ViewState

STOCK = [span(10 + n, 2, 10 + 5 * n, 4, name=f"SELECT stock {n}", service="db") for n in range(6)]
SHOP = (
    span(1, 0, 0, 100, name="GET /", service="web"),
    span(2, 1, 5, 60, name="reserve", service="stock"),
    *STOCK,
    span(3, 2, 45, 5, name="publish", service="stock"),
    span(4, 1, 70, 20, name="pay", service="pay", error=True),
)


def shop(*more: object) -> Collection:
    return collection((*SHOP, *more))  # type: ignore[arg-type]


def test_five_like_siblings_are_one_row() -> None:
    facts = lay_out(shop().traces[0])
    [run] = facts.forest.runs
    assert (run.count, run.errors) == (6, 0)
    assert (run.total_ns, run.longest_ns, run.mean_ns) == (24_000_000, 4_000_000, 4_000_000)
    [node] = facts.forest.run_nodes.tolist()
    assert facts.forest.run(node) is run
    view = ViewState(facts.forest, facts.whole)
    assert view.folded[node] and len(view.visible) == 5
    view.unfold(node)
    assert len(view.visible) == 11


def test_four_are_not() -> None:
    few = lay_out(collection((*SHOP[:2], *STOCK[:4])).traces[0])
    assert few.forest.runs == () and few.forest.rows is None


def test_what_was_computed_stays_with_and_without_runs() -> None:
    facts = analyse(lay_out(shop().traces[0]))
    plain = rearrange(facts, runs=False)
    assert plain.forest.runs == () and plain.self_ns is facts.self_ns
    again = rearrange(plain, runs=True)
    for name in ("parent", "depth", "size", "rows", "nodes"):
        np.testing.assert_array_equal(getattr(again.forest, name), getattr(facts.forest, name))
    assert facts.sections is not None and plain.sections is not None
    rows = [facts.forest.row(node) for node in facts.sections.node.tolist()]
    assert rows == plain.sections.node.tolist()


SHAPES = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("abc"), st.booleans()), min_size=1, max_size=60
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(SHAPES)
def test_any_tree_stays_a_tree(shape: list[tuple[int, str, bool]]) -> None:
    spans = [span(1, 0, 0, 1000)]
    for number, (above, name, orphan) in enumerate(shape):
        parent = 5000 + above if orphan and number % 7 == 0 else 1 + above % (number + 1)
        spans.append(span(number + 2, parent, number, 5, name=name))
    facts = lay_out(collection(spans).traces[0])
    forest = facts.forest
    rows = [forest.row(node) for node in range(len(forest))]
    assert sorted(row for row in rows if row >= 0) == list(range(len(spans)))
    for node in range(len(forest)):
        above, last = int(forest.parent[node]), forest.last(node)
        assert last <= len(forest)
        if above >= 0:
            assert above < node and last <= forest.last(above)
            assert forest.depth[node] == forest.depth[above] + 1
        else:
            assert forest.depth[node] == 0
        assert int(forest.size[node]) == 1 + sum(
            int(forest.size[child]) for child in range(node + 1, last) if forest.parent[child] == node
        )
        if rows[node] >= 0:
            assert forest.node(rows[node]) == node
    for node in forest.run_nodes.tolist():
        run = forest.run(node)
        members = np.flatnonzero(forest.parent == node)
        assert run is not None and len(members) == run.count >= 5
        assert forest.start_ns[node] == forest.start_ns[members].min()


async def test_keys_unfold_a_run_and_turn_runs_off() -> None:
    async with viewing(Made(shop())) as (app, pilot):
        view = app.screen._view
        assert len(view.visible) == 5
        await press(pilot, "j", "j")
        assert view.forest.run(view.cursor) is not None
        await press(pilot, "l")
        assert len(view.visible) == 11
        await press(pilot, "u")
        view = app.screen._view
        assert view.forest.runs == () and len(view.visible) == 10
        await press(pilot, "u")
        assert app.screen._view.forest.runs


async def test_a_run_tells_what_its_spans_are_together() -> None:
    async with viewing(Made(shop()), (150, 40)) as (app, pilot):
        await press(pilot, "j", "j")
        from tracetui.tui.widgets.detail import DetailPane

        pane = app.screen.query_one(DetailPane)
        text = "\n".join(pane._lines.get(at).text for at in range(4))
        assert "6 × db SELECT stock" in text
        assert "together 24ms" in text and "longest 4ms" in text and "no errors" in text


async def test_the_path_leads_into_a_run() -> None:
    async with viewing(Made(shop())) as (app, pilot):
        view = app.screen._view
        for _ in range(8):
            await press(pilot, "right_square_bracket")
            if int(view.forest.parent[view.cursor]) in view.forest.run_nodes.tolist():
                break
        assert not view.folded[int(view.forest.parent[view.cursor])]
