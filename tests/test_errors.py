"""Errors are one line and know their exit code."""

from __future__ import annotations

from tracetui.errors import (
    BackendError,
    Cancelled,
    ExitCode,
    InputError,
    NotATrace,
    TracetuiError,
    UsageError,
)


def test_line_names_what_where_and_what_to_do() -> None:
    assert str(InputError("truncated at byte 17")) == "truncated at byte 17"
    error = NotATrace("no trace in it", source="a.json", hint="see --input-format")
    assert str(error) == "a.json: no trace in it (see --input-format)"


def test_exit_codes() -> None:
    codes = {UsageError: 2, InputError: 3, NotATrace: 3, BackendError: 4, Cancelled: 130}
    assert {error: int(error.exit_code) for error in codes} == codes
    assert TracetuiError.exit_code is ExitCode.INTERNAL
