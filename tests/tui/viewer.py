"""Small traces made by hand, and an application that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tracetui.loaders import LoadOptions
from tracetui.model.attributes import Event, SpanDetails
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, Kind, Status
from tracetui.model.trace import Collection
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading

MS = 1_000_000
START = 1_700_000_000_000_000_000


class Memory:
    """A source in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data = b""

    @property
    def size(self) -> int:
        return len(self.data)

    def pread(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]

    def progress(self) -> tuple[int, int]:
        return self.size, self.size

    def close(self) -> None:
        pass


def decode(record: bytes) -> SpanDetails:
    told = json.loads(record)
    events = [Event(START + ms * MS, name, {}) for ms, name in told.get("events", [])]
    return SpanDetails(attributes=told.get("attributes", {}), events=events)


def span(id: int, parent: int = 0, start: int = 0, duration: int = 10, **more: Any) -> dict[str, Any]:
    """One span: times in milliseconds; `more`: name, service, error, events, attributes."""
    return {"id": id, "parent": parent, "start": start, "duration": duration, **more}


def collection(*traces: Sequence[dict[str, Any]], complete: bool = True) -> Collection:
    """Traces of hand-made spans."""
    builder = StoreBuilder()
    source = Memory("made/by hand.json")
    code = builder.add_source(source, "test", decode)
    for number, spans in enumerate(traces):
        trace = builder.trace(f"{number + 1:032x}")
        for told in spans:
            record = json.dumps(told).encode()
            service = told.get("service", "shop")
            flags = Flag.HAS_PARENT if told["parent"] else Flag(0)
            if told.get("events"):
                flags |= Flag.EVENTS
            builder.append(
                trace=trace,
                span_id=[told["id"]],
                parent_id=[told["parent"]],
                flags=[int(flags)],
                start_ns=[START + told["start"] * MS],
                duration_ns=[told["duration"] * MS],
                name=[builder.strings[told.get("name", f"op {told['id']}")]],
                resource=[builder.resource(service, service, dict)],
                scope=[-1],
                kind=[int(Kind.SERVER)],
                status=[int(Status.ERROR if told.get("error") else Status.UNSET)],
                source=code,
                offset=[source.size],
                length=[len(record)],
            )
            source.data += record
    return builder.finish(complete=complete)


CHECKOUT = (
    span(1, 0, 0, 100, name="POST /checkout", service="frontend"),
    span(2, 1, 5, 20, name="authorize", service="auth"),
    span(3, 2, 10, 5, name="GET session", service="auth"),
    span(4, 1, 30, 60, name="charge", service="payment", error=True),
    span(5, 4, 35, 40, name="POST /charge", service="gateway", error=True, events=[(74, "exception")]),
    span(6, 4, 40, 10, name="score", service="risk"),
)


class Made(Loading):
    """A load that brings hand-made collections."""

    def __init__(self, *made: Collection, names: Sequence[str] = ("made/by hand.json",)) -> None:
        super().__init__(names, LoadOptions())
        for before in made[:-1]:
            self._partial(before)
        self._finish(made[-1])
        self._put(finished=True)


@asynccontextmanager
async def viewing(loading: Loading, size: tuple[int, int] = (100, 30), **more: Any) -> Any:
    """An application that has shown all that a finished load brought, and its pilot."""
    app = TraceApp(loading, **more)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.finished or app.failure is not None)
        await settle(pilot)
        yield app, pilot


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Let the application run until something holds."""
    for _ in range(500):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came about")


async def settle(pilot: Pilot[Any]) -> None:
    """Let the application run until nothing waits to be drawn, the detail pane included."""
    await pilot.pause()
    from tracetui.tui.widgets.detail import DetailPane

    for pane in pilot.app.screen.query(DetailPane):
        if pane.display and pane.is_mounted:
            await until(pilot, lambda pane=pane: not pane._stale or not pane.display or not pane.size.width)
    await until(pilot, lambda: not looks_for_findings(pilot.app.screen))
    await pilot.pause()


def looks_for_findings(screen: Any) -> bool:
    """Whether a screen has a trace of which it is not known yet what is to be found in it."""
    return getattr(screen, "_found_for", None) is not None and screen._why is None


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys and let the application settle."""
    await pilot.press(*keys)
    await settle(pilot)


def text_of(app: TraceApp) -> list[str]:
    """The lines of the screen as text."""
    lines = []
    for strip in app.screen._compositor.render_strips():
        lines.append("".join(segment.text for segment in strip).rstrip())
    return lines
