"""Saving one trace to a file of its own."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracetui.errors import InputError, TracetuiError
from tracetui.export.otlp_json import OtlpExport
from tracetui.files import reason, write_new
from tracetui.model.distinct import distinct
from tracetui.model.trace import Collection, Trace
from tracetui.sources.base import ByteSource

__all__ = ["CannotSave", "Saved", "proposed_name", "save_trace", "source_alone", "sources_of"]

_BLOCK: Final = 1 << 20
_LONGEST_ID: Final = 64


class CannotSave(TracetuiError):
    """The trace was not saved, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written.

    Attributes:
        path: Where.
        size: How many bytes.
        notes: What the form could not express, a line each.
    """

    path: Path
    size: int
    notes: list[str] = field(default_factory=list)


def proposed_name(trace_id: str) -> str:
    """A file name made of an id: whatever else stands in the id could be a path or an escape."""
    digits = "".join(char for char in trace_id.lower() if char in "0123456789abcdef")[:_LONGEST_ID]
    return f"{digits or 'trace'}.json"


def sources_of(collection: Collection, trace: Trace) -> list[str]:
    """The names of the sources that a trace stands in."""
    numbers = distinct(trace.store.source[trace.first : trace.last]).tolist()
    return [collection.sources[number].name for number in numbers if number < len(collection.sources)]


def source_alone(collection: Collection, trace: Trace) -> ByteSource | None:
    """The source that holds this trace and nothing else, if there is one that was read to its end."""
    numbers = distinct(trace.store.source[trace.first : trace.last]).tolist()
    if len(numbers) != 1 or not collection.complete or numbers[0] >= len(collection.sources):
        return None
    return trace.store.sources[numbers[0]] if collection.sources[numbers[0]].traces == 1 else None


def save_trace(
    collection: Collection,
    trace: Trace,
    path: Path,
    *,
    as_it_came: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Saved:
    """Write a trace to a new file.

    Args:
        collection: What was loaded.
        trace: One of its traces.
        path: Where to; nothing may be there.
        as_it_came: The bytes of its source (decompressed), as `source_alone` allows; else OTLP JSON.
        cancelled: Asked now and then; true ends it, with nothing written.

    Raises:
        CannotSave: It could not be written; nothing of it is left.
    """
    for name in sources_of(collection, trace):
        if _is_same(path, name):
            raise CannotSave("that is the file the trace came from", hint="give another name")
    export = OtlpExport(trace)
    source = source_alone(collection, trace) if as_it_came else None
    pieces = _bytes_of(source) if source is not None else export.pieces()
    try:
        size = write_new(path, _until(pieces, cancelled))
    except FileExistsError:
        raise CannotSave("a file of that name exists", hint="give another name") from None
    except InputError as error:  # the source is not any more what was read
        raise CannotSave(str(error)) from None
    except OSError as error:
        raise CannotSave(_why(error, path)) from None
    except ValueError:  # a NUL in the name
        raise CannotSave("that is no file name") from None
    return Saved(path, size, [] if source is not None else export.notes)


def _is_same(path: Path, name: str) -> bool:
    try:
        return path.samefile(name)
    except (OSError, ValueError):
        return False


def _why(error: OSError, path: Path) -> str:
    if error.errno == errno.ENOENT:
        return f"there is no folder {path.parent}"
    return f"cannot be written: {reason(error)}"


def _until(pieces: Iterator[bytes], cancelled: Callable[[], bool] | None) -> Iterator[bytes]:
    for piece in pieces:
        if cancelled is not None and cancelled():
            raise CannotSave("given up; nothing was written")
        yield piece


def _bytes_of(source: ByteSource) -> Iterator[bytes]:
    at, size = 0, source.size
    # What a file has grown by since it was opened was not read either.
    while data := source.pread(at, _BLOCK if size is None else min(_BLOCK, size - at)):
        yield data
        at += len(data)
    if size is not None and at < size:
        raise CannotSave("the source has become shorter since it was read")
