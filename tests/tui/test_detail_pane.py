"""The detail pane, the pager and the help page on a screen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App, ComposeResult
from textual.screen import Screen

from tracetui.model.attributes import Event, Link, Scope, SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.span import Span
from tracetui.model.store import Flag, Kind, Status
from tracetui.sources.base import MemorySource
from tracetui.tui.detail.subject import Figures
from tracetui.tui.screens.help import HelpScreen
from tracetui.tui.screens.pager import PagerScreen
from tracetui.tui.theme import ANSI_THEME, APP_CSS, DEFAULT_THEME, register_themes
from tracetui.tui.widgets.detail import DetailPane

START = 1_795_332_063_915_000_000
CHARGE = SpanDetails(
    attributes={
        "http.request.method": "POST",
        "url.full": "https://gw.example/charge?attempt=1",
        "http.response.status_code": 504,
        "http.request.resend_count": 0,
        "http.request.body.size": 18432,
        "db.query.text": "SELECT id, amount FROM payments WHERE order_id = $1 AND state IN ('open', 'held')",
        "payload": json.dumps(
            {"order": {"id": 4711, "lines": [1, 2, 3]}, "note": "leave at the door, please"}
        ),
        "large": "x" * 100_000,
    },
    events=[
        Event(
            START + 839_200_000,
            "exception",
            {
                "exception.type": "TimeoutError",
                "exception.message": "deadline exceeded",
                "exception.stacktrace": 'Traceback:\n  File "gateway.py", line 88\nTimeoutError',
            },
        )
    ],
    links=[Link("f" * 32, "1" * 16)],
    status_message="upstream timed out",
)


def spans(*details: SpanDetails) -> list[Span]:
    """Spans of one trace, each with the details given."""
    builder = StoreBuilder()
    asked: list[int] = []

    def decode(record: bytes) -> SpanDetails:
        asked.append(int(record))
        return details[int(record)]

    source = builder.add_source(
        MemorySource("made", b"".join(b"%4d" % n for n in range(len(details)))), "made", decode
    )
    resource = builder.resource("ThirdPartyGateway", "r", lambda: {"service.version": "2.7.1"})
    scope = builder.scope(b"s", lambda: Scope("http", "1.2"))
    for number in range(len(details)):
        builder.append(
            trace=builder.trace("4bf92f3577b34da6a3ce929d0e0e4736"),
            span_id=[number + 1],
            parent_id=1 if number else 0,
            flags=(int(Flag.HAS_PARENT) if number else 0) | (int(Flag.LINKS) if details[number].links else 0),
            start_ns=START + number,
            duration_ns=840_000_000,
            name=builder.strings["POST /charge"],
            resource=resource,
            scope=scope,
            kind=int(Kind.CLIENT),
            status=int(Status.ERROR),
            source=source,
            offset=4 * number,
            length=4,
        )
    trace = builder.finish().traces[0]
    decoded[trace.trace_id] = asked
    return list(trace.spans)


decoded: dict[str, list[int]] = {}


class PaneScreen(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.pane = DetailPane()
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def action_run(self, name: str) -> None:
        self.asked.append(name)


class PaneApp(App[None]):
    """A pane alone; opens what it asks to open."""

    CSS = APP_CSS

    def __init__(self, theme: str = DEFAULT_THEME) -> None:
        super().__init__(ansi_color=True if theme == ANSI_THEME else None)
        register_themes(self)
        self.theme = theme
        self.panes = PaneScreen()
        self.followed: list[tuple[str, str]] = []

    @property
    def pane(self) -> DetailPane:
        return self.panes.pane

    def on_mount(self) -> None:
        self.push_screen(self.panes)

    def on_detail_pane_opened(self, event: DetailPane.Opened) -> None:
        self.push_screen(PagerScreen(event.entry))

    def on_detail_pane_followed(self, event: DetailPane.Followed) -> None:
        self.followed.append((event.trace_id, event.span_id))


def text(app: App[Any]) -> list[str]:
    """What is on the screen, line by line."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def settle(pilot: Any, pane: DetailPane) -> None:
    """Wait until the pane has laid out what was asked of it."""
    for _ in range(100):
        await pilot.pause(0.01)
        if not pane.is_stale:
            break
    await pilot.pause()


async def test_a_span_is_shown_with_its_figures() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show(span, Figures(840_000_000, 840_000_000))
        await settle(pilot, app.pane)
        lines = text(app)
        assert lines[0] == " ✗ ThirdPartyGateway POST /charge   ERROR"
        assert lines[1] == " HTTP POST  https://gw.example/charge?attempt=1  504"
        assert "on path 840ms" in lines[2]
        assert any("https://gw.example/charge" in line for line in lines)


async def test_nothing_is_decoded_while_hidden_and_rows_that_flash_by_are_passed_over() -> None:
    app = PaneApp()
    many = spans(*[SpanDetails({"n": 1})] * 50)
    asked = decoded["4bf92f3577b34da6a3ce929d0e0e4736"]
    async with app.run_test(size=(80, 30)) as pilot:
        app.pane.display = False
        await pilot.pause()
        app.pane.show(many[0])
        await pilot.pause()
        assert asked == []
        app.pane.display = True
        await settle(pilot, app.pane)
        assert set(asked) == {0}
        for span in many:
            app.pane.show(span)
        await settle(pilot, app.pane)
        assert app.pane.subject is not None
        assert app.pane.subject.span_id == f"{50:016x}"
        assert len(set(asked)) <= 3


