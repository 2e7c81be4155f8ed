"""What can go wrong, and the code the process exits with.

TracetuiError
├── UsageError        2    the command line asks for something that cannot be
├── InputError        3    a source cannot be read
│   └── NotATrace     3    a source was read and holds no trace
├── BackendError      4    a backend or the network failed
└── Cancelled         130  the user stopped it
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes, a contract with scripts. A death by signal n is 128 + n and stands outside this list."""

    OK = 0
    CHECK_FAILED = 1
    USAGE = 2
    INPUT = 3
    BACKEND = 4
    INTERNAL = 70
    INTERRUPTED = 130


class TracetuiError(Exception):
    """An error that is told to the user in one line.

    `str(error)` is that line as found: foreign text in it is neutralised by whoever prints it, not here.

    Args:
        message: What went wrong and where (byte, line or span index).
        source: The file or URL concerned, without its secrets. Put in front of the message.
        hint: What the user can do about it. Put behind the message.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, source: str = "", hint: str = "") -> None:
        self.message = message
        self.source = source
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        line = f"{self.source}: {self.message}" if self.source else self.message
        return f"{line} ({self.hint})" if self.hint else line


class UsageError(TracetuiError):
    """The command line or a setting asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class InputError(TracetuiError):
    """A source is missing, unreadable, truncated, too big, or not what it claims to be."""

    exit_code = ExitCode.INPUT


class NotATrace(InputError):
    """A source was read, and nothing in it is a trace."""


class BackendError(TracetuiError):
    """A backend or the network failed, or the backend lacks the trace that was asked for."""

    exit_code = ExitCode.BACKEND


class Cancelled(TracetuiError):
    """The user stopped the work."""

    exit_code = ExitCode.INTERRUPTED
