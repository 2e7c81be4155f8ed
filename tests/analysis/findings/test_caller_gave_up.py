"""Calls that were given up, whether or not they say so themselves."""

from __future__ import annotations

import pytest

from scripts.tracegen.plan import What
from tests.analysis.findings.telling import MS, Node, client, findings_of, of_kind, server
from tracetui.analysis.findings import Kind
from tracetui.analysis.findings.facts import Facts
from tracetui.model.attributes import Event, SpanDetails
from tracetui.model.store import Kind as SpanKind


def left(server_error: str = "", code: int = 0, *, inner: str = "", works_ms: int = 900) -> Node:
    """A request that waits 500 ms for a callee that works on, which is all that the call itself records."""
    answer = server("reports", "GET /report", 300 * MS, works_ms * MS - 300 * MS)
    answer.what = What("http", "GET", "/report", "/report", code=code)
    answer.error = server_error or None
    if inner:
        query = client("reports", "/rows", works_ms * MS - 10 * MS)
        query.error = inner
        answer.steps = [5 * MS, query, 5 * MS]
    call = client("web", "/report", 1 * MS, answer)
    call.lasts_us = 500 * MS
    return server("web", "GET /", 5 * MS, call, 700 * MS)


@pytest.mark.parametrize(
    "request_",
    [
        left(code=499),
        left("context canceled"),
        left("java.util.concurrent.CancellationException"),
        left("client disconnected"),
        left(inner="rpc error: code = Canceled desc = context canceled"),
    ],
)
def test_a_callee_that_was_cancelled_tells_that_its_caller_left(request_: Node) -> None:
    [found] = of_kind(request_, Kind.CALLER_GAVE_UP)
    assert "gave up after 500ms" in found.title
    assert "records no failure" in found.caveat
    assert found.evidence["wasted_nano"] == 401_000_000
    assert found.evidence["call_failed"] is False
    assert found.on_critical_path


@pytest.mark.parametrize(
    "request_",
    [
        left(),  # answered early and goes on by itself
        left("statement timeout"),  # a limit of its own
        left("the order was cancelled by rule 7"),
        left("context canceled", works_ms=400),  # over before its caller
    ],
)
def test_without_a_sign_nobody_left(request_: Node) -> None:
    assert not of_kind(request_, Kind.CALLER_GAVE_UP)


def test_a_user_who_cancels_is_no_caller_that_gave_up() -> None:
    root = left(code=499)
    root.error = "context canceled"
    assert not [one for one in findings_of(root) if one.kind is Kind.CALLER_GAVE_UP]


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("context canceled", True),
        ("Request was cancelled", True),
        ("canceled", True),
        ("OperationCanceledException", True),
        ("asyncio.CancelledError", True),
        ("cancelled by the client", True),
        ("write: broken pipe", True),
        ("order 17 was cancelled by rule", False),
        ("deadline exceeded", False),
        ("cancellation fee missing", False),
        ("", False),
    ],
)
def test_words_of_cancellation(message: str, gone: bool) -> None:
    details = SpanDetails(status_message=message)
    assert Facts(details, "op", SpanKind.SERVER, 2).abandoned is gone
    raised = SpanDetails(events=[Event(0, "exception", {"exception.type": message})])
    if message.endswith(("Error", "Exception")):
        assert Facts(raised, "op", SpanKind.SERVER, 2).abandoned is gone