async def test_keys_move_the_cursor_and_scroll() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        await pilot.press("j", "j", "down", "k")
        assert app.pane.cursor == 2
        await pilot.press("G")
        end = app.pane.cursor
        assert end > 30
        await pilot.pause()
        assert text(app)[-1].strip().startswith("start")
        await pilot.press("pageup", "ctrl+u", "g")
        assert app.pane.cursor == 0
        await pilot.press("escape", "tab")
        assert app.panes.asked == ["back", "next-pane"]


async def test_new_figures_of_the_same_span_leave_the_reader_where_he_is() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        await pilot.press("G")
        at = app.pane.cursor
        app.pane.show(span, Figures(1, 2))
        await settle(pilot, app.pane)
        assert app.pane.cursor == at


async def test_a_long_value_opens_in_the_pager_and_closes_again() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        while app.pane.entry is None or app.pane.entry.key != "large":
            await pilot.press("j")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, PagerScreen)
        assert "large  100 kB" in text(app)[0]
        await pilot.press("G", "escape")
        await pilot.pause()
        assert app.screen is app.panes


async def test_a_link_is_followed() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        while app.pane.entry is None or app.pane.entry.link is None:
            await pilot.press("j")
        await pilot.press("enter")
        await pilot.pause()
        assert app.followed == [("f" * 32, "1" * 16)]


async def test_spans_that_link_to_it_are_told_when_they_are_known_and_followed() -> None:
    app = PaneApp()
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    here = [Link(trace_id, f"{1:016x}")]
    first, second, third = spans(SpanDetails({"n": 1}), SpanDetails(links=here), SpanDetails(links=here))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(first)
        await settle(pilot, app.pane)
        await app.workers.wait_for_complete()
        await pilot.pause()
        lines = [line.strip() for line in text(app)]
        at = lines.index("linked from 2")
        assert lines[at + 1] == lines[at + 2] == "✗ ThirdPartyGateway POST /charge"
        app.pane.focus()
        while app.pane.entry is None or app.pane.entry.link is None:
            await pilot.press("j")
        await pilot.press("enter")
        await pilot.pause()
        assert app.followed == [(trace_id, second.span_id)]
        app.pane.show(third)
        await settle(pilot, app.pane)
        assert "linked from" not in "\n".join(text(app))
        app.pane.show(first)
        await settle(pilot, app.pane)
        assert "linked from 2" in "\n".join(text(app))
        assert set(decoded[trace_id]) == {0, 1, 2}


async def test_attributes_are_filtered_while_typing() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        await pilot.press("f", *"jq", "backspace", "backspace", *"resend")
        await pilot.pause()
        assert "filter resend" in text(app)[0]
        assert "span 1 of 8" in "\n".join(text(app))
        assert app.panes.asked == []
        await pilot.press("enter", "j", "escape")
        await pilot.pause()
        assert "http.request.method" in "\n".join(text(app))
        await pilot.press("escape")
        assert app.panes.asked == ["back"]


async def test_ten_million_characters_and_a_hundred_thousand_events() -> None:
    details = SpanDetails(
        {"a": "x" * 10_000_000}, [Event(START + n, "tick", {"n": n}) for n in range(100_000)]
    )
    app = PaneApp()
    (span,) = spans(details)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        assert app.pane.virtual_size.height < 200
        app.pane.focus()
        await pilot.press("enter", "G", "pagedown")
        assert app.is_running


async def test_a_missing_span_and_none_at_all() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        app.pane.clear()
        await pilot.pause()
        assert "no span is selected" in text(app)[0]
        app.pane.show(None)
        await settle(pilot, app.pane)
        assert "missing span" in text(app)[0]


async def test_any_size_of_screen() -> None:
    app = PaneApp()
    (span,) = spans(CHARGE)
    async with app.run_test(size=(50, 10)) as pilot:
        app.pane.show(span)
        await settle(pilot, app.pane)
        app.pane.focus()
        for size in [(1, 1), (2, 2), (5, 40), (200, 1), (30, 8), (300, 90)]:
            await pilot.resize_terminal(*size)
            await pilot.press("G", "g", "j")
            assert app.is_running


@pytest.mark.parametrize("theme", [DEFAULT_THEME, "tracetui-light", ANSI_THEME])
async def test_picture(svg: SnapshotAssertion, theme: str) -> None:
    app = PaneApp(theme)
    (span,) = spans(CHARGE)
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show(span, Figures(840_000_000, 840_000_000, 840_000_000))
        await settle(pilot, app.pane)
        app.pane.focus()
        await pilot.press("j", "j", "j")
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg


async def test_help_opens_for_a_place() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(HelpScreen(("detail", "waterfall")))
        await pilot.pause()
        assert "keys in the detail pane" in text(app)[0]
        await pilot.press("G", "pageup", "j", "k", "escape")
        await pilot.pause()
        assert app.screen is app.panes


async def test_picture_of_help(svg: SnapshotAssertion) -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(HelpScreen("pager"))
        await pilot.pause()
        await pilot.pause()
        assert app.export_screenshot(simplify=True) == svg
