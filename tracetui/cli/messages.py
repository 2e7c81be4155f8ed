"""stderr: messages, one line each. And what becomes of an exception."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from tracetui.errors import ExitCode, TracetuiError
from tracetui.text import neutralise

MAX_WARNINGS = 10


def tell(message: str) -> None:
    """Write one line to stderr; foreign text in it is neutralised. A closed stderr is no error."""
    line = f"tracetui: {neutralise(message)}\n"
    try:
        sys.stderr.flush()
        os.write(2, line.encode("utf-8", "replace"))
    except (OSError, AttributeError):
        pass


def tell_warnings(warnings: Iterable[str]) -> None:
    """Write warnings: the first ten, and how many more there are."""
    more = 0
    for number, warning in enumerate(warnings):
        if number < MAX_WARNINGS:
            tell(f"warning: {warning}")
        else:
            more += 1
    if more:
        tell(f"warning: and {more:,} more" + (" like these" if more > 1 else ""))


def reported(command: Callable[[], int], *, debug: bool) -> int:
    """Run a command and turn what it raises into one line on stderr and an exit code.

    Args:
        command: What to run; returns its exit code.
        debug: Show the traceback of an internal error.
    """
    try:
        return command()
    except TracetuiError as error:
        if error.exit_code is not ExitCode.INTERRUPTED:
            tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _leave_pipe()
        return ExitCode.OK
    except SystemExit as exit:
        return (
            exit.code if isinstance(exit.code, int) else ExitCode.OK if exit.code is None else ExitCode.USAGE
        )
    except Exception as error:
        if debug:
            _traceback()
        else:
            text = str(error)[:200] or "no message"
            tell(f"internal error: {type(error).__name__}: {text} (--debug shows the traceback)")
        return ExitCode.INTERNAL


def _leave_pipe() -> None:
    """The reader of stdout has seen enough: nothing is an error, and nothing may complain at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _traceback() -> None:
    import traceback

    for line in traceback.format_exc().splitlines():
        tell(line)
