"""The findings beside the waterfall: there without a key on wide screens, a key away on others."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import sample
from tests.tui.test_screens import loaded
from tests.tui.viewer import press, settle, until, viewing
from tracetui.analysis.finding import Kind
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.widgets.detail import DetailPane
from tracetui.tui.widgets.waterfall import Waterfall
from tracetui.tui.widgets.why import WhyPane


async def found(app: Any, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: app.screen._why is not None)
    await settle(pilot)


def text_of(pane: WhyPane) -> str:
    return "\n".join(line.text for at in range(40) if (line := pane._lines.get(at)) is not None)


async def test_wide_screens_answer_without_a_key() -> None:
    async with viewing(loaded(sample("checkout.json")), (160, 50)) as (app, pilot):
        await found(app, pilot)
        text = text_of(app.screen.query_one(WhyPane))
        assert "Why 2.75s?" in text
        assert "POST /charge tried twice, the first ended 504" in text
        assert app.screen.query_one(DetailPane).display


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids="{0[0]}x{0[1]}".format)
async def test_two_keys_to_the_culprit_and_its_attributes(size: tuple[int, int]) -> None:
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await found(app, pilot)
        await press(pilot, "w", "enter")
        await settle(pilot)
        view, facts = app.screen._view, app.screen._facts
        row = facts.row(view.cursor)
        assert facts.trace.store.strings[facts.trace.store.name[row]] == "POST /charge"
        detail = app.screen.query_one(DetailPane)
        assert detail.display and detail.subject is not None
        assert detail.subject.attributes["http.response.status_code"] == 504


SAMPLES = sorted(path.name for path in sample("checkout.json").parent.glob("*.json"))


@pytest.mark.parametrize("name", SAMPLES)
async def test_two_keys_from_opening_any_sample(name: str) -> None:
    async with viewing(loaded(sample(name)), (80, 24)) as (app, pilot):
        await settle(pilot)
        await press(pilot, "w")  # in a list of traces: to the findings of the one under the cursor
        await until(pilot, lambda: getattr(app.screen, "_why", None) is not None)
        await settle(pilot)
        await press(pilot, "enter")
        await settle(pilot)
        detail = app.screen.query_one(DetailPane)
        assert detail.display and detail.subject is not None
        culprit = app.screen._why.findings[0].spans[0]
        assert app.screen._facts.row(app.screen._view.cursor) == culprit
        assert detail.subject.attributes == app.screen._facts.trace.store.details(culprit).attributes


async def test_from_a_list_again_the_findings_are_open() -> None:
    async with viewing(loaded(sample("several-traces.json")), (160, 50)) as (app, pilot):
        await settle(pilot)
        for _ in range(2):
            await press(pilot, "w")
            await until(pilot, lambda: getattr(app.screen, "_why", None) is not None)
            await settle(pilot)
            assert isinstance(app.focused, WhyPane)
            while isinstance(app.screen, WaterfallScreen):
                await press(pilot, "escape")
                await settle(pilot)


async def test_from_finding_to_finding_and_span_to_span() -> None:
    async with viewing(loaded(sample("checkout.json")), (160, 50)) as (app, pilot):
        await found(app, pilot)
        await press(pilot, "w", "j")
        pane = app.screen.query_one(WhyPane)
        assert app.screen._why.findings[pane.number].kind is Kind.N_PLUS_ONE
        await press(pilot, "enter", "enter", "enter")
        spans = app.screen._why.findings[pane.number].spans
        assert app.screen._facts.row(app.screen._view.cursor) == spans[2]
        await press(pilot, "k")
        assert pane.number == 0
        await press(pilot, "G")
        assert pane.number == len(app.screen._why.findings) - 1
        await press(pilot, "w")
        assert app.screen.query_one(Waterfall).has_focus


async def test_escape_leads_back_to_the_waterfall() -> None:
    async with viewing(loaded(sample("checkout.json")), (80, 24)) as (app, pilot):
        await found(app, pilot)
        await press(pilot, "w")
        assert app.screen.query_one(WhyPane).has_focus and not app.screen.query_one("#rows").display
        await press(pilot, "escape")
        assert app.screen.query_one(Waterfall).has_focus and app.screen.query_one("#rows").display


async def test_rows_bear_badges() -> None:
    async with viewing(loaded(sample("checkout.json")), (160, 50)) as (app, pilot):
        await found(app, pilot)
        badges = {badge.text for badge in app.screen._view.badges.values()}
        assert {"N+1", "try 1/2", "try 2/2"} <= badges
        run = app.screen._facts.forest.run_nodes.tolist()[0]
        assert app.screen._view.badges[run].text == "N+1"


async def test_findings_are_kept_for_coming_back() -> None:
    async with viewing(loaded(sample("several-traces.json")), (160, 50)) as (app, pilot):
        await press(pilot, "enter")
        await found(app, pilot)
        first = app.screen._why.findings
        await press(pilot, "right_curly_bracket")
        await found(app, pilot)
        await press(pilot, "left_curly_bracket")
        await settle(pilot)
        assert app.screen._why.findings == first


async def test_nothing_found_is_said() -> None:
    async with viewing(loaded(sample("several-traces.json")), (160, 50)) as (app, pilot):
        app.open_trace(0)
        await settle(pilot)
        await found(app, pilot)
        assert "nothing found" in text_of(app.screen.query_one(WhyPane))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids="{0[0]}x{0[1]}".format)
async def test_picture(size: tuple[int, int], svg: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with viewing(loaded(sample("checkout.json")), size) as (app, pilot):
        await found(app, pilot)
        await press(pilot, "w")
        assert app.export_screenshot(simplify=True) == svg
