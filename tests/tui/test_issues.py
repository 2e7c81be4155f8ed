"""The import report on the screen: by key, from the palette and by mouse, and from it to the spans."""

from __future__ import annotations

import pytest

from tests.conftest import CHECKOUT, sample
from tests.tui.test_screens import SIZES, loaded
from tests.tui.viewer import CHECKOUT as SPANS
from tests.tui.viewer import Made, collection, press, settle, span, text_of, viewing
from tracetui.model.issues import IssueCode, Severity
from tracetui.tui.screens.issues import IssuesScreen
from tracetui.tui.screens.traces import TraceListScreen
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.state.report import gather, tally

ODD = CHECKOUT / "tests" / "data" / "odd.json"
LOST = (span(1, 0, 0, 100), span(2, 1, 5, 20), span(3, 77, 10, 5), span(4, 77, 30, 5))


pytestmark = pytest.mark.usefixtures("truecolor")


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_picture(size: tuple[int, int], svg) -> None:
    async with viewing(loaded(ODD), size) as (app, pilot):
        await press(pilot, "exclamation_mark")
        assert app.export_screenshot(simplify=True) == svg


async def test_enter_goes_from_a_sample_to_its_span() -> None:
    async with viewing(loaded(ODD), (100, 40)) as (app, pilot):
        await press(pilot, "exclamation_mark")
        assert isinstance(app.screen, IssuesScreen)
        view = app.screen._view
        for _ in range(100):
            if view.entry is not None and view.entry.link[1] == "00000000000000a4":
                break
            await press(pilot, "j")
        await press(pilot, "enter")
        assert isinstance(app.screen, WaterfallScreen)
        facts, node = app.screen._facts, app.screen._view.cursor
        assert facts.trace.store.key(facts.row(node)) == "00000000000000a4"


async def test_a_line_without_a_span_says_so_and_the_key_closes_what_it_opened() -> None:
    async with viewing(loaded(ODD), (100, 40)) as (app, pilot):
        await press(pilot, "exclamation_mark", "g", "enter")
        assert "names no span" in text_of(app)[-1]
        await press(pilot, "exclamation_mark")
        assert isinstance(app.screen, WaterfallScreen)
        await press(pilot, "exclamation_mark", "escape")
        assert isinstance(app.screen, WaterfallScreen)


async def test_a_click_on_the_count_opens_it_and_a_second_one_on_a_sample_follows_it() -> None:
    async with viewing(loaded(ODD), (100, 40)) as (app, pilot):
        at = text_of(app)[0].index("9 issues")
        await pilot.click("TraceHeader", offset=(at + 1, 0))
        await settle(pilot)
        assert isinstance(app.screen, IssuesScreen)
        line = next(y for y, text in enumerate(text_of(app)) if "span 00000000000000a2" in text)
        for _ in range(2):
            await pilot.click(offset=(20, line))
            await settle(pilot)
        assert isinstance(app.screen, WaterfallScreen)
        assert app.screen._facts.trace.store.key(app.screen._view.cursor) == "00000000000000a2"


async def test_of_a_list_all_traces_are_told_together() -> None:
    made = collection(LOST, SPANS, LOST)
    async with viewing(Made(made), (100, 40)) as (app, pilot):
        assert isinstance(app.screen, TraceListScreen)
        at = text_of(app)[0].index("4 issues")
        await pilot.click("TraceSummary", offset=(at, 0))
        await settle(pilot)
        shown = "\n".join(text_of(app))
        assert "4 spans name a parent that is not in the trace" in shown
        assert "orphan · 2 traces" in shown
        await press(pilot, *"jj", "enter")
        assert isinstance(app.screen, WaterfallScreen)
        store, cursor = made.store, app.screen._view.cursor
        facts = app.screen._facts
        assert (facts.trace.index, store.key(facts.row(cursor))) == (2, f"{3:016x}")
        await press(pilot, "escape")
        assert isinstance(app.screen, TraceListScreen)


async def test_the_palette_and_the_detail_pane_lead_to_it() -> None:
    async with viewing(loaded(ODD), (160, 50)) as (app, pilot):
        await press(pilot, "enter", "exclamation_mark")
        assert isinstance(app.screen, IssuesScreen)
        await press(pilot, "escape", "colon", *"issues")
        await app.workers.wait_for_complete()
        await press(pilot, "enter")
        assert isinstance(app.screen, IssuesScreen)


async def test_nothing_to_tell() -> None:
    async with viewing(loaded(sample("checkout.json")), (80, 24)) as (app, pilot):
        assert "issue" not in text_of(app)[0]
        await press(pilot, "exclamation_mark")
        assert "read as they stand" in "\n".join(text_of(app))
        await press(pilot, "j", "G", "enter", "escape")
        assert isinstance(app.screen, WaterfallScreen)


async def test_a_span_that_is_folded_away_is_unfolded() -> None:
    async with viewing(loaded(ODD), (100, 40)) as (app, pilot):
        await press(pilot, "H", "exclamation_mark", "enter")
        assert app.screen._facts.trace.store.key(app.screen._view.cursor) == "00000000000000a2"


def test_samples_of_many_traces_are_few() -> None:
    made = collection(*[LOST] * 30)
    (told,) = gather(made)
    assert (told.issue.code, told.issue.count, told.traces, len(told.places)) == (
        IssueCode.ORPHAN,
        60,
        30,
        5,
    )
    assert [place.trace for place in told.places] == [0, 0, 1, 1, 2]
    assert [made.store.id_text(place.row) for place in told.places[:2]] == [f"{3:016x}", f"{4:016x}"]
    assert tally(made) == (60, Severity.WARNING)
    assert tally(made, 3) == (2, Severity.WARNING)
    chosen = made.select([4, 9])
    assert [place.row for place in gather(chosen, 1)[0].places] == [6, 7]


async def test_what_belongs_to_no_trace_counts_in_the_header_of_a_lone_one() -> None:
    async with viewing(loaded(ODD), (140, 40)) as (app, _):
        assert "9 issues" in text_of(app)[0]
