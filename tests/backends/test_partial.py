"""Answers that break off: what came is shown, and told to be a part, in print and on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.servers import Reply, Seen, Server, serving
from tests.cli.test_show import only_line, tracetui
from tests.tui.backend import trace_json
from tests.tui.viewer import press, settle, text_of, until
from tracetui.loaders import LoadOptions
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading
from tracetui.tui.screens.waterfall import WaterfallScreen
from tracetui.tui.widgets.notes import Notes

ID = f"{1:032x}"
SPANS = 12_000
BODY = trace_json(ID, SPANS)
CUT = len(BODY) * 2 // 3
PATHS = [f"/trace/{ID}", "/files/checkout.json"]


class Cut:
    """A Jaeger, and a file beside it, whose answers break off half-way until `whole`."""

    whole = False

    def __call__(self, seen: Seen) -> Reply:
        if seen.path.startswith("/api/v3"):
            return Reply(b"404 page not found", 404)
        return Reply(BODY, cut_at=None if self.whole else CUT)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Cut()) as found:
        yield found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_came_is_printed_and_told_to_be_a_part(server: Server, path: str, format: str) -> None:
    result = tracetui("show", server.url + path, "--format", format)
    assert result.returncode == 4
    [line] = result.stderr.decode().splitlines()
    assert server.url + path in line
    assert f"incomplete response from 127.0.0.1:{server.server_address[1]} ({CUT:,} of" in line
    assert "only a part is shown" in line
    if format == "csv":
        assert 0 < result.stdout.count(b"\n") < SPANS
        return
    document = json.loads(result.stdout)
    [trace] = document["traces"]
    assert 0 < trace["span_count"] < SPANS
    codes = [issue["code"] for issue in (*document["issues"], *trace["issues"])]
    assert "partial-trace" in codes


def test_nothing_that_came_is_an_error_and_no_output() -> None:
    with serving(lambda seen: Reply(BODY, cut_at=10)) as server:
        result = tracetui("show", f"{server.url}/files/checkout.json")
        assert (result.returncode, result.stdout) == (4, b"")
        assert "incomplete response" in only_line(result)


def lines(app: TraceApp) -> list[str]:
    return [line for line in text_of(app) if "✗ " in line and "incomplete response" in line]


@pytest.mark.parametrize("path", PATHS)
async def test_the_viewer_stays_open_and_says_on_a_line_that_it_is_a_part(server: Server, path: str) -> None:
    from tracetui.backends import ClientOptions
    from tracetui.backends.fetching import Fetcher

    url = server.url + path
    app: Any = TraceApp(Loading((url,), LoadOptions(fetch=Fetcher(ClientOptions()))), visit=url)
    async with app.run_test(size=(140, 30)) as pilot:
        await until(pilot, lambda: app.finished and bool(app.screen.query(Notes)))
        await settle(pilot)
        assert isinstance(app.screen, WaterfallScreen)
        [line] = lines(app)
        assert "only a part is shown" in line and "R reads it again" in line
        assert app.is_running and app.failure is None
        await press(pilot, "j", "enter", "escape")
        assert lines(app)
        server.answer.whole = True  # type: ignore[attr-defined]
        await press(pilot, "R")
        await until(pilot, lambda: app.collection.complete)
        await settle(pilot)
        assert not lines(app)
        assert len(app.collection.store) == SPANS
