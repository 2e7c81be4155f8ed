"""The detail pane's text."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from tracetui.model.attributes import Event, Link, Scope
from tracetui.model.backlinks import Backlink
from tracetui.text import cell_len
from tracetui.tui.detail.content import build
from tracetui.tui.detail.lines import Line
from tracetui.tui.detail.subject import Figures, Subject

START = 1_795_332_063_915_000_000
MS = 1_000_000


def charge(**changes: Any) -> Subject:
    """The failed call of a payment gateway."""
    values: dict[str, Any] = {
        "service": "ThirdPartyGateway",
        "name": "POST /charge",
        "kind": "client",
        "status": "error",
        "status_message": "upstream timed out",
        "start_ns": START,
        "duration_ns": 840 * MS,
        "offset_ns": 795 * MS,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "span_id": "00f067aa0ba902b7",
        "parent_span_id": "00f067aa0ba902b6",
        "key": "00f067aa0ba902b7",
        "attributes": {
            "http.request.method": "POST",
            "url.full": "https://gw.example/charge",
            "http.response.status_code": 504,
            "http.request.resend_count": 0,
        },
        "resource": {"service.version": "2.7.1", "k8s.pod.name": "payment-7c9f-x2vq"},
        "scope": Scope("io.opentelemetry.http", "1.2"),
        "events": [
            Event(
                START + 839_200_000,
                "exception",
                {
                    "exception.type": "TimeoutError",
                    "exception.message": "deadline exceeded",
                    "exception.stacktrace": 'Traceback:\n  File "a.py", line 1\nTimeoutError',
                },
            )
        ],
    }
    return Subject(**{**values, **changes})


def page(subject: Subject, figures: Figures | None = None, width: int = 64, wanted: str = "") -> list[Line]:
    return list(build(subject, figures or Figures(), width, wanted))


def text(lines: list[Line]) -> list[str]:
    return [line.text.rstrip() for line in lines]


def test_the_picture() -> None:
    figures = Figures(840 * MS, 840 * MS, 840 * MS)
    assert text(page(charge(), figures)) == [
        "✗ ThirdPartyGateway POST /charge   ERROR",
        "HTTP POST  https://gw.example/charge  504",
        "duration 840ms  self 840ms  on path 840ms  saves 840ms",
        "start +795ms  kind client",
        "upstream timed out",
        "",
        "span",
        " http.request.method        POST",
        " url.full                   https://gw.example/charge",
        " http.response.status_code  504",
        " http.request.resend_count  0",
        "resource",
        " service.version            2.7.1",
        " k8s.pod.name               payment-7c9f-x2vq",
        "scope",
        " name                       io.opentelemetry.http",
        " version                    1.2",
        "events",
        " +839ms exception TimeoutError deadline exceeded",
        "   Traceback:",
        '     File "a.py", line 1',
        "   TimeoutError",
        "ids and time",
        " trace id                   4bf92f3577b34da6a3ce929d0e0e4736",
        " span id                    00f067aa0ba902b7",
        " parent span id             00f067aa0ba902b6",
        " start                      2026-11-22 07:21:03.915Z",
    ]


def test_roles_carry_the_meaning() -> None:
    roles = {piece.text.strip(): piece.role for line in page(charge()) for piece in line.pieces}
    assert roles["ThirdPartyGateway"] == "service:ThirdPartyGateway"
    assert roles["ERROR"] == roles["504"] == "error"
    assert roles["+839ms"] == "muted"
    assert roles["http.request.method"] == "key"
    assert roles["resource"] == "strong"


def test_figures_that_are_not_known_are_left_out() -> None:
    assert text(page(charge()))[2] == "duration 840ms  start +795ms  kind client"


def test_an_error_without_a_message_shows_its_exception() -> None:
    assert "TimeoutError: deadline exceeded" in text(page(charge(status_message="")))


@pytest.mark.parametrize(
    ("status", "attributes", "title"),
    [
        ("error", {}, "✗ s op   ERROR"),
        ("error", {"rpc.grpc.status_code": 14}, "✗ s op   ERROR"),
        ("ok", {}, "s op   ok"),
        ("unset", {"http.status_code": 200}, "s op"),
        ("unset", {"http.status_code": True}, "s op"),
        ("unset", {"http.status_code": "\x1b[31m"}, "s op"),
    ],
)
def test_title(status: str, attributes: dict[str, Any], title: str) -> None:
    assert text(page(Subject("s", "op", status=status, attributes=attributes)))[0] == title


def test_a_span_that_says_nothing() -> None:
    assert text(page(Subject("", "")))[:4] == ["(no name)", "duration 0ns  start +0ns", "", "span"]


def test_notes_warnings_and_losses_stand_before_the_attributes() -> None:
    subject = charge(
        notes=["its parent 4bf9 is not in this trace"],
        warnings=["clock skew adjusted\x1b"],
        dropped={"attributes": 3, "events": 0},
    )
    lines = text(page(subject))
    assert lines[4:7] == [
        "! its parent 4bf9 is not in this trace",
        "! clock skew adjusted␛",
        "! the SDK left out 3 attributes",
    ]


def test_a_name_too_long_for_its_column_has_its_value_below() -> None:
    name = "a.very.long.attribute.name.that.does.not.fit.into.the.column"
    lines = page(charge(attributes={name: "v", "short": "w"}), width=50)
    at = text(lines).index(" a.very.long.attribute.name.that.does.not.fit.into")
    assert text(lines)[at + 1 : at + 4] == [" .the.column", " " * 18 + "v", " short            w"]


def test_events_are_placed_from_the_start_of_the_span() -> None:
    events = [
        Event(START - 5 * MS, "early", {}),
        Event(START, "cache", {"key": "k1"}),
        Event(START + 1500 * MS, "retry", {"attempt": 2, "reason": "timeout"}),
        Event(START, "", {}),
    ]
    lines = text(page(charge(events=events)))
    at = lines.index("events 4")
    assert lines[at + 1 : at + 7] == [
        " -5ms  early",
        " +0ns  cache key k1",
        " +1.5s retry",
        "   attempt                  2",
        "   reason                   timeout",
        " +0ns  (no name)",
    ]


def test_links_can_be_followed() -> None:
    links = [
        Link("f" * 32, "1" * 16),
        Link("4bf92f3577b34da6a3ce929d0e0e4736", "2" * 16, "follows_from", {"n": 1}),
    ]
    lines = page(charge(links=links), width=90)
    at = text(lines).index("links 2")
    assert text(lines)[at + 1 : at + 4] == [
        " link  span 1111111111111111  trace ffffffffffffffffffffffffffffffff",
        " follows from  span 2222222222222222  in this trace",
        "   n                        1",
    ]
    entry = lines[at + 1].entry
    assert entry is not None and entry.link == ("f" * 32, "1" * 16)


def test_spans_that_link_here_can_be_followed_too() -> None:
    linked = [
        Backlink("cart", "add", "4bf92f3577b34da6a3ce929d0e0e4736", "2" * 16),
        Backlink("worker", "drain\x1b", "f" * 32, "1" * 16, is_error=True),
    ]
    lines = page(charge(linked_from=linked), width=90)
    at = text(lines).index("linked from 2")
    assert text(lines)[at + 1 : at + 3] == [
        " cart add",
        " ✗ worker drain␛  trace ffffffffffffffffffffffffffffffff",
    ]
    entry = lines[at + 2].entry
    assert entry is not None and entry.link == ("f" * 32, "1" * 16)
    assert "linked from 1 of 2" in text(page(charge(linked_from=linked), wanted="worker"))
    assert not any("linked from" in line for line in text(page(charge())))


def test_a_link_that_names_no_trace_is_one_of_this_trace() -> None:
    lines = page(charge(links=[Link("", "2" * 16)]))
    (entry,) = [line.entry for line in lines if line.entry is not None and line.entry.link]
    assert entry.link == ("4bf92f3577b34da6a3ce929d0e0e4736", "2" * 16)


def test_the_text_wanted_thins_out_every_section() -> None:
    lines = text(page(charge(), wanted="PAYMENT"))
    assert [line for line in lines[4:] if line] == [
        "resource 1 of 2",
        " k8s.pod.name               payment-7c9f-x2vq",
    ]


def test_a_hundred_thousand_events_are_not_laid_out_to_show_the_first() -> None:
    laid_out = []

    class Watched(Event):
        def __getattribute__(self, name: str) -> Any:
            if name == "attributes":
                laid_out.append(self)
            return super().__getattribute__(name)

    subject = charge(events=[Watched(START + n, "tick", {}) for n in range(100_000)])
    lines = list(islice(build(subject, Figures(), 60), 40))
    assert len(lines) == 40
    assert len(laid_out) < 200


def test_the_end_of_a_page_is_never_far() -> None:
    events = [Event(START + n, "tick", {"n": n}) for n in range(5000)]
    lines = page(charge(events=events))
    assert len(lines) < 1100
    (rest,) = [line for line in lines if line.text == " … 4,000 more events"]
    assert rest.entry is not None and isinstance(rest.entry.value, list)
    assert rest.entry.value[0] == {"time_ns": START + 1000, "name": "tick", "n": 1000}


@pytest.mark.parametrize("width", [1, 8, 13, 20, 38, 64, 200])
def test_no_line_is_wider_than_the_pane(width: int) -> None:
    subject = charge(
        name="POST /" + "very-long-" * 20,
        attributes={
            "漢字" * 20: "漢字" * 50,
            "db.statement": "SELECT a FROM b WHERE c = 'd' AND e = 1",
            "k" * 90: [1, {"a": "b" * 99}],
        },
        notes=["a note " * 20],
        warnings=["a warning " * 20],
        links=[Link("f" * 32, "1" * 16)],
    )
    for line in page(subject, Figures(1, 2, 3), width=width):
        assert cell_len(line.text) <= max(width, 20), line.text


def test_nothing_of_the_data_reaches_the_terminal_raw() -> None:
    evil = "a\x1b]0;x\x07\u202e\nb"
    subject = charge(
        service=evil,
        name=evil,
        status_message=evil,
        attributes={evil: evil, "l": [evil]},
        resource={evil: evil},
        scope=Scope(evil, evil, {evil: evil}),
        events=[
            Event(START, evil, {evil: evil}),
            Event(
                START,
                "exception",
                {"exception.type": evil, "exception.message": evil, "exception.stacktrace": evil},
            ),
        ],
        links=[Link(evil, evil, attributes={evil: evil})],
        warnings=[evil],
        notes=[evil],
        dropped={evil: 1},
    )
    for line in page(subject):
        assert not any(ord(char) < 32 or char == "\u202e" for char in line.text), line.text
