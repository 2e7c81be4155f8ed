"""Errors, and which of them are no trouble."""

from __future__ import annotations

import pytest

from tests.analysis.findings.telling import MS, Node, client, of_kind, server
from tracetui.analysis.findings import Kind


def late(message: str) -> Node:
    """A callee that fails a moment after its caller has ended."""
    answer = server("reports", "GET /report", 300 * MS)
    answer.error = message
    call = client("web", "/report", 1 * MS, answer)
    call.lasts_us = 299 * MS
    return server("web", "GET /", 5 * MS, call, 50 * MS)


@pytest.mark.parametrize(
    ("message", "handled"), [("context canceled", True), ("500 timeout", False), ("statement timeout", False)]
)
def test_only_who_was_told_to_stop_was_cancelled(message: str, handled: bool) -> None:
    [found] = of_kind(late(message), Kind.ERROR_ORIGIN)
    assert ("cancelled after its caller had ended" in found.detail) is handled
