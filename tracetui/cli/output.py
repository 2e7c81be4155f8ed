"""stdout: data and nothing else, as UTF-8 bytes, whatever the locale."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

from tracetui.errors import TracetuiError

_ENOUGH: Final = 1 << 16


def write_bytes(pieces: Iterable[bytes]) -> None:
    """Write pieces to stdout, many in one call.

    Raises:
        BrokenPipeError: The reader has gone.
        TracetuiError: Writing failed otherwise.
    """
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _ENOUGH:
            _write(b"".join(waiting))
            waiting, size = [], 0
    _write(b"".join(waiting))


def write_text(pieces: Iterable[str]) -> None:
    """Write pieces of neutralised text. Raises as `write_bytes`."""
    write_bytes(piece.encode("utf-8") for piece in pieces)


def write_lines(lines: Iterable[str]) -> None:
    """Write lines of neutralised text. Raises as `write_bytes`."""
    write_bytes(line.encode("utf-8") + b"\n" for line in lines)


def _write(data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(1, view) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TracetuiError(f"cannot write to standard output: {error.strerror}") from error
